"""Invoices: numbered without a gap, never changed; a credit note takes one back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from frontdesk.bookings import queries
from frontdesk.bookings.cards import without_cards
from frontdesk.bookings.folio import CHARGES, folio, lines
from frontdesk.bookings.folio_models import Folio, FolioLine
from frontdesk.bookings.invoice_models import Invoice, InvoiceCounter
from frontdesk.guests.models import Guest
from frontdesk.kit.clock import local_day
from frontdesk.kit.errors import Conflict, NotFound
from frontdesk.kit.ids import uuid7
from frontdesk.tenancy.audit import record
from frontdesk.tenancy.models import Hotel
from frontdesk.tenancy.queries import the_hotel


class NoSuchInvoice(NotFound):
    """There is no such invoice"""

    code = "no_such_invoice"


class NothingToInvoice(Conflict):
    """Every charge of this folio is on an invoice already"""

    code = "nothing_to_invoice"


class NotCreditable(Conflict):
    """This invoice was taken back already, or is a credit note itself"""

    code = "not_creditable"


@dataclass(frozen=True, slots=True)
class BilledTo:
    name: str
    address: str = ""
    tax_number: str = ""


async def invoice(session: AsyncSession, invoice_id: UUID) -> Invoice:
    found = await session.scalar(select(Invoice).where(Invoice.id == invoice_id))
    if found is None:
        raise NoSuchInvoice
    return found


async def issue(
    session: AsyncSession,
    folio_id: UUID,
    to: BilledTo,
    *,
    language: str | None,
    by: str,
    now: datetime,
) -> Invoice:
    """An invoice over the folio's charges that are on none yet. Raises NothingToInvoice."""
    of = await folio(session, folio_id, lock=True)
    posted = await lines(session, folio_id)
    billed = _net(posted, await _billed(session, folio_id))
    if not billed:
        raise NothingToInvoice
    hotel = await the_hotel(session)
    document = {
        "seller": {"name": hotel.name, "phone": hotel.phone},
        "buyer": {
            "name": without_cards(to.name),
            "address": without_cards(to.address),
            "tax_number": without_cards(to.tax_number),
        },
        "stay": await _stay(session, of),
        "lines": [_shown(line) for line in billed],
        "paid": -sum(line.amount for line in posted if line.kind not in CHARGES),
    }
    return await _number(
        session, hotel, of.id, document, language=language or hotel.language, by=by, now=now
    )


def _net(posted: Sequence[FolioLine], billed: frozenset[str]) -> list[FolioLine]:
    """Charges not billed yet; one that was reversed before it was billed, and its mirror, go."""
    undone = {line.reverses_id: line for line in posted if line.reverses_id is not None}
    open_ = [line for line in posted if line.kind in CHARGES and str(line.id) not in billed]
    gone = {
        part
        for line in open_
        if line.id in undone and str(undone[line.id].id) not in billed
        for part in (line.id, undone[line.id].id)
    }
    return [line for line in open_ if line.id not in gone]


async def _billed(session: AsyncSession, folio_id: UUID) -> frozenset[str]:
    """The lines of invoices that no credit note took back."""
    credit = aliased(Invoice)
    query = (
        select(Invoice.document)
        .outerjoin(
            credit, (credit.hotel_id == Invoice.hotel_id) & (credit.corrects_id == Invoice.id)
        )
        .where(Invoice.folio_id == folio_id, Invoice.kind == "invoice", credit.id.is_(None))
    )
    documents = (await session.scalars(query)).all()
    return frozenset(line["id"] for d in documents for line in d.get("lines", ()))


async def _stay(session: AsyncSession, of: Folio) -> dict[str, Any]:
    booking = await queries.booking(session, of.booking_id)
    guest = await session.scalar(select(Guest).where(Guest.id == booking.guest_id))
    return {
        "code": booking.code,
        "guest": guest.name if guest else None,
        "arrival": booking.arrival.isoformat(),
        "departure": booking.departure.isoformat(),
    }


def _shown(line: FolioLine) -> dict[str, Any]:
    return {
        "id": str(line.id),
        "date": line.business_date.isoformat(),
        "kind": line.kind,
        "description": line.description,
        "amount": line.amount,
    }


async def credit(
    session: AsyncSession, invoice_id: UUID, *, reason: str, by: str, now: datetime
) -> Invoice:
    """Take a whole invoice back; its charges may then be invoiced anew. Raises NotCreditable."""
    wrong = await invoice(session, invoice_id)
    await folio(session, wrong.folio_id, lock=True)
    taken = select(Invoice.id).where(Invoice.corrects_id == wrong.id)
    if wrong.kind != "invoice" or await session.scalar(taken) is not None:
        raise NotCreditable
    document = {
        **wrong.document,
        "lines": [{**line, "amount": -line["amount"]} for line in wrong.document.get("lines", ())],
        "paid": 0,
        "corrects": wrong.number,
        "reason": without_cards(reason),
    }
    hotel = await the_hotel(session)
    return await _number(
        session,
        hotel,
        wrong.folio_id,
        document,
        language=wrong.language,
        by=by,
        now=now,
        corrects=wrong.id,
    )


async def _number(
    session: AsyncSession,
    hotel: Hotel,
    folio_id: UUID,
    document: dict[str, Any],
    *,
    language: str,
    by: str,
    now: datetime,
    corrects: UUID | None = None,
) -> Invoice:
    """The next number of the hotel's year: its counter stays locked until this is committed."""
    year = local_day(now, hotel.timezone).year
    first = insert(InvoiceCounter).values(hotel_id=hotel.id, year=year, last=1)
    next_ = first.on_conflict_do_update(
        index_elements=["hotel_id", "year"], set_={"last": InvoiceCounter.last + 1}
    )
    sequence = int(await session.scalar(next_.returning(InvoiceCounter.last)) or 0)
    listed: list[dict[str, Any]] = document["lines"]
    made = Invoice(
        hotel_id=hotel.id,
        id=uuid7(),
        folio_id=folio_id,
        corrects_id=corrects,
        kind="credit_note" if corrects else "invoice",
        year=year,
        sequence=sequence,
        number=f"{year}-{sequence:05d}",
        language=language,
        currency=hotel.currency,
        total=sum(line["amount"] for line in listed),
        tax=sum(line["amount"] for line in listed if line["kind"] == "tax"),
        issued_at=now,
        issued_by=by,
        document=document,
    )
    session.add(made)
    await session.flush()
    new = {"number": made.number, "total": made.total}
    record(session, hotel.id, f"{made.kind}.issue", f"invoice:{made.id}", by=by, new=new)
    return made
