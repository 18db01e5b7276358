"""An invoice on paper: one set of words, as HTML and as PDF."""

import html
import json
import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from frontdesk.bookings.invoice_models import Invoice
from frontdesk.kit.money import format_money

if TYPE_CHECKING:
    from fpdf import FPDF

RTL = ("R", "AL")
SHAPED = range(0x0900, 0x0E00)
"""Indic scripts: a font alone does not write them."""
STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;"
    "color:#111}table{width:100%;border-collapse:collapse;margin:1.5rem 0}td,th{padding:.35rem;"
    "text-align:start;border-bottom:1px solid #ddd;vertical-align:top}td:last-child,th:last-child"
    "{text-align:end;white-space:nowrap}.parties{display:flex;justify-content:space-between;"
    "gap:2rem}.sum td{font-weight:600}h1{margin:0}pre{font:inherit;margin:0;white-space:pre-wrap}"
)


@dataclass(frozen=True, slots=True)
class Paper:
    """What stands on it, in its language; every value is text."""

    id: str
    language: str
    title: str
    head: list[tuple[str, str]]
    seller: str
    buyer_label: str
    buyer: str
    columns: tuple[str, str, str]
    rows: list[tuple[str, str, str]]
    sums: list[tuple[str, str]]
    transliterated: str
    """What to say where the letters are not the original ones."""


@cache
def _all_words() -> dict[str, dict[str, str]]:
    file = Path(__file__).with_name("invoice_words.json")
    return json.loads(file.read_text(encoding="utf-8"))


def _locale(language: str) -> str:
    from babel import Locale, UnknownLocaleError  # noqa: PLC0415 - see kit/money.py

    try:
        return str(Locale.parse(language, sep="-"))
    except (UnknownLocaleError, ValueError):
        return "en"


def lay_out(invoice: Invoice, zone: str) -> Paper:
    """Labels fall back to English, where a language has none; dates and money do not."""
    locale = _locale(invoice.language)
    words = _all_words().get(invoice.language.partition("-")[0], _all_words()["en"])
    said = invoice.document
    stay: dict[str, Any] = said.get("stay", {})
    issued = invoice.issued_at.astimezone(ZoneInfo(zone)).date()
    head = [(words["number"], invoice.number), (words["issued"], _day(issued, locale))]
    if stay:
        nights = f"{_day(stay['arrival'], locale)} - {_day(stay['departure'], locale)}"
        head.append((words["stay"], f"{stay['code']}, {nights}"))
    if said.get("corrects"):
        head.append((words["corrects"], f"{said['corrects']}: {said.get('reason', '')}"))
    return Paper(
        id=str(invoice.id),
        language=locale.replace("_", "-"),
        title=words[invoice.kind],
        head=head,
        seller=_block(said.get("seller", {}), ("name", "phone")),
        buyer_label=words["buyer"],
        buyer=_buyer(said.get("buyer", {}), words),
        columns=(words["date"], words["description"], words["amount"]),
        rows=[
            (
                _day(line["date"], locale),
                line["description"],
                format_money(line["amount"], invoice.currency, locale),
            )
            for line in said.get("lines", ())
        ],
        sums=_sums(invoice, words, locale),
        transliterated=words["transliterated"],
    )


def _sums(invoice: Invoice, words: dict[str, str], locale: str) -> list[tuple[str, str]]:
    sums = [("tax", invoice.tax), ("total", invoice.total)]
    if invoice.kind == "invoice":
        paid = int(invoice.document.get("paid", 0))
        sums += [("paid", paid), ("due", invoice.total - paid)]
    return [(words[name], format_money(sum_, invoice.currency, locale)) for name, sum_ in sums]


def _block(parts: dict[str, Any], names: tuple[str, ...]) -> str:
    return "\n".join(str(parts[name]) for name in names if parts.get(name))


def _buyer(parts: dict[str, Any], words: dict[str, str]) -> str:
    number = parts.get("tax_number")
    block = _block(parts, ("name", "address"))
    return f"{block}\n{words['tax_number']}: {number}" if number else block


def _day(day: date | str, locale: str) -> str:
    from babel.dates import format_date  # noqa: PLC0415 - see kit/money.py

    day = date.fromisoformat(day) if isinstance(day, str) else day
    return format_date(day, "medium", locale=locale)


def as_html(paper: Paper) -> str:
    """A page that prints; nothing in it is loaded from elsewhere."""
    from babel import Locale  # noqa: PLC0415 - see kit/money.py

    say = html.escape
    direction = Locale.parse(paper.language, sep="-").text_direction
    head = "".join(f"<div>{say(n)}: {say(v)}</div>" for n, v in paper.head)
    columns = "".join(f"<th>{say(c)}</th>" for c in paper.columns)
    rows = "".join(
        f"<tr>{''.join(f'<td>{say(cell)}</td>' for cell in row)}</tr>" for row in paper.rows
    )
    sums = "".join(
        f"<tr class=sum><td colspan=2>{say(n)}</td><td>{say(v)}</td></tr>" for n, v in paper.sums
    )
    return (
        f"<!doctype html><html lang={paper.language} dir={direction}><meta charset=utf-8>"
        f"<meta name=invoice content={paper.id}><title>{say(paper.title)}</title>"
        f"<style>{STYLE}</style><h1>{say(paper.title)}</h1><div class=parties>"
        f"<div><pre>{say(paper.seller)}</pre>{head}</div>"
        f"<div><b>{say(paper.buyer_label)}</b><pre>{say(paper.buyer)}</pre></div></div>"
        f"<table><tr>{columns}</tr>{rows}{sums}</table></html>"
    )


def as_pdf(paper: Paper, font: str) -> bytes:
    """With `font` (TTF or OTF) its scripts; else Latin-1, and what is left is transliterated.

    Right-to-left and Indic scripts need shaping, which we do not do: they are transliterated too,
    and the paper says so.
    """
    from fpdf import FPDF  # noqa: PLC0415 - 15 MiB, only where somebody prints

    pdf = FPDF()
    pdf.set_margin(18)
    pdf.add_page()
    pen = _Pen(pdf, font)
    pdf.set_subject(paper.id)
    pen.line(paper.title, size=20)
    for block in (paper.seller, "\n".join(f"{n}: {v}" for n, v in paper.head)):
        pen.line(block, size=10)
        pdf.ln(3)
    pen.line(f"{paper.buyer_label}\n{paper.buyer}", size=10)
    pdf.ln(4)
    pen.rows([paper.columns, *paper.rows, *(("", name, sum_) for name, sum_ in paper.sums)])
    if pen.lost:
        pdf.ln(6)
        pen.line(paper.transliterated, size=8)
    return bytes(pdf.output())


class _Pen:
    """Writes what its font can write, and the rest in Latin letters."""

    def __init__(self, pdf: "FPDF", font: str) -> None:
        self._pdf = pdf
        self._known: frozenset[int] | None = None
        self.lost = False
        self._family = "helvetica"
        if Path(font).is_file():
            pdf.add_font("paper", fname=font)  # pyright: ignore[reportUnknownMemberType]
            cmap: Any = getattr(pdf.fonts["paper"], "cmap", {})
            self._known, self._family = frozenset(cmap), "paper"

    def line(self, text: str, *, size: int) -> None:
        self._pdf.set_font(self._family, size=size)
        self._pdf.multi_cell(0, size / 2, self._writable(text), new_x="LMARGIN", new_y="NEXT")

    def rows(self, rows: list[tuple[str, str, str]]) -> None:
        """A description may take several lines; the page breaks between rows."""
        self._pdf.set_font(self._family, size=10)
        with self._pdf.table(
            col_widths=(22, 56, 22),
            text_align=("LEFT", "LEFT", "RIGHT"),
            first_row_as_headings=False,
            borders_layout="HORIZONTAL_LINES",
            line_height=6,
        ) as table:
            for row in rows:
                table.row([self._writable(text) for text in row])

    def _writable(self, text: str) -> str:
        from anyascii import anyascii  # noqa: PLC0415 - with the above

        text = re.sub(r"[\u200e\u200f\u2066-\u2069]", "", text)
        text = re.sub(r"[\u00a0\u202f\u2009]", " ", text)
        found = [c if self._can(c) else anyascii(c) for c in text]
        self.lost = self.lost or any(c.isalpha() and not self._can(c) for c in text)
        return "".join(found)

    def _can(self, char: str) -> bool:
        if self._known is None:
            return ord(char) < 0x100
        shaped = unicodedata.bidirectional(char) in RTL or ord(char) in SHAPED
        return char == "\n" or (ord(char) in self._known and not shaped)
