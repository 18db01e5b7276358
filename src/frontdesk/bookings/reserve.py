"""From quote to booking: the one way a room is ever sold."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from sqlalchemy import DateTime, bindparam, select, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings.errors import PriceChanged, RoomTaken, as_told_by_database
from frontdesk.bookings.models import Booking
from frontdesk.bookings.recheck import recheck
from frontdesk.bookings.rules import new_code
from frontdesk.kit.asked import asked_setting
from frontdesk.kit.db import Database, notice, ring, wrote
from frontdesk.kit.ids import uuid7
from frontdesk.kit.jobs import Job
from frontdesk.kit.logs import get_logger
from frontdesk.kit.transaction import sqlstate

RESERVE = select(Booking).from_statement(
    text(
        "SELECT b.* FROM get_current_tenant_id() AS hotel, reserve_stay(hotel, :quote, :by,"
        " :source, :requests, :at, :booking, :code, :audit, :event) AS b"
    ).bindparams(bindparam("at", type_=DateTime(timezone=True)))
)
DOUBLE = "23505"
TRIES = 3
"""A quote is priced anew where a rate has changed since; rates that change all the while end it."""
AT_ONCE = "reserve_stay(hotel::uuid, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
TOGETHER = "reserve_stays(hotel::uuid, $2, $3, $4, $5, $6, $7, $8, $9, $10)"


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
    wrote(session, booking.hotel_id)
    return booking


async def reserve_at_once(db: Database, hotel_id: UUID, yes: Yes, *, now: datetime) -> Booking:
    """The same as a transaction of its own, in one round trip, and many of one hotel in one.

    Who says yes while others are being written goes with the next, and is answered once all of
    them are on disk. What is not plain is taken alone, as is whoever comes alone.
    """
    together = (reserve_at_once, hotel_id, asked_setting())
    booking = await db.groups.join(together, (yes, now), partial(_reserve_all, db, hotel_id))
    if booking is None:
        return await _reserve_alone(db, hotel_id, yes, now=now)
    if booking.id is None:
        raise RoomTaken
    db.ring([notice(Job.RUN_TRIGGERS, hotel_id)])
    await db.cache.wrote(hotel_id)
    return booking


async def _reserve_all(
    db: Database, hotel_id: UUID, group: Sequence[tuple[Yes, datetime]]
) -> list[Booking | None]:
    """A booking each, without an id where its nights are full; None is to be taken alone."""
    first = {yes.quote_id: (yes, now) for yes, now in reversed(group)}
    if len(first) == 1:
        return [None] * len(group)
    columns = zip(*(yes.arguments(now).values() for yes, now in first.values()), strict=True)
    try:
        rows = await db.rows_at_once(hotel_id, TOGETHER, *map(list, columns))
    except OperationalError:
        raise
    except DBAPIError as refused:
        get_logger().warning("yeses_refused", count=len(first), sqlstate=sqlstate(refused))
        return [None] * len(group)
    made = {row["quote_id"]: Booking(**row) for row in rows}
    return [made.get(yes.quote_id) if first[yes.quote_id][0] is yes else None for yes, _ in group]


async def _reserve_alone(db: Database, hotel_id: UUID, yes: Yes, *, now: datetime) -> Booking:
    rings = [notice(Job.RUN_TRIGGERS, hotel_id)]
    for _ in range(TRIES):
        try:
            with as_told_by_database():
                row = await db.at_once(hotel_id, AT_ONCE, *yes.arguments(now).values(), rings=rings)
        except DBAPIError as refused:
            if sqlstate(refused) != DOUBLE:
                raise
            continue  # somebody drew the same code at the same time: another is drawn
        if row["id"] is not None:
            await db.cache.wrote(hotel_id)
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
