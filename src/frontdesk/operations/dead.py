"""What gave up: shown in one list, and put back to work by one command."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select, update
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
from frontdesk.triggers.models import TriggerRun, TriggerStep
from frontdesk.triggers.plan_models import PlannedSend
from frontdesk.webhooks.models import WebhookDelivery
from frontdesk.webhooks.replay import replay_one

AGAIN = timedelta(hours=1)
"""How long a replayed message may still go out."""


@dataclass(frozen=True, slots=True)
class Dead:
    kind: str
    """A name of KINDS."""
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


async def _webhook(session: AsyncSession, row: WebhookDelivery, now: datetime) -> tuple[Job, str]:
    """Raises SwitchedOff: who is not to be called is not."""
    del now
    await replay_one(session, row.id, by="operator")
    return Job.SEND_WEBHOOKS, ""


async def _planned(_: AsyncSession, row: PlannedSend, now: datetime) -> tuple[Job, str]:
    """A person decided to send it after all, also if it is late by now."""
    row.state, row.tries, row.try_at = "planned", 0, now
    row.decided_by, row.worked_at, row.why = "operator", None, []
    return Job.SEND_PLANNED, ""


async def _step(session: AsyncSession, row: TriggerStep, now: datetime) -> tuple[Job, str]:
    """What came after it is done: it goes alone."""
    row.state, row.tries, row.try_at, row.done_at, row.result = "waiting", 0, now, None, {}
    of = update(TriggerRun).where(TriggerRun.id == row.run_id)
    await session.execute(of.values(outcome="running"))
    return Job.RUN_STEPS, ""


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
    "webhook": Kind(
        WebhookDelivery,
        (WebhookDelivery.status == "dead") & WebhookDelivery.event_id.is_not(None),
        "created_at",
        lambda r: (f"{r.event_type}: {r.error or ''}", f"event {r.event_id}, {r.calls} calls"),
        _webhook,
    ),
    "planned": Kind(
        PlannedSend,
        (PlannedSend.state == "failed") & (PlannedSend.actions == []),
        "created_at",
        lambda r: (_first(r.why), f"rule {r.trigger_id}, due {r.due_at:%Y-%m-%d %H:%M}"),
        _planned,
    ),
    "step": Kind(
        TriggerStep,
        (TriggerStep.state == "failed") & (TriggerStep.tries > 0),
        "created_at",
        lambda r: (f"{r.action.get('type')}: {r.result.get('error', '')}", str(r.action)),
        _step,
    ),
}


def _first(why: list[dict[str, Any]]) -> str:
    return "; ".join(f"{name}: {value}" for name, value in (why or [{}])[0].items())
