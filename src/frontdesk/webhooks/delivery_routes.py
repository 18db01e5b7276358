"""What the hotel's own systems were sent, over HTTP: the log, and sending again."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from sqlalchemy import select

from frontdesk.kit.web import DbDep, Page, PageDep, page_rows
from frontdesk.messaging.event_routes import EventName
from frontdesk.tenancy.auth import Principal, allow
from frontdesk.webhooks.models import WebhookAttempt, WebhookDelivery
from frontdesk.webhooks.replay import Span, delivery, replay_dead, replay_one, replay_span
from frontdesk.webhooks.schemas import (
    AttemptOut,
    DeliveryOut,
    DeliveryWithAttempts,
    ReplayIn,
    ReplayOut,
)
from frontdesk.webhooks.subscriptions import subscription

router = APIRouter(prefix="/v1/hotels/{hotel_id}", tags=["webhooks"])
Reader = Annotated[Principal, Depends(allow("keys:read"))]
Writer = Annotated[Principal, Depends(allow("keys:write"))]
Status = Literal["waiting", "sending", "sent", "skipped", "dead"]


@router.get("/webhook-deliveries")
async def list_webhook_deliveries(
    db: DbDep,
    hotel_id: UUID,
    asker: Reader,
    ask: PageDep,
    subscription_id: Annotated[UUID | None, Query()] = None,
    status: Annotated[Status | None, Query()] = None,
    event_type: Annotated[EventName | None, Query()] = None,
) -> Page[DeliveryOut]:
    """Newest first."""
    model = WebhookDelivery
    query = select(model)
    narrowed = {
        model.subscription_id: subscription_id,
        model.status: status,
        model.event_type: event_type,
    }
    for column, value in narrowed.items():
        if value is not None:
            query = query.where(column == value)
    async with db.hotel(hotel_id) as session:
        if subscription_id is not None:
            await subscription(session, subscription_id, removed=True)
        rows, after = await page_rows(session, query, ask, model.created_at, model.id)
    return Page(items=[DeliveryOut.model_validate(r) for r in rows], next=after)


@router.get("/webhook-deliveries/{webhook_delivery_id}")
async def read_webhook_delivery(
    db: DbDep, hotel_id: UUID, webhook_delivery_id: UUID, asker: Reader
) -> DeliveryWithAttempts:
    """With every call and what the receiver said."""
    calls = select(WebhookAttempt).where(WebhookAttempt.delivery_id == webhook_delivery_id)
    async with db.hotel(hotel_id) as session:
        row = await delivery(session, webhook_delivery_id)
        newest = calls.order_by(WebhookAttempt.number.desc()).limit(100)
        attempts = [AttemptOut.model_validate(a) for a in await session.scalars(newest)]
    told = DeliveryOut.model_validate(row).model_dump()
    return DeliveryWithAttempts(**told, attempts=attempts)


@router.post("/webhook-deliveries/{webhook_delivery_id}/replay")
async def replay_webhook_delivery(
    db: DbDep, hotel_id: UUID, webhook_delivery_id: UUID, asker: Writer
) -> DeliveryOut:
    """Sends it again, with the same `webhook-id`."""
    async with db.hotel(hotel_id) as session:
        row = await replay_one(session, webhook_delivery_id, by=asker.actor)
        return DeliveryOut.model_validate(row)


@router.post("/webhooks/{subscription_id}/replay")
async def replay_webhook(
    db: DbDep, hotel_id: UUID, subscription_id: UUID, asker: Writer, wanted: ReplayIn
) -> ReplayOut:
    """In the order of the events, also what happened before the webhook was made."""
    async with db.hotel(hotel_id) as session:
        if wanted.since is None or wanted.before is None:
            count = await replay_dead(session, subscription_id, by=asker.actor)
        else:
            span = Span(wanted.since, wanted.before)
            count = await replay_span(session, subscription_id, span, by=asker.actor)
    return ReplayOut(count=count)
