"""What the demo hotels promise their guests, and an address of their own that waits to be used."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.secrets import Vault
from frontdesk.sla.hours import Hours, set_hours
from frontdesk.sla.policies import promise
from frontdesk.webhooks.subscriptions import subscribe

WORKDAYS = ("mon", "tue", "wed", "thu", "fri")
WEEK = {
    **dict.fromkeys(WORKDAYS, ("08:00-13:00", "14:00-22:00")),
    "sat": ("09:00-20:00",),
    "sun": ("10:00-18:00",),
}
PMS = {
    "name": "PMS (an example, off)",
    "url": "https://pms.example.org/frontdesk",
    "events": ["booking.created", "booking.cancelled", "room.status.changed"],
    "enabled": False,
}


async def add_promises(
    session: AsyncSession, vault: Vault, hotel_id: UUID, *, now: datetime
) -> None:
    await set_hours(session, hotel_id, None, Hours(WEEK, None, None, {}), by="demo", now=now)
    house = {"name": "House", "first_minutes": 10, "next_minutes": 20, "resolution_minutes": 480}
    await promise(session, hotel_id, house, by="demo")
    await subscribe(session, vault, hotel_id, PMS, by="demo")
