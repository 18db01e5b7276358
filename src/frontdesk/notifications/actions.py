"""Telling staff: one alert an episode, written to every channel that should carry it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.db import ring
from frontdesk.kit.ids import uuid7
from frontdesk.kit.jobs import Job
from frontdesk.messaging.cause import chain_of
from frontdesk.messaging.models import Conversation
from frontdesk.messaging.outbox import Letter, post
from frontdesk.notifications.models import (
    NotificationDelivery,
    Staff,
    StaffNotification,
    StaffWebhook,
)
from frontdesk.notifications.queries import notification, on_duty
from frontdesk.tenancy.audit import record
from frontdesk.tenancy.queries import instances

EPISODE = timedelta(minutes=30)
"""While an alert of the same kind on the same conversation is open, no second one is sent."""
STALE = timedelta(hours=2)
"""An alert that could not be sent by then is not sent any more; it stays in the list."""


@dataclass(frozen=True, slots=True)
class Alert:
    kind: str
    priority: int
    """0 (whenever) to 100 (now)."""
    title: str
    body: str
    dedupe_key: str
    conversation_id: UUID | None = None
    details: dict[str, Any] = field(default_factory=dict[str, Any])


async def notify(
    session: AsyncSession, hotel_id: UUID, alert: Alert, *, now: datetime
) -> StaffNotification:
    """Store an alert and what each channel owes; gives the open one where there is one."""
    known = await _open_episode(session, alert, now)
    if known is not None:
        known.priority_score = max(known.priority_score, alert.priority)
        return known
    told = StaffNotification(
        hotel_id=hotel_id,
        id=uuid7(),
        kind=alert.kind,
        conversation_id=alert.conversation_id,
        priority_score=alert.priority,
        title=alert.title,
        body=alert.body,
        dedupe_key=alert.dedupe_key,
        details=alert.details,
        chain=chain_of(session),
        status="open",
        created_at=now,
    )
    session.add(told)
    await session.flush()
    await _to_phones(session, told, now=now)
    await _to_webhooks(session, told)
    return told


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
            & (StaffNotification.title == alert.title)
            & (StaffNotification.status == "open")
            & (StaffNotification.created_at > now - EPISODE)
        )
        same_alert = same_alert | same_episode
    query = select(StaffNotification).where(same_alert).order_by(itself.desc()).limit(1)
    return await session.scalar(query)


async def _to_phones(session: AsyncSession, told: StaffNotification, *, now: datetime) -> None:
    instance_id = await _speaking_instance(session, told.conversation_id)
    if instance_id is None:
        return
    for person in await on_duty(session, told.priority_score):
        letter = Letter(
            instance_id=instance_id,
            chat=f"{person.phone}@c.us",
            text=f"🔔 {told.title}\n{told.body}\n\nReply OK to take it.",
            dedupe_key=f"alert:{told.id}:{person.id}",
            expires_at=now + STALE,
            lane="urgent" if told.priority_score >= 90 else "staff",
            author="system",
        )
        outbound_id = await post(session, told.hotel_id, letter, now=now)
        session.add(
            NotificationDelivery(
                hotel_id=told.hotel_id,
                notification_id=told.id,
                channel="whatsapp",
                staff_id=person.id,
                outbound_id=outbound_id,
                status="sent",
            )
        )


async def _speaking_instance(session: AsyncSession, conversation_id: UUID | None) -> UUID | None:
    """The number the guest wrote to, else the hotel's first."""
    if conversation_id is not None:
        query = select(Conversation.instance_id).where(Conversation.id == conversation_id)
        return await session.scalar(query)
    numbers = await instances(session)
    return numbers[0].id if numbers else None


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
) -> StaffNotification:
    """Somebody takes it; the first one stays the one."""
    told = await notification(session, notification_id)
    if told.status == "open":
        told.status, told.acknowledged_at, told.acknowledged_by = "acknowledged", now, staff_id
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


async def newest_open_for(session: AsyncSession, person: Staff) -> StaffNotification | None:
    """The most pressing alert this person was told of that nobody has taken."""
    query = (
        select(StaffNotification)
        .join(
            NotificationDelivery,
            (NotificationDelivery.hotel_id == StaffNotification.hotel_id)
            & (NotificationDelivery.notification_id == StaffNotification.id),
        )
        .where(NotificationDelivery.staff_id == person.id, StaffNotification.status == "open")
        .order_by(StaffNotification.priority_score.desc(), StaffNotification.created_at.desc())
        .limit(1)
    )
    return await session.scalar(query)


async def switch(session: AsyncSession, hook: StaffWebhook, *, enabled: bool) -> None:
    """What a webhook that is switched off still owed is dead, and may be replayed later."""
    hook.enabled = enabled
    if not enabled:
        owed = update(NotificationDelivery).where(
            NotificationDelivery.webhook_id == hook.id, NotificationDelivery.status == "waiting"
        )
        await session.execute(owed.values(status="dead", error="switched off"))
