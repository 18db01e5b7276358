"""Whose turn it is on the waitlist: an offer goes to the first in line whom it suits."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings.errors import BadStay, NoSuchPlan, RoomTaken
from frontdesk.bookings.models import Hold, NightlyInventory, Quote
from frontdesk.bookings.quote import StayWish, hold, make_quote
from frontdesk.bookings.stay_models import WaitlistEntry
from frontdesk.bookings.waitlist import OFFER, offer_facts
from frontdesk.messaging.events import emit
from frontdesk.tenancy.audit import record
from frontdesk.tenancy.models import Hotel
from frontdesk.tenancy.queries import the_hotel

LONGEST = 500
"""Waits that are looked at for one offer."""


async def offer_next(session: AsyncSession, *, now: datetime) -> WaitlistEntry | None:
    """Offer what is free to the first in line whom it suits; None where nothing suits anybody.

    A stay that cannot be had yet keeps its place and holds up nobody behind it.
    """
    hotel = await the_hotel(session)
    query = (
        select(WaitlistEntry)
        .where(WaitlistEntry.status == "waiting")
        .order_by(WaitlistEntry.created_at, WaitlistEntry.id)
        .limit(LONGEST)
        .with_for_update()
    )
    waiting = (await session.scalars(query)).all()
    for at, entry in enumerate(waiting):
        before = [one for one in waiting[:at] if _overlap(one, entry)]
        if not before:
            if await _offer(session, hotel, entry, now=now):
                return entry
        elif await _could(session, hotel, entry, now=now):
            # What came back since they were asked is theirs first: nothing moves any more.
            await _stop(session, [*before, entry], now=now)
            for one in (*before, entry):
                if await _offer(session, hotel, one, now=now):
                    return one
    return None


def _overlap(one: WaitlistEntry, other: WaitlistEntry) -> bool:
    return (
        one.room_type_id == other.room_type_id
        and one.arrival < other.departure
        and other.arrival < one.departure
    )


async def _could(
    session: AsyncSession, hotel: Hotel, entry: WaitlistEntry, *, now: datetime
) -> bool:
    """Whether it can be held; what it took to know is undone."""
    tried = await session.begin_nested()
    try:
        await _hold(session, hotel, entry, now=now)
    except (RoomTaken, BadStay, NoSuchPlan):
        return False
    else:
        return True
    finally:
        await tried.rollback()
        await session.refresh(entry)


async def _stop(session: AsyncSession, entries: Sequence[WaitlistEntry], *, now: datetime) -> None:
    """Lock the nights of these stays, holds before nights as everybody does."""
    kind = entries[0].room_type_id
    first, last = min(e.arrival for e in entries), max(e.departure for e in entries)
    over = (Hold.status == "active", Hold.expires_at <= now, Hold.room_type_id == kind)
    held = select(Hold.id).where(*over, Hold.arrival < last, Hold.departure > first)
    await session.execute(held.order_by(Hold.id).with_for_update())
    n = NightlyInventory
    stays = or_(*(and_(n.night >= e.arrival, n.night < e.departure) for e in entries))
    nights = select(n.night).where(n.room_type_id == kind, stays).order_by(n.night)
    await session.execute(nights.with_for_update(key_share=True))


async def _offer(
    session: AsyncSession, hotel: Hotel, entry: WaitlistEntry, *, now: datetime
) -> bool:
    try:
        async with session.begin_nested():
            quote = await _hold(session, hotel, entry, now=now)
    except (RoomTaken, BadStay, NoSuchPlan):
        return False
    entry.status, entry.quote_id, entry.offer_until = "offered", quote.id, now + OFFER
    await session.flush()
    subject = f"waitlist:{entry.id}"
    record(session, entry.hotel_id, "waitlist.offer", subject, by="system")
    told = {**offer_facts(entry), "total": quote.total, "currency": quote.currency}
    await emit(session, entry.hotel_id, "waitlist.offered", entry.id, told)
    return True


async def _hold(
    session: AsyncSession, hotel: Hotel, entry: WaitlistEntry, *, now: datetime
) -> Quote:
    """Raises RoomTaken, BadStay, NoSuchPlan."""
    party = (entry.adults, entry.children, entry.rooms, tuple(entry.children_ages))
    quote = await make_quote(
        session,
        hotel,
        StayWish(entry.arrival, entry.departure, *party),
        entry.room_type_id,
        entry.guest_id,
        now=now,
        conversation_id=entry.conversation_id,
        rate_plan_id=entry.rate_plan_id,
    )
    quote.expires_at = now + OFFER
    await session.flush()
    await hold(session, quote.id, now=now)
    return quote
