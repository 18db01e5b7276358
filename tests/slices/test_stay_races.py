"""Two at once for one stay: one order or the other, and the counters always agree."""

import asyncio
from collections.abc import Awaitable
from datetime import timedelta

from frontdesk.bookings.cancel import cancel
from frontdesk.bookings.change import commit_change, preview_change
from frontdesk.bookings.extend import extend
from frontdesk.bookings.models import Booking
from frontdesk.bookings.parts import Wanted
from frontdesk.bookings.quote import hold
from frontdesk.bookings.reserve import Yes, reserve_at_once
from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database
from frontdesk.kit.errors import Problem
from frontdesk.kit.ids import HotelId
from tests.factories import all_of
from tests.slices.stays import read, sold, stay_of, uneven
from tests.slices.test_booking import FIRST, quoted, room_of
from tests.slices.test_booking_races import copies


async def outcome(work: Awaitable[object]) -> str:
    """What became of it; anything but a plain answer or a problem is a failure."""
    try:
        await work
    except Problem as refused:
        return refused.code
    return "done"


async def test_extending_and_booking_the_same_night_have_one_winner(
    db: Database, hotel: HotelId, clock: FixedClock
) -> None:
    kind = await room_of(db, hotel)
    for _ in range(5):
        booking = await stay_of(db, hotel, kind, clock)
        rival = await quoted(db, hotel, kind, clock, after=2, phone="34600111333")
        until = FIRST + timedelta(3)

        async def stay_on(booking=booking, until=until) -> None:
            async with db.hotel(hotel) as session:
                await extend(session, booking.id, until, by="test", now=clock.now())

        yes = Yes(rival.id, "test", "rest")
        won = await asyncio.gather(
            outcome(stay_on()), outcome(reserve_at_once(db, hotel, yes, now=clock.now()))
        )
        assert sorted(won) == ["done", "room_taken"]
        assert (await sold(db, hotel))[2] == 1
        assert await uneven(db, hotel) == []
        for stay in await confirmed(db, hotel):
            async with db.hotel(hotel) as session:
                await cancel(session, stay.id, by="test", now=clock.now())


async def confirmed(db: Database, hotel: HotelId) -> list[Booking]:
    return [b for b in await all_of(db, hotel, Booking) if b.status == "confirmed"]


async def test_changing_and_cancelling_leave_one_of_the_two(
    db: Database, hotel: HotelId, clock: FixedClock
) -> None:
    kind = await room_of(db, hotel, capacity=3)
    seen = set()
    for n in range(8):
        booking = await stay_of(db, hotel, kind, clock)
        async with db.hotel(hotel) as session:
            wanted = Wanted(arrival=FIRST + timedelta(2), departure=FIRST + timedelta(5))
            shown = await preview_change(session, booking.id, wanted, by="test", now=clock.now())

        async def change(booking=booking, change=shown.change.id) -> None:
            async with db.hotel(hotel) as session:
                await commit_change(session, booking.id, change, by="test", now=clock.now())

        async def give_up(booking=booking) -> None:
            async with db.hotel(hotel) as session:
                await cancel(session, booking.id, by="test", now=clock.now())

        works = [outcome(change()), outcome(give_up())]
        done = await asyncio.gather(*(works if n % 2 else reversed(works)))
        seen |= set(done)
        left = await read(db, hotel, booking.id)
        assert left.status == "cancelled"
        assert (await sold(db, hotel), await uneven(db, hotel)) == ([0] * 6, [])
    assert seen <= {"done", "not_changeable"}


async def test_paying_at_the_last_second_and_the_hold_running_out_sell_one_room(
    db: Database, hotel: HotelId, clock: FixedClock
) -> None:
    kind = await room_of(db, hotel)
    for _ in range(6):
        kept = await quoted(db, hotel, kind, clock)
        async with db.hotel(hotel) as session:
            await hold(session, kept.id, now=clock.now())
        last = kept.expires_at - timedelta(milliseconds=1)
        clock.at = kept.expires_at
        rivals = await copies(db, hotel, await quoted(db, hotel, kind, clock), 6)
        tries = [outcome(reserve_at_once(db, hotel, Yes(kept.id, "t", "rest"), now=last))]
        tries += [
            outcome(reserve_at_once(db, hotel, Yes(q, "t", "rest"), now=clock.at)) for q in rivals
        ]
        done = await asyncio.gather(*tries)
        assert done.count("done") == 1
        assert set(done) <= {"done", "room_taken", "quote_expired"}
        assert (await sold(db, hotel), await uneven(db, hotel)) == ([1, 1, 0, 0, 0, 0], [])
        for booking in await confirmed(db, hotel):
            async with db.hotel(hotel) as session:
                await cancel(session, booking.id, by="test", now=clock.now())


async def test_changes_that_cross_never_wait_in_a_circle(
    db: Database, hotel: HotelId, clock: FixedClock
) -> None:
    kind = await room_of(db, hotel, capacity=8)
    early = [await stay_of(db, hotel, kind, clock, nights=3) for _ in range(4)]
    late = [await stay_of(db, hotel, kind, clock, after=3, nights=3) for _ in range(4)]
    shown = []
    for booking, days in [*((b, (3, 6)) for b in early), *((b, (0, 3)) for b in late)]:
        async with db.hotel(hotel) as session:
            wanted = Wanted(FIRST + timedelta(days[0]), FIRST + timedelta(days[1]))
            made = await preview_change(session, booking.id, wanted, by="test", now=clock.now())
            shown.append((booking.id, made.change.id))

    async def swap(booking_id, change_id) -> None:
        async with db.hotel(hotel) as session:
            await commit_change(session, booking_id, change_id, by="test", now=clock.now())

    async with asyncio.timeout(20):
        done = await asyncio.gather(*(outcome(swap(*pair)) for pair in shown))
    assert set(done) == {"done"}
    assert (await sold(db, hotel), await uneven(db, hotel)) == ([4] * 6, [])
