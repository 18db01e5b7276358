"""Two who write at once: a send is refused while its writer has not seen what was said since."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.conversations.assign import member_behind
from frontdesk.conversations.note_models import ComposerDraft
from frontdesk.kit.errors import Conflict, Invalid
from frontdesk.messaging.models import Message

MOST = 20
PEOPLE = ("staff", "phone")


class NewerMessages(Conflict):
    """Something was said since this was begun: see it first, or send it anyway"""

    code = "newer_messages"


async def refuse_unseen(
    session: AsyncSession, conversation_id: UUID, *, seen: UUID | None, by: str
) -> None:
    """Raises NewerMessages, with them. `seen` is the newest message that the writer saw; without
    it, what came since their stored draft was begun counts. The chat is locked.
    """
    since = await _since(session, conversation_id, seen, by)
    if since is None:
        return
    newer = (
        select(Message)
        .where(
            Message.conversation_id == conversation_id,
            Message.created_at > since,
            or_(Message.direction == "in", Message.author.in_(PEOPLE)),
            or_(Message.direction == "in", Message.meta["by"].astext != by),
        )
        .order_by(Message.created_at.desc(), Message.id.desc())
        .limit(MOST)
    )
    found = [m for m in (await session.scalars(newer)).all() if m.id != seen]
    if found:
        raise NewerMessages(messages=_shown(found[::-1]))


def _shown(messages: Sequence[Message]) -> list[dict[str, str]]:
    return [
        {
            "id": str(m.id),
            "author": m.author,
            "text": m.text,
            "occurred_at": m.occurred_at.isoformat(),
        }
        for m in messages
    ]


async def _since(
    session: AsyncSession, conversation_id: UUID, seen: UUID | None, by: str
) -> datetime | None:
    if seen is not None:
        query = select(Message.created_at).where(
            Message.id == seen, Message.conversation_id == conversation_id
        )
        at = await session.scalar(query)
        if at is None:
            raise Invalid("seen is no message of this conversation")
        return at
    draft = await own_draft(session, conversation_id, by)
    return draft.begun_at if draft else None


async def own_draft(session: AsyncSession, conversation_id: UUID, by: str) -> ComposerDraft | None:
    writer = await member_behind(session, by)
    if writer is None:
        return None
    query = select(ComposerDraft).where(
        ComposerDraft.conversation_id == conversation_id,
        ComposerDraft.membership_id == writer.id,
    )
    return await session.scalar(query)
