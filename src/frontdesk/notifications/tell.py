"""Telling staff by everything but the console: stored, retried for a day, then visibly dead."""

import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import httpx
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.ids import HotelId
from frontdesk.kit.logs import get_logger
from frontdesk.kit.outside import PrivateAddress, refuse_private
from frontdesk.notifications.apprise_door import Errand, call_service
from frontdesk.notifications.models import NotificationDelivery, StaffNotification, StaffWebhook
from frontdesk.notifications.parcels import Messenger, ServiceParcel, prepare, settle
from frontdesk.tenancy.envelope import unseal

MAX_TRIES = 14
"""Doubling from 5 s and capped at two hours: about a day."""
MOST_IN_ONE = 50
"""Alerts of one digest."""


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
    """Work what is owed to one person or place; false when nothing is due."""
    async with messenger.db.hotel(hotel_id) as session:
        owed = await _claim(session, messenger.clock.now())
        if not owed:
            return False
        parcel = await _parcel(session, messenger, owed)
    if parcel is None:
        return True
    if isinstance(parcel, Parcel):
        ids, error = (parcel.delivery_id,), await _send(messenger, parcel)
    else:
        ids, error = parcel.delivery_ids, await _serve(messenger, parcel)
    async with messenger.db.hotel(hotel_id) as session:
        await _note(session, ids, error, now=messenger.clock.now())
    return True


async def _claim(session: AsyncSession, now: datetime) -> Sequence[NotificationDelivery]:
    """The first that is due, with all of its digest. Moves the next try forward before the call:
    a crash costs one wait, not a loss.
    """
    model = NotificationDelivery
    due = (
        select(model)
        .where(model.status.in_(("waiting", "held")), model.next_try_at <= now)
        .order_by(model.next_try_at, model.id)
        .with_for_update(skip_locked=True)
    )
    first = await session.scalar(due.limit(1))
    if first is None:
        return ()
    owed: Sequence[NotificationDelivery] = (first,)
    if first.status == "held":
        same = (
            model.status == "held",
            model.staff_id == first.staff_id,
            model.channel == first.channel,
            model.channel_id.is_not_distinct_from(first.channel_id),
        )
        owed = (await session.scalars(due.where(*same).limit(MOST_IN_ONE))).all()
    for one in owed:
        one.tries += 1
        one.next_try_at = now + timedelta(seconds=min(7200, 5 * 2**one.tries))
    return owed


async def _parcel(
    session: AsyncSession, messenger: Messenger, owed: Sequence[NotificationDelivery]
) -> "Parcel | ServiceParcel | None":
    first = owed[0]
    if first.webhook_id is None:
        return await prepare(session, messenger, owed)
    of = select(StaffNotification).where(StaffNotification.id == first.notification_id)
    told = (await session.scalars(of)).one()
    to = select(StaffWebhook).where(StaffWebhook.id == first.webhook_id)
    hook = (await session.scalars(to)).one()
    now = messenger.clock.now()
    body = json.dumps(_facts(told)).encode()
    timestamp = int(now.timestamp())
    secret = await unseal(session, messenger.vault, hook.hotel_id, hook.secret)
    headers = {
        "Content-Type": "application/json",
        "Frontdesk-Delivery": str(first.id),
        "Frontdesk-Timestamp": str(timestamp),
        "Frontdesk-Signature": sign(secret, timestamp, body),
    }
    return Parcel(first.id, hook.url, body, headers)


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


async def _serve(messenger: Messenger, parcel: ServiceParcel) -> str | None:
    errand = Errand(parcel.url, parcel.title, parcel.body, messenger.allow_private)
    return await call_service(errand)


async def _note(
    session: AsyncSession, ids: Sequence[UUID], error: str | None, *, now: datetime
) -> None:
    query = select(NotificationDelivery).where(NotificationDelivery.id.in_(ids))
    for delivery in (await session.scalars(query.with_for_update())).all():
        last = delivery.tries >= MAX_TRIES
        settle(session, delivery, error, now=now, for_good=last)
        if error is not None and last:
            get_logger().error("delivery_dead", delivery=str(delivery.id), at=now.isoformat())
