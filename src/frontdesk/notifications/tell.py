"""Signed webhooks to a hotel's own systems: stored, retried for a day, then visibly dead."""

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import httpx
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.clock import Clock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.logs import get_logger
from frontdesk.kit.outside import PrivateAddress, refuse_private
from frontdesk.kit.secrets import Vault
from frontdesk.notifications.models import NotificationDelivery, StaffNotification, StaffWebhook
from frontdesk.tenancy.envelope import unseal

MAX_TRIES = 14
"""Doubling from 5 s and capped at two hours: about a day."""


@dataclass(frozen=True, slots=True)
class Messenger:
    """What telling by webhook needs."""

    db: Database
    vault: Vault
    clock: Clock
    client: httpx.AsyncClient
    allow_private: bool = False


@dataclass(frozen=True, slots=True)
class Parcel:
    delivery_id: UUID
    url: str
    body: bytes
    headers: dict[str, str]


def sign(secret: str, timestamp: int, body: bytes) -> str:
    """HMAC-SHA256 of `timestamp.body`, hex: the receiver checks both and refuses old times."""
    return hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()


async def tell_next(messenger: Messenger, hotel_id: HotelId) -> bool:
    """Send one due delivery; false when none is due."""
    async with messenger.db.hotel(hotel_id) as session:
        parcel = await _claim(session, messenger)
    if parcel is None:
        return False
    error = await _send(messenger, parcel)
    async with messenger.db.hotel(hotel_id) as session:
        await _note(session, parcel.delivery_id, error, now=messenger.clock.now())
    return True


async def _claim(session: AsyncSession, messenger: Messenger) -> Parcel | None:
    """Moves the next try forward before the call: a crash costs one wait, not a loss."""
    now = messenger.clock.now()
    found = (
        await session.execute(
            select(NotificationDelivery, StaffNotification, StaffWebhook)
            .join(
                StaffNotification,
                (StaffNotification.hotel_id == NotificationDelivery.hotel_id)
                & (StaffNotification.id == NotificationDelivery.notification_id),
            )
            .join(
                StaffWebhook,
                (StaffWebhook.hotel_id == NotificationDelivery.hotel_id)
                & (StaffWebhook.id == NotificationDelivery.webhook_id),
            )
            .where(
                NotificationDelivery.status == "waiting", NotificationDelivery.next_try_at <= now
            )
            .order_by(NotificationDelivery.next_try_at)
            .limit(1)
            .with_for_update(skip_locked=True, of=NotificationDelivery)
        )
    ).first()
    if found is None:
        return None
    delivery, told, hook = found
    delivery.tries += 1
    delivery.next_try_at = now + timedelta(seconds=min(7200, 5 * 2**delivery.tries))
    body = json.dumps(_facts(told)).encode()
    timestamp = int(now.timestamp())
    secret = await unseal(session, messenger.vault, hook.hotel_id, hook.secret)
    headers = {
        "Content-Type": "application/json",
        "Frontdesk-Delivery": str(delivery.id),
        "Frontdesk-Timestamp": str(timestamp),
        "Frontdesk-Signature": sign(secret, timestamp, body),
    }
    return Parcel(delivery.id, hook.url, body, headers)


def _facts(told: StaffNotification) -> dict[str, object]:
    return {
        "event": "notification.created",
        "id": str(told.id),
        "hotel_id": str(told.hotel_id),
        "kind": told.kind,
        "priority_score": told.priority_score,
        "title": told.title,
        "body": told.body,
        "conversation_id": str(told.conversation_id) if told.conversation_id else None,
        "created_at": told.created_at.isoformat(),
    }


async def _send(messenger: Messenger, parcel: Parcel) -> str | None:
    """None when it was taken, else why not."""
    try:
        if not messenger.allow_private:
            await refuse_private(parcel.url)
        answer = await messenger.client.post(
            parcel.url, content=parcel.body, headers=parcel.headers, follow_redirects=False
        )
    except (httpx.HTTPError, PrivateAddress, OSError) as lost:
        return type(lost).__name__
    return None if answer.is_success else f"HTTP {answer.status_code}"


async def _note(
    session: AsyncSession, delivery_id: UUID, error: str | None, *, now: datetime
) -> None:
    delivery = (
        await session.scalars(
            select(NotificationDelivery).where(NotificationDelivery.id == delivery_id)
        )
    ).one()
    delivery.error = error
    if error is None:
        delivery.status = "sent"
    elif delivery.tries >= MAX_TRIES:
        delivery.status = "dead"
        get_logger().error("staff_webhook_dead", delivery=str(delivery_id), at=now.isoformat())
