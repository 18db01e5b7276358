"""Subscriptions: made, changed, given another secret, switched off and removed."""

import base64
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.errors import Conflict, NotFound
from frontdesk.kit.posting import MARK
from frontdesk.kit.secrets import Vault
from frontdesk.tenancy.audit import changed, record
from frontdesk.tenancy.envelope import seal, unseal
from frontdesk.webhooks.models import WebhookDelivery, WebhookSubscription

MOST = 20
"""Subscriptions of a hotel."""
OVERLAP = timedelta(hours=24)
"""How long the old secret signs beside a new one."""


class TooManySubscriptions(Conflict):
    """A hotel has at most 20 webhooks"""

    code = "too_many_webhooks"


def new_secret() -> str:
    """As Standard Webhooks writes it: 32 random bytes."""
    return MARK + base64.b64encode(secrets.token_bytes(32)).decode()


async def subscription(
    session: AsyncSession, subscription_id: UUID, *, lock: bool = False, removed: bool = False
) -> WebhookSubscription:
    """One that was removed is found only where it is asked for."""
    query = select(WebhookSubscription).where(WebhookSubscription.id == subscription_id)
    if not removed:
        query = query.where(WebhookSubscription.removed_at.is_(None))
    found = await session.scalar(query.with_for_update(key_share=True) if lock else query)
    if found is None:
        raise NotFound("this hotel has no such webhook")
    return found


async def subscribe(
    session: AsyncSession, vault: Vault, hotel_id: UUID, wanted: Mapping[str, Any], *, by: str
) -> tuple[WebhookSubscription, str]:
    """Gives the secret too: it is not shown again."""
    living = select(func.count()).where(WebhookSubscription.removed_at.is_(None))
    if (await session.scalar(living) or 0) >= MOST:
        raise TooManySubscriptions
    secret = new_secret()
    made = WebhookSubscription(
        hotel_id=hotel_id, secret=await seal(session, vault, hotel_id, secret), **wanted
    )
    session.add(made)
    await session.flush()
    await session.refresh(made)
    told = {k: v for k, v in wanted.items() if k != "conditions"}
    record(session, hotel_id, "webhook.add", f"webhook:{made.id}", by=by, new=told)
    return made, secret


async def change(
    session: AsyncSession,
    subscription_id: UUID,
    wanted: Mapping[str, Any],
    *,
    by: str,
    now: datetime,
) -> WebhookSubscription:
    found = await subscription(session, subscription_id, lock=True)
    old, new = changed(found, wanted)
    for name, value in new.items():
        setattr(found, name, value)
    if "url" in new or new.get("enabled"):
        found.failures, found.rest_until = 0, None
    if new.get("enabled") is False:
        await _give_up(session, found.id, "switched off", now=now)
    shown = {k: v for k, v in new.items() if k != "conditions"}
    before = {k: old[k] for k in shown}
    subject = f"webhook:{found.id}"
    record(session, found.hotel_id, "webhook.change", subject, by=by, old=before, new=shown)
    await session.flush()
    return found


async def rotate_secret(
    session: AsyncSession, vault: Vault, subscription_id: UUID, *, by: str, now: datetime
) -> tuple[WebhookSubscription, str]:
    """Both secrets sign for a day; the one before the old one no longer does."""
    found = await subscription(session, subscription_id, lock=True)
    secret = new_secret()
    found.old_secret, found.old_secret_until = found.secret, now + OVERLAP
    found.secret = await seal(session, vault, found.hotel_id, secret)
    subject, new = f"webhook:{found.id}", {"old_until": found.old_secret_until}
    record(session, found.hotel_id, "webhook.rotate", subject, by=by, new=new)
    await session.flush()
    return found, secret


async def remove(
    session: AsyncSession, subscription_id: UUID, *, by: str, now: datetime
) -> WebhookSubscription:
    """Its log stays until it is too old; its secrets go at once."""
    found = await subscription(session, subscription_id, lock=True)
    found.enabled, found.removed_at, found.secret, found.old_secret = False, now, None, None
    await _give_up(session, found.id, "removed", now=now)
    record(session, found.hotel_id, "webhook.remove", f"webhook:{found.id}", by=by)
    await session.flush()
    return found


async def switch_off(session: AsyncSession, found: WebhookSubscription, *, now: datetime) -> None:
    """The receiver said that it is gone for good."""
    found.enabled = False
    await _give_up(session, found.id, "the receiver is gone (410)", now=now)
    subject, new = f"webhook:{found.id}", {"enabled": False}
    record(session, found.hotel_id, "webhook.change", subject, by="receiver", new=new)


async def _give_up(
    session: AsyncSession, subscription_id: UUID, why: str, *, now: datetime
) -> None:
    waiting = update(WebhookDelivery).where(
        WebhookDelivery.subscription_id == subscription_id, WebhookDelivery.status == "waiting"
    )
    await session.execute(waiting.values(status="dead", error=why, done_at=now))


async def valid_secrets(
    session: AsyncSession, vault: Vault, found: WebhookSubscription, *, now: datetime
) -> list[str]:
    """Newest first."""
    sealed = [found.secret]
    if found.old_secret and found.old_secret_until and found.old_secret_until > now:
        sealed.append(found.old_secret)
    return [await unseal(session, vault, found.hotel_id, one) for one in sealed if one]
