"""The outbox: the intent to send one bubble, stored once, in order a chat."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, literal, select, update
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


THERE = "portal"
"""`channel` of what a guest wrote by their link, in whichever chat it stands."""
HELD = timedelta(minutes=2)
"""For so long an answer to that waits to be read there, before it goes out to their phone."""


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
            not_before=letter.not_before or (_when(letter, now) if on_wire else now),
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


def _when(letter: Letter, now: datetime) -> datetime | ColumnElement[datetime]:
    """An answer belongs where it was asked for: by the guest's newest words."""
    if letter.lane != "reply" or letter.conversation_id is None:
        return now
    said = (
        select(Message.meta["channel"].astext)
        .where(Message.conversation_id == letter.conversation_id, Message.direction == "in")
        .order_by(Message.occurred_at.desc(), Message.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return case((said == THERE, literal(now + HELD)), else_=literal(now))


def _held(now: datetime) -> tuple[ColumnElement[bool], ...]:
    row = OutboundMessage
    return (row.lane == "reply", row.status == "queued", row.tries == 0, row.not_before > now)


async def release(session: AsyncSession, conversation_id: UUID, *, now: datetime) -> None:
    """The guest is on their phone again: what waited for them elsewhere goes there."""
    mine = (OutboundMessage.conversation_id == conversation_id, *_held(now))
    await session.execute(update(OutboundMessage).where(*mine).values(not_before=now))


async def was_read(session: AsyncSession, message_ids: Sequence[UUID]) -> set[UUID]:
    """Those that still waited, and need not go out any more."""
    row = OutboundMessage
    mine = (row.message_id.in_(message_ids), row.status == "queued")
    done = update(row).where(*mine).values(status="read").returning(row.message_id)
    return {one for one in (await session.scalars(done)).all() if one is not None}
