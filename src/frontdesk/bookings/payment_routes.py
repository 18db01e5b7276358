"""Payments over HTTP: the hotel's account, links, money taken at the desk, refunds."""

import json
from datetime import timedelta
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy import select

from frontdesk.bookings import accounts
from frontdesk.bookings.card_gate import refuse_cards
from frontdesk.bookings.cashier import Cashier, open_link, send_refund, settle
from frontdesk.bookings.learn import accept_as_is, learn
from frontdesk.bookings.payment_models import Payment, PaymentAccount, Refund
from frontdesk.bookings.payment_schemas import (
    AccountIn,
    AccountOut,
    LinkIn,
    PaymentOut,
    RefundIn,
    RefundOut,
    TakeIn,
)
from frontdesk.bookings.payments import Sum, account, ask, payment, take
from frontdesk.bookings.provider import Told
from frontdesk.bookings.refund import cost_of_refund, give_back
from frontdesk.kit.errors import NotFound
from frontdesk.kit.settings import Settings
from frontdesk.kit.web import ClockDep, DbDep, Page, PageDep, SettingsDep, VaultDep, page_rows
from frontdesk.tenancy.approval import need_approval
from frontdesk.tenancy.audit import record
from frontdesk.tenancy.auth import Principal, allow
from frontdesk.tenancy.idempotency import OnceDep, answer_once

router = APIRouter(
    prefix="/v1/hotels/{hotel_id}", tags=["payments"], dependencies=[Depends(refuse_cards)]
)
Reader = Annotated[Principal, Depends(allow("payments:read"))]
Writer = Annotated[Principal, Depends(allow("payments:write"))]
Refunder = Annotated[Principal, Depends(allow("payments:refund"))]
HotelWriter = Annotated[Principal, Depends(allow("hotel:write"))]
Open = Literal["pending", "unknown", "authorised"]
Status = Open | Literal["paid", "failed", "refunded", "partially_refunded", "released"]


def _cashier(
    request: Request, db: DbDep, vault: VaultDep, clock: ClockDep, settings: SettingsDep
) -> Cashier:
    provider = request.app.state.pay_provider
    return Cashier(db, vault, clock, provider, f"{settings.public_url}/paid")


CashierDep = Annotated[Cashier, Depends(_cashier)]


def _shown(own: PaymentAccount, settings: Settings) -> AccountOut:
    return AccountOut(
        id=own.id,
        provider=own.provider,
        webhook_url=f"{settings.public_url}/webhooks/payments/{own.webhook_key}",
        has_webhook_secret=own.webhook_secret is not None,
        deposit_share=own.deposit_share,
        return_url=own.return_url,
    )


@router.put("/payment-account")
async def put_account(
    db: DbDep,
    vault: VaultDep,
    settings: SettingsDep,
    hotel_id: UUID,
    asker: HotelWriter,
    wanted: AccountIn,
) -> AccountOut:
    """A webhook secret that is not given stays as it is."""
    given = accounts.Account(
        settings.stripe_url,
        wanted.secret_key,
        wanted.webhook_secret,
        wanted.deposit_share,
        wanted.return_url,
    )
    async with db.hotel(hotel_id) as session:
        own = await accounts.set_account(session, vault, hotel_id, given, by=asker.actor)
        return _shown(own, settings)


@router.get("/payment-account")
async def read_account(
    db: DbDep, settings: SettingsDep, hotel_id: UUID, asker: Reader
) -> AccountOut:
    async with db.hotel(hotel_id) as session:
        own = await account(session)
    if own is None:
        raise NotFound("this hotel has no payment account")
    return _shown(own, settings)


@router.post("/bookings/{booking_id}/payment-links", status_code=201, response_model=PaymentOut)
async def create_link(
    cashier: CashierDep,
    hotel_id: UUID,
    booking_id: UUID,
    asker: Writer,
    once: OnceDep,
    wanted: LinkIn,
) -> Response:
    """A page of the provider's where the guest pays; `unknown` where its answer was lost."""
    lasts = timedelta(minutes=wanted.minutes)
    sum_ = Sum(wanted.amount, wanted.share, wanted.purpose, wanted.folio_id)
    async with cashier.db.hotel(hotel_id) as session:

        async def create() -> BaseModel:
            now = cashier.clock.now()
            made = await ask(session, booking_id, sum_, lasts=lasts, by=asker.actor, now=now)
            return PaymentOut.model_validate(made)

        asked = await answer_once(session, once, hotel_id, create)
    payment_id = UUID(json.loads(bytes(asked.body))["id"])
    opened = await open_link(cashier, hotel_id, payment_id)
    return JSONResponse(PaymentOut.model_validate(opened).model_dump(mode="json"), 201)


@router.post("/bookings/{booking_id}/payments", status_code=201, response_model=PaymentOut)
async def take_payment(
    db: DbDep,
    clock: ClockDep,
    hotel_id: UUID,
    booking_id: UUID,
    asker: Writer,
    once: OnceDep,
    wanted: TakeIn,
) -> Response:
    """Paid at the hotel: cash, its own card terminal, or a transfer that arrived."""
    sum_ = Sum(wanted.amount, None, wanted.purpose, wanted.folio_id)
    async with db.hotel(hotel_id) as session:

        async def create() -> BaseModel:
            made = await take(
                session,
                booking_id,
                sum_,
                method=wanted.method,
                reference=wanted.reference,
                by=asker.actor,
            )
            told = Told(paid=made.amount)
            await learn(session, made, told, by=asker.actor, now=clock.now())
            return PaymentOut.model_validate(made)

        return await answer_once(session, once, hotel_id, create)


@router.get("/payments")
async def list_payments(
    db: DbDep,
    hotel_id: UUID,
    asker: Reader,
    ask_page: PageDep,
    status: Status | None = None,
    *,
    attention: bool = False,
) -> Page[PaymentOut]:
    """`attention` shows only what somebody has to decide: late, double, partial, more than was
    asked for, disputed, in another currency, unsettled.
    """
    query = select(Payment)
    if status is not None:
        query = query.where(Payment.status == status)
    if attention:
        query = query.where(Payment.attention.is_not(None))
    async with db.hotel(hotel_id) as session:
        rows, after = await page_rows(session, query, ask_page, Payment.created_at, Payment.id)
    return Page(items=[PaymentOut.model_validate(r) for r in rows], next=after)


@router.get("/payments/{payment_id}")
async def read_payment(db: DbDep, hotel_id: UUID, payment_id: UUID, asker: Reader) -> PaymentOut:
    async with db.hotel(hotel_id) as session:
        return PaymentOut.model_validate(await payment(session, payment_id))


@router.get("/payments/{payment_id}/refunds")
async def list_refunds(
    db: DbDep, hotel_id: UUID, payment_id: UUID, asker: Reader
) -> list[RefundOut]:
    async with db.hotel(hotel_id) as session:
        await payment(session, payment_id)
        query = select(Refund).where(Refund.payment_id == payment_id).order_by(Refund.id)
        return [RefundOut.model_validate(r) for r in (await session.scalars(query)).all()]


@router.post("/payments/{payment_id}/refunds", status_code=201, response_model=RefundOut)
async def refund_payment(
    cashier: CashierDep,
    hotel_id: UUID,
    payment_id: UUID,
    asker: Refunder,
    once: OnceDep,
    wanted: RefundIn,
) -> Response:
    """All or a part, never more than came in; `unknown` where the provider's answer was lost."""
    now = cashier.clock.now()
    async with cashier.db.hotel(hotel_id) as session:

        async def create() -> BaseModel:
            cost = await cost_of_refund(session, payment_id, wanted.amount)
            await need_approval(session, asker, "payments:refund", cost)
            made = await give_back(
                session,
                payment_id,
                wanted.amount,
                reason=wanted.reason,
                by=asker.actor,
                now=now,
            )
            return RefundOut.model_validate(made)

        asked = await answer_once(session, once, hotel_id, create)
    refund_id = UUID(json.loads(bytes(asked.body))["id"])
    sent = await send_refund(cashier, hotel_id, refund_id)
    return JSONResponse(RefundOut.model_validate(sent).model_dump(mode="json"), 201)


@router.post("/payments/{payment_id}/accept")
async def accept_payment(db: DbDep, hotel_id: UUID, payment_id: UUID, asker: Writer) -> PaymentOut:
    """Somebody looked at it and keeps the money."""
    async with db.hotel(hotel_id) as session:
        return PaymentOut.model_validate(await accept_as_is(session, payment_id, by=asker.actor))


@router.post("/payments/{payment_id}/check")
async def check_payment(
    db: DbDep, cashier: CashierDep, hotel_id: UUID, payment_id: UUID, asker: Writer
) -> PaymentOut:
    """Ask the provider how it stands now."""
    stands = PaymentOut.model_validate(await settle(cashier, hotel_id, payment_id))
    async with db.hotel(hotel_id) as session:
        record(session, hotel_id, "payment.check", f"payment:{payment_id}", by=asker.actor)
    return stands
