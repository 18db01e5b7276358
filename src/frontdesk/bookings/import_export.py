"""Tables for spreadsheets: the columns that an import takes back, and no cell that is run."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings.import_reading import MAX_ROWS, escaped
from frontdesk.kit.money import minor_digits
from frontdesk.tenancy.queries import the_hotel

QUERIES: Mapping[str, str] = {
    "rooms": """
        SELECT r.id, r.number, k.code AS room_type, r.floor, r.features, r.notes, r.active
        FROM rooms r JOIN room_types k ON k.hotel_id = r.hotel_id AND k.id = r.room_type_id
        ORDER BY r.created_at DESC, r.id DESC LIMIT :most""",
    "rates": """
        SELECT n.room_type_id AS id, k.code AS room_type, n.night, n.price,
               n.capacity + n.blocked AS capacity, n.closed
        FROM nightly_inventory n
        JOIN room_types k ON k.hotel_id = n.hotel_id AND k.id = n.room_type_id
        ORDER BY n.night, k.code LIMIT :most""",
    "guests": """
        SELECT id, phone, name, language, vip FROM guests
        ORDER BY created_at DESC, id DESC LIMIT :most""",
    "bookings": """
        SELECT b.id, b.code AS external_id, k.code AS room_type, b.arrival, b.departure,
               g.phone AS guest_phone, g.name AS guest_name, b.adults, b.children, b.rooms,
               b.total, b.tax, b.status, b.special_requests
        FROM bookings b JOIN room_types k ON k.hotel_id = b.hotel_id AND k.id = b.room_type_id
        JOIN guests g ON g.hotel_id = b.hotel_id AND g.id = b.guest_id
        ORDER BY b.created_at DESC, b.id DESC LIMIT :most""",
}
MONEY = frozenset({"price", "total", "tax"})


async def export(session: AsyncSession, kind: str) -> str:
    """CSV with a header; the `id` is ours, and an import does not want it back."""
    currency = (await the_hotel(session)).currency
    found = await session.execute(text(QUERIES[kind]), {"most": MAX_ROWS})
    names: Sequence[str] = list(found.keys())
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\r\n")
    table.writerow(names)
    for row in found:
        cells = zip(names, row, strict=True)
        table.writerow([escaped(_cell(name, cell, currency)) for name, cell in cells])
    return out.getvalue()


def _cell(name: str, cell: Any, currency: str) -> Any:
    match cell:
        case int() if name in MONEY:
            digits = minor_digits(currency)
            whole, rest = divmod(cell, 10**digits)
            return f"{whole}.{rest:0{digits}d}" if digits else whole
        case bool():
            return str(cell).lower()
        case list():
            return "|".join(cell)  # pyright: ignore[reportUnknownArgumentType]
        case _:
            return cell
