"""The latch on runaway sends: no person writes so fast that a chat needs this many answers."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.messaging.models import Message

MOST = 40
"""Bubbles that nobody typed, in one chat, within the window: another robot is answering."""
WINDOW = timedelta(minutes=10)


async def ran_away(session: AsyncSession, conversation_id: UUID, *, now: datetime) -> bool:
    query = select(func.count()).where(
        Message.conversation_id == conversation_id,
        Message.direction == "out",
        Message.author.in_(("bot", "system")),
        Message.occurred_at > now - WINDOW,
    )
    return (await session.scalar(query) or 0) >= MOST
