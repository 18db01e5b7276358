"""Chats that wait for somebody get the seat that is free: a chat ended, somebody came."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, case, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.conversations.desk_models import ConversationChange, Seat
from frontdesk.conversations.route import route
from frontdesk.kit.clock import Clock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.messaging.models import Conversation

MOST = 1000
PRESSING = ("urgent", "high", "normal", "low")
FREE = exists().where(Seat.available, Seat.load < Seat.capacity)


async def seat_waiting(db: Database, clock: Clock, hotel_id: HotelId) -> None:
    """What presses most first, then who has waited longest; each chat in its own transaction.

    Whom the rules find nobody for waits on, and holds up nobody behind it.
    """
    async with db.hotel(hotel_id) as session:
        waiting = await _waiting(session)
    for talk_id in waiting:
        async with db.hotel(hotel_id) as session:
            if not await session.scalar(select(FREE)):
                return
            await _seat(session, talk_id, now=clock.now())


async def _waiting(session: AsyncSession) -> Sequence[UUID]:
    place = case({name: n for n, name in enumerate(PRESSING)}, value=Conversation.priority)
    query = select(Conversation.id).where(*_looks_for_somebody(), FREE)
    query = query.order_by(place, Conversation.unassigned_since, Conversation.id)
    return (await session.scalars(query.limit(MOST))).all()


async def _seat(session: AsyncSession, talk_id: UUID, *, now: datetime) -> None:
    """Whoever else is at this chat is waited for: who is behind it comes after it."""
    query = select(Conversation).where(Conversation.id == talk_id, *_looks_for_somebody())
    talk = await session.scalar(query.with_for_update(key_share=True))
    if talk is not None:
        gave = await _gave_back(session, talk, now)
        await route(session, talk, reason=talk.reason, now=now, besides=gave)


def _looks_for_somebody() -> tuple[ColumnElement[bool], ...]:
    return (
        Conversation.status == "escalated",
        Conversation.assignee_id.is_(None),
        Conversation.unassigned_since.is_not(None),
    )


async def _gave_back(session: AsyncSession, talk: Conversation, now: datetime) -> UUID | None:
    """Whoever had it and gave it back is not given it again before the hotel's minutes are over."""
    if talk.unassigned_due is None or talk.unassigned_due <= now:
        return None
    change = ConversationChange
    query = select(change.old).where(
        change.conversation_id == talk.id,
        change.kind == "assignee",
        change.step == "release",
        change.at >= talk.unassigned_since,
    )
    old = await session.scalar(query.order_by(change.at.desc(), change.id.desc()).limit(1))
    return None if old is None else UUID(old)
