"""The nightly counters: rooms move between free, held and sold in one statement a stay."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ARRAY, CursorResult, Uuid, cast, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings.errors import as_told_by_database
from frontdesk.bookings.models import NightlyInventory
from frontdesk.bookings.rules import stay_nights
from frontdesk.kit.db import wrote


@dataclass(frozen=True, slots=True)
class Stay:
    """Rooms of one type over [arrival, departure)."""

    hotel_id: UUID
    room_type_id: UUID
    arrival: date
    departure: date
    rooms: int


async def move(session: AsyncSession, stay: Stay, *, sold: int = 0, held: int = 0) -> None:
    """Add `sold` and `held` rooms to every night's counters.

    Takes the nights in order, so that overlapping stays wait instead of deadlocking. Raises
    RoomTaken unless every night had room: the schema's CHECK is the last word.
    """
    nothing = cast(None, ARRAY(Uuid))
    call = func.move_nights(
        stay.hotel_id,
        stay.room_type_id,
        stay.arrival,
        stay.departure,
        sold,
        held,
        nothing,
    )
    with as_told_by_database():
        await session.execute(select(call))
    wrote(session, stay.hotel_id)


async def free_lapsed(
    session: AsyncSession,
    hotel_id: UUID,
    room_type_id: UUID,
    first: date,
    leaving: date,
    at: datetime,
) -> None:
    """Take the holds that were past their time at `at` off the nights of [first, leaving)."""
    nights = hotel_id, room_type_id, first, leaving
    ended = func.end_holds(*nights, cast(None, Uuid), at)
    await session.execute(select(func.free_held(*nights, ended)))
    wrote(session, hotel_id)


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

    `capacity` is with the rooms that are blocked; they come off by themselves. Returns how many
    nights were written; raises RoomTaken where more are sold than that.
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
        set_={
            "capacity": write.excluded.capacity,
            "blocked": write.excluded.blocked,
            "owed": write.excluded.owed,
            "price": write.excluded.price,
        },
    )
    with as_told_by_database():
        done = await session.execute(write)
    assert isinstance(done, CursorResult)  # noqa: S101 - for the type checker: it wrote
    return done.rowcount
