"""One box over a million messages of several hotels (`--messages=N`); what a message pays for it.

The rows are written in bulk, oldest first, as the job writes them; questions go the product's way,
one round trip each. `message_us` is an INSERT in the database with the search's trigger,
`untouched_us` without.
"""

import random
import sys
import time
from collections.abc import Sequence
from uuid import UUID

import asyncpg

from benches.common import Ground, ground, hotel_with_number, median, percentile
from benches.search import slip, vocabulary
from frontdesk.guests.models import Guest
from frontdesk.kit.db import plain_url
from frontdesk.kit.ids import HotelId
from frontdesk.messaging.models import Conversation
from frontdesk.search.actions import Question, find_at_once

MESSAGES = 1_000_000
SHARES = (0.6, 0.2, 0.1, 0.05, 0.05)
"""Of five hotels: the largest has most."""
TEXTS = 40_000
"""Different ones, each said again until there are enough messages."""
QUESTIONS = 30
INSERTS = 300
ROUNDS = 5
KINDS = ("messages", "guests")
INDEXES = (
    "SELECT indexname, indexdef FROM pg_indexes"
    " WHERE tablename LIKE 'search%' AND indexname LIKE 'ix%'"
)
POOL = """
CREATE UNLOGGED TABLE bench_pool (n int, said text, words tsvector);
GRANT SELECT ON bench_pool TO hotel_bot_tenant"""
TELL = """
INSERT INTO bench_pool
SELECT n, said, setweight(to_tsvector('simple', said), 'C') AS words
FROM (SELECT n, string_agg(($1::text[])[1 + (power(random(), 3) * $2)::int], ' ') AS said
      FROM generate_series(1, $3::int) AS n, generate_series(1, 8 + n % 9) GROUP BY n) m"""
FILL = """
INSERT INTO search_entries (hotel_id, id, kind, body, status, at, words)
SELECT $1, (lpad(to_hex(row.k), 12, '0') || '{rest}')::uuid, 'messages', said, 'guest',
    now() - ($2 - row.k) * interval '20 seconds', words
FROM (SELECT generate_series(1, $2::int) AS k) AS row
JOIN bench_pool p ON p.n = 1 + (row.k * 7919::bigint) % {texts}
ORDER BY row.k"""
LIGHT = """
ALTER TABLE search_entries SET UNLOGGED;
ALTER TABLE search_words SET UNLOGGED;
DO $$
DECLARE tie text;
BEGIN
    SELECT conname INTO tie FROM pg_constraint
    WHERE conrelid = 'search_entries'::regclass AND contype = 'f';
    EXECUTE format('ALTER TABLE search_entries DROP CONSTRAINT %I', tie);
END $$"""
"""Nothing of this outlives the bench, and who asks does not see it."""
LEXICON = """
INSERT INTO search_words (hotel_id, word, slips)
SELECT $1, word, search_slips($1, word) FROM unnest($2::text[]) AS word"""
WRITE = """
DO $$
DECLARE began timestamptz := clock_timestamp();
BEGIN
    FOR n IN 1 .. {times} LOOP
        INSERT INTO messages (hotel_id, id, conversation_id, direction, author, kind, text,
            occurred_at)
        VALUES ('{hotel}', gen_random_uuid(), '{chat}', 'in', 'guest', 'text',
            'Do you have a room for two from friday to sunday?', now());
    END LOOP;
    PERFORM set_config('bench.us',
        (extract(epoch FROM clock_timestamp() - began) * 1e6 / {times})::text, true);
END $$"""


async def run() -> dict[str, object]:
    asked = [a.partition("=")[2] for a in sys.argv if a.startswith("--messages=")]
    total = min(int(asked[0]), MESSAGES) if asked else MESSAGES
    chance = random.Random(2026)  # noqa: S311 - the same words each time
    words = vocabulary(chance)
    chance.shuffle(words)
    async with ground() as at:
        start = time.perf_counter()
        hotels, number = await _build(at, total, words)
        built = time.perf_counter() - start
        took = {
            f"{kind}_{size}": await _ask(at, hotel, questions)
            for kind, questions in _questions(words, chance).items()
            for size, hotel in (("large", hotels[0]), ("small", hotels[-1]))
        }
        every = [t for times in took.values() for t in times]
        trigger, bare = await _writing(at, hotels[-1], number)
        return {
            "ratio": round(percentile(every, 0.95) * 1000 / 200, 2),
            "p95_ms": round(percentile(every, 0.95) * 1000, 1),
            **{f"{n}_p95_ms": round(percentile(t, 0.95) * 1000, 1) for n, t in took.items()},
            "message_us": round(trigger, 1),
            "untouched_us": round(bare, 1),
            "messages": total,
            "built_s": round(built),
        }


def _questions(words: Sequence[str], chance: random.Random) -> dict[str, list[str]]:
    """Common words lead the list: the first are said by thousands, the last by few."""
    common, rare = words[:200], words[-3000:]

    def pairs(one: Sequence[str], other: Sequence[str]) -> list[str]:
        return [f"{chance.choice(one)} {chance.choice(other)}" for _ in range(QUESTIONS)]

    return {
        "common": [chance.choice(common) for _ in range(QUESTIONS)],
        "rare": [chance.choice(rare) for _ in range(QUESTIONS)],
        "two": pairs(common, words),
        "typos": [" ".join(slip(w, chance) for w in p.split()) for p in pairs(words, words)],
        "begun": [chance.choice(words)[:3] for _ in range(QUESTIONS)],
    }


async def _build(at: Ground, total: int, words: list[str]) -> tuple[list[HotelId], UUID]:
    owner = await asyncpg.connect(plain_url(at.settings.database_owner_url))
    await owner.execute(LIGHT)
    indexes = await owner.fetch(INDEXES)
    for row in indexes:
        await owner.execute(f"DROP INDEX {row['indexname']}")
    app = await asyncpg.connect(plain_url(at.settings.database_url))
    await owner.execute(POOL)
    await owner.execute(TELL, words, len(words) - 1, TEXTS)
    hotels: list[HotelId] = []
    for n, share in enumerate(SHARES):
        hotel, number = await hotel_with_number(at, n)
        hotels.append(hotel)
        await app.execute("SELECT set_config('app.hotel_id', $1, false)", str(hotel))
        await app.execute(LEXICON, hotel, words)
        await app.execute(FILL.format(texts=TEXTS, rest=f"{n:020x}"), hotel, int(total * share))
    await owner.execute("SET maintenance_work_mem = '512MB'")
    for row in indexes:
        await owner.execute(row["indexdef"])
    await owner.execute("VACUUM ANALYZE search_entries, search_words")
    await app.close()
    await owner.close()
    return hotels, number.id


async def _ask(at: Ground, hotel: HotelId, questions: Sequence[str]) -> list[float]:
    times: list[float] = []
    for said in questions:
        start = time.perf_counter()
        await find_at_once(at.db, hotel, Question(said, KINDS, KINDS))
        times.append(time.perf_counter() - start)
    return times


async def _writing(at: Ground, hotel: HotelId, number: UUID) -> tuple[float, float]:
    """Microseconds of an INSERT with and without the trigger; bookings have the same one."""
    async with at.db.hotel(hotel) as session:
        guest = Guest(hotel_id=hotel, id=UUID(int=1), name="Bench", phone="34600111222")
        session.add(guest)
        await session.flush()
        chat = Conversation(hotel_id=hotel, id=UUID(int=2), guest_id=guest.id, chat="bench@c.us")
        chat.instance_id = number
        session.add(chat)
    owner = await asyncpg.connect(plain_url(at.settings.database_owner_url))
    took: dict[str, list[float]] = {"ENABLE": [], "DISABLE": []}
    for n in range(ROUNDS):
        for state in list(took)[:: 1 if n % 2 else -1]:
            await owner.execute(f"ALTER TABLE messages {state} TRIGGER search_touch")
            took[state].append(await _written(at, hotel))
    await owner.close()
    return median(took["ENABLE"]), median(took["DISABLE"])


async def _written(at: Ground, hotel: HotelId) -> float:
    app = await asyncpg.connect(plain_url(at.settings.database_url))
    async with app.transaction():
        await app.execute("SELECT set_config('app.hotel_id', $1, true)", str(hotel))
        await app.execute(WRITE.format(times=INSERTS, hotel=hotel, chat=UUID(int=2)))
        spent = await app.fetchval("SELECT current_setting('bench.us')")
    await app.close()
    return float(spent)
