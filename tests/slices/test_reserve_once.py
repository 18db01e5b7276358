"""Yeses with an Idempotency-Key, written together: each is sold once and remembered with it."""

import asyncio
import json
from collections import Counter
from uuid import UUID

from sqlalchemy import func, select

from frontdesk.bookings.models import Booking
from frontdesk.bookings.reserve import Yes
from frontdesk.bookings.reserve_once import reserve_once
from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database
from frontdesk.kit.errors import Problem
from frontdesk.kit.ids import HotelId
from frontdesk.kit.secrets import digest
from frontdesk.tenancy.idempotency import Once
from frontdesk.tenancy.models import IdempotencyKey
from tests.slices.test_booking import counters, quoted, room_of
from tests.slices.test_booking_races import copies

Wanted = tuple[UUID, str]


async def crowd(
    db: Database, hotel: HotelId, clock: FixedClock, wanted: list[Wanted]
) -> list[dict[str, str] | str]:
    async def attempt(quote: UUID, key: str) -> dict[str, str] | str:
        once = Once("POST /bookings", key, digest(str(quote)))
        yes = Yes(quote, "till", "rest")
        try:
            answer = await reserve_once(db, hotel, yes, once, now=clock.now())
        except Problem as refused:
            return refused.code
        return json.loads(bytes(answer.body))

    return await asyncio.gather(*(attempt(*one) for one in wanted))


async def test_each_key_is_answered_as_if_it_had_come_alone(
    db: Database, hotel: HotelId, other_hotel: HotelId, clock: FixedClock
) -> None:
    pattern = await quoted(db, hotel, await room_of(db, hotel, capacity=4), clock)
    foreign = await quoted(db, other_hotel, await room_of(db, other_hotel), clock)
    a, b, c, d, e, f = await copies(db, hotel, pattern, 6)
    wanted = [(a, "1"), (b, "2"), (foreign.id, "3"), (a, "1"), (c, "2"), (a, "4"), (d, "5")]
    first = await crowd(db, hotel, clock, wanted)
    codes = [said["code"] if isinstance(said, dict) else said for said in first]
    assert codes[2] == "no_such_quote"
    assert codes[4] == "idempotency_key_reused"
    assert (codes[3], codes[5]) == (codes[0], codes[0])
    assert len({codes[0], codes[1], codes[6]}) == 3
    assert await crowd(db, hotel, clock, [wanted[0], wanted[6]]) == [first[0], first[6]]
    told = await crowd(db, hotel, clock, [(e, "6"), (f, "7"), (foreign.id, "8")])
    assert Counter(t if isinstance(t, str) else "sold" for t in told) == {
        "sold": 1,
        "room_taken": 1,
        "no_such_quote": 1,
    }
    assert (await counters(db, hotel))[:2] == [(4, 0)] * 2
    assert (await counters(db, other_hotel))[0] == (0, 0)
    async with db.hotel(hotel) as session:
        keys = (await session.scalars(select(IdempotencyKey.key))).all()
        assert await session.scalar(select(func.count()).select_from(Booking)) == 4
    assert sorted(keys) == sorted(["1", "2", "4", "5", "6" if told[0] != "room_taken" else "7"])


async def test_a_key_whose_room_was_taken_may_try_again(
    db: Database, hotel: HotelId, clock: FixedClock
) -> None:
    pattern = await quoted(db, hotel, await room_of(db, hotel, capacity=1), clock)
    wanted = [(q, str(n)) for n, q in enumerate(await copies(db, hotel, pattern, 40))]
    said = await crowd(db, hotel, clock, wanted)
    assert Counter(isinstance(s, dict) or s for s in said) == {True: 1, "room_taken": 39}
