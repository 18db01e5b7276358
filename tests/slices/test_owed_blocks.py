"""A night that owes a block a room pays it before anybody else is sold what comes back."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import update

from frontdesk.bookings.cancel import cancel
from frontdesk.bookings.errors import RoomTaken
from frontdesk.bookings.models import Hold, NightlyInventory, Quote
from frontdesk.bookings.nights import NewNights, swap
from frontdesk.bookings.quote import hold
from frontdesk.bookings.reserve import Yes, reserve
from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.settings import Settings
from tests.calling import Caller, calling
from tests.factories import all_of
from tests.slices.stays import doors, stay_of, uneven
from tests.slices.test_booking import FIRST, booked, quoted, room_of

ONE_NIGHT = {"arrival": str(FIRST), "departure": str(FIRST + timedelta(1)), "adults": 1}


@pytest.fixture
async def call(
    settings: Settings, db: Database, hotel: HotelId, clock: FixedClock
) -> AsyncIterator[Caller]:
    async with calling(settings, db, hotel, clock) as caller:
        yield caller


async def night(db: Database, hotel: HotelId) -> tuple[int, int, int, int, int]:
    """(capacity, blocked, owed, sold, held) of FIRST."""
    (n,) = (n for n in await all_of(db, hotel, NightlyInventory) if n.night == FIRST)
    return n.capacity, n.blocked, n.owed, n.sold, n.held


async def blocked(db: Database, hotel: HotelId, kind: UUID, call: Caller) -> list[str]:
    """A room more that is blocked on FIRST; gives the nights on which the house is short then."""
    (door,) = await doors(db, hotel, kind, "101")
    until = str(FIRST + timedelta(1))
    wanted = {"first": str(FIRST), "until": until, "even_if_full": True}
    return (await call.made(f"/rooms/{door}/blocks", **wanted))["short"]


async def lapse(db: Database, hotel: HotelId, clock: FixedClock) -> None:
    async with db.hotel(hotel) as session:
        await session.execute(update(Hold).values(expires_at=clock.now()))


async def owing(
    db: Database, hotel: HotelId, call: Caller, clock: FixedClock
) -> tuple[UUID, Quote, Quote]:
    """A type whose one room is held, which owes a block one, its quote, and another guest's."""
    kind = await room_of(db, hotel)
    kept = await quoted(db, hotel, kind, clock, nights=1)
    late = await quoted(db, hotel, kind, clock, nights=1, phone="34600111333")
    async with db.hotel(hotel) as session:
        await hold(session, kept.id, now=clock.now())
    assert await blocked(db, hotel, kind, call) == [str(FIRST)]
    assert await night(db, hotel) == (1, 0, 1, 0, 1)
    return kind, kept, late


async def test_the_room_of_a_lapsed_hold_is_the_blocks_and_not_the_next_guests(
    db: Database, hotel: HotelId, call: Caller, clock: FixedClock
) -> None:
    kind, _, late = await owing(db, hotel, call, clock)
    await lapse(db, hotel, clock)
    with pytest.raises(RoomTaken):
        await booked(db, hotel, late, clock)
    with pytest.raises(RoomTaken):
        async with db.hotel(hotel) as session:
            await hold(session, late.id, now=clock.now())
    wanted = {**ONE_NIGHT, "room_type_id": str(kind), "guest_phone": "34600111444"}
    shown = await call("POST", "/quotes", json=wanted)
    assert (shown.status_code, shown.json()["why"]) == (409, "sold_out")
    assert (await call("GET", "/availability", params=ONE_NIGHT)).json() == []
    assert await night(db, hotel) == (1, 0, 1, 0, 1)


async def test_a_stay_that_gets_longer_does_not_take_it_either(
    db: Database, hotel: HotelId, call: Caller, clock: FixedClock
) -> None:
    kind, _, late = await owing(db, hotel, call, clock)
    stay = await stay_of(db, hotel, kind, clock, after=1, nights=1)
    await lapse(db, hotel, clock)
    longer = NewNights(kind, 1, late.nights, late.rate_plan_id)
    with pytest.raises(RoomTaken):
        async with db.hotel(hotel) as session:
            await swap(session, stay, [longer], since=None, now=clock.now())
    assert (await night(db, hotel), await uneven(db, hotel)) == ((1, 0, 1, 0, 1), [])


async def test_who_holds_a_room_still_gets_it_and_the_lapsed_ones_pay(
    db: Database, hotel: HotelId, call: Caller, clock: FixedClock
) -> None:
    kind = await room_of(db, hotel, capacity=2)
    lapsed, kept = [await quoted(db, hotel, kind, clock, nights=1) for _ in range(2)]
    async with db.hotel(hotel) as session:
        for quote in (lapsed, kept):
            await hold(session, quote.id, now=clock.now())
    await blocked(db, hotel, kind, call)
    async with db.hotel(hotel) as session:
        theirs = update(Hold).where(Hold.quote_id == lapsed.id)
        await session.execute(theirs.values(expires_at=clock.now()))
    await booked(db, hotel, kept, clock)
    assert (await night(db, hotel), await uneven(db, hotel)) == ((1, 1, 0, 1, 0), [])


async def test_what_is_cancelled_is_not_sold_again_before_the_block_has_it(
    db: Database, hotel: HotelId, call: Caller, clock: FixedClock
) -> None:
    _, kept, late = await owing(db, hotel, call, clock)
    booking = await booked(db, hotel, kept, clock)
    assert await night(db, hotel) == (1, 0, 1, 1, 0)
    async with db.hotel(hotel) as session:
        await cancel(session, booking.id, by="test", now=clock.now())
        with pytest.raises(RoomTaken):
            await reserve(session, Yes(late.id, "test", "rest"), now=clock.now())
        await session.rollback()
    assert await night(db, hotel) == (1, 0, 1, 1, 0)


async def test_a_hold_past_its_time_keeps_no_room_from_a_block(
    db: Database, hotel: HotelId, call: Caller, clock: FixedClock
) -> None:
    kind = await room_of(db, hotel)
    quote = await quoted(db, hotel, kind, clock, nights=2)
    async with db.hotel(hotel) as session:
        await hold(session, quote.id, now=clock.now())
    await lapse(db, hotel, clock)
    assert await blocked(db, hotel, kind, call) == []
    assert (await night(db, hotel), await uneven(db, hotel)) == ((0, 1, 0, 0, 0), [])


async def test_a_room_goes_though_a_hold_past_its_time_was_on_it(
    db: Database, hotel: HotelId, call: Caller, clock: FixedClock
) -> None:
    kind = await room_of(db, hotel)
    quote = await quoted(db, hotel, kind, clock, nights=1)
    (door,) = await doors(db, hotel, kind, "101")
    async with db.hotel(hotel) as session:
        await hold(session, quote.id, now=clock.now())
    refused = await call("DELETE", f"/rooms/{door}")
    assert (refused.status_code, refused.json()["nights"]) == (409, [str(FIRST)])
    await lapse(db, hotel, clock)
    assert (await call("DELETE", f"/rooms/{door}")).status_code == 204
    assert await night(db, hotel) == (0, 0, 0, 0, 0)


async def test_a_lapsed_hold_stands_in_nobodys_way_who_opens_fewer_rooms(
    db: Database, hotel: HotelId, call: Caller, clock: FixedClock
) -> None:
    kind = await room_of(db, hotel, capacity=2)
    for _ in range(2):
        quote = await quoted(db, hotel, kind, clock, nights=1)
        async with db.hotel(hotel) as session:
            await hold(session, quote.id, now=clock.now())
    fewer = {"first": str(FIRST), "days": 1, "capacity": 1, "price": 10000}
    refused = await call("PUT", f"/room-types/{kind}/nights", json=fewer)
    assert (refused.status_code, await night(db, hotel)) == (409, (2, 0, 0, 0, 2))
    await lapse(db, hotel, clock)
    assert (await call("PUT", f"/room-types/{kind}/nights", json=fewer)).status_code == 200
    assert (await night(db, hotel), await uneven(db, hotel)) == ((1, 0, 0, 0, 0), [])
