"""A guest's chat over HTTP, for who has no WebSocket: what was said, and saying something."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict

from frontdesk.kit.spoken import Spoken
from frontdesk.kit.web import ClockDep, DbDep, Page, PageDep, page_rows
from frontdesk.messaging.models import Message
from frontdesk.portal import chat
from frontdesk.portal.doors import Guest
from frontdesk.portal.routes import own_once
from frontdesk.tenancy.idempotency import OnceDep, answer_once

router = APIRouter(prefix="/v1/guest", tags=["guest portal"])


class GuestMessageIn(BaseModel):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"text": "May we leave at two?"}}
    )
    text: Spoken


class GuestReadIn(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"upto": "01932b1e-5a70-7c44-9f10-3f6d1c2b7a01"}},
    )
    upto: UUID
    """The newest message that was shown."""


class GuestReadOut(BaseModel):
    read: int
    """How many of them were new to the guest."""


class GuestMessageOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    direction: str
    author: str
    """guest, bot, staff or phone."""
    kind: str
    text: str
    content: dict[str, Any]
    occurred_at: datetime
    status: str | None
    edited_at: datetime | None
    deleted_at: datetime | None


@router.get("/messages")
async def list_own_messages(db: DbDep, asker: Guest, ask: PageDep) -> Page[GuestMessageOut]:
    """Newest first, of WhatsApp and of here."""
    async with db.hotel(asker.hotel_id) as session:
        query = chat.own_messages(asker)
        rows, after = await page_rows(session, query, ask, Message.occurred_at, Message.id)
    return Page(items=[GuestMessageOut.model_validate(row) for row in rows], next=after)


@router.post("/messages", status_code=201, response_model=GuestMessageOut)
async def say_as_guest(
    db: DbDep, clock: ClockDep, asker: Guest, once: OnceDep, wanted: GuestMessageIn
) -> Response:
    """Joins the chat that the guest has on WhatsApp, or begins one; the bot or staff answer."""
    async with db.hotel(asker.hotel_id) as session:

        async def create() -> BaseModel:
            said = chat.Said(wanted.text, uuid4())
            message, _ = await chat.say(session, asker, said, now=clock.now())
            return GuestMessageOut.model_validate(message)

        return await answer_once(session, own_once(once, asker), asker.hotel_id, create)


@router.post("/messages/read")
async def read_own_messages(
    db: DbDep, clock: ClockDep, asker: Guest, wanted: GuestReadIn
) -> GuestReadOut:
    """What was read here within two minutes is not sent to the guest's phone as well."""
    async with db.hotel(asker.hotel_id) as session:
        read = await chat.read_by_guest(session, asker, wanted.upto, now=clock.now())
    return GuestReadOut(read=read)
