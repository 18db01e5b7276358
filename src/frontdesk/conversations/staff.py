"""Staff writing to a guest: they take over, and their words go out unfenced."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.conversations.handover import conversation, take_over
from frontdesk.conversations.unfenced import Words, say_unfenced
from frontdesk.messaging.models import Conversation, Message
from frontdesk.tenancy.audit import record

REPLY_EXPIRY = timedelta(hours=12)


async def send_as_staff(
    session: AsyncSession,
    conversation_id: UUID,
    text: str,
    *,
    by: str,
    now: datetime,
    key: str | None = None,
) -> Message:
    """Queue a person's reply; the conversation is theirs from now on."""
    found = await take_over(session, conversation_id, by=by, reason="staff_reply", now=now)
    message = await queue_as_staff(session, found, text, meta={"by": by}, now=now, key=key)
    about = {"message": message.id}
    subject = f"conversation:{found.id}"
    record(session, found.hotel_id, "conversation.write", subject, by=by, new=about)
    await read_by_staff(session, found.id, now=now)
    return message


async def queue_as_staff(
    session: AsyncSession,
    talk: Conversation,
    text: str,
    *,
    meta: dict[str, Any],
    now: datetime,
    key: str | None = None,
) -> Message:
    """A person's words in the thread and on their way; `key` where they may go out once only."""
    words = Words(text, key, now + REPLY_EXPIRY, meta=meta)
    message = await say_unfenced(session, talk, words, author="staff", now=now)
    talk.last_message_at, talk.waiting_since = now, None
    return message


async def read_by_staff(session: AsyncSession, conversation_id: UUID, *, now: datetime) -> None:
    """Staff have seen everything so far; nothing of it waits for an answer any more."""
    found = await conversation(session, conversation_id, lock=True)
    found.read_at = now
    if found.owner == "staff":
        await session.execute(
            update(Message)
            .where(
                Message.conversation_id == conversation_id,
                Message.direction == "in",
                Message.handled_at.is_(None),
            )
            .values(handled_at=now)
        )
