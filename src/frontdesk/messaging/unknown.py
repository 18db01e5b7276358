"""Sends with an unclear outcome: settled by an echo or the journal, never resent blindly."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import httpx
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.ids import HotelId
from frontdesk.kit.logs import get_logger
from frontdesk.messaging.lines import line_of
from frontdesk.messaging.models import OutboundMessage
from frontdesk.messaging.provider import SendFailed, Sent
from frontdesk.messaging.sending import Post, settle
from frontdesk.tenancy.models import WhatsAppInstance

SETTLED_AFTER = timedelta(seconds=20)
"""A journal read this long after the call that does not show the message proves it unsent."""
CLOCKS_APART = 5
"""Seconds that the gateway's clock may be behind ours."""


async def settle_by_echo(
    session: AsyncSession, instance_id: UUID, chat: str, text: str, provider_id: str
) -> bool:
    """An echo of our own send: true where it belongs to a row of ours."""
    known = await session.scalar(
        select(OutboundMessage.id).where(
            OutboundMessage.instance_id == instance_id, OutboundMessage.provider_id == provider_id
        )
    )
    if known is not None:
        return True
    row_id = await session.scalar(
        select(OutboundMessage.id)
        .where(
            OutboundMessage.instance_id == instance_id,
            OutboundMessage.chat == chat,
            OutboundMessage.text == text,
            OutboundMessage.provider_id.is_(None),
            OutboundMessage.status.in_(("sending", "unknown")),
        )
        .order_by(OutboundMessage.seq)
        .limit(1)
    )
    if row_id is None:
        return False
    await settle(session, row_id, provider_id)
    return True


async def settle_unknown(post: Post, hotel_id: HotelId, instance_id: UUID) -> None:
    """Ask the journal about every unclear send; the ones surely unsent are queued again."""
    now = post.clock.now()
    async with post.db.hotel(hotel_id) as session:
        await _adopt_orphans(session, instance_id, now)
        rows = await _unclear(session, instance_id, now)
        instance = await session.scalar(
            select(WhatsAppInstance).where(WhatsAppInstance.id == instance_id)
        )
        if not rows or instance is None:
            return
        line = await line_of(session, post.vault, instance)
    oldest = min(row.sending_at or now for row in rows)
    minutes = max(2, int((now - oldest).total_seconds() / 60) + 2)
    try:
        journal = await post.gateway.outgoing_journal(line, minutes=minutes)
    except (httpx.HTTPError, SendFailed, ValueError) as lost:
        get_logger().warning("journal_unreadable", why=type(lost).__name__)
        return
    async with post.db.hotel(hotel_id) as session:
        taken = await _already_known(session, instance_id, journal)
        for row in rows:
            await _settle_row(session, row, journal, taken, now=now)


async def _adopt_orphans(session: AsyncSession, instance_id: UUID, now: datetime) -> None:
    """A row left in `sending` by a process that died: its outcome is unclear too."""
    await session.execute(
        update(OutboundMessage)
        .where(
            OutboundMessage.instance_id == instance_id,
            OutboundMessage.status == "sending",
            OutboundMessage.lease_until < now,
        )
        .values(status="unknown", not_before=now, error="Unclear: the sender died")
    )


async def _unclear(
    session: AsyncSession, instance_id: UUID, now: datetime
) -> Sequence[OutboundMessage]:
    query = (
        select(OutboundMessage)
        .where(
            OutboundMessage.instance_id == instance_id,
            OutboundMessage.status == "unknown",
            OutboundMessage.not_before <= now,
        )
        .order_by(OutboundMessage.seq)
    )
    return (await session.scalars(query)).all()


async def _already_known(
    session: AsyncSession, instance_id: UUID, journal: Sequence[Sent]
) -> set[str]:
    query = select(OutboundMessage.provider_id).where(
        OutboundMessage.instance_id == instance_id,
        OutboundMessage.provider_id.in_([sent.provider_id for sent in journal]),
    )
    return {known for known in (await session.scalars(query)).all() if known}


async def _settle_row(
    session: AsyncSession,
    row: OutboundMessage,
    journal: Sequence[Sent],
    taken: set[str],
    *,
    now: datetime,
) -> None:
    started = row.sending_at or now
    since = started.timestamp() - CLOCKS_APART
    found = next(
        (
            sent
            for sent in sorted(journal, key=lambda s: s.at)
            if sent.chat == row.chat
            and sent.text == row.text
            and sent.at >= since
            and sent.provider_id not in taken
        ),
        None,
    )
    if found is not None:
        taken.add(found.provider_id)
        await settle(session, row.id, found.provider_id)
        return
    again = now - started >= SETTLED_AFTER
    await session.execute(
        update(OutboundMessage)
        .where(OutboundMessage.id == row.id, OutboundMessage.status == "unknown")
        .values(
            status="queued" if again else "unknown",
            not_before=now if again else started + SETTLED_AFTER,
        )
    )
