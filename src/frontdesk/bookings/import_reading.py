"""Reading what somebody exported elsewhere: tables of text, by line, without believing a word."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from frontdesk.kit.errors import Invalid
from frontdesk.kit.money import minor_digits
from frontdesk.rooms.schemas import Code, Name, Note

MAX_ROWS = 20_000
AGAIN = " again"
"""In a line: which one had its external id before. No column is called so."""
MAX_BYTES = 5_000_000
MAX_CELL = 5_000
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet would run a cell that begins so."""
AMOUNT = r"^\d{1,10}([.,]\d{1,3})?$"


class BadFile(Invalid):
    """This file cannot be read as a table"""

    code = "bad_file"


def _several(said: object) -> object:
    return [w.strip() for w in said.split("|") if w.strip()] if isinstance(said, str) else said


def _dialled(said: object) -> object:
    """Without what people put between the digits, and with + for 00."""
    if not isinstance(said, str):
        return said
    digits = re.sub(r"[\s()./-]", "", said.replace("(0)", ""))
    return re.sub(r"^00", "+", digits)


Phone = Annotated[str, BeforeValidator(_dialled), Field(pattern=r"^\+?[1-9][0-9]{6,14}$")]


class Cells(BaseModel):
    """One line; a cell that is empty says nothing."""

    model_config = ConfigDict(extra="forbid")


class RoomCells(Cells):
    external_id: Name | None = None
    number: Code
    room_type: Code
    floor: Code | None = None
    features: Annotated[list[Name], BeforeValidator(_several), Field(max_length=50)] | None = None
    notes: Note | None = None
    active: bool | None = None


class RateCells(Cells):
    external_id: Name | None = None
    room_type: Code
    night: date
    price: str = Field(pattern=AMOUNT)
    capacity: int | None = Field(None, ge=0, le=10_000)
    closed: bool | None = None


class GuestCells(Cells):
    external_id: Name | None = None
    phone: Phone
    name: Name | None = None
    language: str | None = Field(None, pattern=r"^[a-z]{2,3}$")
    vip: bool | None = None


class BookingCells(Cells):
    external_id: Name
    room_type: Code
    arrival: date
    departure: date
    guest_phone: Phone | None = None
    guest_name: Name | None = None
    adults: int = Field(ge=1, le=100)
    children: int = Field(0, ge=0, le=100)
    rooms: int = Field(1, ge=1, le=20)
    total: str = Field(pattern=AMOUNT)
    tax: str = Field("0", pattern=AMOUNT)
    status: Literal["confirmed"] = "confirmed"
    special_requests: Note | None = None
    room: Name | None = None
    """The number of the door, of a booking of one room."""

    @model_validator(mode="after")
    def somebody(self) -> Self:
        if self.guest_phone is None and self.guest_name is None:
            raise ValueError("guest_phone or guest_name is needed")
        return self


class GoneCells(BaseModel):
    """A booking that is cancelled where it was made: nothing else of it counts."""

    model_config = ConfigDict(extra="ignore")
    external_id: Name
    status: Literal["cancelled"]


CELLS: Mapping[str, type[Cells]] = {
    "rooms": RoomCells,
    "rates": RateCells,
    "guests": GuestCells,
    "bookings": BookingCells,
}


def decoded(raw: bytes) -> str:
    """UTF-8 with or without a mark, or UTF-16 with one. Raises BadFile."""
    marked = raw.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        return raw.decode("utf-16" if marked else "utf-8-sig")
    except UnicodeDecodeError:
        raise BadFile("it is not UTF-8") from None


def read_table(kind: str, text: str) -> list[dict[str, Any]]:
    """Lines of a CSV with a header, by comma, semicolon or tab; each says where it stood."""
    text = text.removeprefix("\ufeff")
    if len(text.encode()) > MAX_BYTES:
        raise BadFile(f"it is longer than {MAX_BYTES} bytes")
    header = text.partition("\n")[0]
    mark = max(",;\t", key=header.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    try:
        return list(_numbered(kind, lines))
    except csv.Error as broken:
        raise BadFile(f"line {lines.line_num}: {broken}") from None


def _numbered(kind: str, lines: Any) -> Iterator[dict[str, Any]]:
    header: list[str] = next(lines, None) or []
    names = [re.sub(r"[\s-]+", "_", name.strip().lower()) for name in header]
    known(kind, names)
    for number, cells in enumerate(lines, 1):
        if number > MAX_ROWS:
            raise BadFile(f"it has more than {MAX_ROWS} lines")
        if len(cells) > len(names):
            raise BadFile(f"line {lines.line_num} has more cells than the header")
        said = {name: unescaped(cell) for name, cell in zip(names, cells, strict=False)}
        if any(said.values()):
            yield {"line": lines.line_num, **said}


def read_rows(kind: str, rows: Sequence[Mapping[str, str]]) -> list[dict[str, Any]]:
    """The same from REST: the first row is line 1."""
    known(kind, {name for row in rows for name in row})
    return [{"line": at, **row} for at, row in enumerate(rows, 1)]


def said_once(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of lines with one external id that say different things only the first counts: a second one
    would take its place without a word, as the second room of a booking would that of the first.
    """
    first: dict[str, dict[str, Any]] = {}
    for row in rows:
        name = str(row.get("external_id") or "")
        told = first.setdefault(name, row) if name else row
        if {**row, "line": 0} != {**told, "line": 0}:
            row[AGAIN] = told["line"]
    return rows


def known(kind: str, names: Any) -> None:
    """Raises BadFile for columns that this kind has not, or has twice, and for those it lacks."""
    names, fields = list(names), CELLS[kind].model_fields
    strange = sorted({n for n in names if n not in fields or names.count(n) > 1})
    if strange:
        told = f"no such column, or twice: {', '.join(strange)[:200]}"
        raise BadFile(f"{told}; {kind} have {', '.join(fields)}")
    lacking = [name for name, field in fields.items() if field.is_required() and name not in names]
    if lacking:
        raise BadFile(f"these columns are missing: {', '.join(lacking)}")


def cells(kind: str, row: Mapping[str, Any]) -> Cells | GoneCells:
    """Raises pydantic's ValidationError, and Invalid for an external id of an earlier line."""
    if AGAIN in row:
        raise Invalid(f"line {row[AGAIN]} has this external id already, and says something else")
    said = {name: cell for name, cell in row.items() if name != "line" and cell not in ("", None)}
    if kind == "bookings" and said.get("status") == "cancelled":
        return GoneCells.model_validate(said)
    return CELLS[kind].model_validate(said)


def minor(said: str, currency: str) -> int:
    """`129,50` in minor units, exactly. Raises Invalid."""
    amount = Decimal(said.replace(",", ".")).scaleb(minor_digits(currency))
    if amount != int(amount):
        raise Invalid(f"{said} has more decimals than {currency}")
    return int(amount)


def escaped(cell: object) -> str:
    """As a spreadsheet shows it and does not run it."""
    said = "" if cell is None else str(cell)
    return f"'{said}" if said.startswith(FORMULA) else said


def unescaped(cell: str) -> str:
    """What `escaped` was given."""
    cell = cell.strip(" ")
    return cell[1:] if cell[:1] == "'" and cell[1:].startswith(FORMULA) else cell
