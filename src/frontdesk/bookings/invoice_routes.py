"""Invoices over HTTP: issued, taken back, printed as HTML or PDF."""

import asyncio
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel
from sqlalchemy import select

from frontdesk.bookings.card_gate import refuse_cards
from frontdesk.bookings.invoice import BilledTo, credit, invoice, issue
from frontdesk.bookings.invoice_models import Invoice
from frontdesk.bookings.invoice_paper import as_html, as_pdf, lay_out
from frontdesk.bookings.invoice_schemas import CreditIn, InvoiceIn, InvoiceOut
from frontdesk.kit.web import ClockDep, DbDep, Page, PageDep, SettingsDep, page_rows
from frontdesk.tenancy.auth import Principal, allow
from frontdesk.tenancy.idempotency import OnceDep, answer_once
from frontdesk.tenancy.queries import the_hotel

router = APIRouter(
    prefix="/v1/hotels/{hotel_id}", tags=["payments"], dependencies=[Depends(refuse_cards)]
)
Reader = Annotated[Principal, Depends(allow("payments:read"))]
Writer = Annotated[Principal, Depends(allow("payments:write"))]
POLICY = "default-src 'none'; style-src 'unsafe-inline'"


@router.post("/folios/{folio_id}/invoices", status_code=201, response_model=InvoiceOut)
async def issue_invoice(
    db: DbDep,
    clock: ClockDep,
    hotel_id: UUID,
    folio_id: UUID,
    asker: Writer,
    once: OnceDep,
    wanted: InvoiceIn,
) -> Response:
    """Over the folio's charges that are on no invoice yet."""
    to = BilledTo(wanted.buyer.name, wanted.buyer.address, wanted.buyer.tax_number)
    async with db.hotel(hotel_id) as session:

        async def create() -> BaseModel:
            made = await issue(
                session, folio_id, to, language=wanted.language, by=asker.actor, now=clock.now()
            )
            return InvoiceOut.model_validate(made)

        return await answer_once(session, once, hotel_id, create)


@router.post("/invoices/{invoice_id}/credit-note", status_code=201, response_model=InvoiceOut)
async def credit_invoice(
    db: DbDep,
    clock: ClockDep,
    hotel_id: UUID,
    invoice_id: UUID,
    asker: Writer,
    once: OnceDep,
    wanted: CreditIn,
) -> Response:
    async with db.hotel(hotel_id) as session:

        async def create() -> BaseModel:
            made = await credit(
                session, invoice_id, reason=wanted.reason, by=asker.actor, now=clock.now()
            )
            return InvoiceOut.model_validate(made)

        return await answer_once(session, once, hotel_id, create)


@router.get("/invoices")
async def list_invoices(db: DbDep, hotel_id: UUID, asker: Reader, ask: PageDep) -> Page[InvoiceOut]:
    async with db.hotel(hotel_id) as session:
        rows, after = await page_rows(session, select(Invoice), ask, Invoice.created_at, Invoice.id)
    return Page(items=[InvoiceOut.model_validate(r) for r in rows], next=after)


@router.get("/invoices/{invoice_id}")
async def read_invoice(db: DbDep, hotel_id: UUID, invoice_id: UUID, asker: Reader) -> InvoiceOut:
    async with db.hotel(hotel_id) as session:
        return InvoiceOut.model_validate(await invoice(session, invoice_id))


@router.get("/invoices/{invoice_id}/document", response_class=Response)
async def print_invoice(
    db: DbDep,
    settings: SettingsDep,
    hotel_id: UUID,
    invoice_id: UUID,
    asker: Reader,
    form: Literal["html", "pdf"] = "html",
) -> Response:
    async with db.hotel(hotel_id) as session:
        paper = lay_out(await invoice(session, invoice_id), (await the_hotel(session)).timezone)
    if form == "html":
        headers = {"Content-Security-Policy": POLICY}
        return Response(as_html(paper), media_type="text/html", headers=headers)
    name = {"Content-Disposition": f'inline; filename="{paper.head[0][1]}.pdf"'}
    body = await asyncio.to_thread(as_pdf, paper, settings.invoice_font)
    return Response(body, media_type="application/pdf", headers=name)
