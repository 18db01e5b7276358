"""The waitlist: in order of asking, each gets a held offer for a while, then the next one does."""

from collections.abc import Sequence, Set
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings.book import rate_book
from frontdesk.bookings.errors import NoSuchMove, NoSuchPlan
from frontdesk.bookings.models import Booking, Quote
from frontdesk.bookings.queries import booking_of_quote, rates_version
from frontdesk.bookings.queries import quote as quote_of
from frontdesk.bookings.quote import StayWish, check_wish, release
from frontdesk.bookings.reserve import Yes, reserve
from frontdesk.bookings.stay_models import WaitlistEntry
from frontdesk.bookings.told import stock_came_back
from frontdesk.kit.clock import local_day
from frontdesk.kit.errors import NotFound
from frontdesk.messaging.events import emit
from frontdesk.rooms.queries import room_type
from frontdesk.tenancy.audit import record
from frontdesk.tenancy.models import Hotel
from frontdesk.tenancy.queries import the_hotel

OFFER = timedelta(hours=2)
"""How long an offer is held, at most until the day of arrival ends."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Who waits for what."""

    guest_id: UUID
    room_type_id: UUID
    wish: StayWish
    conversation_id: UUID | None = None
    rate_plan_id: UUID | None = None
    """None: the hotel's default at the time of the offer."""


async def join(
    session: AsyncSession, hotel_id: UUID, waiting: Waiting, *, by: str, now: datetime
) -> WaitlistEntry:
    """Wait for a stay; an offer comes at once where there is room and nobody waits longer.

    Who waits for the same already keeps their place, and has no second one.
    """
    hotel = await the_hotel(session)
    check_wish(waiting.wish, local_day(now, hotel.timezone))
    if await room_type(session, waiting.room_type_id) is None:
        raise NotFound("there is no such room type")
    await _plan_on_sale(session, hotel, waiting.rate_plan_id)
    sought = {
        **asdict(waiting.wish),
        "children_ages": list(waiting.wish.children_ages),
        "guest_id": waiting.guest_id,
        "room_type_id": waiting.room_type_id,
        "rate_plan_id": waiting.rate_plan_id,
    }
    known = select(WaitlistEntry).filter_by(**sought)
    held = (WaitlistEntry.status == "offered") & (WaitlistEntry.offer_until > now)
    known = known.where((WaitlistEntry.status == "waiting") | held)
    entry = await session.scalar(known.order_by(WaitlistEntry.id).limit(1))
    if entry is not None:
        return entry
    entry = WaitlistEntry(
        **sought,
        hotel_id=hotel_id,
        conversation_id=waiting.conversation_id,
        status="waiting",
    )
    session.add(entry)
    await session.flush()
    await session.refresh(entry)
    record(session, hotel_id, "waitlist.join", f"waitlist:{entry.id}", by=by)
    await stock_came_back(session, hotel_id)
    return entry


async def _plan_on_sale(session: AsyncSession, hotel: Hotel, plan_id: UUID | None) -> None:
    book = await rate_book(session, hotel.id, await rates_version(session))
    if book.sold_as(plan_id) is None:
        raise NoSuchPlan


async def end_next(session: AsyncSession, *, now: datetime) -> bool:
    """Close one wait that is over: an offer past its time, one that was booked, a day that came.

    One a transaction, as with offers: more would lock the nights of several stays in no order.
    """
    today = local_day(now, (await the_hotel(session)).timezone)
    offered = WaitlistEntry.status == "offered"
    booked = offered & (Quote.status == "booked")
    over = offered & (WaitlistEntry.offer_until <= now)
    late = (WaitlistEntry.status == "waiting") & (WaitlistEntry.arrival < today)
    query = (
        select(WaitlistEntry)
        .outerjoin(
            Quote,
            (Quote.hotel_id == WaitlistEntry.hotel_id) & (Quote.id == WaitlistEntry.quote_id),
        )
        .where(booked | over | late)
        .order_by(WaitlistEntry.created_at, WaitlistEntry.id)
        .limit(1)
        .with_for_update(of=WaitlistEntry)
    )
    entry = await session.scalar(query)
    if entry is None:
        return False
    sold = entry.quote_id and await booking_of_quote(session, entry.quote_id)
    if sold:
        await _accepted(session, entry, sold, by="system")
    else:
        await _close(session, entry, "expired", by="system")
    return True


async def accept(
    session: AsyncSession, entry_id: UUID, *, by: str, source: str, now: datetime
) -> Booking:
    """The offer becomes a booking. Raises NoSuchMove without one, QuoteExpired past its time."""
    entry = await _locked(session, entry_id)
    if entry.status not in ("offered", "accepted") or entry.quote_id is None:
        raise NoSuchMove(f"this wait is {entry.status}")
    booking = await reserve(session, Yes(entry.quote_id, by, source), now=now)
    if entry.status == "offered":
        await _accepted(session, entry, booking, by=by)
    return booking


async def _accepted(
    session: AsyncSession, entry: WaitlistEntry, booking: Booking, *, by: str
) -> None:
    entry.status, entry.booking_id = "accepted", booking.id
    await session.flush()
    await _tell(session, entry, "accepted", by=by)


async def decline(session: AsyncSession, entry_id: UUID, *, by: str) -> WaitlistEntry:
    """No to an offer, or no longer waiting; what was held is offered to the next."""
    entry = await _locked(session, entry_id)
    if entry.status not in ("waiting", "offered"):
        raise NoSuchMove(f"this wait is {entry.status}")
    await _close(session, entry, "declined" if entry.status == "offered" else "withdrawn", by=by)
    await stock_came_back(session, entry.hotel_id)
    return entry


async def leave_the_line(session: AsyncSession, guest_ids: Set[UUID], *, by: str) -> None:
    """These guests wait for nothing any more, and nothing is held for them as an offer."""
    for entry in await open_entries(session):
        if entry.guest_id in guest_ids:
            await decline(session, entry.id, by=by)


async def _close(session: AsyncSession, entry: WaitlistEntry, how: str, *, by: str) -> None:
    entry.status = how
    await session.flush()
    if entry.quote_id is not None:
        quote = await quote_of(session, entry.quote_id, lock=True)
        if quote.status == "open":
            quote.status = "superseded"
            await session.flush()
        await release(session, entry.quote_id)
    await _tell(session, entry, how, by=by)


async def _tell(session: AsyncSession, entry: WaitlistEntry, how: str, *, by: str) -> None:
    record(session, entry.hotel_id, f"waitlist.{how}", f"waitlist:{entry.id}", by=by)
    await emit(session, entry.hotel_id, f"waitlist.{how}", entry.id, offer_facts(entry))


async def _locked(session: AsyncSession, entry_id: UUID) -> WaitlistEntry:
    query = select(WaitlistEntry).where(WaitlistEntry.id == entry_id).with_for_update()
    entry = await session.scalar(query.execution_options(populate_existing=True))
    if entry is None:
        raise NotFound("nobody waits by that id")
    return entry


def offer_facts(entry: WaitlistEntry) -> dict[str, Any]:
    ids = ("guest_id", "conversation_id", "room_type_id", "booking_id")
    return {
        "waitlist_id": str(entry.id),
        **{name: str(value) if (value := getattr(entry, name)) else None for name in ids},
        "arrival": _day(entry.arrival),
        "departure": _day(entry.departure),
        "rooms": entry.rooms,
        "adults": entry.adults,
        "children": entry.children,
    }


def _day(day: date) -> str:
    return day.isoformat()


async def open_entries(session: AsyncSession) -> Sequence[WaitlistEntry]:
    """Everybody who waits or has an offer, in the order in which they are served."""
    query = (
        select(WaitlistEntry)
        .where(WaitlistEntry.status.in_(("waiting", "offered")))
        .order_by(WaitlistEntry.created_at, WaitlistEntry.id)
    )
    return (await session.scalars(query)).all()
