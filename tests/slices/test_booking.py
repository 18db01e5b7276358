"""Quotes, holds and bookings on a real database: sums exact, nothing oversold, nothing doubled."""

import asyncio
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError

from frontdesk.bookings.assign import rooms_of
from frontdesk.bookings.cancel import cancel
from frontdesk.bookings.errors import (
    BadStay,
    NoSuchQuote,
    PriceChanged,
    QuoteExpired,
    RoomTaken,
)
from frontdesk.bookings.inventory import open_nights
from frontdesk.bookings.models import Booking, BookingNight, NightlyInventory, Quote
from frontdesk.bookings.pricing import fare, price_stay
from frontdesk.bookings.queries import availability
from frontdesk.bookings.quote import StayWish, hold, make_quote, release
from frontdesk.bookings.rates import BASE, Kind, Party, RateBook, TaxRule
from frontdesk.bookings.reserve import Yes, reserve
from frontdesk.bookings.rules import cancellation_fee, stay_nights
from frontdesk.guests.actions import recognise
from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.messaging.models import OutboxEvent
from frontdesk.rooms.models import Room, RoomType, Tax
from frontdesk.tenancy.queries import the_hotel

FIRST = date(2026, 12, 1)


async def room_of(
    db: Database, hotel: HotelId, *, capacity: int = 1, price: int = 10050, days: int = 30
) -> UUID:
    async with db.hotel(hotel) as session:
        kind = RoomType(
            hotel_id=hotel, code="DBL", name="Double", max_adults=2, max_guests=3, base_price=price
        )
        session.add(kind)
        session.add(Tax(hotel_id=hotel, name="VAT", kind="percent", amount=1000))
        session.add(Tax(hotel_id=hotel, name="City", kind="person_night", amount=150))
        await session.flush()
        nights = stay_nights(FIRST, FIRST + timedelta(days=days))
        await open_nights(
            session,
            hotel,
            kind.id,
            first=FIRST,
            days=days,
            capacity=capacity,
            prices=dict.fromkeys(nights, price),
        )
        return kind.id


async def quoted(
    db: Database,
    hotel: HotelId,
    kind: UUID,
    clock: FixedClock,
    *,
    nights: int = 2,
    after: int = 0,
    phone: str = "34600111222",
) -> Quote:
    arrival = FIRST + timedelta(days=after)
    async with db.hotel(hotel) as session:
        guest = await recognise(session, hotel, None, f"{phone}@c.us", name="A")
        wish = StayWish(arrival, arrival + timedelta(days=nights), adults=2)
        return await make_quote(
            session, await the_hotel(session), wish, kind, guest.id, now=clock.now()
        )


async def booked(db: Database, hotel: HotelId, quote: Quote, clock: FixedClock) -> Booking:
    async with db.hotel(hotel) as session:
        return await reserve(session, Yes(quote.id, "test", "rest"), now=clock.now())


async def counters(db: Database, hotel: HotelId) -> list[tuple[int, int]]:
    async with db.hotel(hotel) as session:
        query = select(NightlyInventory).order_by(NightlyInventory.night)
        return [(n.sold, n.held) for n in (await session.scalars(query)).all()]


async def test_every_night_keeps_its_price_and_tax_and_they_sum(
    db: Database, hotel: HotelId, clock: FixedClock
) -> None:
    kind = await room_of(db, hotel)
    quote = await quoted(db, hotel, kind, clock, nights=3)
    assert [n["tax"] for n in quote.nights] == [1005 + 300] * 3
    booking = await booked(db, hotel, quote, clock)
    async with db.hotel(hotel) as session:
        nights = (await session.scalars(select(BookingNight))).all()
        events = (await session.scalars(select(OutboxEvent.event_type))).all()
    assert sum(n.price + n.tax for n in nights) == booking.total == quote.total
    assert [e for e in events if e != "guest.created"] == ["booking.created"]


async def test_confirming_twice_gives_the_same_booking(
    db: Database, hotel: HotelId, clock: FixedClock
) -> None:
    quote = await quoted(db, hotel, await room_of(db, hotel), clock)
    first, second = [await booked(db, hotel, quote, clock) for _ in range(2)]
    assert first.id == second.id
    assert (await counters(db, hotel))[:3] == [(1, 0), (1, 0), (0, 0)]


async def test_the_last_room_has_one_winner(
    db: Database, hotel: HotelId, clock: FixedClock
) -> None:
    kind = await room_of(db, hotel)
    quotes = [await quoted(db, hotel, kind, clock, phone=f"346001112{n:02d}") for n in range(40)]

    async def attempt(quote: Quote) -> bool:
        try:
            await booked(db, hotel, quote, clock)
        except RoomTaken:
            return False
        return True

    won = await asyncio.gather(*(attempt(q) for q in quotes))
    assert sum(won) == 1
    assert (await counters(db, hotel))[:3] == [(1, 0), (1, 0), (0, 0)]


async def test_a_failed_booking_leaves_no_trace(
    db: Database, hotel: HotelId, clock: FixedClock
) -> None:
    kind = await room_of(db, hotel)
    first = await quoted(db, hotel, kind, clock, nights=2)
    second = await quoted(db, hotel, kind, clock, nights=4, phone="34600111333")
    await booked(db, hotel, first, clock)
    with pytest.raises(RoomTaken):
        await booked(db, hotel, second, clock)
    assert (await counters(db, hotel))[:5] == [(1, 0), (1, 0), (0, 0), (0, 0), (0, 0)]


async def test_a_hold_keeps_the_room_until_its_time(
    db: Database, hotel: HotelId, clock: FixedClock
) -> None:
    kind = await room_of(db, hotel)
    kept = await quoted(db, hotel, kind, clock)
    late = await quoted(db, hotel, kind, clock, phone="34600111333")
    async with db.hotel(hotel) as session:
        await hold(session, kept.id, now=clock.now())
        await hold(session, kept.id, now=clock.now())
    assert (await counters(db, hotel))[0] == (0, 1)
    with pytest.raises(RoomTaken):
        await booked(db, hotel, late, clock)
    await booked(db, hotel, kept, clock)
    assert (await counters(db, hotel))[0] == (1, 0)


async def test_a_lapsed_hold_is_free_at_read_time_and_to_the_next_guest(
    db: Database, hotel: HotelId, clock: FixedClock
) -> None:
    kind = await room_of(db, hotel)
    lapsed = await quoted(db, hotel, kind, clock)
    async with db.hotel(hotel) as session:
        await hold(session, lapsed.id, now=clock.now())
    clock.advance(timedelta(minutes=31))
    async with db.hotel(hotel) as session:
        free = await availability(session, FIRST, FIRST + timedelta(days=2), now=clock.now())
    assert free[kind].rooms(stay_nights(FIRST, FIRST + timedelta(days=2))) == 1
    await booked(db, hotel, await quoted(db, hotel, kind, clock, phone="34600111333"), clock)
    assert (await counters(db, hotel))[0] == (1, 0)
    with pytest.raises(QuoteExpired):
        await booked(db, hotel, lapsed, clock)


async def test_a_released_hold_gives_the_nights_back(
    db: Database, hotel: HotelId, clock: FixedClock
) -> None:
    quote = await quoted(db, hotel, await room_of(db, hotel), clock)
    async with db.hotel(hotel) as session:
        await hold(session, quote.id, now=clock.now())
        await release(session, quote.id)
        await release(session, quote.id)
    assert (await counters(db, hotel))[0] == (0, 0)


async def test_a_changed_price_is_a_new_quote_never_a_silent_charge(
    db: Database, hotel: HotelId, clock: FixedClock
) -> None:
    quote = await quoted(db, hotel, await room_of(db, hotel), clock)
    async with db.hotel(hotel) as session:
        await session.execute(update(NightlyInventory).values(price=20000))
    with pytest.raises(PriceChanged):
        await booked(db, hotel, quote, clock)
    assert (await counters(db, hotel))[0] == (0, 0)


async def test_cancelling_costs_what_was_promised_and_frees_the_nights(
    db: Database, hotel: HotelId, clock: FixedClock
) -> None:
    quote = await quoted(db, hotel, await room_of(db, hotel), clock)
    booking = await booked(db, hotel, quote, clock)
    clock.at = clock.at.replace(month=12, day=1, hour=10)
    async with db.hotel(hotel) as session:
        done = await cancel(session, booking.id, by="test", now=clock.now())
        again = await cancel(session, booking.id, by="test", now=clock.now())
    assert done.cancel_fee == again.cancel_fee == quote.policy["fee"] > 0
    assert (await counters(db, hotel))[0] == (0, 0)
    assert cancellation_fee(quote.policy, clock.at - timedelta(days=3)) == 0


async def test_another_hotel_sees_neither_quote_nor_booking(
    db: Database, hotel: HotelId, other_hotel: HotelId, clock: FixedClock
) -> None:
    quote = await quoted(db, hotel, await room_of(db, hotel), clock)
    with pytest.raises(NoSuchQuote):
        await booked(db, other_hotel, quote, clock)


async def test_two_stays_never_share_an_assigned_room(
    db: Database, hotel: HotelId, clock: FixedClock
) -> None:
    kind = await room_of(db, hotel, capacity=2)
    first = await booked(db, hotel, await quoted(db, hotel, kind, clock), clock)
    second = await booked(
        db, hotel, await quoted(db, hotel, kind, clock, phone="34600111333"), clock
    )
    async with db.hotel(hotel) as session:
        room = Room(hotel_id=hotel, room_type_id=kind, number="101")
        session.add(room)
        await session.flush()
        room_id = room.id
        (line,) = (await rooms_of(session, first.id))[1]
        line.room_id = room_id
    async with db.hotel(hotel) as session:
        (line,) = (await rooms_of(session, second.id))[1]
        line.room_id = room_id
        with pytest.raises(IntegrityError, match="ex_booking_rooms_room"):
            await session.flush()
        await session.rollback()


async def test_the_schema_itself_forbids_overselling(
    db: Database, hotel: HotelId, clock: FixedClock
) -> None:
    await room_of(db, hotel)
    with pytest.raises(IntegrityError, match="not_oversold"):
        async with db.hotel(hotel) as session:
            await session.execute(text("UPDATE nightly_inventory SET sold = 2"))


@pytest.mark.parametrize(
    ("nights", "adults"),
    [(0, 2), (-1, 2), (61, 2), (2, 0)],
)
async def test_what_cannot_be_a_stay_is_refused(
    db: Database, hotel: HotelId, clock: FixedClock, nights: int, adults: int
) -> None:
    kind = await room_of(db, hotel)
    async with db.hotel(hotel) as session:
        wish = StayWish(FIRST, FIRST + timedelta(days=nights), adults)
        guest = await recognise(session, hotel, None, "34600111222@c.us", name=None)
        with pytest.raises(BadStay):
            await make_quote(
                session, await the_hotel(session), wish, kind, guest.id, now=clock.now()
            )


def test_taxes_round_half_up_and_fall_where_they_belong() -> None:
    taxes = (TaxRule("percent", 1050), TaxRule("stay", 500), TaxRule("night", 10))
    kind = Kind(UUID(int=1), "DBL", "Double", 2, 2, 3)
    days = stay_nights(FIRST, FIRST + timedelta(days=2))
    sold = fare(RateBook((kind,), taxes=taxes), BASE, kind, {None: dict.fromkeys(days, 333)})
    nights = price_stay(sold, days, Party(3, rooms=2))
    assert [n.price for n in nights] == [666, 666]
    assert [n.tax for n in nights] == [70 + 500 + 20, 70 + 20]
