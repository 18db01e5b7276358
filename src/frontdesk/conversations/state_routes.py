"""What people do with a chat, over HTTP: its state, whose it is, how it presses, its labels."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select

from frontdesk.conversations.assign import assign, member_behind
from frontdesk.conversations.desk_models import ConversationChange, Segment
from frontdesk.conversations.find import conversation
from frontdesk.conversations.handover import seen_to
from frontdesk.conversations.instants import Instant
from frontdesk.conversations.labels import label, unlabel
from frontdesk.conversations.route import route
from frontdesk.conversations.routes import ConversationOut
from frontdesk.conversations.states import move
from frontdesk.conversations.weigh import set_department, set_priority
from frontdesk.kit.errors import Conflict
from frontdesk.kit.spoken import Named
from frontdesk.kit.web import ClockDep, DbDep, Page, PageDep, page_rows
from frontdesk.tenancy.auth import Principal, allow

ONE = "/v1/hotels/{hotel_id}/conversations/{conversation_id}"
router = APIRouter(prefix=ONE, tags=["conversations"])
Reader = Annotated[Principal, Depends(allow("conversations:read"))]
Writer = Annotated[Principal, Depends(allow("conversations:write"))]
State = Literal["active", "escalated", "pending", "snoozed", "resolved", "closed"]


class NobodyFree(Conflict):
    """Nobody at the desk is there and has room"""

    code = "nobody_free"


class StateIn(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"to": "pending", "reason": "sent the offer"}},
    )
    to: State
    """To `active` the bot returns, to `escalated` the asker takes over."""
    wake_at: Instant | None = None
    """Of `snoozed`, and only of it."""
    reason: str | None = Field(None, max_length=200)


class GiveIn(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"by_rules": False}})
    membership_id: UUID | None = None
    """None: nobody's."""
    by_rules: bool = False
    """To whom the hotel's rules choose."""


class PriorityIn(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"priority": "high"}})
    priority: Literal["low", "normal", "high", "urgent"]


class DepartmentOf(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"department": "spa"}})
    department: str | None = Field(None, max_length=60, pattern=r"^[a-z0-9_]+$")


class LabelName(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"name": "vip"}})
    name: Named


class ChangeOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    kind: str
    step: str
    old: str | None
    new: str | None
    by: str
    reason: str | None
    at: datetime


class SegmentOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    number: int
    owner: str
    by: str
    reason: str | None
    started_at: datetime
    summary: str | None


@router.post("/state")
async def change_state(
    db: DbDep,
    clock: ClockDep,
    hotel_id: UUID,
    conversation_id: UUID,
    asker: Writer,
    wanted: StateIn,
) -> ConversationOut:
    """409 where there is no such way; `possible` says which there are."""
    async with db.hotel(hotel_id) as session:
        talk = await conversation(session, conversation_id)
        by, now = asker.actor, clock.now()
        until = wanted.wake_at
        done = await move(
            session, talk, wanted.to, by=by, reason=wanted.reason, now=now, until=until
        )
        return ConversationOut.model_validate(done)


@router.post("/assign")
async def assign_to(
    db: DbDep,
    clock: ClockDep,
    hotel_id: UUID,
    conversation_id: UUID,
    asker: Writer,
    wanted: GiveIn,
) -> ConversationOut:
    """To a member, to nobody, or by the hotel's rules (409 where nobody is free)."""
    async with db.hotel(hotel_id) as session:
        talk = await conversation(session, conversation_id, lock=True)
        by, now = asker.actor, clock.now()
        whose = None if wanted.by_rules else wanted.membership_id
        done = await assign(session, talk, whose, by=by, now=now)
        if wanted.by_rules and not await route(session, done, reason=done.reason, now=now):
            raise NobodyFree
        mine = await member_behind(session, by)
        if mine is not None and done.assignee_id == mine.id:
            await seen_to(session, done, by=by, now=now)
        return ConversationOut.model_validate(done)


@router.put("/priority")
async def weigh(
    db: DbDep,
    clock: ClockDep,
    hotel_id: UUID,
    conversation_id: UUID,
    asker: Writer,
    wanted: PriorityIn,
) -> ConversationOut:
    async with db.hotel(hotel_id) as session:
        talk = await conversation(session, conversation_id)
        by, now = asker.actor, clock.now()
        done = await set_priority(session, talk, wanted.priority, by=by, now=now)
        return ConversationOut.model_validate(done)


@router.put("/department")
async def pass_on(
    db: DbDep,
    clock: ClockDep,
    hotel_id: UUID,
    conversation_id: UUID,
    asker: Writer,
    wanted: DepartmentOf,
) -> ConversationOut:
    async with db.hotel(hotel_id) as session:
        talk = await conversation(session, conversation_id)
        by, now = asker.actor, clock.now()
        done = await set_department(session, talk, wanted.department, by=by, now=now)
        return ConversationOut.model_validate(done)


@router.put("/labels")
async def put_label(
    db: DbDep,
    clock: ClockDep,
    hotel_id: UUID,
    conversation_id: UUID,
    asker: Writer,
    wanted: LabelName,
) -> ConversationOut:
    """One more; a name that the hotel has not yet is one of its labels from now on."""
    async with db.hotel(hotel_id) as session:
        talk = await conversation(session, conversation_id)
        done = await label(session, talk, wanted.name, by=asker.actor, now=clock.now())
        return ConversationOut.model_validate(done)


@router.post("/labels/remove")
async def take_label(
    db: DbDep,
    clock: ClockDep,
    hotel_id: UUID,
    conversation_id: UUID,
    asker: Writer,
    wanted: LabelName,
) -> ConversationOut:
    async with db.hotel(hotel_id) as session:
        talk = await conversation(session, conversation_id)
        done = await unlabel(session, talk, wanted.name, by=asker.actor, now=clock.now())
        return ConversationOut.model_validate(done)


@router.get("/history")
async def list_history(
    db: DbDep, hotel_id: UUID, conversation_id: UUID, asker: Reader, ask: PageDep
) -> Page[ChangeOut]:
    """Every step of it, by whom and why; newest first."""
    model = ConversationChange
    async with db.hotel(hotel_id) as session:
        await conversation(session, conversation_id)
        query = select(model).where(model.conversation_id == conversation_id)
        rows, after = await page_rows(session, query, ask, model.at, model.id)
    return Page(items=[ChangeOut.model_validate(r) for r in rows], next=after)


@router.get("/segments")
async def list_segments(
    db: DbDep, hotel_id: UUID, conversation_id: UUID, asker: Reader, ask: PageDep
) -> Page[SegmentOut]:
    """The stretches of it, each in one hand; the first of all has no row. Newest first."""
    model = Segment
    async with db.hotel(hotel_id) as session:
        await conversation(session, conversation_id)
        query = select(model).where(model.conversation_id == conversation_id)
        rows, after = await page_rows(session, query, ask, model.started_at, model.id)
    return Page(items=[SegmentOut.model_validate(r) for r in rows], next=after)
