"""All that a hotel holds of one guest, as one JSON object that the guest can be given."""

import base64
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import LargeBinary, Table
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.guests.queries import guest
from frontdesk.kit.db import metadata
from frontdesk.privacy.trail import read_rows, trail_of

BODIES = frozenset({"inbound_events"})
"""Their bytes are what the guest sent; other bytes are secrets and digests of ours."""


async def export_guest(session: AsyncSession, guest_id: UUID, *, now: datetime) -> dict[str, Any]:
    """Rows by table, oldest first, and the links to the files that they name."""
    person = await guest(session, guest_id)
    trail = await trail_of(session, person.merged_into or guest_id)
    held: dict[str, list[dict[str, Any]]] = {}
    for name, keys in sorted(trail.rows.items()):
        table = metadata.tables[name]
        rows = await read_rows(session, table, keys)
        if rows:
            held[name] = sorted((_shown(table, row) for row in rows), key=_when)
    media = sorted({link for rows in held.values() for link in _links(rows)})
    return {"guest_id": str(guest_id), "at": now, "held": held, "media": media}


def _when(row: Mapping[str, Any]) -> str:
    return str(row.get("occurred_at") or row.get("created_at") or row.get("night") or "")


def _shown(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _told(value)
        for name, value in row.items()
        if table.name in BODIES or not isinstance(table.c[_column(table, name)].type, LargeBinary)
    }


def _column(table: Table, name: str) -> str:
    return next(c.key for c in table.c if name in (c.key, c.name))


def _told(value: Any) -> Any:
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError:
            return base64.b64encode(value).decode()
    return value


def _links(part: Any) -> Iterator[str]:
    """Addresses of files, wherever in a message they stand."""
    if isinstance(part, dict):
        for inner in cast("dict[str, Any]", part).values():
            yield from _links(inner)
    elif isinstance(part, list):
        for inner in cast("list[Any]", part):
            yield from _links(inner)
    elif isinstance(part, str) and part.startswith(("http://", "https://")) and " " not in part:
        yield part
