"""What the desk does comes onto the folio by itself, each night when it is over where it is."""

from datetime import timedelta

import pytest

from frontdesk.bookings.assign import assign
from frontdesk.bookings.check_in import check_out
from frontdesk.bookings.entries import reverse
from frontdesk.bookings.extend import extend, shorten
from frontdesk.bookings.folio import booking_balance, folios_of, lines
from frontdesk.bookings.folio_models import FolioLine
from frontdesk.bookings.models import Booking, BookingNight
from frontdesk.bookings.no_show import no_show
from frontdesk.bookings.payments import came_in, owed
from frontdesk.bookings.posting import end_of_day, post_stay
from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.rooms.care_models import HousekeepingTask
from frontdesk.rooms.models import Room
from tests.factories import all_of
from tests.slices.stays import at, doors, in_house, lines_of, read, stay_of
from tests.slices.test_booking import FIRST, room_of
from tests.slices.test_folio import lines_of_night

NIGHTS = 4


@pytest.fixture
async def booking(db: Database, hotel: HotelId, other_hotel: HotelId, clock: FixedClock) -> Booking:
    """Four nights from FIRST on, in one of two rooms; nobody is there yet."""
    kind = await room_of(db, hotel, capacity=2)
    await doors(db, hotel, kind, "101", "102")
    return await stay_of(db, hotel, kind, clock, nights=NIGHTS)


async def leave(
    db: Database, hotel: HotelId, booking: Booking, clock: FixedClock, day: int
) -> None:
    clock.at = at(FIRST + timedelta(day), 9)
    async with db.hotel(hotel) as session:
        await check_out(session, booking.id, by="test", now=clock.now())


async def folio_of(db: Database, hotel: HotelId, booking: Booking) -> list[FolioLine]:
    async with db.hotel(hotel) as session:
        folios = await folios_of(session, booking.id)
        return [line for known in folios for line in await lines(session, known.id)]


async def balance_of(db: Database, hotel: HotelId, booking: Booking) -> int:
    async with db.hotel(hotel) as session:
        return await booking_balance(session, booking.id)


async def test_checking_out_posts_every_night_with_its_tax_and_no_fee(
    db: Database, hotel: HotelId, booking: Booking, clock: FixedClock
) -> None:
    await in_house(db, hotel, booking, clock)
    assert await folio_of(db, hotel, booking) == []
    await leave(db, hotel, booking, clock, NIGHTS)
    nights = sorted(await all_of(db, hotel, BookingNight), key=lambda n: n.night)
    posted = await folio_of(db, hotel, booking)
    assert [(p.kind, p.business_date, p.amount) for p in posted] == [
        line for night in nights for line in lines_of_night(night)
    ]
    assert sum(p.amount for p in posted) == booking.total > 0


async def test_the_night_audit_and_the_check_out_post_nothing_twice(
    db: Database, hotel: HotelId, booking: Booking, clock: FixedClock
) -> None:
    await in_house(db, hotel, booking, clock)
    for day in (1, 2, 2, 3):
        clock.at = at(FIRST + timedelta(day), 3)
        assert await end_of_day(db, clock, hotel) == 1
        assert await balance_of(db, hotel, booking) == booking.total // NIGHTS * day
    await leave(db, hotel, booking, clock, NIGHTS)
    assert await end_of_day(db, clock, hotel) == 1
    posted = await folio_of(db, hotel, booking)
    assert (len(posted), sum(p.amount for p in posted)) == (3 * NIGHTS, booking.total)


async def test_leaving_early_owes_the_nights_stayed_and_the_fee(
    db: Database, hotel: HotelId, booking: Booking, clock: FixedClock
) -> None:
    """All four were on the folio already: what was not stayed is reversed there."""
    await in_house(db, hotel, booking, clock)
    async with db.hotel(hotel) as session:
        await post_stay(session, booking.id, through=booking.departure, by="test", now=clock.now())
    assert await balance_of(db, hotel, booking) == booking.total
    await leave(db, hotel, booking, clock, 1)
    left = await read(db, hotel, booking.id)
    night = booking.total // NIGHTS
    assert (left.total, left.early_fee) == (night, booking.policy["fee"])
    posted = await folio_of(db, hotel, booking)
    assert len([p for p in posted if p.reverses_id]) == 3 * (NIGHTS - 1)
    fees = [(p.description, p.amount) for p in posted if p.kind == "fee"]
    assert fees == [("Early departure fee", left.early_fee)]
    assert await balance_of(db, hotel, booking) == night + left.early_fee
    async with db.hotel(hotel) as session:
        known = await owed(session, left)
        assert (known, await came_in(session, left.id)) == (night + left.early_fee, 0)


async def test_a_second_shortening_owes_what_it_adds(
    db: Database, hotel: HotelId, booking: Booking, clock: FixedClock
) -> None:
    """The night audit comes between them, and a fee that was waived stays so."""
    await in_house(db, hotel, booking, clock)
    clock.at = at(FIRST + timedelta(1), 9)
    async with db.hotel(hotel) as session:
        cut = await shorten(session, booking.id, FIRST + timedelta(3), by="test", now=clock.now())
        assert await owed(session, cut) == cut.total + cut.early_fee > cut.total
    await end_of_day(db, clock, hotel)
    (fee,) = [p for p in await folio_of(db, hotel, booking) if p.kind == "fee"]
    await leave(db, hotel, booking, clock, 2)
    left = await read(db, hotel, booking.id)
    assert left.early_fee > fee.amount > 0
    assert await balance_of(db, hotel, booking) == left.total + left.early_fee
    async with db.hotel(hotel) as session:
        await reverse(session, fee.id, reason="waived", by="test")
    clock.advance(timedelta(hours=2))
    assert await end_of_day(db, clock, hotel) == 1
    assert await balance_of(db, hotel, booking) == left.total + left.early_fee - fee.amount


async def test_who_takes_back_the_nights_given_up_owes_no_early_fee(
    db: Database, hotel: HotelId, booking: Booking, clock: FixedClock
) -> None:
    await in_house(db, hotel, booking, clock)
    clock.at = at(FIRST + timedelta(1), 9)
    fees: list[int] = []
    for act, nights in ((shorten, 2), (extend, 3), (extend, NIGHTS), (shorten, 3)):
        until = FIRST + timedelta(nights)
        async with db.hotel(hotel) as session:
            fees.append((await act(session, booking.id, until, by="t", now=clock.now())).early_fee)
    assert [fee > 0 for fee in fees] == [True, True, False, True]
    await end_of_day(db, clock, hotel)
    async with db.hotel(hotel) as session:
        back = await extend(session, booking.id, booking.departure, by="t", now=clock.now())
        assert back.early_fee == fees[-1]


async def test_who_does_not_come_owes_the_fee_once(
    db: Database, hotel: HotelId, booking: Booking, clock: FixedClock
) -> None:
    clock.at = at(FIRST + timedelta(1), 6)
    async with db.hotel(hotel) as session:
        gone = await no_show(session, booking.id, by="test", now=clock.now())
    (fee,) = await folio_of(db, hotel, booking)
    assert await end_of_day(db, clock, hotel) == 1
    assert len(await folio_of(db, hotel, booking)) == 1
    said = (fee.kind, fee.description, fee.amount, fee.business_date)
    assert said == ("fee", "No-show fee", gone.no_show_fee, FIRST + timedelta(1))
    assert fee.amount > 0
    async with db.hotel(hotel) as session:
        assert await owed(session, gone) == gone.no_show_fee
        await reverse(session, fee.id, reason="waived", by="test")
    await end_of_day(db, clock, hotel)
    assert await balance_of(db, hotel, booking) == 0


async def test_a_night_is_over_when_the_hotels_own_day_is(
    db: Database, hotel: HotelId, other_hotel: HotelId, booking: Booking, clock: FixedClock
) -> None:
    """Past midnight in Madrid it is still evening in New York."""
    there = await room_of(db, other_hotel)
    await doors(db, other_hotel, there, "9")
    theirs = await stay_of(db, other_hotel, there, clock)
    await in_house(db, other_hotel, theirs, clock)
    await in_house(db, hotel, booking, clock)
    clock.at = at(FIRST, 23)
    assert [await end_of_day(db, clock, house) for house in (hotel, other_hotel)] == [0, 0]
    clock.advance(timedelta(hours=2))
    assert [await end_of_day(db, clock, house) for house in (hotel, other_hotel)] == [1, 0]
    assert await folio_of(db, other_hotel, theirs) == []
    clock.advance(timedelta(hours=5))
    assert [await end_of_day(db, clock, house) for house in (hotel, other_hotel)] == [1, 1]
    for house, stay in ((hotel, booking), (other_hotel, theirs)):
        assert {p.night for p in await folio_of(db, house, stay)} == {FIRST}


async def test_a_room_that_was_left_is_on_todays_board(
    db: Database, hotel: HotelId, booking: Booking, clock: FixedClock
) -> None:
    """Also where the guest only moved to another."""
    await in_house(db, hotel, booking, clock)
    (line,) = await lines_of(db, hotel, booking.id)
    (other,) = [r.id for r in await all_of(db, hotel, Room) if r.id != line.room_id]
    clock.at = at(FIRST + timedelta(1), 10)
    async with db.hotel(hotel) as session:
        await assign(session, booking.id, line.id, other, by="test", now=clock.now())
    (moved,) = await all_of(db, hotel, HousekeepingTask)
    assert (moved.room_id, moved.kind, moved.day) == (
        line.room_id,
        "departure",
        FIRST + timedelta(1),
    )
    await leave(db, hotel, booking, clock, NIGHTS)
    tasks = {(t.room_id, t.day, t.status) for t in await all_of(db, hotel, HousekeepingTask)}
    assert tasks == {
        (line.room_id, FIRST + timedelta(1), "open"),
        (other, FIRST + timedelta(NIGHTS), "open"),
    }
