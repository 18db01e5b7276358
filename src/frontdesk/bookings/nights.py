"""The nights of a booking: given back to stock, swapped for others, summed."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, DateTime, Uuid, bindparam, cast, func, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings.errors import as_told_by_database
from frontdesk.bookings.models import Booking, BookingNight

SWAP = text("SELECT swap_nights(:hotel, :booking, :since, :parts, :at)").bindparams(
    bindparam("parts", type_=JSONB),
    bindparam("at", type_=DateTime(timezone=True)),
)


@dataclass(frozen=True, slots=True)
class NewNights:
    """Rooms of one type by one plan, priced night by night."""

    room_type_id: UUID
    rooms: int
    nights: Sequence[dict[str, Any]]
    """As a quote keeps them, for all rooms together."""
    rate_plan_id: UUID | None

    def told(self) -> dict[str, Any]:
        """As swap_nights() reads it."""
        return {
            "room_type_id": str(self.room_type_id),
            "rate_plan_id": str(self.rate_plan_id) if self.rate_plan_id else None,
            "rooms": self.rooms,
            "nights": list(self.nights),
        }


async def swap(
    session: AsyncSession,
    booking: Booking,
    parts: Sequence[NewNights],
    *,
    since: date | None,
    now: datetime,
) -> None:
    """All the new nights for all the old ones from `since` on; without it they come on top.

    Each type is there once. Raises RoomTaken, also where a plan has no more rooms to sell.
    """
    values = {
        "hotel": booking.hotel_id,
        "booking": booking.id,
        "since": since,
        "parts": [part.told() for part in parts],
        "at": now,
    }
    with as_told_by_database():
        await session.execute(SWAP, values)


async def lock(
    session: AsyncSession,
    booking: Booking,
    kinds: Sequence[UUID],
    stay: tuple[date, date],
    *,
    now: datetime,
) -> None:
    """All that a swap to this stay will touch, in one order: two that cross wait in no circle."""
    types = cast(list(kinds), ARRAY(Uuid))
    call = func.lock_stay(booking.hotel_id, booking.id, types, *stay, now)
    await session.execute(select(call))


async def give_back(session: AsyncSession, booking: Booking, since: date, *, now: datetime) -> int:
    """The nights from `since` on are free again; gives what they were sold for, with tax."""
    call = func.give_back_nights(booking.hotel_id, booking.id, since, now)
    with as_told_by_database():
        return await session.scalar(select(call)) or 0


@asynccontextmanager
async def as_if_gone(session: AsyncSession, booking: Booking) -> AsyncGenerator[None]:
    """Inside, the booking's own nights count as free; the transaction keeps them locked."""
    with as_told_by_database():
        await session.execute(select(func.lend_nights(booking.hotel_id, booking.id, -1)))
    yield
    with as_told_by_database():
        await session.execute(select(func.lend_nights(booking.hotel_id, booking.id, 1)))


async def sums(session: AsyncSession, booking: Booking) -> tuple[int, int]:
    """Total with tax, and the tax, of the nights that the booking still has."""
    query = select(
        func.sum(BookingNight.price + BookingNight.tax), func.sum(BookingNight.tax)
    ).where(BookingNight.booking_id == booking.id, BookingNight.released_at.is_(None))
    total, tax = (await session.execute(query)).one()
    return int(total or 0), int(tax or 0)


@dataclass(frozen=True, slots=True)
class Had:
    """How many rooms of a type the booking has on its last night, and by which plan."""

    room_type_id: UUID
    rooms: int
    rate_plan_id: UUID | None


async def types(session: AsyncSession, booking: Booking) -> list[Had]:
    """In one order."""
    kept = (BookingNight.booking_id == booking.id, BookingNight.released_at.is_(None))
    last = select(func.max(BookingNight.night)).where(*kept).scalar_subquery()
    query = (
        select(BookingNight.room_type_id, BookingNight.rooms, BookingNight.rate_plan_id)
        .where(*kept, BookingNight.night == last)
        .order_by(BookingNight.room_type_id)
    )
    return [Had(*row) for row in await session.execute(query)]
