"""Segments of a chat: each change of hands begins one, with what was before in a few words."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.conversations.desk_models import Segment
from frontdesk.messaging.models import Conversation, Message

QUOTED = 120


async def begin_segment(
    session: AsyncSession, talk: Conversation, *, by: str, reason: str | None, now: datetime
) -> Segment:
    """`talk` is locked, and already its new owner's."""
    last = await _last(session, talk.id)
    segment = Segment(
        hotel_id=talk.hotel_id,
        conversation_id=talk.id,
        number=last.number + 1 if last else 2,
        owner=talk.owner,
        by=by,
        reason=reason,
        started_at=now,
        summary=await _summary(session, talk.id, last.started_at if last else None),
    )
    session.add(segment)
    await session.flush()
    return segment


async def _last(session: AsyncSession, talk_id: UUID) -> Segment | None:
    query = select(Segment).where(Segment.conversation_id == talk_id)
    return await session.scalar(query.order_by(Segment.number.desc()).limit(1))


async def _summary(session: AsyncSession, talk_id: UUID, since: datetime | None) -> str:
    """How much was said by whom, and the last word of each side: figures and quotes, no opinion."""
    said = (Message.conversation_id == talk_id, Message.deleted_at.is_(None))
    if since is not None:
        said = (*said, Message.occurred_at >= since)
    counts = await session.execute(
        select(Message.author, func.count()).where(*said).group_by(Message.author)
    )
    parts = [f"{author} {count}" for author, count in sorted(counts.all())]
    lines = [f"Messages: {', '.join(parts) or 'none'}."]
    for direction, who in (("in", "Guest"), ("out", "We")):
        query = select(Message.text).where(*said, Message.direction == direction)
        query = query.where(Message.text != "")
        query = query.order_by(Message.occurred_at.desc(), Message.id.desc()).limit(1)
        words = await session.scalar(query)
        if words:
            lines.append(f"{who}, last: “{' '.join(words.split())[:QUOTED]}”")
    return " ".join(lines)
