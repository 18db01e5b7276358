"""At the desk: several rooms in one booking, doors, arriving, leaving, staying, not coming."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update

from frontdesk.bookings.assign import Guests, assign, assign_all, name_guests, rooms_of, suggest
from frontdesk.bookings.cancel import cancel
from frontdesk.bookings.check_in import check_in, check_out
from frontdesk.bookings.errors import (
    NoSuchMove,
    NotOneStay,
    PriceChanged,
    RoomNotReady,
    RoomPromised,
    RoomTaken,
    TooEarly,
)
from frontdesk.bookings.extend import extend, shorten
from frontdesk.bookings.group import GroupYes, reserve_group
from frontdesk.bookings.inventory import open_nights
from frontdesk.bookings.models import Booking, BookingNight, NightlyInventory
from frontdesk.bookings.no_show import no_show
from frontdesk.bookings.quote import StayWish, make_quote
from frontdesk.bookings.rules import stay_nights
from frontdesk.guests.actions import recognise
from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.rooms.errors import NoSuchStep
from frontdesk.rooms.housekeeping import set_status
from frontdesk.rooms.models import Room, RoomType
from frontdesk.tenancy.queries import the_hotel
from tests.factories import all_of
from tests.slices.stays import (
    at,
    doors,
    events,
    in_house,
    lines_of,
    read,
    sold,
    stay_of,
    told,
    uneven,
)
from tests.slices.test_booking import FIRST, room_of


async def twins(db: Database, hotel: HotelId, *, capacity: int = 1) -> UUID:
    async with db.hotel(hotel) as session:
        twin = RoomType(
            hotel_id=hotel, code="TWN", name="Twin", max_adults=2, max_guests=2, base_price=9000
        )
        session.add(twin)
        await session.flush()
        prices = dict.fromkeys(stay_nights(FIRST, FIRST + timedelta(6)), 9000)
        await open_nights(
            session, hotel, twin.id, first=FIRST, days=6, capacity=capacity, prices=prices
        )
        return twin.id


async def quotes_of(
    db: Database, hotel: HotelId, clock: FixedClock, *wants: tuple[UUID, int, int], after: int = 0
) -> list[UUID]:
    """A quote for each (type, rooms, adults), for one guest."""
    made = []
    arrival = FIRST + timedelta(after)
    async with db.hotel(hotel) as session:
        guest = await recognise(session, hotel, None, "34600111222@c.us", name="A")
        for kind, rooms, adults in wants:
            wish = StayWish(arrival, arrival + timedelta(2), adults=adults, rooms=rooms)
            house = await the_hotel(session)
            made.append(await make_quote(session, house, wish, kind, guest.id, now=clock.now()))
    return [quote.id for quote in made]


async def grouped(db: Database, hotel: HotelId, quotes: list[UUID], clock: FixedClock) -> Booking:
    async with db.hotel(hotel) as session:
        return await reserve_group(session, GroupYes(quotes, "test", "rest"), now=clock.now())


async def test_several_rooms_of_several_types_are_one_booking(
    db: Database, hotel: HotelId, clock: FixedClock
) -> None:
    double, twin = await room_of(db, hotel, capacity=2), await twins(db, hotel)
    quotes = await quotes_of(db, hotel, clock, (double, 2, 3), (twin, 1, 2))
    booking = await grouped(db, hotel, quotes, clock)
    assert (await grouped(db, hotel, quotes, clock)).id == booking.id
    nights = [n for n in await all_of(db, hotel, BookingNight) if n.booking_id == booking.id]
    assert (booking.rooms, booking.adults, len(nights)) == (3, 5, 4)
    assert sum(n.price + n.tax for n in nights) == booking.total
    assert await sold(db, hotel) == [3, 3, 0, 0, 0, 0]
    lines = await lines_of(db, hotel, booking.id)
    assert [(x.room_type_id, x.adults) for x in lines] == [(double, 2), (double, 1), (twin, 2)]
    assert (await told(db, hotel, "booking.created"))["total"] == booking.total
    async with db.hotel(hotel) as session:
        named = await name_guests(
            session, booking.id, lines[1].id, Guests("Guest of the second room"), by="test"
        )
    assert named.guest_name == "Guest of the second room"
    async with db.hotel(hotel) as session:
        await extend(session, booking.id, FIRST + timedelta(3), by="test", now=clock.now())
    assert await sold(db, hotel) == [3, 3, 3, 0, 0, 0]
    async with db.hotel(hotel) as session:
        await cancel(session, booking.id, by="test", now=clock.now())
    assert (await sold(db, hotel), await uneven(db, hotel)) == ([0] * 6, [])


async def test_one_room_that_is_gone_undoes_all_of_a_group(
    db: Database, hotel: HotelId, clock: FixedClock
) -> None:
    double, twin = await room_of(db, hotel, capacity=2), await twins(db, hotel)
    quotes = await quotes_of(db, hotel, clock, (double, 1, 2), (twin, 1, 2))
    await stay_of(db, hotel, twin, clock, after=1, phone="34600111333")
    with pytest.raises(RoomTaken):
        await grouped(db, hotel, quotes, clock)
    assert len(await all_of(db, hotel, Booking)) == 1
    assert (await sold(db, hotel), await uneven(db, hotel)) == ([0, 1, 1, 0, 0, 0], [])
    later = await quotes_of(db, hotel, clock, (double, 1, 2), after=2)
    with pytest.raises(NotOneStay):
        await grouped(db, hotel, [quotes[0], *later], clock)


async def test_a_guest_gets_a_room_that_is_clean_and_leaves_one_to_clean(
    db: Database, hotel: HotelId, clock: FixedClock
) -> None:
    kind = await room_of(db, hotel)
    (room,) = await doors(db, hotel, kind, "101", status="dirty")
    booking = await stay_of(db, hotel, kind, clock)

    async def arrive() -> None:
        async with db.hotel(hotel) as session:
            await check_in(session, booking.id, by="test", now=clock.now())

    with pytest.raises(TooEarly):
        await arrive()
    clock.at = at(FIRST, 16)
    with pytest.raises(RoomNotReady, match="assigned"):
        await arrive()
    async with db.hotel(hotel) as session:
        await assign_all(session, booking.id, by="test", now=clock.now())
    with pytest.raises(RoomNotReady, match="clean"):
        await arrive()
    async with db.hotel(hotel) as session:
        await session.execute(update(Room).values(status="inspected"))
    await arrive()
    assert [r.status for r in await all_of(db, hotel, Room)] == ["occupied"]
    async with db.hotel(hotel) as session:
        (kept,) = (await session.scalars(select(Room))).all()
        kept = await set_status(session, kept.id, "clean", by="maid", now=clock.now())
        assert (kept.status, kept.cleaned_by) == ("occupied", "maid")
        with pytest.raises(NoSuchStep, match="guest"):
            await set_status(session, kept.id, "dirty", by="maid", now=clock.now())
    with pytest.raises(NoSuchMove):
        await arrive()
    clock.at = at(FIRST + timedelta(2), 11)
    async with db.hotel(hotel) as session:
        done = await check_out(session, booking.id, by="test", now=clock.now())
    assert (done.status, done.early_fee, done.total) == ("checked_out", 0, booking.total)
    assert [r.status for r in await all_of(db, hotel, Room)] == ["dirty"]
    assert [e for e in await events(db, hotel) if e != "room.status.changed"] == [
        "booking.created",
        "booking.checked_in",
        "booking.checked_out",
    ]
    assert (await told(db, hotel, "room.status.changed"))["room_id"] == str(room)


async def test_leaving_early_gives_nights_back_and_costs_what_the_policy_says(
    db: Database, hotel: HotelId, clock: FixedClock
) -> None:
    kind = await room_of(db, hotel)
    await doors(db, hotel, kind, "101")
    booking = await stay_of(db, hotel, kind, clock, nights=4)
    await in_house(db, hotel, booking, clock)
    clock.at = at(FIRST + timedelta(1), 9)
    async with db.hotel(hotel) as session:
        await shorten(session, booking.id, FIRST + timedelta(3), by="test", now=clock.now())
    assert await sold(db, hotel) == [1, 1, 1, 0, 0, 0]
    async with db.hotel(hotel) as session:
        done = await check_out(session, booking.id, by="test", now=clock.now())
    assert await sold(db, hotel) == [1, 0, 0, 0, 0, 0]
    night = booking.total // 4
    assert (done.total, done.early_fee) == (night, 2 * min(booking.policy["fee"], night))
    assert [x.departure for x in await lines_of(db, hotel, booking.id)] == [done.departure]
    assert (await events(db, hotel)).count("booking.shortened") == 2
    assert await uneven(db, hotel) == []


async def test_who_does_not_come_pays_the_policy_and_frees_the_nights(
    db: Database, hotel: HotelId, clock: FixedClock
) -> None:
    kind = await room_of(db, hotel)
    await doors(db, hotel, kind, "101")
    booking = await stay_of(db, hotel, kind, clock, nights=3)
    async with db.hotel(hotel) as session:
        await assign_all(session, booking.id, by="test", now=clock.now())
    clock.at = at(FIRST, 23)
    with pytest.raises(TooEarly):
        async with db.hotel(hotel) as session:
            await no_show(session, booking.id, by="test", now=clock.now())
    clock.at = at(FIRST + timedelta(1), 0)
    async with db.hotel(hotel) as session:
        done = await no_show(session, booking.id, by="test", now=clock.now())
    assert (done.no_show_fee, done.status) == (booking.policy["fee"], "no_show")
    assert (await told(db, hotel, "booking.no_show"))["fee"] == done.no_show_fee > 0
    assert (await sold(db, hotel), await uneven(db, hotel)) == ([0] * 6, [])
    assert [x.taken for x in await lines_of(db, hotel, booking.id)] == [False]
    clock.at = at(FIRST + timedelta(1), 9)
    late = await stay_of(db, hotel, kind, clock, after=1, nights=1, phone="34600111333")
    await in_house(db, hotel, late, clock)


async def test_staying_longer_keeps_old_prices_and_pays_new_ones(
    db: Database, hotel: HotelId, clock: FixedClock
) -> None:
    kind = await room_of(db, hotel)
    await doors(db, hotel, kind, "101")
    booking = await stay_of(db, hotel, kind, clock)
    await in_house(db, hotel, booking, clock)
    async with db.hotel(hotel) as session:
        await session.execute(update(NightlyInventory).values(price=20000))
    clock.at = at(FIRST + timedelta(1), 9)
    new_night = 20000 + 2000 + 300

    async def stay_until(day: int, price: int | None = None) -> Booking:
        async with db.hotel(hotel) as session:
            until = FIRST + timedelta(day)
            return await extend(
                session, booking.id, until, by="test", now=clock.now(), expected=price
            )

    with pytest.raises(PriceChanged):
        await stay_until(3, 1)
    done = await stay_until(3, new_night)
    assert (done.total, done.departure) == (booking.total + new_night, FIRST + timedelta(3))
    assert (await told(db, hotel, "booking.extended"))["difference"] == new_night
    assert (await sold(db, hotel), await uneven(db, hotel)) == ([1, 1, 1, 0, 0, 0], [])
    await stay_of(db, hotel, kind, clock, after=3, phone="34600111333")
    with pytest.raises(RoomTaken):
        await stay_until(4)
    assert await sold(db, hotel) == [1, 1, 1, 1, 1, 0]


async def test_a_guest_in_the_house_does_not_take_a_room_that_is_promised(
    db: Database, hotel: HotelId, clock: FixedClock
) -> None:
    kind = await room_of(db, hotel, capacity=2)
    first, second = await doors(db, hotel, kind, "101", "102")
    staying = await stay_of(db, hotel, kind, clock)
    coming = await stay_of(db, hotel, kind, clock, after=2, phone="34600111333")
    await in_house(db, hotel, staying, clock)
    async with db.hotel(hotel) as session:
        (line,) = (await rooms_of(session, coming.id))[1]
        assert (await suggest(session, coming, now=clock.now()))[line.id].id == first
        await assign(session, coming.id, line.id, first, by="test", now=clock.now())

    async def stay_on() -> None:
        async with db.hotel(hotel) as session:
            until = FIRST + timedelta(3)
            await extend(session, staying.id, until, by="test", now=clock.now())

    with pytest.raises(RoomPromised):
        await stay_on()
    assert await uneven(db, hotel) == []
    async with db.hotel(hotel) as session:
        await assign(session, coming.id, line.id, second, by="test", now=clock.now())
    await stay_on()
    assert (await read(db, hotel, staying.id)).departure == FIRST + timedelta(3)


async def test_moving_splits_the_stay_between_two_doors(
    db: Database, hotel: HotelId, clock: FixedClock
) -> None:
    kind = await room_of(db, hotel, capacity=2)
    first, second = await doors(db, hotel, kind, "101", "102")
    booking = await stay_of(db, hotel, kind, clock, nights=4)
    await in_house(db, hotel, booking, clock)
    clock.at = at(FIRST + timedelta(1), 10)
    (line,) = await lines_of(db, hotel, booking.id)
    async with db.hotel(hotel) as session:
        await assign(session, booking.id, line.id, second, by="test", now=clock.now())
    lines = await lines_of(db, hotel, booking.id)
    day = FIRST + timedelta(1)
    assert [(x.room_id, x.arrival, x.departure) for x in lines] == [
        (first, FIRST, day),
        (second, day, FIRST + timedelta(4)),
    ]
    assert {r.number: r.status for r in await all_of(db, hotel, Room)} == {
        "101": "dirty",
        "102": "occupied",
    }
    assert (await told(db, hotel, "booking.moved"))["number"] == "102"
    clock.at = at(FIRST + timedelta(2), 10)
    async with db.hotel(hotel) as session:
        await check_out(session, booking.id, by="test", now=clock.now())
    assert [x.departure for x in await lines_of(db, hotel, booking.id)] == [
        day,
        FIRST + timedelta(2),
    ]


async def test_a_suggestion_fills_gaps_and_never_a_taken_or_broken_room(
    db: Database, hotel: HotelId, clock: FixedClock
) -> None:
    kind = await room_of(db, hotel, capacity=4)
    await doors(db, hotel, kind, "100", status="out_of_order")
    empty, neighbour, taken = await doors(db, hotel, kind, "101", "102", "103")
    before = await stay_of(db, hotel, kind, clock, phone="34600111333")
    during = await stay_of(db, hotel, kind, clock, after=3, phone="34600111444")
    booking = await stay_of(db, hotel, kind, clock, after=2, nights=3, rooms=2)
    async with db.hotel(hotel) as session:
        for other, room in ((before, neighbour), (during, taken)):
            (line,) = (await rooms_of(session, other.id))[1]
            await assign(session, other.id, line.id, room, by="test", now=clock.now())
        _, lines = await rooms_of(session, booking.id)
        proposal = await suggest(session, booking, now=clock.now())
    assert [proposal[line.id].id for line in lines] == [neighbour, empty]
    async with db.hotel(hotel) as session:
        with pytest.raises(RoomPromised):
            await assign(session, booking.id, lines[0].id, taken, by="test", now=clock.now())
        await session.rollback()
