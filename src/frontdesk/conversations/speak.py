"""One bubble of the bot: its message in the thread, and the intent to send it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.assistant.values import Bubble
from frontdesk.kit.ids import uuid7
from frontdesk.kit.tokens import without_tokens
from frontdesk.messaging.models import Conversation, Message
from frontdesk.messaging.outbox import Letter, post


async def speak(
    session: AsyncSession,
    conversation: Conversation,
    bubble: Bubble,
    *,
    key: str,
    now: datetime,
    expires_at: datetime,
    turn_id: UUID | None = None,
) -> None:
    """Once for a `key`, behind the fence as it stands.

    A guest's link goes to the guest alone: whoever reads the thread does not get it.
    """
    buttons = [{"id": b.id, "text": b.text} for b in bubble.buttons]
    message = Message(
        hotel_id=conversation.hotel_id,
        id=uuid7(),
        conversation_id=conversation.id,
        direction="out",
        author="bot",
        kind="text",
        text=without_tokens(bubble.text),
        content={"buttons": buttons} if buttons else {},
        occurred_at=now,
        status="pending",
        turn_id=turn_id,
        meta={"sources": list(bubble.sources), "engine": bubble.engine},
    )
    session.add(message)
    await session.flush()
    conversation.last_message_at, conversation.waiting_since = now, None
    letter = Letter(
        instance_id=conversation.instance_id,
        chat=conversation.chat,
        text=bubble.text,
        buttons=buttons,
        dedupe_key=key,
        expires_at=expires_at,
        fence=conversation.fence,
        conversation_id=conversation.id,
        message_id=message.id,
        turn_id=turn_id,
    )
    await post(session, conversation.hotel_id, letter, now=now)
