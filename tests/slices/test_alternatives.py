"""Many who lost a room share one search, and each hears of its own stay."""

import asyncio
from datetime import timedelta
from uuid import uuid4

from frontdesk.bookings.alternatives import taken
from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database
from frontdesk.kit.errors import Problem
from frontdesk.kit.ids import HotelId
from frontdesk.kit.secrets import digest
from frontdesk.tenancy.actions import add_key, revoke_key, the_key
from frontdesk.tenancy.keys import key_of
from frontdesk.tenancy.schemas import KeyIn
from tests.slices.test_booking import quoted, room_of
from tests.slices.test_booking_races import copies
from tests.slices.test_yeses_together import spoil


def said(problem: Problem) -> tuple[str, list[int]]:
    return problem.code, [a["total"] for a in problem.extra.get("alternatives", [])]


async def test_each_of_those_who_lost_hears_of_its_own_stay(
    db: Database, hotel: HotelId, other_hotel: HotelId, clock: FixedClock
) -> None:
    kind = await room_of(db, hotel, capacity=3)
    foreign = await quoted(db, other_hotel, await room_of(db, other_hotel), clock)
    short = await quoted(db, hotel, kind, clock)
    long = await quoted(db, hotel, kind, clock, nights=4)
    many, past, *same = await copies(db, hotel, short, 6)
    await spoil(db, hotel, many, adults=9)
    day = short.arrival - timedelta(400)
    await spoil(db, hotel, past, arrival=day, departure=day + timedelta(2))
    before = db.cache.counts.total()
    asked = [short.id, long.id, many, past, foreign.id, uuid4(), *same]
    told = await asyncio.gather(*(taken(db, hotel, q, now=clock.now()) for q in asked))
    assert [said(t) for t in told] == [
        ("room_taken", [short.total]),
        ("room_taken", [long.total]),
        ("room_taken", []),
        ("bad_stay", []),
        ("no_such_quote", []),
        ("no_such_quote", []),
        *[("room_taken", [short.total])] * 4,
    ]
    assert db.cache.counts.total() - before == 3  # a book is asked for once a search


async def test_a_key_that_many_show_at_once_is_out_when_it_is_revoked(
    db: Database, hotel: HotelId, other_hotel: HotelId, clock: FixedClock
) -> None:
    async with db.hotel(hotel) as session:
        made, key = await add_key(session, hotel, KeyIn(name="till"), by="t")
    async with db.hotel(other_hotel) as session:
        _, other = await add_key(session, other_hotel, KeyIn(name="till"), by="t")
    shown = [digest(k) for k in (key, other, "nobody's") * 9]
    found = await asyncio.gather(*(key_of(db, k) for k in shown))
    assert [f.hotel_id if f else None for f in found] == [hotel, other_hotel, None] * 9
    async with db.hotel(hotel) as session:
        revoke_key(session, await the_key(session, made.id), by="t", now=clock.now())
    assert await key_of(db, digest(key)) is None
