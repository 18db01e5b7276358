"""The nightly counters: rooms move between free, held and sold in one statement a stay."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import cast
from uuid import UUID

from sqlalchemy import CursorResult, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings.errors import RoomTaken
from frontdesk.bookings.models import Hold, NightlyInventory
from frontdesk.bookings.rules import stay_nights


@dataclass(frozen=True, slots=True)
class Stay:
    """Rooms of one type over [arrival, departure)."""

    hotel_id: UUID
    room_type_id: UUID
    arrival: date
    departure: date
    rooms: int


async def move(
    session: AsyncSession, stay: Stay, *, sold: int = 0, held: int = 0
) -> dict[date, int]:
    """Add `sold` and `held` rooms to every night's counters; gives the price of each night.

    Takes the nights in order, so that overlapping stays wait instead of deadlocking. Raises
    RoomTaken unless every night had room: the schema's CHECK is the last word.
    """
    mine = (
        NightlyInventory.hotel_id == stay.hotel_id,
        NightlyInventory.room_type_id == stay.room_type_id,
        NightlyInventory.night >= stay.arrival,
        NightlyInventory.night < stay.departure,
    )
    in_order = (
        (select(NightlyInventory.night).where(*mine).order_by(NightlyInventory.night))
        .with_for_update()
        .cte("in_order")
    )
    change = (
        update(NightlyInventory)
        .where(*mine, NightlyInventory.night == in_order.c.night)
        .values(sold=NightlyInventory.sold + sold, held=NightlyInventory.held + held)
        .returning(NightlyInventory.night, NightlyInventory.price)
        .execution_options(synchronize_session=False)
    )
    if sold + held > 0:
        room = NightlyInventory.capacity + NightlyInventory.allowance
        taken = NightlyInventory.sold + NightlyInventory.held + sold + held
        change = change.where(taken <= room, NightlyInventory.closed.is_(False))
    try:
        prices = {row.night: row.price for row in (await session.execute(change)).all()}
    except IntegrityError:
        raise RoomTaken from None
    if len(prices) != (stay.departure - stay.arrival).days:
        raise RoomTaken
    return prices


async def release_lapsed(session: AsyncSession, stay: Stay, *, now: datetime) -> None:
    """Give back what holds past their time still keep of these nights."""
    query = (
        update(Hold)
        .where(
            Hold.room_type_id == stay.room_type_id,
            Hold.status == "active",
            Hold.expires_at <= now,
            Hold.arrival < stay.departure,
            Hold.departure > stay.arrival,
        )
        .values(status="released")
        .returning(Hold.arrival, Hold.departure, Hold.rooms)
        .execution_options(synchronize_session=False)
    )
    for arrival, departure, rooms in (await session.execute(query)).all():
        lapsed = Stay(stay.hotel_id, stay.room_type_id, arrival, departure, rooms)
        await move(session, lapsed, held=-rooms)


async def open_nights(
    session: AsyncSession,
    hotel_id: UUID,
    room_type_id: UUID,
    *,
    first: date,
    days: int,
    capacity: int,
    prices: Mapping[date, int],
) -> int:
    """Put nights on sale; nights that are already on sale keep their counters and get the price.

    Returns how many nights were written.
    """
    nights = stay_nights(first, first + timedelta(days=days))
    rows = [
        {
            "hotel_id": hotel_id,
            "room_type_id": room_type_id,
            "night": night,
            "capacity": capacity,
            "price": prices[night],
        }
        for night in nights
    ]
    write = insert(NightlyInventory).values(rows)
    write = write.on_conflict_do_update(
        index_elements=["hotel_id", "room_type_id", "night"],
        set_={"capacity": write.excluded.capacity, "price": write.excluded.price},
    )
    return cast("CursorResult[object]", await session.execute(write)).rowcount
