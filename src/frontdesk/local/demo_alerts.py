"""How the demo hotels tell their staff: a ladder for complaints, a quiet night, own words."""

from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.notifications.channel_models import AlertTemplate
from frontdesk.notifications.ladder_models import AlertLadder
from frontdesk.notifications.models import Staff

COMPLAINTS: list[dict[str, Any]] = [
    {"roles": [], "minutes": 5},
    {"roles": ["manager"], "off_shift": True, "channels": ["whatsapp", "email"], "minutes": 10},
]
IN_CHARGE = "manager"


async def tell_staff(session: AsyncSession, hotel_id: UUID) -> None:
    """Whoever is called manager is one, and sleeps unless it is urgent."""
    query = select(Staff.id).where(Staff.name.ilike(f"%({IN_CHARGE})%"))
    row = update(Staff).where(Staff.id.in_(query))
    quiet = {"quiet_from": "23:00", "quiet_until": "07:00"}
    await session.execute(row.values(role=IN_CHARGE, **quiet))
    session.add(AlertLadder(hotel_id=hotel_id, kind="complaint", levels=COMPLAINTS))
    words = {"title": "Queja: {title}", "body": "{body}"}
    session.add(AlertTemplate(hotel_id=hotel_id, kind="complaint", language="es", **words))
