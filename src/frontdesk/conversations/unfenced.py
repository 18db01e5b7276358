"""A bubble of the house or of a person: no fence holds it back, whoever answers the chat."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.ids import uuid7
from frontdesk.messaging.models import Conversation, Message
from frontdesk.messaging.outbox import Letter, post


@dataclass(frozen=True, slots=True)
class Words:
    """One bubble; the same `key` is said once, and without one every message is its own."""

    text: str
    key: str | None
    expires_at: datetime
    lane: str = "reply"
    buttons: Sequence[dict[str, str]] = ()
    not_before: datetime | None = None
    meta: Mapping[str, Any] = field(default_factory=dict[str, Any])


async def say_unfenced(
    session: AsyncSession,
    chat: Conversation,
    words: Words,
    *,
    author: str = "system",
    now: datetime,
) -> Message:
    """In the thread and on its way."""
    message = Message(
        hotel_id=chat.hotel_id,
        id=uuid7(),
        conversation_id=chat.id,
        direction="out",
        author=author,
        kind="text",
        text=words.text,
        content={"buttons": list(words.buttons)} if words.buttons else {},
        occurred_at=now,
        status="pending",
        meta=dict(words.meta),
    )
    session.add(message)
    await session.flush()
    letter = Letter(
        instance_id=chat.instance_id,
        chat=chat.chat,
        text=words.text,
        buttons=words.buttons,
        dedupe_key=words.key or f"{author}:{message.id}",
        expires_at=words.expires_at,
        lane=words.lane,
        author=author,
        conversation_id=chat.id,
        message_id=message.id,
        not_before=words.not_before,
    )
    await post(session, chat.hotel_id, letter, now=now)
    return message
