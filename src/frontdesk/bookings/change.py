"""Changing a booking: the difference is shown first, and the stock is swapped in one step."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings import queries
from frontdesk.bookings.errors import (
    ChangedMeanwhile,
    NotChangeable,
    PriceChanged,
    QuoteExpired,
)
from frontdesk.bookings.lines import kept_lines, let_go_of_promised, share
from frontdesk.bookings.models import Booking, Quote
from frontdesk.bookings.nights import NewNights, as_if_gone, lock, swap, types
from frontdesk.bookings.quote import StayWish, make_quote
from frontdesk.bookings.rules import policy_hash
from frontdesk.bookings.stay_models import BookingChange, BookingRoom
from frontdesk.bookings.terms import policy_after_change
from frontdesk.bookings.told import shown, stock_came_back, tell
from frontdesk.kit.errors import NotFound
from frontdesk.rooms.queries import room_type
from frontdesk.tenancy.audit import record
from frontdesk.tenancy.queries import the_hotel


@dataclass(frozen=True, slots=True)
class Wanted:
    """What shall be different; None stays as it is."""

    arrival: date | None = None
    departure: date | None = None
    room_type_id: UUID | None = None
    rooms: int | None = None
    adults: int | None = None
    children: int | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """A change as the guest sees it before saying yes."""

    change: BookingChange
    quote: Quote


async def preview_change(
    session: AsyncSession, booking_id: UUID, wanted: Wanted, *, by: str, now: datetime
) -> Shown:
    """Price the stay as it would be, its own rooms counted as free; nothing else changes.

    Raises NotChangeable, BadStay, or RoomTaken with what else is free.
    """
    booking = await queries.booking(session, booking_id, lock=True)
    await _refuse(session, booking)
    wish, kind = _wish(booking, wanted)
    if await room_type(session, kind) is None:
        raise NotFound("there is no such room type")
    quote = await _priced(session, booking, wish, kind, now=now)
    quote.status = "change"
    quote.policy = policy_after_change(booking.policy, quote.policy, now)
    quote.policy_hash = policy_hash(quote.policy)
    change = BookingChange(
        hotel_id=booking.hotel_id,
        booking_id=booking.id,
        quote_id=quote.id,
        booking_version=booking.version,
        difference=quote.total - booking.total,
        status="open",
    )
    session.add(change)
    await session.flush()
    subject = f"booking:{booking.id}"
    new = {"change": str(change.id), "difference": change.difference}
    record(session, booking.hotel_id, "booking.show_change", subject, by=by, new=new)
    return Shown(change, quote)


async def commit_change(
    session: AsyncSession, booking_id: UUID, change_id: UUID, *, by: str, now: datetime
) -> Booking:
    """Do what was shown, whole or not at all; doing it twice changes nothing more.

    Raises QuoteExpired, PriceChanged, ChangedMeanwhile, NotChangeable or RoomTaken; the transaction
    is then the caller's to end, and the booking is as it was.
    """
    change, quote = await _shown(session, booking_id, change_id)
    booking = await queries.booking(session, booking_id, lock=True)
    if change.status == "done":
        return booking
    if quote.expires_at <= now:
        raise QuoteExpired
    await _refuse(session, booking)
    if booking.version != change.booking_version:
        raise ChangedMeanwhile
    stay = (quote.arrival, quote.departure)
    await lock(session, booking, quote.room_type_id, stay, now=now)
    await _still_priced(session, booking, quote, now=now)
    old = shown(booking)
    await let_go_of_promised(session, booking, quote.arrival, quote.departure)
    new = NewNights(date.min, quote.room_type_id, quote.rooms, quote.nights, quote.rate_plan_id)
    await swap(session, booking, new, now=now)
    _take(booking, quote)
    change.status = "done"
    await session.flush()
    await _rooms_follow(session, booking)
    more = {"difference": change.difference, "change_id": str(change.id)}
    await tell(session, booking, ("change", "changed"), by=by, old=old, **more)
    await stock_came_back(session, booking.hotel_id)
    return booking


async def _shown(
    session: AsyncSession, booking_id: UUID, change_id: UUID
) -> tuple[BookingChange, Quote]:
    query = select(BookingChange).where(
        BookingChange.id == change_id, BookingChange.booking_id == booking_id
    )
    change = await session.scalar(query)
    if change is None:
        raise NotFound("there is no such change")
    quote = await queries.quote(session, change.quote_id, lock=True)
    await session.refresh(change)  # what it was before the lock may be over
    return change, quote


async def _refuse(session: AsyncSession, booking: Booking) -> None:
    if booking.status != "confirmed":
        raise NotChangeable(f"this booking is {booking.status}")
    if len(await types(session, booking)) > 1:
        raise NotChangeable("its rooms are of several types")


def _wish(booking: Booking, wanted: Wanted) -> tuple[StayWish, UUID]:
    def chosen(name: str) -> Any:
        asked = getattr(wanted, name)
        return getattr(booking, name) if asked is None else asked

    names = ("arrival", "departure", "adults", "children", "rooms")
    return StayWish(*(chosen(name) for name in names)), chosen("room_type_id")


async def _priced(
    session: AsyncSession, booking: Booking, wish: StayWish, kind: UUID, *, now: datetime
) -> Quote:
    hotel = await the_hotel(session)
    sold_as = await queries.quote(session, booking.quote_id)
    async with as_if_gone(session, booking):
        return await make_quote(
            session,
            hotel,
            wish,
            kind,
            booking.guest_id,
            now=now,
            conversation_id=booking.conversation_id,
            rate_plan_id=sold_as.rate_plan_id,
        )


async def _still_priced(
    session: AsyncSession, booking: Booking, quote: Quote, *, now: datetime
) -> None:
    """A price that is another by now is shown again, never charged silently."""
    wish = StayWish(quote.arrival, quote.departure, quote.adults, quote.children, quote.rooms)
    fresh = await _priced(session, booking, wish, quote.room_type_id, now=now)
    if (fresh.nights, fresh.total, fresh.tax) != (quote.nights, quote.total, quote.tax):
        raise PriceChanged
    await session.delete(fresh)
    await session.flush()


def _take(booking: Booking, quote: Quote) -> None:
    booking.arrival, booking.departure = quote.arrival, quote.departure
    booking.room_type_id, booking.rooms = quote.room_type_id, quote.rooms
    booking.adults, booking.children = quote.adults, quote.children
    booking.total, booking.tax = quote.total, quote.tax
    booking.policy = quote.policy
    booking.version += 1


async def _rooms_follow(session: AsyncSession, booking: Booking) -> None:
    """Rooms too many go, rooms too few come, and none keeps a door of another type."""
    known = await kept_lines(session, booking.id)
    if not known:
        return
    for line in known[booking.rooms :]:
        await session.delete(line)
    for at in range(len(known), booking.rooms):
        session.add(_line(booking, at + 1))
    for at, line in enumerate(known[: booking.rooms], 1):
        line.adults = share(booking.adults, booking.rooms, at)
        line.children = share(booking.children, booking.rooms, at)
        if line.room_type_id != booking.room_type_id:
            line.room_type_id, line.room_id = booking.room_type_id, None
    await session.flush()


def _line(booking: Booking, position: int) -> BookingRoom:
    return BookingRoom(
        hotel_id=booking.hotel_id,
        booking_id=booking.id,
        position=position,
        room_type_id=booking.room_type_id,
        arrival=booking.arrival,
        departure=booking.departure,
        adults=share(booking.adults, booking.rooms, position),
        children=share(booking.children, booking.rooms, position),
        taken=True,
    )
