"""The delivery log over HTTP: what went where, every attempt, and when the next one is."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends
from sqlalchemy import select

from frontdesk.kit.web import DbDep, Page, PageDep
from frontdesk.notifications.channel_models import DeliveryAttempt
from frontdesk.notifications.models import NotificationDelivery
from frontdesk.notifications.queries import notification
from frontdesk.notifications.rows import the
from frontdesk.notifications.schemas import DeliveryAttemptOut, NotificationDeliveryOut
from frontdesk.tenancy.auth import Principal, allow
from frontdesk.tenancy.rows import by_age, page_of_rows

router = APIRouter(prefix="/v1/hotels/{hotel_id}", tags=["staff"])
Reader = Annotated[Principal, Depends(allow("staff:read"))]
Status = Literal["waiting", "held", "sent", "dead", "skipped"]


@router.get("/notification-deliveries")
async def list_deliveries(
    db: DbDep,
    hotel_id: UUID,
    asker: Reader,
    ask: PageDep,
    notification_id: UUID | None = None,
    status: Status | None = None,
) -> Page[NotificationDeliveryOut]:
    """Newest first. By WhatsApp, `sent` is in the outbox, which has its own ticks."""
    model = NotificationDelivery
    query = select(model)
    if status is not None:
        query = query.where(model.status == status)
    if notification_id is not None:
        query = query.where(model.notification_id == notification_id)
        async with db.hotel(hotel_id) as session:
            await notification(session, notification_id)
    return await page_of_rows(db, hotel_id, ask, query, NotificationDeliveryOut, by_age(model))


@router.get("/notification-deliveries/{notification_delivery_id}/attempts")
async def list_attempts(
    db: DbDep, hotel_id: UUID, notification_delivery_id: UUID, asker: Reader, ask: PageDep
) -> Page[DeliveryAttemptOut]:
    async with db.hotel(hotel_id) as session:
        await the(session, NotificationDelivery, notification_delivery_id)
    query = select(DeliveryAttempt).where(DeliveryAttempt.delivery_id == notification_delivery_id)
    return await page_of_rows(db, hotel_id, ask, query, DeliveryAttemptOut, by_age(DeliveryAttempt))
