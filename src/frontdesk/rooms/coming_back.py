"""Rooms whose repair was planned to end: they are let again once the block has run out."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import aliased

from frontdesk.kit.clock import Clock, local_day
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.rooms.care_models import RoomBlock
from frontdesk.rooms.housekeeping import put_status, the_room
from frontdesk.rooms.models import Room
from frontdesk.tenancy.queries import the_hotel

BY = "clock"


async def come_back(db: Database, clock: Clock, hotel_id: HotelId) -> int:
    """Rooms out of order whose last block is over become dirty; gives how many."""
    now: datetime = clock.now()
    async with db.hotel(hotel_id) as session:
        today = local_day(now, (await the_hotel(session)).timezone)
        over, stands = aliased(RoomBlock), aliased(RoomBlock)
        query = select(Room.id).where(
            Room.status == "out_of_order",
            select(over.id)
            .where(over.room_id == Room.id, over.kind == "maintenance", over.until <= today)
            .exists(),
            ~select(stands.id)
            .where(
                stands.room_id == Room.id,
                stands.ended_at.is_(None),
                stands.first <= today,
                stands.until > today,
            )
            .exists(),
        )
        rooms = (await session.scalars(query.order_by(Room.id))).all()
        for room_id in rooms:
            room = await the_room(session, room_id)
            if room.status == "out_of_order":
                await put_status(session, room, "dirty", by=BY, now=now)
        return len(rooms)
