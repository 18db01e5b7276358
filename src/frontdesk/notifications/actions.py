"""Telling staff: one alert an episode, which climbs its ladder until somebody takes it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.db import ring
from frontdesk.kit.ids import uuid7
from frontdesk.kit.jobs import Job
from frontdesk.messaging.cause import chain_of
from frontdesk.messaging.events import emit
from frontdesk.messaging.models import OutboundMessage
from frontdesk.notifications import bodies
from frontdesk.notifications.bodies import Body
from frontdesk.notifications.headings import KEPT, Heading, heading
from frontdesk.notifications.ladder import begin, facts_of, hurry, stand_still, tell_one
from frontdesk.notifications.models import (
    NotificationDelivery,
    StaffNotification,
    StaffWebhook,
)
from frontdesk.notifications.queries import notification
from frontdesk.notifications.rules import risen
from frontdesk.tenancy.audit import record

EPISODE = timedelta(minutes=30)
"""While an alert of the same kind on the same conversation is open, no second one is sent."""


@dataclass(frozen=True, slots=True)
class Alert:
    kind: str
    priority: int
    """0 (whenever) to 100 (now)."""
    title: str | Heading
    """One of ours is told in each one's language."""
    body: str | Body
    """Of sentences of ours it is told in each one's language."""
    dedupe_key: str
    conversation_id: UUID | None = None
    details: dict[str, Any] = field(default_factory=dict[str, Any])
    department: str | None = None
    """The role among staff whose matter it is, where that is known."""
    depth: int = 0
    """How many rules stand behind it."""
    membership_id: UUID | None = None
    """Of the one person whose matter it is: nobody else is told, and it climbs no ladder."""

    @property
    def named(self) -> str:
        """As the console lists it, and by which an episode is known."""
        return self.title if isinstance(self.title, str) else heading("en", self.title)

    @property
    def kept(self) -> dict[str, Any]:
        """The details, with what its title and its text are made of."""
        title = {} if isinstance(self.title, str) else {KEPT: self.title.kept()}
        text = {} if isinstance(self.body, str) else {bodies.KEPT: bodies.kept(self.body)}
        return self.details | title | text

    @property
    def text(self) -> str:
        """As the console lists it."""
        return self.body if isinstance(self.body, str) else bodies.said("en", self.body)


async def notify(
    session: AsyncSession, hotel_id: UUID, alert: Alert, *, now: datetime
) -> StaffNotification:
    """Store an alert, and tell the first level of its ladder; gives the open one of its episode.

    An episode that is told again presses more, and its next level comes sooner.
    """
    await _one_at_a_time(session, hotel_id, alert)
    known = await _open_episode(session, alert, now)
    if known is not None:
        if known.dedupe_key != alert.dedupe_key:
            known.priority_score = risen(known.priority_score, alert.priority)
            known.tellings += 1
            await hurry(session, known, now=now)
        return known
    told = StaffNotification(
        hotel_id=hotel_id,
        id=uuid7(),
        kind=alert.kind,
        department=alert.department,
        conversation_id=alert.conversation_id,
        priority_score=alert.priority,
        title=alert.named,
        body=alert.text,
        dedupe_key=alert.dedupe_key,
        details=alert.kept,
        chain=chain_of(session),
        depth=alert.depth,
        status="open",
        tellings=1,
        unattended=False,
        created_at=now,
    )
    session.add(told)
    await session.flush()
    if alert.membership_id is None:
        await begin(session, told, now=now)
    else:
        await tell_one(session, told, alert.membership_id, now=now)
    await _to_webhooks(session, told)
    return told


async def _one_at_a_time(session: AsyncSession, hotel_id: UUID, alert: Alert) -> None:
    """Two that tell the same episode at once wait for each other, until the commit."""
    episode = f"{alert.conversation_id}:{alert.kind}:{alert.named}"
    of = episode if alert.conversation_id else alert.dedupe_key
    lock = func.pg_advisory_xact_lock(func.hashtextextended(f"alert:{hotel_id}:{of}", 0))
    await session.execute(select(lock))


async def _open_episode(
    session: AsyncSession, alert: Alert, now: datetime
) -> StaffNotification | None:
    """The alert itself where it was told before, else the open one of the same episode."""
    itself = StaffNotification.dedupe_key == alert.dedupe_key
    same_alert = itself
    if alert.conversation_id is not None:
        same_episode = (
            (StaffNotification.conversation_id == alert.conversation_id)
            & (StaffNotification.kind == alert.kind)
            & (StaffNotification.title == alert.named)
            & (StaffNotification.status == "open")
            & (StaffNotification.created_at > now - EPISODE)
        )
        same_alert = same_alert | same_episode
    query = select(StaffNotification).where(same_alert).order_by(itself.desc()).limit(1)
    return await session.scalar(query)


async def _to_webhooks(session: AsyncSession, told: StaffNotification) -> None:
    hooks = (await session.scalars(select(StaffWebhook).where(StaffWebhook.enabled))).all()
    for hook in hooks:
        session.add(
            NotificationDelivery(
                hotel_id=told.hotel_id,
                notification_id=told.id,
                channel="webhook",
                webhook_id=hook.id,
                status="waiting",
            )
        )
    if hooks:
        await session.flush()
        await ring(session, Job.TELL_STAFF, told.hotel_id)


async def acknowledge(
    session: AsyncSession,
    notification_id: UUID,
    *,
    by: str,
    now: datetime,
    staff_id: UUID | None = None,
    via: Literal["console", "whatsapp", "link"] = "console",
) -> StaffNotification:
    """Somebody takes it: its ladder stands still. The first one stays the one."""
    told = await notification(session, notification_id)
    if told.status == "open":
        told.status, told.acknowledged_at, told.acknowledged_by = "acknowledged", now, staff_id
        told.acknowledged_via = via
        await stand_still(session, told.id)
        await _call_off(session, told.id)
        facts = facts_of(told, now) | {
            "staff_id": str(staff_id) if staff_id else None,
            "via": via,
            "by": by,
            "waited_seconds": max(0, int((now - told.created_at).total_seconds())),
        }
        kind = "notification.acknowledged"
        await emit(session, told.hotel_id, kind, told.id, facts, depth=told.depth)
        record(
            session,
            told.hotel_id,
            "notification.acknowledge",
            f"notification:{told.id}",
            by=by,
            old={"status": "open"},
            new={"status": "acknowledged", "staff": staff_id},
        )
    return told


async def _call_off(session: AsyncSession, notification_id: UUID) -> None:
    """What has not gone out yet need not any more; the hotel's own systems still hear of it."""
    owed = update(NotificationDelivery).where(
        NotificationDelivery.notification_id == notification_id,
        NotificationDelivery.status.in_(("waiting", "held")),
        NotificationDelivery.webhook_id.is_(None),
    )
    await session.execute(owed.values(status="skipped"))
    ids = select(NotificationDelivery.outbound_id).where(
        NotificationDelivery.notification_id == notification_id
    )
    queued = update(OutboundMessage).where(
        OutboundMessage.id.in_(ids), OutboundMessage.status == "queued"
    )
    await session.execute(queued.values(status="cancelled"))


async def switch(session: AsyncSession, hook: StaffWebhook, *, enabled: bool) -> None:
    """What a webhook that is switched off still owed is dead, and may be replayed later."""
    hook.enabled = enabled
    if not enabled:
        owed = update(NotificationDelivery).where(
            NotificationDelivery.webhook_id == hook.id, NotificationDelivery.status == "waiting"
        )
        await session.execute(owed.values(status="dead", error="switched off"))
