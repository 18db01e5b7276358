"""Causes for which a person is called, with their thresholds, and why each chat went to one."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field, model_validator
from sqlalchemy import select

from frontdesk.conversations import handover
from frontdesk.conversations.causes import set_cause, settings_of
from frontdesk.conversations.escalation import ALWAYS, BOUNDS, Cause, Setting
from frontdesk.conversations.escalation_models import HandoverRecord
from frontdesk.kit.web import DbDep, Page, PageDep
from frontdesk.tenancy.auth import Principal, allow
from frontdesk.tenancy.queries import the_hotel
from frontdesk.tenancy.rows import by_age, page_of_rows

router = APIRouter(prefix="/v1/hotels/{hotel_id}", tags=["conversations"])
Reader = Annotated[Principal, Depends(allow("hotel:read"))]
Watcher = Annotated[Principal, Depends(allow("conversations:read"))]
Setter = Annotated[Principal, Depends(allow("hotel:write"))]


class CauseIn(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "cause": "sentiment",
                "threshold": -0.4,
                "action": "hand_over",
                "priority": 80,
                "enabled": True,
            }
        },
    )
    cause: Cause
    threshold: float = Field(ge=-1, le=10)
    """See the cause's bounds."""
    action: Literal["tell", "hand_over"]
    """Staff hear of it and the bot goes on; or a person has the chat."""
    priority: int = Field(ge=0, le=100)
    enabled: bool = True

    @model_validator(mode="after")
    def within_bounds(self) -> "CauseIn":
        least, most = BOUNDS[self.cause]
        if not least <= self.threshold <= most:
            raise ValueError(f"the threshold of {self.cause} is between {least:g} and {most:g}")
        if self.cause in ALWAYS and not self.enabled:
            raise ValueError(f"{self.cause} cannot be switched off")
        return self


class CauseOut(CauseIn):
    least: float
    most: float
    always: bool
    """It cannot be switched off."""


class HandoverOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    conversation_id: UUID
    cause: str
    reason: str
    by_whom: str
    opened_at: datetime
    evidence: dict[str, dict[str, float]]


@router.get("/escalation-causes")
async def list_causes(db: DbDep, hotel_id: UUID, asker: Reader) -> list[CauseOut]:
    """All nine; ours where the hotel has set nothing."""
    async with db.hotel(hotel_id) as session:
        await the_hotel(session)
        known = await settings_of(session)
    return [_shown(cause, known[cause]) for cause in Cause]


@router.put("/escalation-causes")
async def put_cause(db: DbDep, hotel_id: UUID, asker: Setter, wanted: CauseIn) -> CauseOut:
    """One of them; danger, a wish for a person and policy are never switched off (422)."""
    cause = wanted.cause
    async with db.hotel(hotel_id) as session:
        await the_hotel(session)
        await set_cause(session, hotel_id, wanted.model_dump(mode="json"), by=asker.actor)
    return _shown(cause, Setting(wanted.threshold, wanted.action, wanted.priority, wanted.enabled))


def _shown(cause: Cause, setting: Setting) -> CauseOut:
    least, most = BOUNDS[cause]
    return CauseOut(
        cause=cause,
        threshold=setting.threshold,
        action=setting.action,
        priority=setting.priority,
        enabled=setting.enabled,
        least=least,
        most=most,
        always=cause in ALWAYS,
    )


@router.get("/conversations/{conversation_id}/handovers")
async def list_handovers(
    db: DbDep, hotel_id: UUID, conversation_id: UUID, asker: Watcher, ask: PageDep
) -> Page[HandoverOut]:
    """Newest first: why this chat went to a person, and what was measured."""
    async with db.hotel(hotel_id) as session:
        await handover.conversation(session, conversation_id)
    model = HandoverRecord
    query = select(model).where(model.conversation_id == conversation_id)
    return await page_of_rows(db, hotel_id, ask, query, HandoverOut, by_age(model))
