"""Tells that a guest's message came: once, in the transaction that puts it into its thread."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.messaging.events import emit
from frontdesk.messaging.models import Conversation, Message


async def tell_received(
    session: AsyncSession, talk: Conversation, messages: Iterable[Message]
) -> None:
    """In the order given; the chat says what it is once they are in it."""
    for message in messages:
        told = {
            **words_facts(talk, message),
            "language": talk.language,
            "at": message.occurred_at.isoformat(),
        }
        await emit(session, talk.hotel_id, "message.received", message.id, told)


def words_facts(talk: Conversation, message: Message) -> dict[str, Any]:
    """All that is known of a message before anybody has read it."""
    return {
        "message_id": str(message.id),
        "conversation_id": str(talk.id),
        "guest_id": str(talk.guest_id),
        "text": message.text,
        "kind": message.kind,
        "status": talk.status,
        "owner": talk.owner,
        "tags": list(talk.tags),
    }
