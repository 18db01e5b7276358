"""A hotel's triggers and their ledger over HTTP."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.errors import NotFound
from frontdesk.kit.web import DbDep, Page, PageDep, page_rows
from frontdesk.messaging.event_routes import EventName
from frontdesk.tenancy.auth import Principal, allow
from frontdesk.tenancy.idempotency import OnceDep, answer_once
from frontdesk.tenancy.queries import the_hotel
from frontdesk.triggers.action_shapes import Action, check_actions
from frontdesk.triggers.models import Trigger, TriggerRun
from frontdesk.triggers.moments import Moment, check_moment
from frontdesk.triggers.planning import PlanningOut, plannings
from frontdesk.triggers.rules import check_conditions
from frontdesk.triggers.saving import save_trigger

router = APIRouter(prefix="/v1/hotels/{hotel_id}/triggers", tags=["triggers"])
Reader = Annotated[Principal, Depends(allow("triggers:read"))]
Writer = Annotated[Principal, Depends(allow("triggers:write"))]


class TriggerIn(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "name": "Tell the manager of angry guests",
                "event": "sentiment.detected",
                "conditions": {"all": [{"field": "score", "op": "lt", "value": -0.5}]},
                "actions": [{"type": "notify_staff", "title": "Angry guest", "priority": 80}],
            }
        },
    )
    name: str = Field(min_length=1, max_length=200)
    event: EventName
    conditions: dict[str, Any] = Field(default_factory=dict[str, Any])
    actions: list[Action] = Field(min_length=1, max_length=10)
    priority: int = Field(0, ge=-1000, le=1000)
    schedule: Moment | None = None
    """Of stay.moment, hold.moment and conversation.moment, which time alone makes."""
    enabled: bool = True

    @model_validator(mode="after")
    def sound(self) -> "TriggerIn":
        check_moment(self.event, self.schedule.model_dump() if self.schedule else None)
        check_conditions(self.event, self.conditions)
        check_actions(self.event, self.actions)
        return self

    def columns(self) -> dict[str, Any]:
        actions = [a.model_dump(mode="json", exclude_defaults=True) for a in self.actions]
        return {**self.model_dump(exclude={"actions"}), "actions": actions}


class SwitchIn(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"enabled": True}})
    enabled: bool


class TriggerOut(BaseModel):
    """As it was saved, also by rules of then."""

    model_config = ConfigDict(from_attributes=True)
    id: UUID
    name: str
    event: str
    conditions: dict[str, Any]
    actions: list[dict[str, Any]]
    priority: int
    schedule: dict[str, Any] | None
    enabled: bool
    version: int
    created_at: datetime
    planning: PlanningOut | None = None
    """Of rules by the clock: null where everything is planned."""


class RunOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    trigger_id: UUID
    event_id: UUID
    trigger_version: int
    outcome: str
    """fired, not_matched, failed, stopped, or running while an action still waits"""
    reasons: list[dict[str, Any]]
    """Each condition with the value it saw."""
    facts: dict[str, Any]
    """What was looked up beside the event's payload; a guest's words and name are left out."""
    actions: list[dict[str, Any]]
    """Each action and what came of it, in their order."""
    created_at: datetime


@router.post("", status_code=201, response_model=TriggerOut)
async def create_trigger(
    db: DbDep, hotel_id: UUID, asker: Writer, once: OnceDep, wanted: TriggerIn
) -> Response:
    async with db.hotel(hotel_id) as session:
        await the_hotel(session)

        async def create() -> BaseModel:
            made = Trigger(hotel_id=hotel_id)
            return _out(made, await save_trigger(session, made, wanted.columns(), by=asker.actor))

        return await answer_once(session, once, hotel_id, create)


@router.get("")
async def list_triggers(db: DbDep, hotel_id: UUID, asker: Reader, ask: PageDep) -> Page[TriggerOut]:
    async with db.hotel(hotel_id) as session:
        query = select(Trigger)
        rows, after = await page_rows(session, query, ask, Trigger.created_at, Trigger.id)
        planned = await plannings(session, (r.id for r in rows))
    return Page(items=[_out(r, planned.get(r.id)) for r in rows], next=after)


@router.put("/{trigger_id}")
async def replace_trigger(
    db: DbDep, hotel_id: UUID, trigger_id: UUID, asker: Writer, wanted: TriggerIn
) -> TriggerOut:
    async with db.hotel(hotel_id) as session:
        found = await _trigger(session, trigger_id)
        return _out(found, await save_trigger(session, found, wanted.columns(), by=asker.actor))


@router.post("/{trigger_id}/switch")
async def switch_trigger(
    db: DbDep, hotel_id: UUID, trigger_id: UUID, asker: Writer, wanted: SwitchIn
) -> TriggerOut:
    """On or off, and nothing else; what an off rule has planned is called off."""
    async with db.hotel(hotel_id) as session:
        found = await _trigger(session, trigger_id)
        if found.enabled == wanted.enabled:
            return _out(found, (await plannings(session, [trigger_id])).get(trigger_id))
        said = {"enabled": wanted.enabled}
        return _out(found, await save_trigger(session, found, said, by=asker.actor))


@router.get("/{trigger_id}")
async def read_trigger(db: DbDep, hotel_id: UUID, trigger_id: UUID, asker: Reader) -> TriggerOut:
    async with db.hotel(hotel_id) as session:
        found = await _trigger(session, trigger_id)
        return _out(found, (await plannings(session, [trigger_id])).get(trigger_id))


@router.get("/{trigger_id}/runs")
async def list_runs(
    db: DbDep, hotel_id: UUID, trigger_id: UUID, asker: Reader, ask: PageDep
) -> Page[RunOut]:
    """Why it did, or did not, fire; newest first."""
    async with db.hotel(hotel_id) as session:
        await _trigger(session, trigger_id)
        query = select(TriggerRun).where(TriggerRun.trigger_id == trigger_id)
        rows, after = await page_rows(session, query, ask, TriggerRun.created_at, TriggerRun.id)
    return Page(items=[RunOut.model_validate(r) for r in rows], next=after)


async def _trigger(session: AsyncSession, trigger_id: UUID) -> Trigger:
    found = await session.scalar(select(Trigger).where(Trigger.id == trigger_id))
    if found is None:
        raise NotFound("there is no such trigger")
    return found


def _out(trigger: Trigger, planned: PlanningOut | None) -> TriggerOut:
    return TriggerOut.model_validate(trigger).model_copy(update={"planning": planned})
