"""Authorisations over HTTP: asked for by link, captured in part or whole, released."""

import json
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from frontdesk.bookings.authorise import capture, held, release
from frontdesk.bookings.card_gate import refuse_cards
from frontdesk.bookings.cashier import open_link, send_ending
from frontdesk.bookings.payment_routes import CashierDep
from frontdesk.bookings.payment_schemas import CaptureIn, LinkIn, PaymentOut
from frontdesk.bookings.payments import Sum, ask
from frontdesk.tenancy.approval import need_approval
from frontdesk.tenancy.auth import Principal, allow
from frontdesk.tenancy.idempotency import OnceDep, answer_once

router = APIRouter(
    prefix="/v1/hotels/{hotel_id}", tags=["payments"], dependencies=[Depends(refuse_cards)]
)
Writer = Annotated[Principal, Depends(allow("payments:write"))]
SCOPE = "payments:write"


@router.post("/bookings/{booking_id}/authorisations", status_code=201, response_model=PaymentOut)
async def create_authorisation(
    cashier: CashierDep,
    hotel_id: UUID,
    booking_id: UUID,
    asker: Writer,
    once: OnceDep,
    wanted: LinkIn,
) -> Response:
    """A page of the provider's where the guest lets an amount be held: nothing is on the folio
    until it is captured, and after seven days it is theirs again.
    """
    lasts = timedelta(minutes=wanted.minutes)
    sum_ = Sum(wanted.amount, wanted.share, wanted.purpose, wanted.folio_id)
    async with cashier.db.hotel(hotel_id) as session:

        async def create() -> BaseModel:
            by, now = asker.actor, cashier.clock.now()
            made = await ask(
                session, booking_id, sum_, lasts=lasts, by=by, now=now, method="authorisation"
            )
            return PaymentOut.model_validate(made)

        asked = await answer_once(session, once, hotel_id, create)
    payment_id = UUID(json.loads(bytes(asked.body))["id"])
    opened = await open_link(cashier, hotel_id, payment_id)
    return JSONResponse(PaymentOut.model_validate(opened).model_dump(mode="json"), 201)


@router.post("/payments/{payment_id}/capture")
async def capture_payment(
    cashier: CashierDep, hotel_id: UUID, payment_id: UUID, asker: Writer, wanted: CaptureIn
) -> PaymentOut:
    """Once, all or a part; the rest is let go. Still `authorised` where the answer was lost."""
    by, now = asker.actor, cashier.clock.now()
    async with cashier.db.hotel(hotel_id) as session:
        whole = await held(session, payment_id)
        cost = whole if wanted.amount is None else wanted.amount
        await need_approval(session, asker, SCOPE, min(cost, whole))
        await capture(session, payment_id, wanted.amount, by=by, now=now)
    return PaymentOut.model_validate(await send_ending(cashier, hotel_id, payment_id))


@router.post("/payments/{payment_id}/release")
async def release_payment(
    cashier: CashierDep, hotel_id: UUID, payment_id: UUID, asker: Writer
) -> PaymentOut:
    """All of it goes free; who may take so much may also let it go."""
    by, now = asker.actor, cashier.clock.now()
    async with cashier.db.hotel(hotel_id) as session:
        await need_approval(session, asker, SCOPE, await held(session, payment_id))
        await release(session, payment_id, by=by, now=now)
    return PaymentOut.model_validate(await send_ending(cashier, hotel_id, payment_id))
