"""Plans saved rules for what was there before them, a lot at a time: nobody waits meanwhile."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.triggers.plan_models import RulePlanning

LOT = 250
"""Stays in one transaction: who changes one of them waits for the rest, some tens of ms."""
LOTS = 40
"""At once; other work of the hotel gets its turn between."""
SOON = 0.5
"""Seconds until it goes on, where others are just writing."""
FENCE = text("SELECT plan_fence(:hotel)")
STEP = text("SELECT plan_step(:hotel, :most)")


class PlanningOut(BaseModel):
    """What was there before the rule was saved is being planned; what comes since is at once."""

    model_config = ConfigDict(from_attributes=True)
    started_at: datetime
    done: int
    total: int | None
    """Stays, holds or chats to look at; null until they are counted."""


async def plan_on(db: Database, hotel_id: HotelId) -> float | None:
    """Some lots; gives after how many seconds to go on, None where all is planned."""
    async with db.hotel(hotel_id) as session:
        if not await session.scalar(FENCE, {"hotel": hotel_id}):
            return SOON
    for _ in range(LOTS):
        async with db.hotel(hotel_id) as session:
            came_to = await session.scalar(STEP, {"hotel": hotel_id, "most": LOT})
        if came_to != "on":
            return SOON if came_to == "busy" else None
    return 0.0


async def plannings(session: AsyncSession, rules: Iterable[UUID]) -> dict[UUID, PlanningOut]:
    """By rule, of those that are not all planned."""
    query = select(RulePlanning).where(
        RulePlanning.trigger_id.in_(list(rules)), RulePlanning.finished_at.is_(None)
    )
    return {p.trigger_id: PlanningOut.model_validate(p) for p in await session.scalars(query)}
