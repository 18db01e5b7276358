"""Reads of availability, quotes and bookings."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from struct import unpack
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, bindparam, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings.errors import NoSuchBooking, NoSuchQuote
from frontdesk.bookings.models import Booking, Quote
from frontdesk.bookings.rates import ByPlanAndType, Stock
from frontdesk.kit.transaction import as_database_error, driver_of

STOCK = (
    "SELECT room_type_id, string_agg(int8send((price << 22)"
    " | (least(greatest(capacity + allowance - sold - held, 0), 16383) << 8)"
    " | ((night - $1::date) << 1) | closed::int), ''), ("
    "  SELECT jsonb_agg(jsonb_build_array(l.room_type_id, l.night - $1, l.rooms - ("
    "   SELECT least(n.owed, n.capacity, l.rooms) FROM nightly_inventory n"
    "   WHERE n.room_type_id = l.room_type_id AND n.night = l.night)))"
    "  FROM (SELECT h.room_type_id, night::date AS night, sum(h.rooms)::int AS rooms"
    "   FROM holds h, generate_series(greatest(h.arrival, $1),"
    "    least(h.departure, $2) - 1, '1 day') AS night"
    "   WHERE h.status = 'active' AND h.expires_at <= $3::timestamptz"
    "    AND h.arrival < $2 AND h.departure > $1 GROUP BY 1, 2) l)"
    " FROM nightly_inventory WHERE night >= $1 AND night < $2::date GROUP BY room_type_id"
)
"""A night in one number of 8 bytes, from the right: closed (1 bit), days from the first (7), rooms
left (14), and the price. Four arrays cost half as much again, most of it to read them here. Beside
it the rooms of holds past their time, free but for what the night owes blocks: [type, days from the
first, rooms].
"""
PLAN_NIGHTS = text(
    "SELECT plan_id, room_type_id, night, price FROM rate_nights"
    " WHERE night >= :first AND night < :last"
)
PLAN_SALES = text("SELECT * FROM plan_sales(:first, :last, :at)").bindparams(
    bindparam("at", type_=DateTime(timezone=True))
)
VERSION = text("SELECT rates_version FROM hotels")


async def availability(
    session: AsyncSession, arrival: date, departure: date, *, now: datetime
) -> dict[UUID, Stock]:
    """Every room type on sale in [arrival, departure), in one query.

    A hold past its time counts as free, whether or not anything has swept it.
    """
    await session.flush()
    driver = driver_of(await session.connection())
    with as_database_error("availability"):
        rows: Sequence[Any] = await driver.fetch(STOCK, arrival, departure, now)
    days = [arrival + timedelta(n) for n in range((departure - arrival).days)]
    lapsed = rows[0][2] or () if rows else ()
    return {
        kind: Stock(days, unpack(f">{len(packed) // 8}q", packed), _again(kind, lapsed))
        for kind, packed, _ in rows
    }


def _again(kind: UUID, lapsed: Iterable[tuple[str, int, int]]) -> Mapping[int, int]:
    """Rooms of one type that lapsed holds give back, by days from the first."""
    return {day: rooms for type_id, day, rooms in lapsed if type_id == str(kind)}


async def rates_version(session: AsyncSession) -> UUID:
    """As this transaction sees it now: ask before reading what it stands for."""
    return (await session.execute(VERSION)).scalar_one()


async def plan_calendars(session: AsyncSession, first: date, last: date) -> ByPlanAndType:
    """The plans' own prices in [first, last), by plan and type."""
    return _by_night(await session.execute(PLAN_NIGHTS, {"first": first, "last": last}))


async def plan_sales(
    session: AsyncSession, first: date, last: date, *, now: datetime
) -> ByPlanAndType:
    """Rooms that each plan has sold or keeps in [first, last), by plan and type."""
    asked = {"first": first, "last": last, "at": now}
    return _by_night(await session.execute(PLAN_SALES, asked))


def _by_night(rows: Iterable[Any]) -> ByPlanAndType:
    found: dict[tuple[UUID, UUID], dict[date, int]] = {}
    for plan_id, room_type_id, night, value in rows:
        found.setdefault((plan_id, room_type_id), {})[night] = value
    return found


async def quote(session: AsyncSession, quote_id: UUID, *, lock: bool = False) -> Quote:
    query = select(Quote).where(Quote.id == quote_id)
    found = await session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NoSuchQuote
    return found


async def booking(session: AsyncSession, booking_id: UUID, *, lock: bool = False) -> Booking:
    query = select(Booking).where(Booking.id == booking_id)
    found = await session.scalar(query.with_for_update(key_share=True) if lock else query)
    if found is None:
        raise NoSuchBooking
    return found


async def booking_of_quote(session: AsyncSession, quote_id: UUID) -> Booking | None:
    return await session.scalar(select(Booking).where(Booking.quote_id == quote_id))


async def booked_together(session: AsyncSession, booking: Booking) -> Sequence[Booking]:
    """The others that were one booking with it once: what it came of, and what came of either."""
    first = booking.split_from or booking.id
    kin = [first, booking.id]
    query = select(Booking).where(
        or_(Booking.id.in_(kin), Booking.split_from.in_(kin)),
        Booking.id != booking.id,
        Booking.guest_id == booking.guest_id,
    )
    return (await session.scalars(query.order_by(Booking.arrival, Booking.id).limit(20))).all()


async def coming_bookings(session: AsyncSession, guest_id: UUID, today: date) -> Sequence[Booking]:
    """A guest's own stays that are not over, soonest first."""
    query = (
        select(Booking)
        .where(
            Booking.guest_id == guest_id,
            Booking.status.in_(("confirmed", "checked_in")),
            Booking.departure >= today,
        )
        .order_by(Booking.arrival, Booking.id)
    )
    return (await session.scalars(query)).all()
