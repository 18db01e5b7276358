"""What gave up: shown in one list, and put back to work by one command."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.conversations.handover import resume
from frontdesk.kit.db import ring
from frontdesk.kit.errors import NotFound
from frontdesk.kit.jobs import Job
from frontdesk.knowledge.models import KnowledgeDocument
from frontdesk.messaging.models import InboundEvent, Message, OutboundMessage, OutboxEvent
from frontdesk.notifications.models import NotificationDelivery
from frontdesk.tenancy.audit import record

AGAIN = timedelta(hours=1)
"""How long a replayed message may still go out."""


@dataclass(frozen=True, slots=True)
class Dead:
    kind: str
    """event | message | send | happening | delivery | document"""
    id: UUID
    at: datetime
    why: str
    what: str = ""
    """The thing itself, for whoever has to mend it; never in a list or a log."""


async def list_dead(session: AsyncSession, *, limit: int = 200) -> list[Dead]:
    """Everything of this hotel that stopped without an end, newest first."""
    found = [
        *await _events(session, limit),
        *await _messages(session, limit),
        *await _sends(session, limit),
        *await _happenings(session, limit),
        *await _deliveries(session, limit),
        *await _documents(session, limit),
    ]
    return sorted(found, key=lambda d: d.at, reverse=True)[:limit]


async def _events(session: AsyncSession, limit: int) -> list[Dead]:
    query = select(InboundEvent).where(InboundEvent.state == "dead")
    newest = query.order_by(InboundEvent.received_at.desc()).limit(limit)
    rows = (await session.scalars(newest)).all()
    return [Dead("event", r.id, r.received_at, r.error or "", _shown(r.raw)) for r in rows]


async def _messages(session: AsyncSession, limit: int) -> list[Dead]:
    """Guests' messages whose turn failed again and again."""
    query = select(Message).where(Message.meta["dead"].as_boolean())
    newest = query.order_by(Message.occurred_at.desc()).limit(limit)
    rows = (await session.scalars(newest)).all()
    return [Dead("message", r.id, r.occurred_at, "the turn failed", r.text) for r in rows]


async def _sends(session: AsyncSession, limit: int) -> list[Dead]:
    query = select(OutboundMessage).where(OutboundMessage.status.in_(("failed", "expired")))
    newest = query.order_by(OutboundMessage.created_at.desc()).limit(limit)
    rows = (await session.scalars(newest)).all()
    return [Dead("send", r.id, r.created_at, f"{r.status}: {r.error or ''}", r.text) for r in rows]


async def _happenings(session: AsyncSession, limit: int) -> list[Dead]:
    query = select(OutboxEvent).where(OutboxEvent.dead_at.is_not(None))
    newest = query.order_by(OutboxEvent.created_at.desc()).limit(limit)
    rows = (await session.scalars(newest)).all()
    return [
        Dead("happening", r.id, r.created_at, f"{r.event_type}: {r.error or ''}", str(r.payload))
        for r in rows
    ]


async def _deliveries(session: AsyncSession, limit: int) -> list[Dead]:
    query = select(NotificationDelivery).where(NotificationDelivery.status == "dead")
    newest = query.order_by(NotificationDelivery.created_at.desc()).limit(limit)
    rows = (await session.scalars(newest)).all()
    return [Dead("delivery", r.id, r.created_at, r.error or "") for r in rows]


async def _documents(session: AsyncSession, limit: int) -> list[Dead]:
    query = select(KnowledgeDocument).where(KnowledgeDocument.status == "failed")
    newest = query.order_by(KnowledgeDocument.created_at.desc()).limit(limit)
    rows = (await session.scalars(newest)).all()
    return [Dead("document", r.id, r.created_at, r.error or "", r.title) for r in rows]


def _shown(raw: bytes) -> str:
    return raw.decode(errors="replace")[:4000]


async def replay(session: AsyncSession, hotel_id: UUID, dead_id: UUID, *, now: datetime) -> str:
    """Put one dead thing back to work; gives its kind. Raises NotFound."""
    for kind, revive in REVIVE.items():
        if await revive(session, hotel_id, dead_id, now):
            record(session, hotel_id, "dead.replay", f"{kind}:{dead_id}", by="operator")
            return kind
    raise NotFound("nothing dead has that id")


async def _event(session: AsyncSession, hotel_id: UUID, dead_id: UUID, _: datetime) -> bool:
    row = await session.scalar(
        select(InboundEvent).where(InboundEvent.id == dead_id, InboundEvent.state == "dead")
    )
    if row is None:
        return False
    row.state, row.tries, row.error = "waiting", 0, None
    turn = row.lane == "turn"
    key = f"{row.instance_id}|{row.chat}" if turn else str(row.instance_id)
    await ring(session, Job.TAKE_TURN if turn else Job.APPLY_EVENTS, hotel_id, key)
    return True


async def _message(session: AsyncSession, hotel_id: UUID, dead_id: UUID, now: datetime) -> bool:
    """The bot gets the conversation back, with this message unread."""
    row = await session.scalar(
        select(Message).where(Message.id == dead_id, Message.meta["dead"].as_boolean())
    )
    if row is None:
        return False
    found = await resume(session, row.conversation_id, by="operator", now=now)
    row.handled_at = None
    row.meta = {k: v for k, v in row.meta.items() if k != "dead"}
    await ring(session, Job.TAKE_TURN, hotel_id, f"{found.instance_id}|{found.chat}")
    return True


async def _send(session: AsyncSession, hotel_id: UUID, dead_id: UUID, now: datetime) -> bool:
    """A person decided to send it after all: it goes out unfenced, within an hour."""
    changed = await session.scalar(
        update(OutboundMessage)
        .where(
            OutboundMessage.id == dead_id,
            OutboundMessage.status.in_(("failed", "expired")),
        )
        .values(
            status="queued",
            tries=0,
            author="staff",
            not_before=now,
            expires_at=now + AGAIN,
            provider_id=None,
        )
        .returning(OutboundMessage.instance_id)
    )
    if changed is not None:
        await ring(session, Job.DELIVER, hotel_id, str(changed))
    return changed is not None


async def _happening(session: AsyncSession, hotel_id: UUID, dead_id: UUID, _: datetime) -> bool:
    changed = await session.scalar(
        update(OutboxEvent)
        .where(OutboxEvent.id == dead_id, OutboxEvent.dead_at.is_not(None))
        .values(dead_at=None, tries=0, error=None)
        .returning(OutboxEvent.id)
    )
    if changed is not None:
        await ring(session, Job.RUN_TRIGGERS, hotel_id)
    return changed is not None


async def _delivery(session: AsyncSession, hotel_id: UUID, dead_id: UUID, now: datetime) -> bool:
    changed = await session.scalar(
        update(NotificationDelivery)
        .where(NotificationDelivery.id == dead_id, NotificationDelivery.status == "dead")
        .values(status="waiting", tries=0, next_try_at=now)
        .returning(NotificationDelivery.id)
    )
    if changed is not None:
        await ring(session, Job.TELL_STAFF, hotel_id)
    return changed is not None


async def _document(session: AsyncSession, hotel_id: UUID, dead_id: UUID, _: datetime) -> bool:
    changed = await session.scalar(
        update(KnowledgeDocument)
        .where(KnowledgeDocument.id == dead_id, KnowledgeDocument.status == "failed")
        .values(status="queued", tries=0, error=None)
        .returning(KnowledgeDocument.id)
    )
    if changed is not None:
        await ring(session, Job.INGEST_DOCUMENT, hotel_id, str(changed))
    return changed is not None


REVIVE = {
    "event": _event,
    "message": _message,
    "send": _send,
    "happening": _happening,
    "delivery": _delivery,
    "document": _document,
}
