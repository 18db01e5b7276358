"""What a person has begun to write: one draft a person and chat."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.conversations.assign import member_behind
from frontdesk.conversations.find import conversation
from frontdesk.conversations.note_models import ComposerDraft
from frontdesk.kit.ids import uuid7
from frontdesk.tenancy.audit import record
from frontdesk.tenancy.auth import OnlyAPerson
from frontdesk.tenancy.person_models import Membership


async def the_person(session: AsyncSession, by: str) -> Membership:
    """Raises OnlyAPerson for keys: a draft, a seat, a mention is a person's."""
    person = await member_behind(session, by)
    if person is None:
        raise OnlyAPerson
    return person


async def keep_draft(
    session: AsyncSession, conversation_id: UUID, text: str, *, by: str, now: datetime
) -> ComposerDraft:
    """When it was begun stays, however often it is saved."""
    talk = await conversation(session, conversation_id)
    writer = await the_person(session, by)
    row = {"hotel_id": talk.hotel_id, "id": uuid7(), "conversation_id": talk.id}
    write = insert(ComposerDraft).values(**row, membership_id=writer.id, text=text, begun_at=now)
    write = write.on_conflict_do_update(
        index_elements=["hotel_id", "conversation_id", "membership_id"], set_={"text": text}
    )
    await session.execute(write)
    record(session, talk.hotel_id, "draft.keep", f"conversation:{talk.id}", by=by)
    found = await own_draft(session, conversation_id, by)
    assert found is not None  # noqa: S101 - it was just written
    await session.refresh(found)
    return found


async def drop_draft(session: AsyncSession, conversation_id: UUID, by: str) -> None:
    """One that is not there is no error."""
    writer = await member_behind(session, by)
    if writer is not None:
        gone = delete(ComposerDraft).where(
            ComposerDraft.conversation_id == conversation_id,
            ComposerDraft.membership_id == writer.id,
        )
        await session.execute(gone)


async def own_draft(session: AsyncSession, conversation_id: UUID, by: str) -> ComposerDraft | None:
    writer = await member_behind(session, by)
    if writer is None:
        return None
    query = select(ComposerDraft).where(
        ComposerDraft.conversation_id == conversation_id,
        ComposerDraft.membership_id == writer.id,
    )
    return await session.scalar(query)
