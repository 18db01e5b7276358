"""What gave up: shown in one list, and put back to work by one command."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings.payment_models import PaymentEvent
from frontdesk.conversations.handover import resume
from frontdesk.kit.db import Tenant, ring
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
    """event | message | send | happening | delivery | document | payment"""
    id: UUID
    at: datetime
    why: str
    what: str = ""
    """The thing itself, for whoever has to mend it; never in a list or a log."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One table whose rows can give up."""

    model: type[Tenant]
    gave_up: ColumnElement[bool]
    at: str
    """The column that says when."""
    told: Callable[[Any], tuple[str, str]]
    """Why a row gave up, and what it is."""
    revive: Callable[[AsyncSession, Any, datetime], Awaitable[tuple[Job, str]]]
    """Makes a row fit to be worked again; gives the job and the key to ring."""


async def list_dead(session: AsyncSession, *, limit: int = 200) -> list[Dead]:
    """Everything of this hotel that stopped without an end, newest first."""
    found: list[Dead] = []
    for name, kind in KINDS.items():
        newest = getattr(kind.model, kind.at).desc()
        rows = await session.scalars(
            select(kind.model).where(kind.gave_up).order_by(newest).limit(limit)
        )
        found += [Dead(name, row.id, getattr(row, kind.at), *kind.told(row)) for row in rows]
    return sorted(found, key=lambda d: d.at, reverse=True)[:limit]


async def replay(session: AsyncSession, hotel_id: UUID, dead_id: UUID, *, now: datetime) -> str:
    """Put one dead thing back to work; gives its kind. Raises NotFound."""
    for name, kind in KINDS.items():
        one = select(kind.model).where(kind.model.id == dead_id, kind.gave_up)
        row = await session.scalar(one.with_for_update())
        if row is not None:
            job, key = await kind.revive(session, row, now)
            await ring(session, job, hotel_id, key)
            record(
                session,
                hotel_id,
                "dead.replay",
                f"{name}:{dead_id}",
                by="operator",
                new={"job": job},
            )
            return name
    raise NotFound("nothing dead has that id")


async def _event(_: AsyncSession, row: InboundEvent, now: datetime) -> tuple[Job, str]:
    del now
    row.state, row.tries, row.error = "waiting", 0, None
    if row.lane == "turn":
        return Job.TAKE_TURN, f"{row.instance_id}|{row.chat}"
    return Job.APPLY_EVENTS, str(row.instance_id)


async def _message(session: AsyncSession, row: Message, now: datetime) -> tuple[Job, str]:
    """The bot gets the conversation back, with this message unread."""
    found = await resume(session, row.conversation_id, by="operator", now=now)
    row.handled_at = None
    row.meta = {k: v for k, v in row.meta.items() if k != "dead"}
    return Job.TAKE_TURN, f"{found.instance_id}|{found.chat}"


async def _send(_: AsyncSession, row: OutboundMessage, now: datetime) -> tuple[Job, str]:
    """A person decided to send it after all: it goes out unfenced, within an hour."""
    row.status, row.tries, row.author, row.provider_id = "queued", 0, "staff", None
    row.not_before, row.expires_at = now, now + AGAIN
    return Job.DELIVER, str(row.instance_id)


async def _happening(_: AsyncSession, row: OutboxEvent, now: datetime) -> tuple[Job, str]:
    del now
    row.dead_at, row.tries, row.error = None, 0, None
    return Job.RUN_TRIGGERS, ""


async def _delivery(_: AsyncSession, row: NotificationDelivery, now: datetime) -> tuple[Job, str]:
    row.status, row.tries, row.next_try_at = "waiting", 0, now
    return Job.TELL_STAFF, ""


async def _document(_: AsyncSession, row: KnowledgeDocument, now: datetime) -> tuple[Job, str]:
    del now
    row.status, row.tries, row.error, row.lease_until = "queued", 0, None, None
    return Job.INGEST_DOCUMENT, str(row.id)


async def _payment(_: AsyncSession, row: PaymentEvent, now: datetime) -> tuple[Job, str]:
    del now
    row.state, row.tries, row.error = "waiting", 0, None
    return Job.SETTLE_PAYMENTS, ""


KINDS = {
    "event": Kind(
        InboundEvent,
        InboundEvent.state == "dead",
        "received_at",
        lambda r: (r.error or "", r.raw.decode(errors="replace")[:4000]),
        _event,
    ),
    "message": Kind(
        Message,
        Message.meta["dead"].as_boolean(),
        "occurred_at",
        lambda r: ("the turn failed", r.text),
        _message,
    ),
    "send": Kind(
        OutboundMessage,
        OutboundMessage.status.in_(("failed", "expired")),
        "created_at",
        lambda r: (f"{r.status}: {r.error or ''}", r.text),
        _send,
    ),
    "happening": Kind(
        OutboxEvent,
        OutboxEvent.dead_at.is_not(None),
        "created_at",
        lambda r: (f"{r.event_type}: {r.error or ''}", str(r.payload)),
        _happening,
    ),
    "delivery": Kind(
        NotificationDelivery,
        NotificationDelivery.status == "dead",
        "created_at",
        lambda r: (r.error or "", ""),
        _delivery,
    ),
    "document": Kind(
        KnowledgeDocument,
        KnowledgeDocument.status == "failed",
        "created_at",
        lambda r: (r.error or "", r.title),
        _document,
    ),
    "payment": Kind(
        PaymentEvent,
        PaymentEvent.state == "dead",
        "occurred_at",
        lambda r: (f"{r.kind}: {r.error or ''}", str(r.payload)),
        _payment,
    ),
}
