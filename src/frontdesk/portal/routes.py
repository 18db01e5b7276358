"""Guest links over HTTP: given out and revoked by staff, exchanged and used by guests."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel
from sqlalchemy import select

from frontdesk.bookings import queries
from frontdesk.bookings.addon_routes import OrderIn, OrderOut
from frontdesk.bookings.addons import AddonWish, order_addon
from frontdesk.bookings.cashier import open_link
from frontdesk.bookings.invoice_paper import as_html, as_pdf, lay_out
from frontdesk.bookings.invoice_routes import POLICY
from frontdesk.bookings.invoice_schemas import InvoiceOut
from frontdesk.bookings.payment_routes import CashierDep
from frontdesk.bookings.payment_schemas import PaymentOut
from frontdesk.bookings.payments import Sum, ask
from frontdesk.bookings.review_schemas import ReviewIn, ReviewOut
from frontdesk.bookings.reviews import Opinion, write
from frontdesk.kit.web import ClockDep, DbDep, Page, PageDep, SettingsDep, SignerDep, page_rows
from frontdesk.portal import actions
from frontdesk.portal.doors import Guest
from frontdesk.portal.links import (
    SESSION_SECONDS,
    GuestAsker,
    enter,
    make_link,
    named_in,
    revoke_link,
)
from frontdesk.portal.models import GuestLink
from frontdesk.portal.schemas import (
    GuestBookingOut,
    GuestEnterIn,
    GuestLinkIn,
    GuestLinkOut,
    GuestPayIn,
    GuestSessionOut,
    LateIn,
    Made,
    NewGuestLink,
)
from frontdesk.rooms.addon_routes import AddonOut
from frontdesk.tenancy.auth import Anybody, Principal, allow
from frontdesk.tenancy.idempotency import Once, OnceDep, answer_once
from frontdesk.tenancy.queries import the_hotel

router = APIRouter(prefix="/v1/hotels/{hotel_id}", tags=["guest portal"])
portal = APIRouter(prefix="/v1/guest", tags=["guest portal"])
Reader = Annotated[Principal, Depends(allow("bookings:read"))]
Writer = Annotated[Principal, Depends(allow("bookings:write"))]


@router.post("/bookings/{booking_id}/guest-links", status_code=201)
async def create_guest_link(
    db: DbDep,
    clock: ClockDep,
    signer: SignerDep,
    hotel_id: UUID,
    booking_id: UUID,
    asker: Writer,
    wanted: GuestLinkIn,
) -> NewGuestLink:
    """Not replayable: the token is shown once and kept nowhere."""
    async with db.hotel(hotel_id) as session:
        by, now = asker.actor, clock.now()
        link, token = await make_link(session, signer, booking_id, days=wanted.days, by=by, now=now)
        return NewGuestLink(token=token, **GuestLinkOut.model_validate(link).model_dump())


@router.get("/bookings/{booking_id}/guest-links")
async def list_guest_links(
    db: DbDep, hotel_id: UUID, booking_id: UUID, asker: Reader, ask: PageDep
) -> Page[GuestLinkOut]:
    query = select(GuestLink).where(GuestLink.booking_id == booking_id)
    async with db.hotel(hotel_id) as session:
        await queries.booking(session, booking_id)
        rows, after = await page_rows(session, query, ask, GuestLink.created_at, GuestLink.id)
    return Page(items=[GuestLinkOut.model_validate(row) for row in rows], next=after)


@router.delete("/guest-links/{guest_link_id}")
async def delete_guest_link(
    db: DbDep, clock: ClockDep, hotel_id: UUID, guest_link_id: UUID, asker: Writer
) -> GuestLinkOut:
    """Revoked, with every session that it opened."""
    async with db.hotel(hotel_id) as session:
        done = await revoke_link(session, guest_link_id, by=asker.actor, now=clock.now())
        return GuestLinkOut.model_validate(done)


@portal.post("/session")
async def enter_as_guest(
    db: DbDep, clock: ClockDep, signer: SignerDep, _: Anybody, wanted: GuestEnterIn
) -> GuestSessionOut:
    """The bearer token that it answers opens the other routes for half an hour."""
    token = wanted.token.get_secret_value()
    hotel_id, _link = named_in(signer, token)
    async with db.hotel(hotel_id) as session:
        _asker, access = await enter(session, signer, token, now=clock.now())
    return GuestSessionOut(access_token=access, expires_in=SESSION_SECONDS)


@portal.get("/booking")
async def read_own_booking(db: DbDep, asker: Guest) -> GuestBookingOut:
    async with db.hotel(asker.hotel_id) as session:
        return GuestBookingOut.model_validate(await actions.own_booking(session, asker))


@portal.get("/invoices")
async def list_own_invoices(db: DbDep, asker: Guest) -> list[InvoiceOut]:
    async with db.hotel(asker.hotel_id) as session:
        found = await actions.own_invoices(session, asker)
    return [InvoiceOut.model_validate(row) for row in found]


@portal.get("/invoices/{invoice_id}/document", response_class=Response)
async def print_own_invoice(
    db: DbDep,
    settings: SettingsDep,
    asker: Guest,
    invoice_id: UUID,
    form: Literal["html", "pdf"] = "html",
) -> Response:
    async with db.hotel(asker.hotel_id) as session:
        found = await actions.own_invoice(session, asker, invoice_id)
        paper = lay_out(found, (await the_hotel(session)).timezone)
    if form == "html":
        headers = {"Content-Security-Policy": POLICY}
        return Response(as_html(paper), media_type="text/html", headers=headers)
    body = await asyncio.to_thread(as_pdf, paper, settings.invoice_font)
    return Response(body, media_type="application/pdf")


@portal.post("/payment-links", status_code=201)
async def ask_own_link(
    cashier: CashierDep, asker: Guest, once: OnceDep, wanted: GuestPayIn
) -> PaymentOut:
    """A page of the payment provider's, for the deposit or for all that is due."""
    sum_, lasts = Sum(purpose=wanted.purpose), timedelta(hours=12)
    async with cashier.db.hotel(asker.hotel_id) as session:

        async def create() -> BaseModel:
            now, by = cashier.clock.now(), asker.actor
            return Made(
                id=(await ask(session, asker.booking_id, sum_, lasts=lasts, by=by, now=now)).id
            )

        answer = await answer_once(session, own_once(once, asker), asker.hotel_id, create)
    made = Made.model_validate_json(bytes(answer.body))
    return PaymentOut.model_validate(await open_link(cashier, asker.hotel_id, made.id))


def own_once(once: Once, asker: GuestAsker) -> Once:
    """Keys of one link's bearer: two guests of a hotel may choose the same."""
    return replace(once, scope=f"{once.scope} {asker.link_id}")


@portal.get("/addons")
async def list_offered_addons(db: DbDep, asker: Guest) -> list[AddonOut]:
    async with db.hotel(asker.hotel_id) as session:
        return [AddonOut.model_validate(a) for a in await actions.offered_addons(session)]


@portal.get("/orders")
async def list_own_orders(db: DbDep, asker: Guest) -> list[OrderOut]:
    async with db.hotel(asker.hotel_id) as session:
        return [OrderOut.model_validate(o) for o in await actions.own_orders(session, asker)]


@portal.post("/orders", status_code=201, response_model=OrderOut)
async def order_own_addon(db: DbDep, asker: Guest, once: OnceDep, wanted: OrderIn) -> Response:
    wish = AddonWish(**wanted.model_dump())
    async with db.hotel(asker.hotel_id) as session:

        async def create() -> BaseModel:
            made = await order_addon(session, asker.booking_id, wish, by=asker.actor)
            return OrderOut.model_validate(made)

        return await answer_once(session, own_once(once, asker), asker.hotel_id, create)


@portal.post("/late-check-out", status_code=202)
async def ask_late(db: DbDep, clock: ClockDep, asker: Guest, wanted: LateIn) -> None:
    """Staff are told and decide."""
    async with db.hotel(asker.hotel_id) as session:
        await actions.ask_late_check_out(session, asker, wanted.until, now=clock.now())


@portal.post("/review", status_code=201, response_model=ReviewOut)
async def write_own_review(
    db: DbDep, clock: ClockDep, asker: Guest, once: OnceDep, wanted: ReviewIn
) -> Response:
    said = Opinion(wanted.rating, wanted.text, wanted.title)
    async with db.hotel(asker.hotel_id) as session:

        async def create() -> BaseModel:
            by, now = asker.actor, clock.now()
            made = await write(session, asker.booking_id, said, by=by, now=now)
            return ReviewOut.model_validate(made)

        return await answer_once(session, own_once(once, asker), asker.hotel_id, create)
