"""A message of the house's own, by nobody's hand: whoever has the chat, it goes out once."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.ids import uuid7
from frontdesk.messaging.models import Conversation, Message
from frontdesk.messaging.outbox import Letter, post

USEFUL = timedelta(hours=12)


async def say_for_the_house(
    session: AsyncSession,
    talk: Conversation,
    text: str,
    *,
    key: str,
    meta: dict[str, Any],
    now: datetime,
) -> Message:
    message = Message(
        hotel_id=talk.hotel_id,
        id=uuid7(),
        conversation_id=talk.id,
        direction="out",
        author="system",
        kind="text",
        text=text,
        content={},
        occurred_at=now,
        status="pending",
        meta=meta,
    )
    session.add(message)
    await session.flush()
    talk.last_message_at = now
    letter = Letter(
        instance_id=talk.instance_id,
        chat=talk.chat,
        text=text,
        dedupe_key=key,
        expires_at=now + USEFUL,
        author="system",
        conversation_id=talk.id,
        message_id=message.id,
    )
    await post(session, talk.hotel_id, letter, now=now)
    return message
