"""Changing a booking: the difference is shown first, and the stock is swapped in one step."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings import queries
from frontdesk.bookings.addons_follow import Followed, addons_after, follow
from frontdesk.bookings.apart import alone, as_if_apart
from frontdesk.bookings.errors import (
    ChangedMeanwhile,
    NotChangeable,
    PriceChanged,
    QuoteExpired,
)
from frontdesk.bookings.lines import let_go_of_promised
from frontdesk.bookings.models import Booking, Quote
from frontdesk.bookings.nights import NewNights, as_if_gone, lock, swap
from frontdesk.bookings.parts import Part, Wanted, all_known, parts_after
from frontdesk.bookings.quote import make_quote
from frontdesk.bookings.rooms_follow import rooms_follow
from frontdesk.bookings.rules import policy_hash
from frontdesk.bookings.stay_models import BookingChange
from frontdesk.bookings.terms import policy_after_change, policy_together
from frontdesk.bookings.told import shown, stock_came_back, tell
from frontdesk.kit.errors import NotFound
from frontdesk.tenancy.audit import record
from frontdesk.tenancy.queries import the_hotel


@dataclass(frozen=True, slots=True)
class Shown:
    """A change as the guest sees it before saying yes; a quote for each type of room."""

    change: BookingChange
    quotes: Sequence[Quote]
    addons: Sequence[Followed]
    """What is ordered and gets other days."""


async def preview_change(
    session: AsyncSession, booking_id: UUID, wanted: Wanted, *, by: str, now: datetime
) -> Shown:
    """Price the stay as it would be, its own rooms counted as free; nothing else changes.

    Raises NotChangeable, BadStay, RoomTaken with what else is free, or, where an add-on cannot
    follow, NotOrderable or AddonSoldOut.
    """
    booking = await queries.booking(session, booking_id, lock=True)
    await all_known(session, booking, wanted)
    refuse(booking)
    if not wanted.apart:
        return await _shown_as(session, booking, await _offer(session, booking, wanted, now), by=by)
    asked = wanted.of_their_own()
    async with as_if_apart(session, booking, wanted.apart, by=by, now=now) as own:
        offer = await _offer(session, own, asked, now)
    session.add_all(offer.quotes)  # what was written in there is gone
    return await _shown_as(session, booking, offer, apart=wanted.apart, by=by)


@dataclass(frozen=True, slots=True)
class Offer:
    """What a stay would be: quotes, rooms that change on their own, and what it costs more."""

    quotes: Sequence[Quote]
    rooms: list[dict[str, Any]]
    addons: Sequence[Followed]
    difference: int


async def _offer(session: AsyncSession, booking: Booking, wanted: Wanted, now: datetime) -> Offer:
    parts, rooms = await parts_after(session, booking, wanted)
    stay = (wanted.arrival or booking.arrival, wanted.departure or booking.departure)
    quotes = await _priced(session, booking, parts, stay, now=now)
    for quote in quotes:
        quote.status = "change"
    first = quotes[0]
    policy = policy_together([quote.policy for quote in quotes])
    first.policy = policy_after_change(booking.policy, policy, now)
    first.policy_hash = policy_hash(first.policy)
    await session.flush()
    addons = await addons_after(session, booking, *stay)
    return Offer(quotes, rooms, addons, _more(booking, quotes, addons))


def _more(booking: Booking, quotes: Sequence[Quote], addons: Sequence[Followed]) -> int:
    rooms = sum(quote.total for quote in quotes) - booking.total
    return rooms + sum(one.difference for one in addons)


async def _shown_as(
    session: AsyncSession, booking: Booking, offer: Offer, *, by: str, apart: Sequence[UUID] = ()
) -> Shown:
    change = BookingChange(
        hotel_id=booking.hotel_id,
        booking_id=booking.id,
        quote_id=offer.quotes[0].id,
        more_quotes=[quote.id for quote in offer.quotes[1:]],
        rooms=offer.rooms,
        apart=list(apart),
        booking_version=booking.version,
        difference=offer.difference,
        status="open",
    )
    session.add(change)
    await session.flush()
    subject = f"booking:{booking.id}"
    new = {"change": str(change.id), "difference": change.difference}
    record(session, booking.hotel_id, "booking.show_change", subject, by=by, new=new)
    return Shown(change, offer.quotes, offer.addons)


async def commit_change(
    session: AsyncSession, booking_id: UUID, change_id: UUID, *, by: str, now: datetime
) -> Booking:
    """Do what was shown, whole or not at all; doing it twice changes nothing more.

    Raises QuoteExpired, PriceChanged, ChangedMeanwhile, NotChangeable, RoomTaken, NotOrderable or
    AddonSoldOut; the transaction is then the caller's to end, and the booking is as it was.
    """
    change, quotes = await _shown(session, booking_id, change_id)
    booking = await queries.booking(session, booking_id, lock=True)
    if change.status == "done":
        return await _made_of(session, booking, change)
    if any(quote.expires_at <= now for quote in quotes):
        raise QuoteExpired
    refuse(booking)
    if booking.version != change.booking_version:
        raise ChangedMeanwhile

    async def become(own_id: UUID) -> Booking:
        own = await queries.booking(session, own_id, lock=True)
        return await _become(session, own, change, quotes, by=by, now=now)

    return await alone(session, booking_id, change.apart, become, by=by, now=now)


async def _made_of(session: AsyncSession, booking: Booking, change: BookingChange) -> Booking:
    return booking if change.split_id is None else await queries.booking(session, change.split_id)


async def _become(
    session: AsyncSession,
    booking: Booking,
    change: BookingChange,
    quotes: Sequence[Quote],
    *,
    by: str,
    now: datetime,
) -> Booking:
    first = quotes[0]
    stay = (first.arrival, first.departure)
    addons = await addons_after(session, booking, *stay)
    if _more(booking, quotes, addons) != change.difference:
        raise PriceChanged
    await follow(session, addons, by=by, now=now)  # before the nights, as where a stay ends
    await lock(session, booking, [q.room_type_id for q in quotes], stay, now=now)
    await _still_priced(session, booking, quotes, now=now)
    old = shown(booking)
    await let_go_of_promised(session, booking, *stay)
    new = [NewNights(q.room_type_id, q.rooms, q.nights, q.rate_plan_id) for q in quotes]
    await swap(session, booking, new, since=date.min, now=now)
    _take(booking, quotes)
    change.status = "done"
    change.split_id = booking.id if booking.id != change.booking_id else None
    await session.flush()
    await rooms_follow(session, booking, change, quotes)
    more = {"difference": change.difference, "change_id": str(change.id)}
    await tell(session, booking, ("change", "changed"), by=by, old=old, **more)
    await stock_came_back(session, booking.hotel_id)
    return booking


async def _shown(
    session: AsyncSession, booking_id: UUID, change_id: UUID
) -> tuple[BookingChange, list[Quote]]:
    query = select(BookingChange).where(
        BookingChange.id == change_id, BookingChange.booking_id == booking_id
    )
    change = await session.scalar(query)
    if change is None:
        raise NotFound("there is no such change")
    first = await queries.quote(session, change.quote_id, lock=True)
    more = [await queries.quote(session, quote_id) for quote_id in change.more_quotes]
    await session.refresh(change)  # what it was before the lock may be over
    return change, [first, *more]


def refuse(booking: Booking) -> None:
    """Raises NotChangeable."""
    if booking.status != "confirmed":
        raise NotChangeable(f"this booking is {booking.status}")


async def _priced(
    session: AsyncSession,
    booking: Booking,
    parts: Sequence[Part],
    stay: tuple[date, date],
    *,
    now: datetime,
) -> list[Quote]:
    """By the plan that each type was sold by."""
    hotel = await the_hotel(session)
    async with as_if_gone(session, booking):
        return [
            await make_quote(
                session,
                hotel,
                part.wish(*stay),
                part.room_type_id,
                booking.guest_id,
                now=now,
                conversation_id=booking.conversation_id,
                rate_plan_id=part.rate_plan_id,
            )
            for part in parts
        ]


async def _still_priced(
    session: AsyncSession, booking: Booking, quotes: Sequence[Quote], *, now: datetime
) -> None:
    """A price that is another by now is shown again, never charged silently."""
    parts = [_part(quote) for quote in quotes]
    stay = (quotes[0].arrival, quotes[0].departure)
    again = await _priced(session, booking, parts, stay, now=now)
    for quote, fresh in zip(quotes, again, strict=True):
        if (fresh.nights, fresh.total, fresh.tax) != (quote.nights, quote.total, quote.tax):
            raise PriceChanged
        await session.delete(fresh)
    await session.flush()


def _part(quote: Quote) -> Part:
    party = (quote.adults, quote.children, tuple(quote.children_ages))
    return Part(quote.room_type_id, quote.rate_plan_id, quote.rooms, *party)


def _take(booking: Booking, quotes: Sequence[Quote]) -> None:
    first = quotes[0]
    booking.arrival, booking.departure = first.arrival, first.departure
    booking.room_type_id, booking.policy = first.room_type_id, first.policy
    for name in ("rooms", "adults", "children", "total", "tax"):
        setattr(booking, name, sum(getattr(quote, name) for quote in quotes))
    booking.version += 1
