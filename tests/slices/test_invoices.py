"""Invoices: no number missing or twice, none ever changed, readable in more than one script."""

import asyncio
import re
import zlib
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from frontdesk.bookings.entries import reverse
from frontdesk.bookings.folio import split
from frontdesk.bookings.invoice import BilledTo, NotCreditable, NothingToInvoice, credit, issue
from frontdesk.bookings.invoice_models import Invoice
from frontdesk.bookings.invoice_paper import as_html, as_pdf, lay_out
from frontdesk.bookings.models import Booking
from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database
from frontdesk.kit.errors import NotFound
from frontdesk.kit.ids import HotelId
from tests.conftest import new_hotel
from tests.slices.test_booking import booked, quoted, room_of
from tests.slices.test_folio import charged, opened

BUYER = BilledTo("Müller & <Söhne>", "1 Main St\nBerlin", "DE 12")


@pytest.fixture
async def booking(db: Database, hotel: HotelId, other_hotel: HotelId, clock: FixedClock) -> Booking:
    kind = await room_of(db, hotel, capacity=5)
    return await booked(db, hotel, await quoted(db, hotel, kind, clock), clock)


async def issued(
    db: Database, hotel: HotelId, folio_id: UUID, now: datetime, **more: object
) -> Invoice:
    async with db.hotel(hotel) as session:
        wanted = {"language": None, "by": "t", **more}
        return await issue(session, folio_id, BUYER, now=now, **wanted)


async def test_numbers_have_no_gap_whoever_fails_in_between(
    db: Database, hotel: HotelId, booking: Booking, clock: FixedClock
) -> None:
    async def attempt(n: int) -> None:
        async with db.hotel(hotel) as session:
            folio_id = (await split(session, booking.id, name="n", by="t")).id
        await charged(db, hotel, folio_id, 100 + n)
        async with db.hotel(hotel) as session:
            await issue(session, folio_id, BUYER, language=None, by="t", now=clock.now())
            if n % 3 == 0:
                raise ZeroDivisionError

    await asyncio.gather(*(attempt(n) for n in range(12)), return_exceptions=True)
    async with db.hotel(hotel) as session:
        made = (await session.scalars(select(Invoice).order_by(Invoice.sequence))).all()
    assert [i.sequence for i in made] == list(range(1, len(made) + 1))
    assert len(made) == 8
    assert made[0].number == "2026-00001"
    listed = [line["id"] for i in made for line in i.document["lines"]]
    assert len(listed) == len(set(listed))


async def test_the_year_is_the_hotels_own(db: Database, clock: FixedClock) -> None:
    """Half an hour into the new year in Madrid, the old one still in New York."""
    now = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    numbers = []
    for zone in ("Europe/Madrid", "America/New_York"):
        hotel = await new_hotel(db, timezone=zone)
        kind = await room_of(db, hotel, capacity=5)
        booking = await booked(db, hotel, await quoted(db, hotel, kind, clock), clock)
        folio_id = await opened(db, booking)
        await charged(db, hotel, folio_id, 100)
        numbers.append((await issued(db, hotel, folio_id, now)).number)
    assert numbers == ["2027-00001", "2026-00001"]


async def test_a_charge_is_billed_once_and_again_after_a_credit_note(
    db: Database, hotel: HotelId, other_hotel: HotelId, booking: Booking, clock: FixedClock
) -> None:
    folio_id = await opened(db, booking)
    line = await charged(db, hotel, folio_id, 1000)
    gone = await charged(db, hotel, folio_id, 500)
    async with db.hotel(hotel) as session:
        await reverse(session, gone.id, reason="r", by="t")
    first = await issued(db, hotel, folio_id, clock.now())
    assert (first.total, [row["id"] for row in first.document["lines"]]) == (1000, [str(line.id)])
    with pytest.raises(NothingToInvoice):
        await issued(db, hotel, folio_id, clock.now())
    async with db.hotel(hotel) as session:
        await reverse(session, line.id, reason="r", by="t")
    assert (await issued(db, hotel, folio_id, clock.now())).total == -1000
    async with db.hotel(other_hotel) as session:
        with pytest.raises(NotFound):
            await credit(session, first.id, reason="r", by="t", now=clock.now())
    async with db.hotel(hotel) as session:
        back = await credit(session, first.id, reason="wrong", by="t", now=clock.now())
        assert (back.total, back.number, back.document["corrects"]) == (
            -1000,
            "2026-00003",
            "2026-00001",
        )
        for wrong in (first.id, back.id):
            with pytest.raises(NotCreditable):
                await credit(session, wrong, reason="r", by="t", now=clock.now())
    again = await issued(db, hotel, folio_id, clock.now())
    assert [row["id"] for row in again.document["lines"]] == [str(line.id)]


async def test_an_invoice_is_never_changed(
    db: Database,
    hotel: HotelId,
    booking: Booking,
    clock: FixedClock,
    server,
    owner: asyncpg.Connection,
) -> None:
    folio_id = await opened(db, booking)
    await charged(db, hotel, folio_id, 1000)
    await issued(db, hotel, folio_id, clock.now())
    for statement in (update(Invoice).values(total=1), delete(Invoice)):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with db.hotel(hotel) as session:
                await session.execute(statement)
    database = await owner.fetchval("SELECT current_database()")
    root = await asyncpg.connect(server.superuser.rpartition("/")[0] + f"/{database}")
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="never changed"):
        await root.execute("UPDATE invoices SET total = 1")
    await root.close()


def paper_of(language: str, *, name: str = BUYER.name, currency: str = "EUR"):
    made = Invoice(
        id=UUID(int=5),
        kind="invoice",
        number="2026-00007",
        language=language,
        currency=currency,
        total=123456,
        tax=11200,
        issued_at=datetime(2026, 11, 21, 23, 30, tzinfo=UTC),
        document={
            "seller": {"name": "Hotel Seaside", "phone": "+34 971"},
            "buyer": {"name": name, "address": BUYER.address, "tax_number": BUYER.tax_number},
            "stay": {
                "code": "ABC234",
                "guest": None,
                "arrival": "2026-11-19",
                "departure": "2026-11-21",
            },
            "lines": [
                {"id": "a", "date": "2026-11-19", "description": "Room", "amount": 112256},
                {"id": "b", "date": "2026-11-19", "description": "Taxes", "amount": 11200},
            ],
            "paid": 100000,
        },
    )
    return lay_out(made, "Europe/Madrid")


def text_of(pdf: bytes) -> str:
    """The strings that its content streams show; core fonts write them as they are."""
    streams = re.findall(rb"stream\n(.*?)\nendstream", pdf, re.DOTALL)
    shown = b"\n".join(zlib.decompress(s) for s in streams if s[:1] == b"\x78")
    words = re.findall(rb"\(((?:\\.|[^\\)])*)\) Tj", shown)
    return re.sub(r"\\(.)", r"\1", b"\n".join(words).decode("latin-1"))


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", ["Invoice", "Nov 22, 2026", "€1,234.56", "Still to pay"]),
        ("de", ["Rechnung", "22.11.2026", "1.234,56\xa0€", "Noch zu zahlen"]),
        ("ru", ["Счёт", "22 нояб. 2026\u202fг.", "1\xa0234,56\xa0€", "К оплате"]),
        ("ar", ["Invoice", "dir=rtl"]),
        ("xx", ["Invoice", "Nov 22, 2026"]),
    ],
)
def test_the_page_speaks_the_invoices_language(language: str, expected: list[str]) -> None:
    page = as_html(paper_of(language))
    assert [word for word in expected if word not in page] == []
    assert "Müller &amp; &lt;Söhne&gt;" in page
    assert "<Söhne>" not in page


def test_a_pdf_in_latin_letters_says_what_it_could_not_write() -> None:
    plain = text_of(as_pdf(paper_of("de"), ""))
    assert [w for w in ("Rechnung", "Müller & <Söhne>", "1.234,56 EUR") if w not in plain] == []
    assert "lateinischer" not in plain
    russian = text_of(as_pdf(paper_of("ru", name="Иван Петров"), ""))
    assert "Ivan Petrov" in russian
    assert "Napechatano latinitsey" in russian.replace("\n", " ")
    empty = Invoice(
        id=UUID(int=6),
        kind="credit_note",
        number="1",
        language="en",
        currency="EUR",
        total=-1,
        tax=0,
        issued_at=datetime(2026, 1, 1, tzinfo=UTC),
        document={},
    )
    assert "Credit note" in text_of(as_pdf(lay_out(empty, "UTC"), ""))


def test_a_long_invoice_goes_over_several_pages() -> None:
    paper = paper_of("en")
    paper.rows.extend([("Nov 19, 2026", f"Minibar {n}", "€1.00") for n in range(120)])
    pdf = as_pdf(paper, "")
    assert pdf.count(b"/Type /Page\n") >= 3
    assert "Minibar 119" in text_of(pdf)
