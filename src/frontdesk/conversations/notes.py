"""Notes of people for people, beside a chat or a task; who is named in one is told.

Nothing here writes a message or reaches the outbox, and nothing that does reads a note.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.conversations.assign import member
from frontdesk.conversations.note_models import Note, NoteMention
from frontdesk.conversations.task_models import Task
from frontdesk.kit.errors import Forbidden, NotFound
from frontdesk.kit.ids import uuid7
from frontdesk.messaging.events import emit
from frontdesk.messaging.models import Conversation
from frontdesk.notifications.actions import Alert, notify
from frontdesk.notifications.bodies import Sentence
from frontdesk.notifications.headings import Heading
from frontdesk.tenancy.audit import record
from frontdesk.tenancy.departments import must_see
from frontdesk.tenancy.person_models import Membership

PRIORITY = 20


@dataclass(frozen=True, slots=True)
class About:
    """What a note is beside: one of the two."""

    conversation_id: UUID | None = None
    task_id: UUID | None = None


async def write_note(
    session: AsyncSession,
    hotel_id: UUID,
    about: About,
    text: str,
    *,
    mentions: Sequence[UUID] = (),
    by: str,
    now: datetime,
) -> Note:
    """Whom `mentions` names, by membership or user id, is told once.

    Raises NoSuchMember, and OtherDepartments for who would not see it.
    """
    named = {m.id: m for m in [await member(session, who) for who in mentions]}
    if named:
        beside = await _department(session, about)
        for person in named.values():
            await must_see(session, person, beside)
    note = Note(
        hotel_id=hotel_id,
        id=uuid7(),
        conversation_id=about.conversation_id,
        task_id=about.task_id,
        text=text,
        by=by,
        created_at=now,
    )
    session.add(note)
    await session.flush()
    new = {"conversation": about.conversation_id, "task": about.task_id, "named": len(named)}
    record(session, hotel_id, "note.write", f"note:{note.id}", by=by, new=new)
    for person in named.values():
        await _mention(session, note, person, by=by, now=now)
    return note


async def _department(session: AsyncSession, about: About) -> UUID | None:
    model, row_id = Conversation, about.conversation_id
    if row_id is None:
        model, row_id = Task, about.task_id
    return await session.scalar(select(model.department_id).where(model.id == row_id))


async def _mention(
    session: AsyncSession, note: Note, person: Membership, *, by: str, now: datetime
) -> None:
    session.add(NoteMention(hotel_id=note.hotel_id, note_id=note.id, membership_id=person.id))
    alert = Alert(
        kind="mention",
        priority=PRIORITY,
        title=Heading("mention", {"name": person.name}),
        body=[Sentence("mention")],
        dedupe_key=f"mention:{note.id}:{person.id}",
        conversation_id=note.conversation_id,
        details={"note_id": str(note.id), "membership_id": str(person.id)},
        membership_id=person.id,
    )
    await notify(session, note.hotel_id, alert, now=now)
    told = {
        "note_id": str(note.id),
        "conversation_id": None if note.conversation_id is None else str(note.conversation_id),
        "task_id": None if note.task_id is None else str(note.task_id),
        "membership_id": str(person.id),
        "by": by,
        "at": now.isoformat(),
    }
    await emit(session, note.hotel_id, "note.mentioned", note.id, told)


async def delete_note(session: AsyncSession, note_id: UUID, *, by: str) -> None:
    """By who wrote it. Raises NotFound and Forbidden."""
    note = await session.scalar(select(Note).where(Note.id == note_id).with_for_update())
    if note is None:
        raise NotFound("there is no such note")
    if note.by != by:
        raise Forbidden("only who wrote a note takes it away")
    await session.execute(delete(NoteMention).where(NoteMention.note_id == note.id))
    await session.delete(note)
    record(session, note.hotel_id, "note.delete", f"note:{note.id}", by=by)
