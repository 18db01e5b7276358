"""The outbox: the intent to send one bubble, stored once, in order a chat."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.db import ring
from frontdesk.kit.ids import uuid7
from frontdesk.kit.jobs import Job
from frontdesk.messaging.cause import chain_of
from frontdesk.messaging.models import Message, OutboundMessage


@dataclass(frozen=True, slots=True)
class Letter:
    """The intent to send one bubble."""

    instance_id: UUID
    chat: str
    text: str
    dedupe_key: str
    expires_at: datetime
    buttons: Sequence[dict[str, Any]] = ()
    lane: str = "reply"
    author: str = "bot"
    fence: int = 0
    conversation_id: UUID | None = None
    message_id: UUID | None = None
    quoted_id: str | None = None
    turn_id: UUID | None = None
    not_before: datetime | None = None


PORTAL = "@portal"
"""A chat that ends so is only in the guest portal: no number knows it."""


def is_on_wire(chat: str) -> bool:
    return not chat.endswith(PORTAL)


async def post(session: AsyncSession, hotel_id: UUID, letter: Letter, *, now: datetime) -> UUID:
    """Store the intent and ring; the same `dedupe_key` is stored once. Gives the row's id."""
    row_id = uuid7()
    on_wire = is_on_wire(letter.chat)
    write = (
        insert(OutboundMessage)
        .values(
            hotel_id=hotel_id,
            id=row_id,
            instance_id=letter.instance_id,
            conversation_id=letter.conversation_id,
            message_id=letter.message_id,
            chat=letter.chat,
            lane=letter.lane,
            author=letter.author,
            fence=letter.fence,
            text=letter.text,
            buttons=list(letter.buttons),
            quoted_id=letter.quoted_id,
            dedupe_key=letter.dedupe_key,
            not_before=letter.not_before or now,
            expires_at=letter.expires_at,
            turn_id=letter.turn_id,
            status="queued" if on_wire else "sent",
            chain=chain_of(session),
        )
        .on_conflict_do_nothing(index_elements=["hotel_id", "dedupe_key"])
        .returning(OutboundMessage.id)
    )
    stored = await session.scalar(write)
    if on_wire:
        await ring(session, Job.DELIVER, hotel_id, str(letter.instance_id))
    elif stored is not None:
        there = update(Message).where(Message.id == letter.message_id)
        await session.execute(there.values(status="sent"))
    if stored is not None:
        return stored
    known = select(OutboundMessage.id).where(OutboundMessage.dedupe_key == letter.dedupe_key)
    return (await session.scalars(known)).one()
