"""Anything of a hotel is found as people type it, and nothing of another's."""

import random
import re
import uuid
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import delete, select, text, update

from frontdesk.guests.models import Guest
from frontdesk.kit.db import Database, plain_url
from frontdesk.kit.ids import HotelId
from frontdesk.local.roles import DatabaseUrls
from frontdesk.rooms.models import Room, RoomType
from frontdesk.search.actions import Found, Question, catch_up, find, rebuild, suggest
from frontdesk.search.kinds import KINDS
from frontdesk.search.letters import as_sql, fold
from frontdesk.search.models import SearchEntry, SearchWord
from tests.conftest import Server, at, new_hotel

ALL = tuple(KINDS)
ROOT = Path(__file__).resolve().parents[2]


async def found(db: Database, hotel: HotelId, said: str, **changes: object) -> Found:
    asked = {"allowed": ALL, "kinds": ALL, **changes}
    async with db.hotel(hotel) as session:
        return await find(session, hotel, Question(said, **asked))


async def titles(db: Database, hotel: HotelId, said: str, **changes: object) -> list[str]:
    return [hit.title or hit.body for hit in (await found(db, hotel, said, **changes)).hits]


async def put(db: Database, hotel: HotelId, *rows: object) -> None:
    async with db.hotel(hotel) as session:
        session.add_all(rows)
    await catch_up(db, hotel)


def kind_of_room(hotel: HotelId, name: str, **changes: object) -> RoomType:
    given = {"code": uuid.uuid4().hex[:6], "max_adults": 2, "max_guests": 2, "base_price": 100}
    return RoomType(hotel_id=hotel, id=uuid.uuid4(), name=name, **(given | changes))


def guest_of(hotel: HotelId, name: str | None, phone: str | None = None) -> Guest:
    return Guest(hotel_id=hotel, name=name, phone=phone)


async def test_a_typo_finds_what_was_meant(db: Database, hotel: HotelId) -> None:
    await put(db, hotel, kind_of_room(hotel, "Deluxe suite"), kind_of_room(hotel, "Family room"))
    assert await titles(db, hotel, "delux") == ["Deluxe suite"]
    assert await titles(db, hotel, "dleuxe") == ["Deluxe suite"]
    assert await titles(db, hotel, "famly roon") == ["Family room"]


async def test_other_alphabets_and_accents(db: Database, hotel: HotelId) -> None:
    await put(db, hotel, *(guest_of(hotel, n) for n in ("Жанна Müller", "José Núñez", "王小明")))
    for said, name in {
        "zhanna": "Жанна Müller",
        "ЖАННА": "Жанна Müller",
        "muller": "Жанна Müller",
        "jose nunez": "José Núñez",
        "NÚÑEZ": "José Núñez",
        "小明": "王小明",
        "王小明": "王小明",
    }.items():
        assert await titles(db, hotel, said) == [name]


async def test_who_types_the_vowels_finds_a_name_that_is_written_without(
    db: Database, hotel: HotelId
) -> None:
    names = {
        "محمد": ("mohammed", "Muhammad", "mohamed", "MOHAMMAD"),
        "أحمد": ("ahmad", "ahmed"),
        "يوسف": ("yusuf", "youssef"),
        "فاطمة": ("fatima", "fatimah"),
        "خالد": ("khaled", "khalid"),
        "إبراهيم": ("ibrahim",),
        "כהן": ("cohen", "kohen"),
        "דוד": ("david",),
        "יצחק": ("yitzhak",),
        "אהרון": ("aharon",),
    }
    others = ("Family suite", "Room with a view", "Anna Weber")
    await put(db, hotel, *(guest_of(hotel, name) for name in (*names, *others)))
    for name, typed in names.items():
        for said in (name, *typed):
            assert name in await titles(db, hotel, said), (name, said)
    assert await titles(db, hotel, "weber") == ["Anna Weber"]
    await put(db, hotel, guest_of(hotel, "Mohammed Bauer"))
    assert await titles(db, hotel, "mohammed") == ["Mohammed Bauer", "محمد"]


async def test_pieces_of_a_phone(db: Database, hotel: HotelId) -> None:
    await put(
        db, hotel, guest_of(hotel, "Ana", "34600111222"), guest_of(hotel, "Bo", "34611999888")
    )
    for said in ("1222", "600111", "+34 600 111 222", "600-111-222", "(600) 111", "34600111222"):
        assert await titles(db, hotel, said) == ["Ana"]
    for said in ("0034600111222", "00 34 600 111 222", "0034-600 11"):
        assert await titles(db, hotel, said) == ["Ana"]
    await put(db, hotel, guest_of(hotel, "Cléo", "33612345678"))
    for said in ("0612345678", "06 12 34 56 78", "061234567"):
        assert await titles(db, hotel, said) == ["Cléo"]
    assert await titles(db, hotel, "06123") == []
    assert await titles(db, hotel, "9112") == []


async def test_a_name_weighs_more_than_a_feature_and_that_more_than_a_word(
    db: Database, hotel: HotelId
) -> None:
    await put(
        db,
        hotel,
        kind_of_room(hotel, "Third", description="near the balcony"),
        kind_of_room(hotel, "Second", features=["balcony"]),
        kind_of_room(hotel, "Balcony room"),
    )
    assert await titles(db, hotel, "balcony") == ["Balcony room", "Second", "Third"]


async def test_the_hotels_own_language_ends_the_words(db: Database) -> None:
    spanish = await new_hotel(db, language="es")
    await put(db, spanish, kind_of_room(spanish, "Habitaciones con terraza"))
    assert await titles(db, spanish, "habitación") == ["Habitaciones con terraza"]
    russian = await new_hotel(db, language="ru")
    await put(db, russian, kind_of_room(russian, "Номер с балконом"))
    assert await titles(db, russian, "балкон номера") == ["Номер с балконом"]


async def test_renamed_and_gone(db: Database, hotel: HotelId) -> None:
    suite = kind_of_room(hotel, "Orchid suite")
    await put(db, hotel, suite, guest_of(hotel, "Quentin"))
    await put(db, hotel, Room(hotel_id=hotel, room_type_id=suite.id, number="204"))
    assert set(await titles(db, hotel, "orchid")) == {"Orchid suite", "204 Orchid suite"}
    async with db.hotel(hotel) as session:
        await session.execute(update(RoomType).values(name="Lotus suite"))
        await session.execute(delete(Guest))
        asked = Question("lotus", allowed=ALL, kinds=ALL)
        named = {h.title for h in (await find(session, hotel, asked)).hits}
        assert named == {"Lotus suite", "204 Lotus suite"}
        asked = Question("quentin", allowed=ALL, kinds=ALL)
        assert (await find(session, hotel, asked)).hits == ()
    await catch_up(db, hotel)
    assert await titles(db, hotel, "orchid") == []
    assert set(await titles(db, hotel, "lotus")) == {"Lotus suite", "204 Lotus suite"}


async def test_words_that_nobody_says_any_more_are_forgotten(
    db: Database, hotel: HotelId, owner
) -> None:
    await put(db, hotel, guest_of(hotel, "Zebedee Quux"), guest_of(hotel, "Quux"))
    async with db.hotel(hotel) as session:
        await session.execute(delete(Guest).where(Guest.name == "Zebedee Quux"))
    await catch_up(db, hotel)
    assert await titles(db, hotel, "zebedeee") == []
    async with db.hotel(hotel) as session:
        words = (await session.execute(select(SearchWord.word))).scalars().all()
    assert "zebede" not in words
    assert "zebedee" not in words
    assert "quux" in words


async def test_what_one_may_not_read_is_not_found_and_not_counted(
    db: Database, hotel: HotelId
) -> None:
    await put(db, hotel, guest_of(hotel, "Violet"), kind_of_room(hotel, "Violet room"))
    seen = await found(db, hotel, "violet")
    assert seen.facets == {"guests": 1, "room_types": 1}
    seen = await found(db, hotel, "violet", allowed=("room_types",))
    assert [hit.kind for hit in seen.hits] == ["room_types"]
    assert seen.facets == {"room_types": 1}
    seen = await found(db, hotel, "violet", kinds=("guests",))
    assert [hit.kind for hit in seen.hits] == ["guests"]
    assert seen.facets == {"guests": 1, "room_types": 1}


async def test_another_hotel_is_not_there(
    db: Database, hotel: HotelId, other_hotel: HotelId
) -> None:
    await put(db, other_hotel, guest_of(other_hotel, "Wilhelmina", "34600111222"))
    await put(db, hotel, guest_of(hotel, "Bo"))
    for said in ("wilhelmina", "wilhelmnia", "1222"):
        assert await titles(db, hotel, said) == []
        assert await titles(db, other_hotel, said) == ["Wilhelmina"]


async def test_pages_do_not_move_when_things_are_added(db: Database, hotel: HotelId) -> None:
    for newest in (False, True):
        await put(db, hotel, *(guest_of(hotel, f"Petra {n}") for n in range(5)))
        whole = [h.id for h in (await found(db, hotel, "petra", newest=newest)).hits]
        first = await found(db, hotel, "petra", newest=newest, limit=3)
        await put(db, hotel, guest_of(hotel, "Petra"))
        rest = await found(db, hotel, "petra", newest=newest, limit=50, after=first.after)
        seen = [h.id for h in (*first.hits, *rest.hits)]
        assert [i for i in seen if i in whole] == whole
        assert len(seen) == len(set(seen))


async def test_a_name_is_completed(db: Database, hotel: HotelId, other_hotel: HotelId) -> None:
    await put(db, other_hotel, guest_of(other_hotel, "Deborah"))
    await put(
        db, hotel, kind_of_room(hotel, "Deluxe suite"), guest_of(hotel, "Denis", "34600111222")
    )
    async with db.hotel(hotel) as session:
        given = {"allowed": ALL, "limit": 5}
        assert [s.title for s in await suggest(session, hotel, "de", **given)] == [
            "Denis",
            "Deluxe suite",
        ]
        assert [s.title for s in await suggest(session, hotel, "suite del", **given)] == [
            "Deluxe suite"
        ]
        for said in ("1122", "0034600", "00 34 600 11", "+34 600-111"):
            assert [s.title for s in await suggest(session, hotel, said, **given)] == ["Denis"]
        given = {"allowed": ("guests",), "limit": 5}
        assert [s.title for s in await suggest(session, hotel, "de", **given)] == ["Denis"]
        assert await suggest(session, hotel, "''!", **given) == []


@pytest.mark.parametrize(
    "said",
    [
        "'",
        "a & | ! <-> :*",
        "\\",
        "%_",
        "👩‍🚀🏨",
        "؟\u200fمحمد",
        "a" * 199,
        "' OR 1=1 --",
        "-",
        "the",
        "1" * 199,
    ],
)
async def test_hostile_questions_find_nothing_and_break_nothing(
    db: Database, hotel: HotelId, said: str
) -> None:
    assert (await found(db, hotel, said)).hits == ()
    async with db.hotel(hotel) as session:
        assert await suggest(session, hotel, said, allowed=ALL, limit=5) == []


async def test_everything_is_read_anew(db: Database, hotel: HotelId) -> None:
    await put(db, hotel, guest_of(hotel, "Ophelia"))
    async with db.hotel(hotel) as session:
        await session.execute(delete(SearchEntry))
        await session.execute(delete(SearchWord))
    assert await titles(db, hotel, "ophelia") == []
    async with db.hotel(hotel) as session:
        assert await rebuild(session, hotel) == 1
    await catch_up(db, hotel)
    assert await titles(db, hotel, "opheila") == ["Ophelia"]


async def test_the_database_folds_as_we_do(db: Database, hotel: HotelId) -> None:
    assert as_sql() == (ROOT / "rls/69_search_letters.sql").read_text()
    chance = random.Random(7)  # noqa: S311 - the same texts each time
    plain = [
        " ".join(chance.choices("aZ9é ßЖǄ-_'ﬁΣσςİıأ王小あア한\u0301\u200d👩½", k=12))
        for _ in range(60)
    ]
    wild = ["".join(chr(chance.randrange(1, 0xD7FF)) for _ in range(60)) for _ in range(60)]
    said = [*plain, *wild, "Łódź Ærø Ñandú ПРИВЕТ Ελλάδα مرحبا"]
    query = text(
        "SELECT search_fold(s) FROM unnest(CAST(:said AS text[])) WITH ORDINALITY u (s, n)"
    )
    async with db.hotel(hotel) as session:
        folded = (await session.execute(query, {"said": said})).scalars().all()
    assert folded == [fold(s) for s in said]


GIVEN = {
    "wanted": "'slate'::tsquery",
    "whole": "'slate'::tsquery",
    "kinds": "ARRAY['guests']",
    "state": "NULL::text",
    "since": "NULL::timestamptz",
    "until": "NULL::timestamptz",
    "most": "3000",
    "seen": "(SELECT NULL::uuid[])::uuid[]",
    "bound": "15000",
}


@pytest.mark.parametrize(
    ("look_up", "kind", "index"),
    [
        ("search_things", "guests", "ix_search_entries_things"),
        ("search_said", "messages", "ix_search_entries_said"),
        ("search_newest", "messages", "ix_search_entries_said"),
    ],
)
async def test_a_look_up_uses_its_index_and_the_app_alone_could_not(
    db: Database,
    hotel: HotelId,
    server: Server,
    database_urls: DatabaseUrls,
    look_up: str,
    kind: str,
    index: str,
) -> None:
    rows = text(
        "INSERT INTO search_entries (hotel_id, id, kind, words)"
        " SELECT :hotel, gen_random_uuid(), :kind, to_tsvector('simple', 'slate' || n)"
        " FROM generate_series(1, 3000) n"
    )
    async with db.hotel(hotel) as session:
        await session.execute(rows, {"hotel": hotel, "kind": kind})
    database = database_urls.owner.rpartition("/")[2]
    root = await asyncpg.connect(plain_url(at(server.superuser, database)))
    await root.execute("VACUUM ANALYZE search_entries")
    body = await root.fetchval("SELECT prosrc FROM pg_proc WHERE proname = $1", look_up)
    begins = body.index("RETURN QUERY") if "RETURN QUERY" in body else 0
    query = body[body.index("SELECT", begins) : body.index(";", begins)]
    asked = "EXPLAIN " + re.sub(r"\b[a-z]+\b", lambda m: GIVEN.get(m[0], m[0]), query)
    plans = {}
    for role in ("frontdesk_search", "hotel_bot_tenant"):
        async with root.transaction():
            await root.execute("SELECT set_config('app.hotel_id', $1, true)", str(hotel))
            await root.execute(f"SET LOCAL ROLE {role}")
            lines = "\n".join(row[0] for row in await root.fetch(asked))
            await root.execute("RESET ROLE")
        plans[role] = re.findall(r"Index Cond: (.*)", lines), lines
    await root.close()
    conditions, plan = plans["frontdesk_search"]
    assert index in plan, plan
    assert any("words @@" in c and "hotel_id" in c for c in conditions), plan
    assert not any("words @@" in c for c in plans["hotel_bot_tenant"][0])
