"""The demo hotels' journeys: the ready-made ones, off; one rule at work, and a message to many."""

from typing import Any

from sqlalchemy import select

from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.triggers.broadcast_models import Broadcast
from frontdesk.triggers.models import Trigger
from frontdesk.triggers.ready_made import JOURNEYS, install, installed

ROOM_CHECK: dict[str, Any] = {
    "name": "Look at the room the day before",
    "event": "stay.moment",
    "schedule": {"anchor": "arrival", "days": -1, "at": "14:00", "minutes": 0, "late": "skip"},
    "actions": [{"type": "booking_note", "text": "The room is to be looked at before they come."}],
}
SUMMER: dict[str, Any] = {
    "name": "Summer (a draft: nothing is sent)",
    "message": {"type": "send_message", "text": "Hello {guest.first_name|there}, summer is open."},
    "second": {"type": "send_message", "text": "{guest.first_name|Hello}, your summer is here."},
    "audience": {"field": "guest.stays_ahead", "op": "eq", "value": 0},
    "hold_out": 10,
}


async def add_journeys(db: Database, hotel_id: HotelId) -> None:
    """Those that are not there yet."""
    async with db.hotel(hotel_id) as session:
        known = await installed(session)
        for name in JOURNEYS:
            if name not in known:
                await install(session, hotel_id, name, by="demo")
        for model, said in ((Trigger, ROOM_CHECK), (Broadcast, {**SUMMER, "made_by": "demo"})):
            named = select(model.id).where(model.name == said["name"])
            if await session.scalar(named) is None:
                session.add(model(hotel_id=hotel_id, **said))
