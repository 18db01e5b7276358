"""Taking the next delivery: in order a subject, few at once, and none to whoever needs a rest."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from frontdesk.kit.posting import Parcel, signed_headers
from frontdesk.kit.secrets import Vault
from frontdesk.messaging.models import OutboxEvent
from frontdesk.triggers.rules import judge
from frontdesk.webhooks.body import body_of
from frontdesk.webhooks.models import WebhookDelivery, WebhookSubscription
from frontdesk.webhooks.subscriptions import valid_secrets

AT_ONCE = 16
"""Calls of one hotel under way, over all processes."""
EACH = 4
"""Of them to one address: one that is slow leaves the others their places."""
TIRED = 5
"""Failures in a row after which an address gets a rest, and then one call at a time."""
LEASE = timedelta(seconds=60)
"""Longer than a call may take; what is still being sent then was left by a dead process."""
LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(CAST(:hotel AS text), 91))")


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery taken for one call; `number` counts its calls."""

    delivery_id: UUID
    number: int
    parcel: Parcel


async def claim_next(
    session: AsyncSession, vault: Vault, hotel_id: UUID, *, now: datetime
) -> Claim | None:
    """Those who claim for one hotel wait for each other: the counts hold."""
    await session.execute(LOCK, {"hotel": str(hotel_id)})
    busy = await _busy(session, now)
    if sum(busy.values()) >= AT_ONCE:
        return None
    awake = list((await session.scalars(select(WebhookSubscription).where(*_awake(now)))).all())
    random.shuffle(awake)
    for found in awake:
        room = 1 if found.failures >= TIRED else EACH
        if busy.get(found.id, 0) < room:
            claim = await _claim_of(session, vault, found, now)
            if claim is not None:
                return claim
    return None


async def _busy(session: AsyncSession, now: datetime) -> Mapping[UUID, int]:
    of = WebhookDelivery.subscription_id
    sending = (WebhookDelivery.status == "sending", WebhookDelivery.next_try_at > now)
    counted = await session.execute(select(of, func.count()).where(*sending).group_by(of))
    return {row[0]: row[1] for row in counted.all()}


def _awake(now: datetime) -> tuple[ColumnElement[bool], ...]:
    of = WebhookSubscription
    rested = of.rest_until.is_(None) | (of.rest_until <= now)
    return of.enabled.is_(True), of.removed_at.is_(None), rested


async def _claim_of(
    session: AsyncSession, vault: Vault, found: WebhookSubscription, now: datetime
) -> Claim | None:
    while True:
        row = await _due(session, found.id, now)
        if row is None:
            return None
        event = await session.scalar(select(OutboxEvent).where(OutboxEvent.id == row.event_id))
        if event is not None and judge(found.conditions, event.payload)[0]:
            break
        row.status, row.done_at = "skipped", now
        await session.flush()
    row.status, row.next_try_at = "sending", now + LEASE
    row.tries += 1
    row.calls += 1
    row.first_try_at = row.first_try_at or now
    await session.flush()
    parcel = await parcel_of(session, vault, found, row, body_of(event), now=now)
    return Claim(row.id, row.calls, parcel)


async def _due(
    session: AsyncSession, subscription_id: UUID, now: datetime
) -> WebhookDelivery | None:
    """The first that is due with nothing older of its subject still open."""
    older = aliased(WebhookDelivery)
    behind = exists().where(
        older.hotel_id == WebhookDelivery.hotel_id,
        older.subscription_id == WebhookDelivery.subscription_id,
        older.subject == WebhookDelivery.subject,
        older.seq < WebhookDelivery.seq,
        older.status.in_(("waiting", "sending")),
    )
    query = (
        select(WebhookDelivery)
        .where(
            WebhookDelivery.subscription_id == subscription_id,
            WebhookDelivery.status.in_(("waiting", "sending")),
            WebhookDelivery.next_try_at <= now,
            ~behind,
        )
        .order_by(WebhookDelivery.next_try_at, WebhookDelivery.seq)
        .limit(1)
    )
    return await session.scalar(query.with_for_update(skip_locked=True))


async def parcel_of(
    session: AsyncSession,
    vault: Vault,
    found: WebhookSubscription,
    row: WebhookDelivery,
    body: bytes,
    *,
    now: datetime,
) -> Parcel:
    secrets = await valid_secrets(session, vault, found, now=now)
    headers = signed_headers(secrets, str(row.id), int(now.timestamp()), body)
    return Parcel(found.url, body, {**headers, "webhook-attempt": str(row.calls)})
