"""Notes over HTTP, by a door of their own: what is written here never goes to a guest."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.conversations.composer import the_person
from frontdesk.conversations.find import conversation
from frontdesk.conversations.note_models import Note, NoteMention
from frontdesk.conversations.notes import About, delete_note, write_note
from frontdesk.conversations.task_steps import the_task
from frontdesk.kit.errors import NotFound
from frontdesk.kit.spoken import Spoken
from frontdesk.kit.web import ClockDep, DbDep, Page, PageDep, page_rows
from frontdesk.tenancy.audit import record
from frontdesk.tenancy.auth import Principal, allow
from frontdesk.tenancy.idempotency import OnceDep, answer_once

router = APIRouter(prefix="/v1/hotels/{hotel_id}", tags=["notes"])
Reader = Annotated[Principal, Depends(allow("conversations:read"))]
Writer = Annotated[Principal, Depends(allow("conversations:write"))]


class NoteIn(BaseModel):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"text": "Prefers the garden side."}}
    )
    text: Spoken
    mentions: list[UUID] = Field(default_factory=list[UUID], max_length=20)
    """Members that are told of it."""


class NoteOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    conversation_id: UUID | None
    task_id: UUID | None
    text: str
    by: str
    created_at: datetime


class MentionOut(BaseModel):
    id: UUID
    note_id: UUID
    conversation_id: UUID | None
    """Beside which the note is; else a task."""
    task_id: UUID | None
    seen_at: datetime | None
    created_at: datetime


@router.post("/conversations/{conversation_id}/notes", status_code=201, response_model=NoteOut)
async def note_on_chat(
    db: DbDep,
    clock: ClockDep,
    hotel_id: UUID,
    conversation_id: UUID,
    asker: Writer,
    once: OnceDep,
    wanted: NoteIn,
) -> Response:
    async with db.hotel(hotel_id) as session:
        await conversation(session, conversation_id)

        async def create() -> BaseModel:
            about, by, now = About(conversation_id=conversation_id), asker.actor, clock.now()
            named = wanted.mentions
            note = await write_note(
                session, hotel_id, about, wanted.text, mentions=named, by=by, now=now
            )
            return NoteOut.model_validate(note)

        return await answer_once(session, once, hotel_id, create)


@router.get("/conversations/{conversation_id}/notes")
async def notes_of_chat(
    db: DbDep, hotel_id: UUID, conversation_id: UUID, asker: Reader, ask: PageDep
) -> Page[NoteOut]:
    """Newest first."""
    async with db.hotel(hotel_id) as session:
        await conversation(session, conversation_id)
        query = select(Note).where(Note.conversation_id == conversation_id)
        rows, after = await page_rows(session, query, ask, Note.created_at, Note.id)
    return Page(items=[NoteOut.model_validate(r) for r in rows], next=after)


@router.post("/tasks/{task_id}/notes", status_code=201, response_model=NoteOut)
async def note_on_task(
    db: DbDep,
    clock: ClockDep,
    hotel_id: UUID,
    task_id: UUID,
    asker: Writer,
    once: OnceDep,
    wanted: NoteIn,
) -> Response:
    async with db.hotel(hotel_id) as session:
        await the_task(session, task_id)

        async def create() -> BaseModel:
            about, by, now = About(task_id=task_id), asker.actor, clock.now()
            named = wanted.mentions
            note = await write_note(
                session, hotel_id, about, wanted.text, mentions=named, by=by, now=now
            )
            return NoteOut.model_validate(note)

        return await answer_once(session, once, hotel_id, create)


@router.get("/tasks/{task_id}/notes")
async def notes_of_task(
    db: DbDep, hotel_id: UUID, task_id: UUID, asker: Reader, ask: PageDep
) -> Page[NoteOut]:
    """Newest first."""
    async with db.hotel(hotel_id) as session:
        await the_task(session, task_id)
        query = select(Note).where(Note.task_id == task_id)
        rows, after = await page_rows(session, query, ask, Note.created_at, Note.id)
    return Page(items=[NoteOut.model_validate(r) for r in rows], next=after)


@router.delete("/notes/{note_id}", status_code=204)
async def take_note_away(db: DbDep, hotel_id: UUID, note_id: UUID, asker: Writer) -> None:
    """By who wrote it."""
    async with db.hotel(hotel_id) as session:
        await delete_note(session, note_id, by=asker.actor)


@router.get("/mentions")
async def list_mentions(db: DbDep, hotel_id: UUID, asker: Reader, ask: PageDep) -> Page[MentionOut]:
    """Of the asking person; newest first."""
    async with db.hotel(hotel_id) as session:
        me = await the_person(session, asker.actor)
        query = select(NoteMention).where(NoteMention.membership_id == me.id)
        rows, after = await page_rows(session, query, ask, NoteMention.created_at, NoteMention.id)
        return Page(items=await _with_place(session, rows), next=after)


@router.post("/mentions/{note_mention_id}/seen")
async def see_mention(
    db: DbDep, clock: ClockDep, hotel_id: UUID, note_mention_id: UUID, asker: Writer
) -> MentionOut:
    async with db.hotel(hotel_id) as session:
        found = await session.scalar(select(NoteMention).where(NoteMention.id == note_mention_id))
        if found is None or found.membership_id != (await the_person(session, asker.actor)).id:
            raise NotFound("there is no such mention of yours")
        found.seen_at = found.seen_at or clock.now()
        record(session, hotel_id, "mention.see", f"mention:{found.id}", by=asker.actor)
        await session.flush()
        return (await _with_place(session, [found]))[0]


async def _with_place(session: AsyncSession, rows: Sequence[NoteMention]) -> list[MentionOut]:
    query = select(Note).where(Note.id.in_([row.note_id for row in rows]))
    notes = {note.id: note for note in (await session.scalars(query)).all()}
    return [
        MentionOut(
            id=row.id,
            note_id=row.note_id,
            conversation_id=notes[row.note_id].conversation_id,
            task_id=notes[row.note_id].task_id,
            seen_at=row.seen_at,
            created_at=row.created_at,
        )
        for row in rows
    ]
