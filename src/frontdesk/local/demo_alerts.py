"""How the demo hotels tell their staff: ladders, a quiet night, own words."""

from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.notifications.channel_models import AlertTemplate
from frontdesk.notifications.ladder_models import AlertLadder
from frontdesk.notifications.models import Staff

IN_CHARGE = "manager"
SECOND: dict[str, Any] = {
    "roles": [IN_CHARGE],
    "off_shift": True,
    "channels": ["whatsapp", "email"],
}
LADDERS: tuple[tuple[str, list[str], int, int], ...] = (
    ("emergency", [], 1, 2),
    ("complaint", [], 5, 10),
    ("task_overdue", ["reception"], 2, 5),
)
"""Who is told first of what, the minutes until those in charge are, and then whoever is left."""


async def tell_staff(session: AsyncSession, hotel_id: UUID) -> None:
    """Whoever is called manager is one, and sleeps unless it is urgent."""
    query = select(Staff.id).where(Staff.name.ilike(f"%({IN_CHARGE})%"))
    row = update(Staff).where(Staff.id.in_(query))
    quiet = {"quiet_from": "23:00", "quiet_until": "07:00"}
    await session.execute(row.values(role=IN_CHARGE, **quiet))
    for kind, roles, first, then in LADDERS:
        levels = [{"roles": roles, "minutes": first}, SECOND | {"minutes": then}]
        session.add(AlertLadder(hotel_id=hotel_id, kind=kind, levels=levels))
    words = {"title": "Queja: {title}", "body": "{body}"}
    session.add(AlertTemplate(hotel_id=hotel_id, kind="complaint", language="es", **words))
