"""Conversations and messages over HTTP: list, read, send as staff, take over, resume."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select

from frontdesk.conversations import handover
from frontdesk.conversations.collisions import Reply, reply
from frontdesk.conversations.staff import read_by_staff
from frontdesk.conversations.states import move
from frontdesk.kit.spoken import Spoken
from frontdesk.kit.web import ClockDep, DbDep, Page, PageDep, page_rows
from frontdesk.messaging.models import Message
from frontdesk.tenancy.audit import record
from frontdesk.tenancy.auth import Principal, allow
from frontdesk.tenancy.idempotency import OnceDep, answer_once

router = APIRouter(prefix="/v1/hotels/{hotel_id}/conversations", tags=["conversations"])
Reader = Annotated[Principal, Depends(allow("conversations:read"))]
Writer = Annotated[Principal, Depends(allow("conversations:write"))]


class ConversationOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    guest_id: UUID
    instance_id: UUID
    chat: str
    status: str
    owner: str
    reason: str | None
    language: str | None
    tags: list[str]
    """The names of its labels."""
    priority: str
    department_id: UUID | None
    assignee_id: UUID | None
    """A membership."""
    assigned_at: datetime | None
    unassigned_since: datetime | None
    snoozed_until: datetime | None
    waiting_since: datetime | None
    """The guest's first message that nobody has answered."""
    last_message_at: datetime
    read_at: datetime | None
    unread: bool
    """The guest wrote since somebody of the house looked."""
    created_at: datetime


class MessageOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    direction: str
    author: str
    kind: str
    text: str
    content: dict[str, Any]
    occurred_at: datetime
    status: str | None
    sentiment: str | None
    urgency: str | None
    intent: str | None
    edited_at: datetime | None
    deleted_at: datetime | None
    meta: dict[str, Any]


class MessageIn(BaseModel):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"text": "Good evening, how can I help?"}}
    )
    text: Spoken
    after: UUID | None = None
    """The newest message that was seen when the reply was begun: 409 where there is a newer one."""
    force: bool = False
    """Send although something newer was said, or somebody else is writing."""
    then: Literal["pending", "resolved"] | None = None
    """What becomes of the conversation with it."""


class ReasonIn(BaseModel):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"reason": "the guest asked for Anna"}}
    )
    reason: str = Field("staff", max_length=200)


@router.get("/{conversation_id}")
async def read_conversation(
    db: DbDep, hotel_id: UUID, conversation_id: UUID, asker: Reader
) -> ConversationOut:
    async with db.hotel(hotel_id) as session:
        found = await handover.conversation(session, conversation_id)
        return ConversationOut.model_validate(found)


@router.get("/{conversation_id}/messages")
async def list_messages(
    db: DbDep, hotel_id: UUID, conversation_id: UUID, asker: Reader, ask: PageDep
) -> Page[MessageOut]:
    """Newest first, by the time they were said."""
    async with db.hotel(hotel_id) as session:
        await handover.conversation(session, conversation_id)
        query = select(Message).where(Message.conversation_id == conversation_id)
        rows, after = await page_rows(session, query, ask, Message.occurred_at, Message.id)
    return Page(items=[MessageOut.model_validate(r) for r in rows], next=after)


@router.post("/{conversation_id}/messages", status_code=201, response_model=MessageOut)
async def send_message(
    db: DbDep,
    clock: ClockDep,
    hotel_id: UUID,
    conversation_id: UUID,
    asker: Writer,
    once: OnceDep,
    wanted: MessageIn,
) -> Response:
    """Sends as staff; the bot stays silent until `resume`.

    409 where something was said that its writer has not seen: what `after` says, or their draft.
    """
    async with db.hotel(hotel_id) as session:

        async def create() -> BaseModel:
            by, now = asker.actor, clock.now()
            talk = await handover.conversation(session, conversation_id, lock=True)
            said = Reply(wanted.text, after=wanted.after, force=wanted.force)
            sent, _ = await reply(session, conversation_id, said, by=by, now=now)
            if wanted.then is not None:
                await move(session, talk, wanted.then, by=by, reason="sent", now=now)
            await session.refresh(sent)
            return MessageOut.model_validate(sent)

        return await answer_once(session, once, hotel_id, create)


@router.post("/{conversation_id}/read", status_code=204)
async def mark_read(
    db: DbDep, clock: ClockDep, hotel_id: UUID, conversation_id: UUID, asker: Writer
) -> None:
    async with db.hotel(hotel_id) as session:
        await read_by_staff(session, conversation_id, now=clock.now())
        subject = f"conversation:{conversation_id}"
        record(session, hotel_id, "conversation.read", subject, by=asker.actor)


@router.post("/{conversation_id}/take-over")
async def take_over(
    db: DbDep,
    clock: ClockDep,
    hotel_id: UUID,
    conversation_id: UUID,
    asker: Writer,
    wanted: ReasonIn,
) -> ConversationOut:
    async with db.hotel(hotel_id) as session:
        found = await handover.take_over(
            session, conversation_id, by=asker.actor, reason=wanted.reason, now=clock.now()
        )
        return ConversationOut.model_validate(found)


@router.post("/{conversation_id}/resume")
async def resume(
    db: DbDep, clock: ClockDep, hotel_id: UUID, conversation_id: UUID, asker: Writer
) -> ConversationOut:
    """The bot answers again from the next message on."""
    async with db.hotel(hotel_id) as session:
        found = await handover.resume(session, conversation_id, by=asker.actor, now=clock.now())
        return ConversationOut.model_validate(found)
