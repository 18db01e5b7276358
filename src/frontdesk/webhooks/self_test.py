"""A self-test: `webhook.test` goes out at once, and what came of it is shown."""

import json
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from frontdesk.kit.ids import HotelId, uuid7
from frontdesk.kit.posting import Answer, post_out
from frontdesk.tenancy.audit import record
from frontdesk.webhooks.claim import parcel_of
from frontdesk.webhooks.courier import Courier
from frontdesk.webhooks.models import WebhookDelivery
from frontdesk.webhooks.settle import attempt_of
from frontdesk.webhooks.subscriptions import subscription

TEST = "webhook.test"


async def try_out(
    courier: Courier, hotel_id: HotelId, subscription_id: UUID, *, by: str
) -> tuple[WebhookDelivery, Answer]:
    """Also of a webhook that is switched off; tried once, and no part of the order."""
    now = courier.clock.now()
    async with courier.db.hotel(hotel_id) as session:
        found = await subscription(session, subscription_id)
        row = WebhookDelivery(
            hotel_id=hotel_id,
            id=uuid7(),
            subscription_id=found.id,
            event_type=TEST,
            subject=found.id,
            seq=0,
            status="dead",
            error="not answered yet",
            tries=1,
            calls=1,
            first_try_at=now,
        )
        session.add(row)
        record(session, hotel_id, "webhook.test", f"webhook:{found.id}", by=by)
        parcel = await parcel_of(session, courier.vault, found, row, _body(row, now), now=now)
    answer = await post_out(parcel, seconds=courier.seconds, public=courier.public)
    async with courier.db.hotel(hotel_id) as session:
        row = (
            await session.scalars(select(WebhookDelivery).where(WebhookDelivery.id == row.id))
        ).one()
        row.status, row.error = ("sent", None) if answer.taken else ("dead", answer.error)
        row.done_at = courier.clock.now()
        session.add(attempt_of(row, 1, answer, now=now))
    return row, answer


def _body(row: WebhookDelivery, now: datetime) -> bytes:
    told: dict[str, object] = {
        "type": TEST,
        "timestamp": now.isoformat(),
        "id": str(row.id),
        "hotel_id": str(row.hotel_id),
        "subject": str(row.subject),
        "data": {},
    }
    return json.dumps(told, separators=(",", ":")).encode()
