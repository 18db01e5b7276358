"""The outbox: one row a bubble, sent once, in order a chat, at a human pace."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from frontdesk.kit.clock import Clock, local_day
from frontdesk.kit.db import Database, ring
from frontdesk.kit.ids import HotelId, uuid7
from frontdesk.kit.jobs import Job
from frontdesk.kit.logs import get_logger
from frontdesk.kit.secrets import Vault
from frontdesk.messaging.models import Conversation, Message, OutboundMessage
from frontdesk.messaging.provider import (
    BadInstance,
    Gateway,
    Line,
    Outgoing,
    QuotaSpent,
    Refused,
    SendFailed,
    TryLater,
    Unclear,
)
from frontdesk.messaging.statuses import pass_on
from frontdesk.tenancy.models import Hotel, WhatsAppInstance

OPEN = ("queued", "sending", "unknown")
LEASE = timedelta(seconds=60)
"""Longer than a send may take; a row past it was left by a dead process."""
QUOTA_PAUSE = timedelta(minutes=15)
MAX_TRIES = 12


@dataclass(frozen=True, slots=True)
class Post:
    """What delivering needs."""

    db: Database
    vault: Vault
    clock: Clock
    gateway: Gateway


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


async def post(session: AsyncSession, hotel_id: UUID, letter: Letter, *, now: datetime) -> UUID:
    """Store the intent and ring; the same `dedupe_key` is stored once. Gives the row's id."""
    row_id = uuid7()
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
        )
        .on_conflict_do_nothing(index_elements=["hotel_id", "dedupe_key"])
        .returning(OutboundMessage.id)
    )
    stored = await session.scalar(write)
    await ring(session, Job.DELIVER, hotel_id, str(letter.instance_id))
    if stored is not None:
        return stored
    known = select(OutboundMessage.id).where(OutboundMessage.dedupe_key == letter.dedupe_key)
    return (await session.scalars(known)).one()


@dataclass(frozen=True, slots=True)
class Claim:
    """A row taken for the one call that counts."""

    row_id: UUID
    line: Line
    message: Outgoing


async def deliver_next(post: Post, hotel_id: HotelId, instance_id: UUID) -> float | None:
    """Send one due row of an instance.

    Gives 0 after a send, the seconds until the next row may go, or None when nothing is due.
    """
    async with post.db.hotel(hotel_id) as session:
        claim = await _claim(session, post, instance_id)
    if not isinstance(claim, Claim):
        return claim
    try:
        provider_id = await post.gateway.send(claim.line, claim.message)
    except SendFailed as failure:
        async with post.db.hotel(hotel_id) as session:
            await _failed(session, claim.row_id, failure, now=post.clock.now())
        get_logger().warning("send_failed", why=type(failure).__name__, row=str(claim.row_id))
        return 0
    async with post.db.hotel(hotel_id) as session:
        await settle(session, claim.row_id, provider_id)
    get_logger().info("sent", row=str(claim.row_id))
    return 0


async def _claim(session: AsyncSession, post: Post, instance_id: UUID) -> Claim | float | None:
    now = post.clock.now()
    instance = await session.scalar(
        select(WhatsAppInstance).where(WhatsAppInstance.id == instance_id).with_for_update()
    )
    if instance is None:
        return None
    if instance.paused_until is not None and instance.paused_until > now:
        return (instance.paused_until - now).total_seconds()
    row = await _due(session, instance_id, now)
    if row is None:
        return await _wait_for_next(session, instance_id, now)
    if row.chat != instance.last_chat and instance.next_send_at > now:
        return (instance.next_send_at - now).total_seconds()
    dead_end = await _dead_end(session, row, now)
    if dead_end is not None:
        await _close(session, row, dead_end)
        return 0
    hotel = (await session.scalars(select(Hotel))).one()
    if not _within_cap(instance, local_day(now, hotel.timezone).isoformat(), row.lane):
        instance.paused_until, instance.pause_reason = now + QUOTA_PAUSE, "daily_cap"
        get_logger().error("daily_cap_reached", instance=str(instance_id))
        return QUOTA_PAUSE.total_seconds()
    instance.last_chat = row.chat
    instance.next_send_at = now + _gap(hotel)
    row.status, row.lease_until, row.sending_at = "sending", now + LEASE, now
    row.lease_owner = uuid7()
    row.tries += 1
    line = Line(instance.api_url, instance.id_instance, post.vault.open(instance.api_token))
    return Claim(row.id, line, Outgoing(row.chat, row.text, row.buttons, row.quoted_id))


async def _due(session: AsyncSession, instance_id: UUID, now: datetime) -> OutboundMessage | None:
    """The first queued row whose chat has nothing older still open; urgent ones go first."""
    older = aliased(OutboundMessage)
    blocked = exists().where(
        older.hotel_id == OutboundMessage.hotel_id,
        older.instance_id == OutboundMessage.instance_id,
        older.chat == OutboundMessage.chat,
        older.seq < OutboundMessage.seq,
        older.status.in_(OPEN),
    )
    query = (
        select(OutboundMessage)
        .where(
            OutboundMessage.instance_id == instance_id,
            OutboundMessage.status == "queued",
            OutboundMessage.not_before <= now,
            ~blocked,
        )
        .order_by((OutboundMessage.lane == "urgent").desc(), OutboundMessage.seq)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return await session.scalar(query)


async def _wait_for_next(session: AsyncSession, instance_id: UUID, now: datetime) -> float | None:
    query = (
        select(OutboundMessage.not_before)
        .where(
            OutboundMessage.instance_id == instance_id,
            OutboundMessage.status == "queued",
            OutboundMessage.not_before > now,
        )
        .order_by(OutboundMessage.not_before)
        .limit(1)
    )
    due = await session.scalar(query)
    return None if due is None else (due - now).total_seconds()


async def _dead_end(session: AsyncSession, row: OutboundMessage, now: datetime) -> str | None:
    """Why this row must not go out any more, if so."""
    if row.expires_at <= now:
        return "expired"
    if row.author != "bot" or row.conversation_id is None:
        return None
    conversation = await session.scalar(
        select(Conversation)
        .where(Conversation.id == row.conversation_id)
        .with_for_update(read=True)
    )
    if conversation is None or conversation.fence != row.fence:
        return "cancelled"
    return None


async def _close(session: AsyncSession, row: OutboundMessage, status: str) -> None:
    row.status = status
    if row.message_id is not None:
        message = await session.scalar(select(Message).where(Message.id == row.message_id))
        if message is not None:
            message.status = status


def _within_cap(instance: WhatsAppInstance, today: str, lane: str) -> bool:
    if instance.sent_on != today:
        instance.sent_on, instance.sent_count = today, 0
    if instance.sent_count >= instance.daily_cap and lane != "urgent":
        return False
    instance.sent_count += 1
    return True


def _gap(hotel: Hotel) -> timedelta:
    """Between messages to different chats; `pace_ms` of the hotel's settings, 1 s by default."""
    base = float(hotel.settings.get("pace_ms", 1000))
    return timedelta(milliseconds=base * random.uniform(1, 1.5))  # noqa: S311 - pace, no secret


async def settle(session: AsyncSession, row_id: UUID, provider_id: str) -> None:
    """The gateway took the row under this id; an echo or status may have come before."""
    row = await session.scalar(
        select(OutboundMessage).where(OutboundMessage.id == row_id).with_for_update()
    )
    if row is None:
        return
    row.provider_id, row.lease_until, row.error = provider_id, None, None
    if row.status in OPEN:
        row.status = "sent"
    if row.message_id is not None:
        message = await session.scalar(select(Message).where(Message.id == row.message_id))
        if message is not None:
            message.provider_id = provider_id
    await session.flush()
    await pass_on(session, row.instance_id, provider_id)


async def _failed(
    session: AsyncSession, row_id: UUID, failure: SendFailed, *, now: datetime
) -> None:
    row = await session.scalar(
        select(OutboundMessage).where(OutboundMessage.id == row_id).with_for_update()
    )
    if row is None or row.status != "sending":
        return  # an echo has settled it meanwhile
    row.error, row.lease_until = f"{type(failure).__name__}: {failure}", None
    match failure:
        case Unclear():
            row.status, row.not_before = "unknown", now + timedelta(seconds=5)
        case TryLater() if row.tries < MAX_TRIES:
            row.status, row.not_before = "queued", now + _backoff(row.tries)
        case QuotaSpent() | BadInstance():
            row.status = "queued"
            row.tries -= 1
            await _pause(session, row.instance_id, failure, now)
        case Refused() | _:
            await _close(session, row, "failed")


def _backoff(tries: int) -> timedelta:
    seconds = min(300.0, 2.0 ** min(tries, 8))
    return timedelta(seconds=seconds * random.uniform(0.5, 1))  # noqa: S311 - jitter


async def _pause(
    session: AsyncSession, instance_id: UUID, failure: SendFailed, now: datetime
) -> None:
    instance = await session.scalar(
        select(WhatsAppInstance).where(WhatsAppInstance.id == instance_id).with_for_update()
    )
    if instance is None:
        return
    instance.paused_until = now + QUOTA_PAUSE
    instance.pause_reason = "quota" if isinstance(failure, QuotaSpent) else "bad_credentials"
    get_logger().error("instance_paused", instance=str(instance_id), why=instance.pause_reason)
