"""Reads of room types, rooms and taxes."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.rooms.models import Room, RoomType, Tax


async def active_room_types(session: AsyncSession) -> Sequence[RoomType]:
    """Cheapest first."""
    query = select(RoomType).where(RoomType.active).order_by(RoomType.base_price, RoomType.code)
    return (await session.scalars(query)).all()


async def room_type(session: AsyncSession, room_type_id: UUID) -> RoomType | None:
    return await session.scalar(select(RoomType).where(RoomType.id == room_type_id))


async def taxes(session: AsyncSession) -> Sequence[Tax]:
    return (await session.scalars(select(Tax).order_by(Tax.name))).all()


async def rooms_in_order(session: AsyncSession, room_type_id: UUID) -> int:
    """How many rooms of a type can be let (not out of order)."""
    query = select(func.count()).where(
        Room.room_type_id == room_type_id, Room.status != "out_of_order"
    )
    return await session.scalar(query) or 0
