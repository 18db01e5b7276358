"""What a line of the desk's list shows beside the chat itself, read for a page at once."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.conversations.list_orders import DUE
from frontdesk.guests.models import Guest
from frontdesk.messaging.models import Conversation, Message

LONGEST = 200
"""Characters of a message that a line shows."""


class Said(NamedTuple):
    id: UUID
    author: str
    kind: str
    text: str
    occurred_at: datetime
    status: str | None


class Line(NamedTuple):
    guest_name: str | None
    sla_due_at: datetime | None
    last_message: Said | None


async def lines_of(session: AsyncSession, chats: Collection[UUID]) -> Mapping[UUID, Line]:
    """By chat: its guest, its next promise, and the newest message that nobody took back."""
    if not chats:
        return {}
    talk, said = Conversation, Message
    newest = (
        select(
            said.id,
            said.author,
            said.kind,
            func.left(said.text, LONGEST).label("text"),
            said.occurred_at,
            said.status,
        )
        .where(
            said.hotel_id == talk.hotel_id,
            said.conversation_id == talk.id,
            said.deleted_at.is_(None),
        )
        .order_by(said.occurred_at.desc(), said.id.desc())
        .limit(1)
        .lateral()
    )
    query = (
        select(talk.id, Guest.name, DUE, *newest.c)
        .join(Guest, (Guest.hotel_id == talk.hotel_id) & (Guest.id == talk.guest_id))
        .outerjoin(newest, true())
        .where(talk.id.in_(chats))
    )
    rows: Any = await session.execute(query)
    return {
        chat: Line(name, due, Said(*message) if message[0] else None)
        for chat, name, due, *message in rows
    }
