"""Labels on chats: a hotel's own names with colours; a chat shows theirs."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.conversations.desk_models import ConversationLabel, Label
from frontdesk.conversations.find import conversation
from frontdesk.conversations.steps import Change, keep
from frontdesk.kit.errors import Invalid
from frontdesk.kit.ids import uuid7
from frontdesk.messaging.events import emit
from frontdesk.messaging.models import Conversation
from frontdesk.tenancy.audit import record

LONGEST = 60
MOST = 50
"""Labels on one chat."""


async def label(
    session: AsyncSession,
    talk: Conversation,
    name: str,
    *,
    by: str,
    now: datetime,
    depth: int = 0,
) -> Conversation:
    """Once; a name that the hotel has not is added to its labels. Raises Invalid."""
    found = await conversation(session, talk.id, lock=True)
    kept = await _label(session, found.hotel_id, name.strip())
    if len(found.tags) >= MOST:
        raise Invalid(f"a conversation has at most {MOST} labels")
    row = {"hotel_id": found.hotel_id, "id": uuid7(), "conversation_id": found.id}
    write = insert(ConversationLabel).values(**row, label_id=kept.id, by=by)
    write = write.on_conflict_do_nothing().returning(ConversationLabel.id)
    if await session.scalar(write) is None:
        return found
    await _tell(session, found, kept, "labelled", by=by, now=now, depth=depth)
    return found


async def unlabel(
    session: AsyncSession,
    talk: Conversation,
    name: str,
    *,
    by: str,
    now: datetime,
    depth: int = 0,
) -> Conversation:
    """One that is not there is left as it is."""
    found = await conversation(session, talk.id, lock=True)
    kept = await session.scalar(select(Label).where(Label.name == name.strip()))
    if kept is None:
        return found
    gone = delete(ConversationLabel).where(
        ConversationLabel.conversation_id == found.id, ConversationLabel.label_id == kept.id
    )
    if await session.scalar(gone.returning(ConversationLabel.id)) is not None:
        await _tell(session, found, kept, "unlabelled", by=by, now=now, depth=depth)
    return found


async def show_names(session: AsyncSession, talk_id: UUID) -> list[str]:
    """What `conversations.tags` is to say."""
    query = (
        select(Label.name)
        .join(
            ConversationLabel,
            (ConversationLabel.hotel_id == Label.hotel_id)
            & (ConversationLabel.label_id == Label.id),
        )
        .where(ConversationLabel.conversation_id == talk_id)
        .order_by(ConversationLabel.created_at, ConversationLabel.id)
    )
    return list((await session.scalars(query)).all())


async def _label(session: AsyncSession, hotel_id: UUID, name: str) -> Label:
    if not name or len(name) > LONGEST or "\0" in name:
        raise Invalid(f"a label has 1 to {LONGEST} letters")
    write = insert(Label).values(hotel_id=hotel_id, id=uuid7(), name=name)
    await session.execute(write.on_conflict_do_nothing())
    return (await session.scalars(select(Label).where(Label.name == name))).one()


async def _tell(
    session: AsyncSession,
    talk: Conversation,
    kept: Label,
    done: str,
    *,
    by: str,
    now: datetime,
    depth: int,
) -> None:
    talk.tags = await show_names(session, talk.id)
    named = str(kept.id)
    old, new = (None, named) if done == "labelled" else (named, None)
    keep(session, talk, Change("label", done, old, new, by), now=now)
    subject, about = f"conversation:{talk.id}", {"label": kept.id}
    record(session, talk.hotel_id, f"conversation.{done}", subject, by=by, new=about)
    told = {
        "conversation_id": str(talk.id),
        "guest_id": str(talk.guest_id),
        "label": kept.name,
        "tags": list(talk.tags),
        "by": by,
        "at": now.isoformat(),
    }
    await emit(session, talk.hotel_id, f"conversation.{done}", talk.id, told, depth=depth)
