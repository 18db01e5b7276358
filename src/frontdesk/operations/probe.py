"""Trying the wall with SQL: one hotel reaches for another's rows, in every table."""

import uuid
from typing import Any

from sqlalchemy import Column, Executable, Table, func, literal, select, text
from sqlalchemy.exc import DBAPIError

from frontdesk.kit.ids import HotelId
from frontdesk.kit.rehearsal import Rehearsal
from frontdesk.operations.findings import PEOPLE, SEALED_COLUMNS, UNWALLED, Finding, rows
from frontdesk.operations.probe_world import World, tenant_tables

REFUSED = "42501"
NOTHING = ("0 rows", REFUSED)


async def probe_rows(stage: Rehearsal, mine: World, other: World) -> list[Finding]:
    """Bound to one hotel, the other's rows are not seen, changed, taken or written."""
    found = await _known(stage, mine)
    for table in tenant_tables():
        owner = table.c.id if table.name == "hotels" else table.c.hotel_id
        found += await _reading(stage, table, owner, mine, other)
        found += await _writing(stage, table, owner, mine, other)
    return found


async def _known(stage: Rehearsal, mine: World) -> list[Finding]:
    """No table of hotels in the database goes untried because nobody told of it."""
    query = """
        SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'hotel_id' AND NOT attisdropped
        WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') ORDER BY c.relname"""
    ours = {table.name for table in tenant_tables()}
    async with stage.hotel(mine.hotel_id) as session:
        names = [row.relname for row in await rows(session, query)]
    return [
        Finding("the probe knows its tables", name, name in ours)
        for name in names
        if name not in {*UNWALLED, *PEOPLE}
    ]


async def _reading(
    stage: Rehearsal, table: Table, owner: Column[Any], mine: World, other: World
) -> list[Finding]:
    async def seen(hotel_id: HotelId) -> int:
        query = select(func.count()).select_from(table).where(owner == hotel_id)
        async with stage.hotel(mine.hotel_id) as session:
            return await session.scalar(query) or 0

    own, foreign = await seen(mine.hotel_id), await seen(other.hotel_id)
    nobody = await _nobody(stage, table)
    return [
        Finding("its own rows are there", table.name, own > 0),
        Finding("another hotel's rows are not there", table.name, foreign == 0, f"{foreign}"),
        Finding("nobody bound is an error", table.name, nobody == REFUSED, nobody),
    ]


async def _nobody(stage: Rehearsal, table: Table) -> str:
    """With no hotel bound at all, reading is an error (42501), not an empty page."""
    return await _outcome(stage, None, select(func.count()).select_from(table))


async def _writing(
    stage: Rehearsal, table: Table, owner: Column[Any], mine: World, other: World
) -> list[Finding]:
    theirs = owner == other.hotel_id
    tries: list[tuple[str, Executable, tuple[str, ...]]] = [
        ("is changed", table.update().where(theirs).values({owner: owner}), NOTHING),
        ("is deleted", table.delete().where(theirs), NOTHING),
    ]
    if table.name != "hotels":
        away = table.update().where(owner == mine.hotel_id).values({owner: other.hotel_id})
        tries += [
            ("is moved", away, (REFUSED,)),
            ("is planted", _copy(table, mine, other), (REFUSED,)),
        ]
    found: list[Finding] = []
    for name, statement, allowed in tries:
        outcome = await _outcome(stage, mine.hotel_id, statement)
        found.append(Finding(f"no foreign row {name}", table.name, outcome in allowed, outcome))
    return found


def _copy(table: Table, mine: World, other: World) -> Executable:
    """A row of our own once more, as the other hotel's."""
    fresh = {"hotel_id": literal(other.hotel_id), "id": func.gen_random_uuid()}
    given = SEALED_COLUMNS if table.name == "audit_log" else ()
    columns = [c for c in table.c if c.identity is None and c.name not in given]
    row = select(*(fresh.get(c.name, c) for c in columns)).where(table.c.hotel_id == mine.hotel_id)
    return table.insert().from_select([c.name for c in columns], row, include_defaults=False)


async def _outcome(stage: Rehearsal, hotel_id: HotelId | None, statement: Executable) -> str:
    """How many rows it touched, or the code it was refused with; nothing stays changed."""
    async with stage.undone():
        try:
            async with stage.hotel(hotel_id or HotelId(uuid.uuid4())) as session:
                if hotel_id is None:
                    await session.execute(text("SELECT set_config('app.hotel_id', '', true)"))
                touched = await session.execute(statement)
                return f"{getattr(touched, 'rowcount', '?')} rows"
        except DBAPIError as refused:
            return str(getattr(refused.orig, "sqlstate", None) or "?")
