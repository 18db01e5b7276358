"""What came of a call: done, tried again within a day, or dead where everybody sees it."""

import random
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.logs import get_logger
from frontdesk.kit.posting import Answer
from frontdesk.notifications.actions import Alert, notify
from frontdesk.notifications.bodies import Sentence
from frontdesk.notifications.headings import Heading
from frontdesk.webhooks.claim import TIRED, Claim
from frontdesk.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookSubscription
from frontdesk.webhooks.subscriptions import switch_off

A_DAY = timedelta(hours=24)
LONGEST = 3600.0
"""Seconds between two tries of one delivery, and the most that a Retry-After is believed."""
LONGEST_REST = 300.0
"""Seconds that an address is left alone: after an outage all goes on within them."""
GONE = 410
SLOW_DOWN = frozenset({429, 503})


async def settle(session: AsyncSession, claim: Claim, answer: Answer, *, now: datetime) -> None:
    """Another call may have been made meanwhile, where this one outlived its lease."""
    row = await session.scalar(
        select(WebhookDelivery).where(WebhookDelivery.id == claim.delivery_id).with_for_update()
    )
    if row is None:
        return
    session.add(attempt_of(row, claim.number, answer, now=now))
    if row.status != "sending" or row.calls != claim.number:
        return
    of = select(WebhookSubscription).where(WebhookSubscription.id == row.subscription_id)
    # not FOR UPDATE: who writes an event holds the key of its subscriptions until the commit
    found = (await session.scalars(of.with_for_update(key_share=True))).one()
    if answer.taken:
        row.status, row.done_at, row.error = "sent", now, None
        await _awake(session, found, now=now)
    else:
        await _failed(session, found, row, answer, now=now)


def attempt_of(
    row: WebhookDelivery, number: int, answer: Answer, *, now: datetime
) -> WebhookAttempt:
    return WebhookAttempt(
        hotel_id=row.hotel_id,
        delivery_id=row.id,
        number=number,
        at=now,
        status_code=answer.status,
        error=answer.error,
        ms=answer.ms,
        answer=answer.text,
    )


async def _awake(session: AsyncSession, found: WebhookSubscription, *, now: datetime) -> None:
    """It answers again: what waited for that waits no longer."""
    if found.failures >= TIRED:
        waiting = update(WebhookDelivery).where(
            WebhookDelivery.subscription_id == found.id,
            WebhookDelivery.status == "waiting",
            WebhookDelivery.next_try_at > now,
        )
        await session.execute(waiting.values(next_try_at=now))
    found.failures, found.rest_until = 0, None


async def _failed(
    session: AsyncSession,
    found: WebhookSubscription,
    row: WebhookDelivery,
    answer: Answer,
    *,
    now: datetime,
) -> None:
    row.error = answer.error
    found.failures += 1
    if found.failures >= TIRED:
        rest = min(LONGEST_REST, 10.0 * 2 ** min(found.failures - TIRED, 10))
        found.rest_until = now + _about(rest)
    if answer.status == GONE:
        row.status, row.done_at = "dead", now
        await switch_off(session, found, now=now)
        await _tell(session, found, now=now)
        return
    last = (row.first_try_at or now) + A_DAY
    if now >= last:
        row.status, row.done_at = "dead", now
        get_logger().error("webhook_dead", delivery=str(row.id), why=row.error)
        await _tell(session, found, now=now)
        return
    wait = _about(min(LONGEST, 10.0 * 2 ** min(row.tries - 1, 10)))
    if answer.retry_after is not None and answer.status in SLOW_DOWN:
        wait = max(wait, timedelta(seconds=min(LONGEST, answer.retry_after)))
        found.rest_until = max(found.rest_until or now, now + wait)
    row.status, row.next_try_at = "waiting", min(now + wait, last)


def _about(seconds: float) -> timedelta:
    """So that what failed together does not come back together."""
    return timedelta(seconds=seconds * random.uniform(0.8, 1.2))  # noqa: S311 - jitter


async def _tell(session: AsyncSession, found: WebhookSubscription, *, now: datetime) -> None:
    """Once a day and webhook."""
    alert = Alert(
        kind="system",
        priority=50,
        title=Heading("webhook_given_up"),
        body=[Sentence("webhook_given_up", {"name": found.name})],
        dedupe_key=f"webhook:{found.id}:{now:%Y-%m-%d}",
    )
    await notify(session, found.hotel_id, alert, now=now)
