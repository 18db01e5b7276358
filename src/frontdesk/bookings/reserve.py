"""From quote to booking: the one way a room is ever sold."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings.errors import PriceChanged, as_told_by_database
from frontdesk.bookings.models import Booking
from frontdesk.bookings.recheck import recheck
from frontdesk.bookings.rules import new_code
from frontdesk.kit.db import Database, notice, ring
from frontdesk.kit.ids import uuid7
from frontdesk.kit.jobs import Job

RESERVE = select(Booking).from_statement(
    text(
        "SELECT b.* FROM get_current_tenant_id() AS hotel, reserve_stay(hotel, :quote, :by,"
        " :source, :requests, :at, :booking, :code, :audit, :event) AS b"
    ).bindparams(bindparam("at", type_=DateTime(timezone=True)))
)
TRIES = 3
"""A quote is priced anew where a rate has changed since; rates that change all the while end it."""
AT_ONCE = "reserve_stay(hotel::uuid, $2, $3, $4, $5, $6, $7, $8, $9, $10)"


@dataclass(frozen=True, slots=True)
class Yes:
    """A guest's yes to one quote: by whom, from where, and what else was asked for."""

    quote_id: UUID
    by: str
    source: str
    """whatsapp | rest"""
    special_requests: str | None = None

    def arguments(self, now: datetime) -> dict[str, object]:
        """In the order of reserve_stay's, with names for the rows it will write."""
        return {
            "quote": self.quote_id,
            "by": self.by,
            "source": self.source,
            "requests": self.special_requests,
            "at": now,
            "booking": uuid7(),
            "code": new_code(),
            "audit": uuid7(),
            "event": uuid7(),
        }


async def reserve(session: AsyncSession, yes: Yes, *, now: datetime) -> Booking:
    """Turn an open quote into a confirmed booking; confirming twice gives the same booking.

    Raises NoSuchQuote, QuoteExpired, PriceChanged or RoomTaken; the whole transaction is then the
    caller's to end, and nothing is sold.
    """
    for _ in range(TRIES):
        with as_told_by_database():
            booking = (await session.scalars(RESERVE, yes.arguments(now))).one_or_none()
        if booking is not None:
            break
        await recheck(session, yes.quote_id, now=now)
    else:
        raise PriceChanged
    await ring(session, Job.RUN_TRIGGERS, booking.hotel_id)
    return booking


async def reserve_at_once(db: Database, hotel_id: UUID, yes: Yes, *, now: datetime) -> Booking:
    """The same as a transaction of its own, in one round trip: the nights are locked no longer
    than it takes to write them down.
    """
    rings = [notice(Job.RUN_TRIGGERS, hotel_id)]
    for _ in range(TRIES):
        with as_told_by_database():
            row = await db.at_once(hotel_id, AT_ONCE, *yes.arguments(now).values(), rings=rings)
        if row["id"] is not None:
            return Booking(**row)
        async with db.hotel(hotel_id) as session:
            await recheck(session, yes.quote_id, now=now)
    raise PriceChanged


def facts(booking: Booking) -> dict[str, object]:
    """What an event says of a booking; booking_facts() in rls/60_bookings.sql says the same."""
    return {
        "booking_id": str(booking.id),
        "code": booking.code,
        "guest_id": str(booking.guest_id),
        "conversation_id": str(booking.conversation_id) if booking.conversation_id else None,
        "arrival": booking.arrival.isoformat(),
        "departure": booking.departure.isoformat(),
        "nights": (booking.departure - booking.arrival).days,
        "adults": booking.adults,
        "children": booking.children,
        "rooms": booking.rooms,
        "total": booking.total,
        "currency": booking.currency,
        "source": booking.source,
    }
