"""The hotel's webhooks over HTTP: made, changed, tried, given another secret, removed."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from sqlalchemy import select

from frontdesk.kit.errors import Invalid
from frontdesk.kit.ids import HotelId
from frontdesk.kit.outside import only_public
from frontdesk.kit.web import ClockDep, DbDep, Page, PageDep, SettingsDep, VaultDep, page_rows
from frontdesk.tenancy.auth import Principal, allow
from frontdesk.tenancy.queries import the_hotel
from frontdesk.webhooks.courier import Courier
from frontdesk.webhooks.models import WebhookSubscription
from frontdesk.webhooks.schemas import (
    NewSubscription,
    SubscriptionIn,
    SubscriptionOut,
    SubscriptionPatch,
    TestOut,
    check,
)
from frontdesk.webhooks.self_test import try_out
from frontdesk.webhooks.subscriptions import (
    change,
    remove,
    rotate_secret,
    subscribe,
    subscription,
)

router = APIRouter(prefix="/v1/hotels/{hotel_id}/webhooks", tags=["webhooks"])
Reader = Annotated[Principal, Depends(allow("keys:read"))]
Writer = Annotated[Principal, Depends(allow("keys:write"))]
"""Whoever gives out keys: what happens at the hotel goes out of the house here."""


def _courier(db: DbDep, vault: VaultDep, clock: ClockDep, settings: SettingsDep) -> Courier:
    return Courier(db, vault, clock, settings.allow_private_urls)


CourierDep = Annotated[Courier, Depends(_courier)]


@router.post("", status_code=201)
async def create_webhook_subscription(
    db: DbDep,
    vault: VaultDep,
    settings: SettingsDep,
    hotel_id: UUID,
    asker: Writer,
    wanted: SubscriptionIn,
) -> NewSubscription:
    """Not replayable: the secret is shown once.

    Each event comes as POST with `webhook-id`, `webhook-timestamp` and `webhook-signature` as
    Standard Webhooks 1.0.0 has them, and `webhook-attempt`. Any 2xx within 15 seconds takes it.
    """
    await only_public(wanted.url, allow_private=settings.allow_private_urls)
    async with db.hotel(hotel_id) as session:
        await the_hotel(session)
        columns = wanted.model_dump()
        made, secret = await subscribe(session, vault, hotel_id, columns, by=asker.actor)
        return _shown(made, secret)


def _shown(made: WebhookSubscription, secret: str) -> NewSubscription:
    told = SubscriptionOut.model_validate(made).model_dump()
    return NewSubscription(**told, secret=secret)


@router.get("")
async def list_webhook_subscriptions(
    db: DbDep, hotel_id: UUID, asker: Reader, ask: PageDep
) -> Page[SubscriptionOut]:
    model = WebhookSubscription
    query = select(model).where(model.removed_at.is_(None))
    async with db.hotel(hotel_id) as session:
        rows, after = await page_rows(session, query, ask, model.created_at, model.id)
    return Page(items=[SubscriptionOut.model_validate(r) for r in rows], next=after)


@router.get("/{subscription_id}")
async def read_webhook_subscription(
    db: DbDep, hotel_id: UUID, subscription_id: UUID, asker: Reader
) -> SubscriptionOut:
    async with db.hotel(hotel_id) as session:
        return SubscriptionOut.model_validate(await subscription(session, subscription_id))


@router.patch("/{subscription_id}")
async def change_webhook_subscription(
    db: DbDep,
    clock: ClockDep,
    settings: SettingsDep,
    hotel_id: UUID,
    subscription_id: UUID,
    asker: Writer,
    wanted: SubscriptionPatch,
) -> SubscriptionOut:
    """Switched off, nothing is owed any more and what waits is given up; `replay` brings it."""
    if wanted.url is not None:
        await only_public(wanted.url, allow_private=settings.allow_private_urls)
    said = wanted.model_dump(exclude_none=True)
    async with db.hotel(hotel_id) as session:
        known = await subscription(session, subscription_id)
        events, conditions = known.events, known.conditions
        try:
            check(said.get("events", events), said.get("conditions", conditions))
        except ValueError as wrong:
            raise Invalid(str(wrong)) from None
        found = await change(session, known.id, said, by=asker.actor, now=clock.now())
        return SubscriptionOut.model_validate(found)


@router.delete("/{subscription_id}")
async def delete_webhook_subscription(
    db: DbDep, clock: ClockDep, hotel_id: UUID, subscription_id: UUID, asker: Writer
) -> SubscriptionOut:
    """Its log stays until it is too old."""
    async with db.hotel(hotel_id) as session:
        found = await remove(session, subscription_id, by=asker.actor, now=clock.now())
        return SubscriptionOut.model_validate(found)


@router.post("/{subscription_id}/rotate-secret")
async def rotate_webhook_secret(
    db: DbDep,
    vault: VaultDep,
    clock: ClockDep,
    hotel_id: UUID,
    subscription_id: UUID,
    asker: Writer,
) -> NewSubscription:
    """For 24 hours both secrets sign, one signature each; the new one is shown once."""
    async with db.hotel(hotel_id) as session:
        found, secret = await rotate_secret(
            session, vault, subscription_id, by=asker.actor, now=clock.now()
        )
        return _shown(found, secret)


@router.post("/{subscription_id}/test")
async def try_webhook(
    courier: CourierDep, hotel_id: UUID, subscription_id: UUID, asker: Writer
) -> TestOut:
    """Sends `webhook.test` now, and shows what the receiver said."""
    row, answer = await try_out(courier, HotelId(hotel_id), subscription_id, by=asker.actor)
    return TestOut(
        delivery_id=row.id,
        taken=answer.taken,
        status_code=answer.status,
        error=answer.error,
        ms=answer.ms,
        answer=answer.text,
    )
