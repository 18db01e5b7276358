"""Questions with a typo in each word over tantivy in process, on the same things; recall at 20.

Ours: a question's way from `find_at_once` through one round trip to PostgreSQL, which corrects,
finds, ranks, counts and reads, to snippets. Theirs: the same answer inside this process, with no
trip. `ratio` is of the median waits, `cpu_ratio` of the processor time (ours with PostgreSQL's).
"""

import asyncio
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import asyncpg
import tantivy

from benches.common import (
    Ground,
    cpu_ns,
    ground,
    hotel_with_number,
    median,
    percentile,
    steady,
)
from frontdesk.kit.db import plain_url
from frontdesk.kit.ids import HotelId
from frontdesk.search.actions import Question, find_at_once, suggest
from frontdesk.search.highlight import fitting, marked, snippet

HOTELS = 25
EACH = 2_000
VOCABULARY = 10_000
QUESTIONS = 100
ROUNDS = 5
SYLLABLES = [c + v for c in "bcdfghjklmnprstvz" for v in "aeiou"]
KINDS = ("guests", "room_types")
GIN = (
    "SELECT indexname, indexdef FROM pg_indexes"
    " WHERE tablename LIKE 'search%' AND indexdef LIKE '%USING gin%'"
)


@dataclass
class House:
    """Hotels with the same things in PostgreSQL and in tantivy."""

    at: Ground
    hotels: list[HotelId]
    texts: list[list[tuple[UUID, str]]]
    index: tantivy.Index


def vocabulary(chance: random.Random) -> list[str]:
    """Words as of a language that nobody tuned on: two to four syllables and an end."""
    words: set[str] = set()
    while len(words) < VOCABULARY:
        end = chance.choice(["", "n", "r", "s", "l"])
        words.add("".join(chance.choices(SYLLABLES, k=chance.randrange(2, 5))) + end)
    return sorted(words)


def slip(word: str, chance: random.Random) -> str:
    """One letter lost, doubled by another, changed, or two that changed places."""
    at = chance.randrange(len(word))
    letter = chance.choice("abcdefghijklmnopqrstuvwxyz")
    match chance.randrange(4):
        case 0:
            return word[:at] + word[at + 1 :]
        case 1:
            return word[:at] + letter + word[at:]
        case 2:
            return word[:at] + letter + word[at + 1 :]
        case _:
            at = min(at, len(word) - 2)
            return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


async def run() -> dict[str, object]:
    chance = random.Random(2026)  # noqa: S311 - the same words each time
    async with ground() as at:
        house = await build(at, chance)
        asked = _questions(house, chance)
        searcher = house.index.searcher()
        ours: list[float] = []
        theirs: list[float] = []
        took: list[list[float]] = []
        base: list[list[float]] = []
        recalls: list[float] = []
        peers: list[float] = []
        server = await house.at.db.at_once(house.hotels[0], "pg_backend_pid()")
        spent: dict[str, list[float]] = {"server": [], "client": [], "tantivy": []}
        for n in range(-1, ROUNDS):
            rounds = [(_ours, ours, recalls), (_theirs, theirs, peers)]
            for work, kept, right in rounds if n % 2 == 0 else rounds[::-1]:
                before = cpu_ns(server[0]), cpu_ns("self")
                times, recall = await work(house, asked, searcher)
                used = (cpu_ns(server[0]) - before[0], cpu_ns("self") - before[1])
                if n >= 0:
                    spent["client" if work is _ours else "tantivy"].append(used[1])
                    if work is _ours:
                        spent["server"].append(used[0])
                    kept.append(median(times))
                    right.append(recall)
                    (took if work is _ours else base).append(times)
        cpu = {who: median(taken) / QUESTIONS / 1000 for who, taken in spent.items()}
        whole = await _plain(house, asked)
        completing = await _completing(house, asked)
        return {
            "ratio": round(median(ours) / median(theirs), 2),
            "quiet_ratio": round(_quiet(took) / _quiet(base), 2),
            "cpu_ratio": round((cpu["server"] + cpu["client"]) / cpu["tantivy"], 2),
            **{f"{who}_cpu_us": round(taken) for who, taken in cpu.items()},
            "typo_p50_ms": round(median(ours) * 1000, 2),
            "typo_p95_ms": round(percentile([t for times in took for t in times], 0.95) * 1000, 2),
            "tantivy_p50_ms": round(median(theirs) * 1000, 2),
            "recall_at_20": round(median(recalls), 3),
            "tantivy_recall_at_20": round(median(peers), 3),
            "right_words_p50_ms": round(median(whole) * 1000, 2),
            "suggest_p50_ms": round(median(completing) * 1000, 2),
            "things": HOTELS * EACH,
            "steady": steady(theirs),
        }


def _quiet(rounds: list[list[float]]) -> float:
    """Each question's best of the rounds: what is left when nobody else wants the processor."""
    return median([min(times) for times in zip(*rounds, strict=True)])


async def build(at: Ground, chance: random.Random) -> House:
    words = vocabulary(chance)
    weights = [1 / (rank + 30) for rank in range(len(words))]
    chance.shuffle(words)
    hotels, texts = [], []
    schema = tantivy.SchemaBuilder()
    schema.add_unsigned_field("hotel", indexed=True)
    schema.add_text_field("id", stored=True, tokenizer_name="raw")
    schema.add_text_field("text", stored=True)
    index = tantivy.Index(schema.build())
    writer = index.writer(heap_size=60_000_000, num_threads=1)
    pool = await asyncpg.connect(plain_url(at.settings.database_url))
    owner = await asyncpg.connect(plain_url(at.settings.database_owner_url))
    indexes = [row["indexdef"] for row in await owner.fetch(GIN)]
    for row in await owner.fetch(GIN):
        await owner.execute(f"DROP INDEX {row['indexname']}")
    for n in range(HOTELS):
        hotel, _ = await hotel_with_number(at, n)
        rows = [
            (UUID(int=chance.getrandbits(128)), " ".join(chance.choices(words, weights, k=12)))
            for _ in range(EACH)
        ]
        for row_id, said in rows:
            document = tantivy.Document(id=str(row_id), text=said)
            document.add_unsigned("hotel", n)
            writer.add_document(document)
        await pool.execute("SELECT set_config('app.hotel_id', $1, false)", str(hotel))
        await _fill(pool, hotel, rows)
        hotels.append(hotel)
        texts.append(rows)
    await pool.close()
    writer.commit()
    index.reload()
    for index_made in indexes:
        await owner.execute(index_made)
    await owner.execute("VACUUM ANALYZE search_entries, search_words, search_queue")
    await owner.close()
    return House(at, hotels, texts, index)


async def _fill(pool: asyncpg.Connection, hotel: HotelId, rows: Sequence[tuple[UUID, str]]) -> None:
    """As the app's triggers make them, but for the kind's own table."""
    await pool.execute(
        "INSERT INTO search_entries (hotel_id, id, kind, title, body, words)"
        " SELECT $1, id, $4, split_part(said, ' ', 1), said,"
        " search_vector('simple', '', '', said, '')"
        " FROM unnest($2::uuid[], $3::text[]) AS r (id, said)",
        hotel,
        [row_id for row_id, _ in rows],
        [said for _, said in rows],
        KINDS[0],
    )
    await pool.execute(
        "INSERT INTO search_words (hotel_id, word, slips)"
        " SELECT DISTINCT $1::uuid, word, search_slips($1::uuid, word) FROM search_entries,"
        " unnest(tsvector_to_array(words)) word WHERE length(word) > 2",
        hotel,
    )


@dataclass
class Asked:
    hotel: int
    wrong: str
    right: str
    meant: set[UUID]
    """What has both words as they were meant."""


def _questions(house: House, chance: random.Random) -> list[Asked]:
    asked: list[Asked] = []
    while len(asked) < QUESTIONS:
        n = chance.randrange(HOTELS)
        said = chance.choice(house.texts[n])[1].split()
        pair = [word for word in dict.fromkeys(said) if len(word) >= 4]
        if len(pair) < 2:
            continue
        pair = chance.sample(pair, 2)
        meant = {i for i, text in house.texts[n] if set(pair) <= set(text.split())}
        wrong = " ".join(slip(word, chance) for word in pair)
        asked.append(Asked(n, wrong, " ".join(pair), meant))
    return asked


def _recall(found: Sequence[UUID], meant: set[UUID]) -> float:
    return len(set(found[:20]) & meant) / min(20, len(meant))


async def _ours(house: House, asked: list[Asked], _: object) -> tuple[list[float], float]:
    return await _asking(house, [(a.hotel, a.wrong, a.meant) for a in asked])


async def _asking(
    house: House, asked: list[tuple[int, str, set[UUID]]]
) -> tuple[list[float], float]:
    times, recalls = [], []
    for n, said, meant in asked:
        hotel = house.hotels[n]
        start = time.perf_counter()
        found = await find_at_once(house.at.db, hotel, Question(said, KINDS, KINDS))
        fits = fitting(found.terms)
        for hit in found.hits:
            marked(hit.title, fits)
            snippet(hit.body, fits)
        times.append(time.perf_counter() - start)
        recalls.append(_recall([hit.id for hit in found.hits], meant))
    return times, sum(recalls) / len(recalls)


async def _theirs(
    house: House, asked: list[Asked], searcher: tantivy.Searcher
) -> tuple[list[float], float]:
    """Fuzzy terms of distance one, both of them, in this hotel; read and marked as ours are."""
    schema = house.index.schema
    times, recalls = [], []
    for a in asked:
        start = time.perf_counter()
        parts = [(tantivy.Occur.Must, tantivy.Query.term_query(schema, "hotel", a.hotel))]
        for word in a.wrong.split():
            fuzzy = tantivy.Query.fuzzy_term_query(schema, "text", word, distance=1)
            parts.append((tantivy.Occur.Must, fuzzy))
        whole = tantivy.Query.boolean_query(parts)
        found = searcher.search(whole, 20, count=True).hits
        ids = []
        snippets = tantivy.SnippetGenerator.create(searcher, whole, schema, "text")
        for _, address in found:
            document = searcher.doc(address)
            ids.append(UUID(document["id"][0]))
            snippets.snippet_from_doc(document).to_html()
        times.append(time.perf_counter() - start)
        recalls.append(_recall(ids, a.meant))
        if len(times) % 20 == 0:
            await asyncio.sleep(0)
    return times, sum(recalls) / len(recalls)


async def _plain(house: House, asked: list[Asked]) -> list[float]:
    times, recall = await _asking(house, [(a.hotel, a.right, a.meant) for a in asked])
    if recall < 1:
        raise RuntimeError(f"words as they stand found only {recall}")
    return times


async def _completing(house: House, asked: list[Asked]) -> list[float]:
    times = []
    for a in asked:
        hotel = house.hotels[a.hotel]
        start = time.perf_counter()
        async with house.at.db.hotel(hotel) as session:
            await suggest(session, hotel, a.right[:3], allowed=KINDS, limit=8)
        times.append(time.perf_counter() - start)
    return times
