"""Threads: a chat's conversation, and its messages in the order they were said."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.guests.actions import recognise
from frontdesk.kit.ids import uuid7
from frontdesk.messaging.models import Conversation, InboundEvent, Message
from frontdesk.messaging.wire import WireEvent, WireMessage

KINDS = {
    "textMessage": "text",
    "extendedTextMessage": "text",
    "quotedMessage": "text",
    "imageMessage": "image",
    "videoMessage": "video",
    "documentMessage": "document",
    "audioMessage": "audio",
    "stickerMessage": "sticker",
    "locationMessage": "location",
    "contactMessage": "contacts",
    "contactsArrayMessage": "contacts",
    "groupInviteMessage": "invite",
    "pollMessage": "poll",
    "pollUpdateMessage": "choice",
    "reactionMessage": "reaction",
    "buttonsMessage": "menu",
    "listMessage": "menu",
    "templateMessage": "menu",
    "interactiveButtons": "menu",
    "interactiveButtonsReply": "menu",
    "buttonsResponseMessage": "choice",
    "templateButtonsReplyMessage": "choice",
    "interactiveButtonsResponse": "choice",
    "listResponseMessage": "choice",
}
SILENT = frozenset({"reaction", "sticker", "invite", "menu", "poll"})
"""Shown to staff; nothing in them asks for an answer."""


def kind_of(message: WireMessage) -> str:
    """`messages.kind`; a tap that came under a menu's name is a choice all the same."""
    if message.choice_id is not None:
        return "choice"
    return KINDS.get(message.type, "unknown")


async def open_conversation(
    session: AsyncSession, hotel_id: UUID, instance_id: UUID, chat: str, *, name: str | None
) -> Conversation:
    """The chat's conversation, made with its guest on first sight."""
    query = select(Conversation).where(
        Conversation.instance_id == instance_id, Conversation.chat == chat
    )
    known = await session.scalar(query)
    if known is not None:
        return known
    guest = await recognise(session, hotel_id, instance_id, chat, name=name)
    await session.execute(
        insert(Conversation)
        .values(
            hotel_id=hotel_id, id=uuid7(), instance_id=instance_id, guest_id=guest.id, chat=chat
        )
        .on_conflict_do_nothing()
    )
    return (await session.scalars(query)).one()


async def file_event(
    session: AsyncSession, conversation: Conversation, event: WireEvent, row: InboundEvent
) -> UUID | None:
    """Write one message event into its thread: a new bubble, an edit, or a tombstone.

    Gives the message that was not there before, if it made one.
    """
    message = event.message
    if message is None:
        return None
    match message.type:
        case "editedMessage" if message.quoted_id:
            return await _edit(session, conversation, event, message, row.occurred_at)
        case "deletedMessage" if message.quoted_id:
            await _delete(session, conversation, event, message.quoted_id, row.occurred_at)
            return None
        case _:
            return await _add(session, conversation, event, message, row)


async def _add(
    session: AsyncSession,
    conversation: Conversation,
    event: WireEvent,
    message: WireMessage,
    row: InboundEvent,
) -> UUID | None:
    incoming = event.direction == "in"
    kind = kind_of(message)
    content: dict[str, Any] = {**message.content, "type": message.type}
    if message.media is not None:
        content["media"] = message.media
    write = (
        insert(Message)
        .values(
            hotel_id=conversation.hotel_id,
            id=uuid7(),
            conversation_id=conversation.id,
            direction=event.direction,
            author="guest" if incoming else ("system" if event.from_api else "phone"),
            kind=kind,
            text=message.text or "",
            content=content,
            provider_id=event.provider_id,
            quoted_id=message.quoted_id,
            choice_id=message.choice_id,
            occurred_at=row.occurred_at,
            status=None if incoming else "sent",
            handled_at=row.received_at if kind in SILENT or not incoming else None,
            created_at=row.received_at,
        )
        .on_conflict_do_nothing(index_elements=["hotel_id", "conversation_id", "provider_id"])
        .returning(Message.id)
    )
    made = await session.scalar(write)
    conversation.last_message_at = max(conversation.last_message_at, row.occurred_at)
    if incoming:
        conversation.last_inbound_at = max(
            conversation.last_inbound_at or row.occurred_at, row.occurred_at
        )
        if kind not in SILENT and conversation.waiting_since is None:
            conversation.waiting_since = row.occurred_at
    elif not event.from_api:
        conversation.waiting_since = None
    return made


async def _edit(
    session: AsyncSession,
    conversation: Conversation,
    event: WireEvent,
    message: WireMessage,
    at: datetime,
) -> UUID | None:
    """The new text, to be answered again; an edit of something we never saw is a message."""
    text, edited = message.text or "", Message.provider_id == message.quoted_id
    known = await session.scalar(
        update(Message)
        .where(Message.conversation_id == conversation.id, edited)
        .values(text=text, edited_at=at, handled_at=None)
        .returning(Message.id)
    )
    if known is not None:
        return None
    content = {"type": message.type}
    row = _stranger(conversation, event, message.quoted_id, at, text=text, content=content)
    row.edited_at, row.handled_at = at, None if event.direction == "in" else at
    session.add(row)
    await session.flush()
    return row.id


async def _delete(
    session: AsyncSession,
    conversation: Conversation,
    event: WireEvent,
    provider_id: str,
    at: datetime,
) -> None:
    """A tombstone: the bubble stays, its text goes, and nobody answers it any more.

    Where the message itself comes later than its end, the tombstone keeps its place.
    """
    known = await session.scalar(
        update(Message)
        .where(Message.conversation_id == conversation.id, Message.provider_id == provider_id)
        .values(
            text="", content={}, deleted_at=at, handled_at=func.coalesce(Message.handled_at, at)
        )
        .returning(Message.id)
    )
    if known is None:
        row = _stranger(conversation, event, provider_id, at, text="", content={})
        row.deleted_at = row.handled_at = at
        session.add(row)
        await session.flush()


def _stranger(
    conversation: Conversation,
    event: WireEvent,
    provider_id: str | None,
    at: datetime,
    *,
    text: str,
    content: dict[str, Any],
) -> Message:
    """A message of which only its change is known so far."""
    incoming = event.direction == "in"
    return Message(
        hotel_id=conversation.hotel_id,
        conversation_id=conversation.id,
        direction="in" if incoming else "out",
        author="guest" if incoming else "phone",
        kind="text",
        text=text,
        content=content,
        provider_id=provider_id,
        occurred_at=at,
    )


async def unread_messages(session: AsyncSession, conversation_id: UUID) -> Sequence[Message]:
    """What no turn and no person has dealt with, in event order."""
    query = (
        select(Message)
        .where(
            Message.conversation_id == conversation_id,
            Message.direction == "in",
            Message.handled_at.is_(None),
        )
        .order_by(Message.occurred_at, Message.id)
        .limit(50)
    )
    return (await session.scalars(query)).all()


async def recent_messages(
    session: AsyncSession, conversation_id: UUID, *, limit: int = 30
) -> Sequence[Message]:
    """The newest messages already dealt with, oldest first."""
    query = (
        select(Message)
        .where(
            Message.conversation_id == conversation_id,
            Message.handled_at.is_not(None) | (Message.direction == "out"),
            Message.deleted_at.is_(None),
        )
        .order_by(Message.occurred_at.desc(), Message.id.desc())
        .limit(limit)
    )
    return (await session.scalars(query)).all()[::-1]
