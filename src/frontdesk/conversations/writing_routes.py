"""Words that wait or repeat, over HTTP: scheduled messages, drafts and canned replies."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select

from frontdesk.conversations.canned import filled
from frontdesk.conversations.composer import drop_draft, keep_draft, own_draft, the_person
from frontdesk.conversations.find import conversation
from frontdesk.conversations.instants import Civil
from frontdesk.conversations.note_models import ScheduledMessage
from frontdesk.conversations.scheduled import call_off, schedule
from frontdesk.kit.errors import NotFound
from frontdesk.kit.spoken import Spoken
from frontdesk.kit.web import ClockDep, DbDep, Page, PageDep, page_rows
from frontdesk.messaging.pacing import QUIET, quiet_ends
from frontdesk.tenancy.audit import record
from frontdesk.tenancy.auth import Principal, allow
from frontdesk.tenancy.idempotency import OnceDep, answer_once
from frontdesk.tenancy.queries import the_hotel

router = APIRouter(prefix="/v1/hotels/{hotel_id}", tags=["conversations"])
Reader = Annotated[Principal, Depends(allow("conversations:read"))]
Writer = Annotated[Principal, Depends(allow("conversations:write"))]


class ScheduledIn(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {"text": "Is everything fine?", "send_at": "2027-07-04T10:00:00"}
        },
    )
    text: Spoken
    send_at: Civil
    """Without a zone it is by the hotel's clock."""
    unless_guest_writes: bool = False


class ScheduledOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    conversation_id: UUID
    text: str
    send_at: datetime
    state: str
    unless_guest_writes: bool
    by: str
    ended_by: str | None
    message_id: UUID | None
    warnings: list[str] = Field(default_factory=list[str])
    """quiet_hours: it goes out all the same, as a person said so."""


class DraftText(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"text": "Good eve"}})
    text: Spoken


class ComposerOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    text: str
    begun_at: datetime
    """What came since then is shown before it is sent."""


class FilledOut(BaseModel):
    canned_reply_id: UUID
    language: str
    text: str


@router.post(
    "/conversations/{conversation_id}/scheduled", status_code=201, response_model=ScheduledOut
)
async def schedule_message(
    db: DbDep,
    clock: ClockDep,
    hotel_id: UUID,
    conversation_id: UUID,
    asker: Writer,
    once: OnceDep,
    wanted: ScheduledIn,
) -> Response:
    """Once, at its time; until then it can be called off."""
    async with db.hotel(hotel_id) as session:
        hotel = await the_hotel(session)

        async def create() -> BaseModel:
            row = await schedule(
                session,
                conversation_id,
                wanted.text,
                wanted.send_at,
                unless_guest_writes=wanted.unless_guest_writes,
                by=asker.actor,
                now=clock.now(),
            )
            hours = str(hotel.settings.get("quiet_hours", QUIET))
            quiet = quiet_ends(hours, row.send_at, hotel.timezone) is not None
            out = ScheduledOut.model_validate(row)
            return out.model_copy(update={"warnings": ["quiet_hours"] if quiet else []})

        return await answer_once(session, once, hotel_id, create)


@router.get("/conversations/{conversation_id}/scheduled")
async def list_scheduled(
    db: DbDep, hotel_id: UUID, conversation_id: UUID, asker: Reader, ask: PageDep
) -> Page[ScheduledOut]:
    """The last to go out first."""
    model = ScheduledMessage
    async with db.hotel(hotel_id) as session:
        await conversation(session, conversation_id)
        query = select(model).where(model.conversation_id == conversation_id)
        rows, after = await page_rows(session, query, ask, model.send_at, model.id)
    return Page(items=[ScheduledOut.model_validate(r) for r in rows], next=after)


@router.post("/scheduled-messages/{scheduled_message_id}/cancel")
async def cancel_scheduled(
    db: DbDep, hotel_id: UUID, scheduled_message_id: UUID, asker: Writer
) -> ScheduledOut:
    async with db.hotel(hotel_id) as session:
        return ScheduledOut.model_validate(
            await call_off(session, scheduled_message_id, by=asker.actor)
        )


@router.put("/conversations/{conversation_id}/draft")
async def save_draft(
    db: DbDep,
    clock: ClockDep,
    hotel_id: UUID,
    conversation_id: UUID,
    asker: Writer,
    wanted: DraftText,
) -> ComposerOut:
    """The asking person's own."""
    async with db.hotel(hotel_id) as session:
        by, now = asker.actor, clock.now()
        kept = await keep_draft(session, conversation_id, wanted.text, by=by, now=now)
        return ComposerOut.model_validate(kept)


@router.get("/conversations/{conversation_id}/draft")
async def read_draft(
    db: DbDep, hotel_id: UUID, conversation_id: UUID, asker: Reader
) -> ComposerOut:
    async with db.hotel(hotel_id) as session:
        await conversation(session, conversation_id)
        await the_person(session, asker.actor)
        found = await own_draft(session, conversation_id, asker.actor)
        if found is None:
            raise NotFound("nothing is begun here")
        return ComposerOut.model_validate(found)


@router.delete("/conversations/{conversation_id}/draft", status_code=204)
async def forget_draft(db: DbDep, hotel_id: UUID, conversation_id: UUID, asker: Writer) -> None:
    async with db.hotel(hotel_id) as session:
        await conversation(session, conversation_id)
        await drop_draft(session, conversation_id, asker.actor)
        subject = f"conversation:{conversation_id}"
        record(session, hotel_id, "draft.drop", subject, by=asker.actor)


@router.get("/conversations/{conversation_id}/canned")
async def fill_canned(
    db: DbDep,
    clock: ClockDep,
    hotel_id: UUID,
    conversation_id: UUID,
    asker: Reader,
    shortcut: Annotated[str, Query(max_length=40, pattern=r"^[a-z0-9_-]+$")],
    language: Annotated[str | None, Query(pattern=r"^[a-z]{2,3}$")] = None,
) -> FilledOut:
    """Its words for this guest, in their language unless another is asked for, to be sent or
    edited; 422 with the `fields` that have no value here.
    """
    async with db.hotel(hotel_id) as session:
        by, now = asker.actor, clock.now()
        reply, text = await filled(
            session, shortcut, conversation_id, by=by, now=now, language=language
        )
        return FilledOut(canned_reply_id=reply.id, language=reply.language, text=text)
