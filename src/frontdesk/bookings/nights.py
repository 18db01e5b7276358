"""The nights of a booking: given back to stock, swapped for others, summed."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Uuid, bindparam, func, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings.errors import as_told_by_database
from frontdesk.bookings.models import Booking, BookingNight

SWAP = text(
    "SELECT swap_nights(:hotel, :booking, :since, :kind, :rooms, :wanted, :plan, :at)"
).bindparams(
    bindparam("wanted", type_=JSONB),
    bindparam("plan", type_=Uuid),
    bindparam("at", type_=DateTime(timezone=True)),
)


@dataclass(frozen=True, slots=True)
class NewNights:
    """What a stay becomes from one night on: rooms of one type, priced night by night."""

    since: date | None
    """None: they come on top of what the booking has."""
    room_type_id: UUID
    rooms: int
    nights: Sequence[dict[str, Any]]
    """[{"night", "price", "tax"}] for all rooms together."""
    rate_plan_id: UUID | None


async def swap(session: AsyncSession, booking: Booking, new: NewNights, *, now: datetime) -> None:
    """All the new nights for all the old ones from `since` on. Raises RoomTaken."""
    values = {
        "hotel": booking.hotel_id,
        "booking": booking.id,
        "since": new.since,
        "kind": new.room_type_id,
        "rooms": new.rooms,
        "wanted": list(new.nights),
        "plan": new.rate_plan_id,
        "at": now,
    }
    with as_told_by_database():
        await session.execute(SWAP, values)


async def lock(
    session: AsyncSession, booking: Booking, kind: UUID, stay: tuple[date, date], *, now: datetime
) -> None:
    """All that a swap to this stay will touch, in one order: two that cross wait in no circle."""
    call = func.lock_swap(booking.hotel_id, booking.id, kind, *stay, now)
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


async def types(session: AsyncSession, booking: Booking) -> dict[UUID, int]:
    """How many rooms of which type the booking has on its last night."""
    query = (
        select(BookingNight.room_type_id, BookingNight.rooms)
        .where(BookingNight.booking_id == booking.id, BookingNight.released_at.is_(None))
        .order_by(BookingNight.night.desc(), BookingNight.room_type_id)
    )
    last = (
        BookingNight.night
        == select(func.max(BookingNight.night))
        .where(BookingNight.booking_id == booking.id, BookingNight.released_at.is_(None))
        .scalar_subquery()
    )
    found = await session.execute(query.where(last))
    return {row.room_type_id: row.rooms for row in found}
