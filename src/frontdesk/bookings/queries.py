"""Reads of availability, quotes and bookings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings.errors import NoSuchBooking, NoSuchQuote
from frontdesk.bookings.models import Booking, Hold, NightlyInventory, Quote


@dataclass(frozen=True, slots=True)
class TypeAvailability:
    """One room type over a whole stay."""

    room_type_id: UUID
    free: int
    """Rooms left on the fullest night; 0 where a night is closed or not on sale."""
    prices: tuple[int, ...]
    """Minor units a room, night by night, without tax."""


async def availability(
    session: AsyncSession, arrival: date, departure: date, *, now: datetime
) -> dict[UUID, TypeAvailability]:
    """Every room type on sale for [arrival, departure), in one query.

    A hold past its time counts as free, whether or not anything has swept it.
    """
    night = NightlyInventory.night
    lapsed = (
        select(func.coalesce(func.sum(Hold.rooms), 0))
        .where(
            Hold.hotel_id == NightlyInventory.hotel_id,
            Hold.room_type_id == NightlyInventory.room_type_id,
            Hold.status == "active",
            Hold.expires_at <= now,
            and_(Hold.arrival <= night, Hold.departure > night),
        )
        .scalar_subquery()
    )
    gone = NightlyInventory.sold + NightlyInventory.held - lapsed
    query = (
        select(
            NightlyInventory.room_type_id,
            func.count(),
            func.min(NightlyInventory.capacity + NightlyInventory.allowance - gone),
            func.bool_or(NightlyInventory.closed),
            func.array_agg(aggregate_order_by(NightlyInventory.price, night)),
        )
        .where(night >= arrival, night < departure)
        .group_by(NightlyInventory.room_type_id)
    )
    nights = (departure - arrival).days
    return {
        type_id: TypeAvailability(
            type_id, max(0, free) if count == nights and not closed else 0, tuple(prices)
        )
        for type_id, count, free, closed, prices in await session.execute(query)
    }


async def quote(session: AsyncSession, quote_id: UUID, *, lock: bool = False) -> Quote:
    query = select(Quote).where(Quote.id == quote_id)
    found = await session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NoSuchQuote
    return found


async def booking(session: AsyncSession, booking_id: UUID, *, lock: bool = False) -> Booking:
    query = select(Booking).where(Booking.id == booking_id)
    found = await session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NoSuchBooking
    return found


async def booking_of_quote(session: AsyncSession, quote_id: UUID) -> Booking | None:
    return await session.scalar(select(Booking).where(Booking.quote_id == quote_id))


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
