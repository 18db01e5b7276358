"""Trying the wall: one hotel reaches for another's rows, in every table and by every route."""

import re
import uuid
from collections.abc import Iterable

import httpx
from fastapi import FastAPI
from fastapi.routing import APIRoute
from sqlalchemy import Table, func, literal, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.db import Database, metadata
from frontdesk.kit.ids import HotelId
from frontdesk.operations.findings import Finding

PARAMETER = re.compile(r"\{(\w+)\}")


def tenant_tables() -> list[Table]:
    return [t for t in metadata.sorted_tables if "hotel_id" in t.c or t.name == "hotels"]


async def probe_rows(db: Database, mine: HotelId, other: HotelId) -> list[Finding]:
    """Bound to one hotel, the other's rows are not seen, changed or written."""
    found: list[Finding] = []
    for table in tenant_tables():
        column = table.c.id if table.name == "hotels" else table.c.hotel_id
        async with db.hotel(mine) as session:
            query = select(func.count()).select_from(table).where(column == other)
            seen = await session.scalar(query)
        found.append(Finding("another hotel's rows are not there", table.name, seen == 0))
        found.append(await _nobody(db, table))
        if table.name != "hotels":
            found.append(await _planted(db, table, mine, other))
    return found


async def _nobody(db: Database, table: Table) -> Finding:
    """With no hotel bound at all, reading is an error (42501), not an empty page."""
    async with db.hotel(HotelId(uuid.uuid4())) as session:
        await session.execute(text("SELECT set_config('app.hotel_id', '', true)"))
        code = await _code(session, select(func.count()).select_from(table))
    return Finding("nobody bound is an error", table.name, code == "42501", code or "no error")


async def _planted(db: Database, table: Table, mine: HotelId, other: HotelId) -> Finding:
    """No row is written into the other hotel: refused (42501) before a missing column is seen."""
    async with db.hotel(mine) as session:
        row = select(literal(other, table.c.hotel_id.type))
        plant = table.insert().from_select(["hotel_id"], row, include_defaults=False)
        code = await _code(session, plant)
    return Finding("no row is planted", table.name, code == "42501", code or "no error")


async def _code(session: AsyncSession, statement: object) -> str | None:
    try:
        async with session.begin_nested():
            await session.execute(statement)  # pyright: ignore[reportCallIssue, reportArgumentType]
    except DBAPIError as refused:
        return str(getattr(refused.orig, "sqlstate", "")) or "?"
    return None


async def probe_routes(
    app: FastAPI, routes: Iterable[APIRoute], *, key: str, other: HotelId
) -> list[Finding]:
    """With one hotel's key: 404 for the other hotel everywhere, 401 for no key at all."""
    found: list[Finding] = []
    transport = httpx.ASGITransport(app)
    mine = {"Authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://probe") as client:
        for route in routes:
            if "{hotel_id}" not in route.path:
                continue
            for method in sorted(route.methods or ()):
                path, name = _filled(route.path, other), f"{method} {route.path}"
                foreign = (await client.request(method, path, headers=mine, json={})).status_code
                nobody = (await client.request(method, path, json={})).status_code
                found += [
                    Finding("a foreign hotel is not there", name, foreign == 404, str(foreign)),
                    Finding("no key, no entry", name, nobody == 401, str(nobody)),
                ]
    return found


def _filled(path: str, hotel: HotelId) -> str:
    """The other hotel's id, and ids that exist nowhere."""
    return PARAMETER.sub(lambda m: str(hotel if m[1] == "hotel_id" else uuid.uuid4()), path)
