"""Sends what the outbox holds: claimed under the instance's row, sent once, at a human pace."""

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from frontdesk.guests.models import Guest
from frontdesk.kit.clock import Clock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId, uuid7
from frontdesk.kit.logs import get_logger
from frontdesk.kit.secrets import Vault
from frontdesk.messaging.lines import line_of
from frontdesk.messaging.models import Conversation, Message, OutboundMessage
from frontdesk.messaging.pacing import count_send, gap, not_now
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
from frontdesk.tenancy.models import WhatsAppInstance
from frontdesk.tenancy.queries import the_hotel

OPEN = ("queued", "sending", "unknown")
LEASE = timedelta(seconds=60)
"""Longer than a send may take; a row past it was left by a dead process."""
PAUSE = timedelta(minutes=15)
MAX_TRIES = 12

Alarm = Callable[[AsyncSession, WhatsAppInstance, datetime], Awaitable[None]]
"""Tells staff, in the same transaction, that an instance was paused and why."""


@dataclass(frozen=True, slots=True)
class Post:
    """What delivering needs."""

    db: Database
    vault: Vault
    clock: Clock
    gateway: Gateway
    alarm: Alarm


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
            await _failed(session, post, claim.row_id, failure)
        get_logger().warning("send_failed", why=type(failure).__name__, row=str(claim.row_id))
        return 0
    async with post.db.hotel(hotel_id) as session:
        await settle(session, claim.row_id, provider_id)
    get_logger().info("sent", row=str(claim.row_id))
    return 0


async def _claim(session: AsyncSession, post: Post, instance_id: UUID) -> Claim | float | None:
    now = post.clock.now()
    instance = await _locked(session, instance_id)
    if instance is None:
        return None
    paused = _paused_for(instance, now)
    if paused and instance.pause_reason != "daily_cap":
        return paused
    row = await _due(session, instance_id, now, urgent_only=paused > 0)
    if row is None:
        return paused or await _wait_for_next(session, instance_id, now)
    if row.chat != instance.last_chat and instance.next_send_at > now:
        return (instance.next_send_at - now).total_seconds()
    dead_end = await _dead_end(session, row, now)
    if dead_end is not None:
        await _close(session, row, dead_end)
        return 0
    hotel = await the_hotel(session)
    later = not_now(row, hotel, now)
    if later is not None:
        row.not_before = later
        return 0
    if not count_send(instance, row, hotel, now):
        await _pause(session, post, instance, "daily_cap")
        return PAUSE.total_seconds()
    instance.last_chat = row.chat
    instance.next_send_at = now + gap(hotel)
    row.status, row.lease_until, row.sending_at = "sending", now + LEASE, now
    row.lease_owner = uuid7()
    row.tries += 1
    line = await line_of(session, post.vault, instance)
    return Claim(row.id, line, Outgoing(row.chat, row.text, row.buttons, row.quoted_id))


def _paused_for(instance: WhatsAppInstance, now: datetime) -> float:
    """Seconds that the instance is still paused; a pause that is over is forgotten."""
    if instance.paused_until is None:
        return 0
    left = (instance.paused_until - now).total_seconds()
    if left <= 0:
        instance.paused_until = instance.pause_reason = None
    return max(left, 0)


async def _due(
    session: AsyncSession, instance_id: UUID, now: datetime, *, urgent_only: bool
) -> OutboundMessage | None:
    """The first queued row whose chat has nothing older still open; urgent ones go first.

    What waits for the morning keeps no answer back, and nothing that waits keeps what is urgent.
    """
    older = aliased(OutboundMessage)
    asleep = (older.lane == "proactive") & (older.not_before > now)
    yields = (OutboundMessage.lane == "urgent") & (older.lane != "urgent")
    blocked = exists().where(
        older.hotel_id == OutboundMessage.hotel_id,
        older.instance_id == OutboundMessage.instance_id,
        older.chat == OutboundMessage.chat,
        older.seq < OutboundMessage.seq,
        older.status.in_(OPEN),
        ~((older.status == "queued") & (asleep | yields)),
    )
    query = (
        select(OutboundMessage)
        .where(
            OutboundMessage.instance_id == instance_id,
            OutboundMessage.status == "queued",
            OutboundMessage.not_before <= now,
            ~blocked,
            *([OutboundMessage.lane == "urgent"] if urgent_only else []),
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
    if row.conversation_id is None:
        return None
    if row.lane == "proactive" and await _opted_out(session, row.conversation_id):
        return "cancelled"
    if row.author != "bot":
        return None
    conversation = await session.scalar(
        select(Conversation)
        .where(Conversation.id == row.conversation_id)
        .with_for_update(read=True)
    )
    if conversation is None or conversation.fence != row.fence:
        return "cancelled"
    return None


async def _opted_out(session: AsyncSession, conversation_id: UUID) -> bool:
    query = select(Guest.opted_out_at).join(
        Conversation,
        (Conversation.hotel_id == Guest.hotel_id) & (Conversation.guest_id == Guest.id),
    )
    return await session.scalar(query.where(Conversation.id == conversation_id)) is not None


async def _close(session: AsyncSession, row: OutboundMessage, status: str) -> None:
    row.status = status
    if row.message_id is not None:
        message = await session.scalar(select(Message).where(Message.id == row.message_id))
        if message is not None:
            message.status = status


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


async def _failed(session: AsyncSession, post: Post, row_id: UUID, failure: SendFailed) -> None:
    now = post.clock.now()
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
            why = "quota" if isinstance(failure, QuotaSpent) else "bad_credentials"
            instance = await _locked(session, row.instance_id)
            if instance is not None:
                await _pause(session, post, instance, why)
        case Refused() | _:
            await _close(session, row, "failed")


def _backoff(tries: int) -> timedelta:
    seconds = min(300.0, 2.0 ** min(tries, 8))
    return timedelta(seconds=seconds * random.uniform(0.5, 1))  # noqa: S311 - jitter


async def _locked(session: AsyncSession, instance_id: UUID) -> WhatsAppInstance | None:
    """Not its key: a turn that has the chat writes what is to be sent beneath it meanwhile."""
    query = select(WhatsAppInstance).where(WhatsAppInstance.id == instance_id)
    return await session.scalar(query.with_for_update(key_share=True))


async def _pause(session: AsyncSession, post: Post, instance: WhatsAppInstance, why: str) -> None:
    """Nothing goes out for a while, and staff hear of it at once."""
    now = post.clock.now()
    instance.paused_until, instance.pause_reason = now + PAUSE, why
    get_logger().error("instance_paused", instance=str(instance.id), why=why)
    await post.alarm(session, instance, now)
