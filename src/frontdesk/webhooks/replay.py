"""Sending again: one delivery, those of a span of time, or the dead ones."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import CursorResult, Select, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.db import ring
from frontdesk.kit.errors import Conflict, NotFound
from frontdesk.kit.jobs import Job
from frontdesk.tenancy.audit import record
from frontdesk.webhooks.models import WebhookDelivery, WebhookSubscription
from frontdesk.webhooks.subscriptions import subscription

MOST = 10_000
"""Deliveries that one call makes or sends again; the next call goes on."""
MISSED = text(
    "INSERT INTO webhook_deliveries (hotel_id, id, subscription_id, event_id, event_type, subject,"
    " seq) SELECT e.hotel_id, gen_random_uuid(), s.id, e.id, e.event_type,"
    " event_subject(e.event_type, e.aggregate_id, e.payload), e.seq"
    " FROM outbox_events e JOIN webhook_subscriptions s ON s.hotel_id = e.hotel_id"
    " WHERE s.id = :subscription AND e.created_at >= :since AND e.created_at < :before"
    " AND e.payload <> '{}' AND (s.events = '[]' OR jsonb_exists(s.events, e.event_type))"
    " AND NOT EXISTS (SELECT FROM webhook_deliveries d WHERE d.hotel_id = e.hotel_id"
    " AND d.subscription_id = s.id AND d.event_id = e.id)"
    " ORDER BY e.seq LIMIT :most ON CONFLICT DO NOTHING"
)
"""Events of before the webhook was made, or while it was off."""


class SwitchedOff(Conflict):
    """This webhook is switched off"""

    code = "webhook_off"


@dataclass(frozen=True, slots=True)
class Span:
    """Of when things happened."""

    since: datetime
    before: datetime


async def delivery(
    session: AsyncSession, delivery_id: UUID, *, lock: bool = False
) -> WebhookDelivery:
    query = select(WebhookDelivery).where(WebhookDelivery.id == delivery_id)
    found = await session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFound("this hotel has no such delivery")
    return found


async def replay_one(session: AsyncSession, delivery_id: UUID, *, by: str) -> WebhookDelivery:
    """With the same id: a receiver that took it knows it."""
    row = await delivery(session, delivery_id, lock=True)
    if row.event_id is None:
        raise Conflict("a self-test is made anew, not sent again")
    await _open(session, row.subscription_id)
    again = select(WebhookDelivery.id).where(WebhookDelivery.id == row.id)
    count = await _again(session, again)
    await _told(session, row.hotel_id, f"webhook_delivery:{row.id}", count, by=by)
    await session.refresh(row)
    return row


async def replay_span(session: AsyncSession, subscription_id: UUID, span: Span, *, by: str) -> int:
    """All that happened then, also what was never owed; gives how many go out."""
    found = await _open(session, subscription_id)
    bounds = {"since": span.since, "before": span.before}
    made = await session.execute(MISSED, {"subscription": subscription_id, "most": MOST, **bounds})
    assert isinstance(made, CursorResult)  # noqa: S101 - for the type checker: it wrote
    inside = text(
        "event_id IN (SELECT id FROM outbox_events WHERE created_at >= :since"
        " AND created_at < :before)"
    )
    sent = select(WebhookDelivery.id).where(
        WebhookDelivery.subscription_id == subscription_id,
        WebhookDelivery.status.in_(("sent", "dead", "skipped")),
        inside.bindparams(**bounds),
    )
    count = made.rowcount + await _again(session, sent)
    await _told(session, found.hotel_id, f"webhook:{found.id}", count, by=by)
    return count


async def replay_dead(session: AsyncSession, subscription_id: UUID, *, by: str) -> int:
    found = await _open(session, subscription_id)
    dead = select(WebhookDelivery.id).where(
        WebhookDelivery.subscription_id == subscription_id,
        WebhookDelivery.status == "dead",
        WebhookDelivery.event_id.is_not(None),
    )
    count = await _again(session, dead)
    await _told(session, found.hotel_id, f"webhook:{found.id}", count, by=by)
    return count


async def _open(session: AsyncSession, subscription_id: UUID) -> WebhookSubscription:
    found = await subscription(session, subscription_id)
    if not found.enabled:
        raise SwitchedOff
    return found


async def _again(session: AsyncSession, some: Select[UUID]) -> int:
    """As if never sent, at its old place in the order; what is open already stays as it is."""
    which = some.order_by(WebhookDelivery.seq).limit(MOST)
    done = await session.execute(
        update(WebhookDelivery)
        .where(
            WebhookDelivery.id.in_(which), WebhookDelivery.status.in_(("sent", "dead", "skipped"))
        )
        .values(
            status="waiting",
            tries=0,
            first_try_at=None,
            next_try_at=text("'-infinity'"),
            done_at=None,
            error=None,
        )
    )
    assert isinstance(done, CursorResult)  # noqa: S101 - for the type checker: it wrote
    return done.rowcount


async def _told(
    session: AsyncSession, hotel_id: UUID, subject: str, count: int, *, by: str
) -> None:
    record(session, hotel_id, "webhook.replay", subject, by=by, new={"count": count})
    await ring(session, Job.SEND_WEBHOOKS, hotel_id)
