"""Finding words in every column of every table of a hotel, and putting others in their place."""

import re
from collections.abc import Iterator, Sequence
from typing import Any, cast

from sqlalchemy import (
    Column,
    ColumnElement,
    LargeBinary,
    String,
    Table,
    Text,
    Uuid,
    func,
    or_,
    select,
    text,
    types,
    update,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.db import metadata
from frontdesk.privacy.trail import RECORDS

OF_THE_HOUSE = frozenset(
    {"staff", "staff_webhooks", "staff_channels", "whatsapp_instances", "api_keys", "memberships"}
)
"""Somebody may work here and stay here: what they are known by at work is told, and stays."""
ONLY_ADDED_TO = """
    SELECT relname::text FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
      AND NOT has_table_privilege(oid, 'UPDATE')"""
NUMBERS = (types.Integer, types.Numeric, types.Boolean, types.DateTime, types.Date, Uuid)


def searched() -> Iterator[tuple[Table, list[Column[Any]]]]:
    """Tables of hotels with their columns that can hold words."""
    for table in metadata.sorted_tables:
        columns = [c for c in table.c if not isinstance(c.type, NUMBERS)]
        if "hotel_id" in table.c and table.name not in RECORDS and columns:
            yield table, columns


def has(column: Column[Any], needles: Sequence[str]) -> ColumnElement[bool]:
    if isinstance(column.type, LargeBinary):
        written = func.encode(column, "escape")
        return or_(*(func.strpos(written, _escaped(n)) > 0 for n in needles))
    said = func.lower(sql_cast(column, Text))
    return or_(*(func.strpos(said, n.lower()) > 0 for n in needles))


def _escaped(needle: str) -> str:
    """As PostgreSQL's `escape` writes bytes."""
    return "".join(
        chr(b) if b < 128 and b != 92 else "\\\\" if b == 92 else f"\\{b:03o}"
        for b in needle.encode()
    )


async def found(session: AsyncSession, needles: Sequence[str]) -> dict[str, int]:
    """How many rows of which column still have one of the words: `table.column`."""
    left: dict[str, int] = {}
    for table, columns in searched() if needles else ():
        counts = [func.count().filter(has(c, needles)) for c in columns]
        row = (await session.execute(select(*counts).select_from(table))).one()
        left |= {f"{table.name}.{c.name}": n for c, n in zip(columns, row, strict=True) if n}
    return left


async def unchangeable(session: AsyncSession) -> frozenset[str]:
    """Tables that the app may only add to: invoices and the like, which the law has kept."""
    return frozenset((await session.scalars(text(ONLY_ADDED_TO))).all())


async def blot(session: AsyncSession, needles: Sequence[str], instead: str) -> dict[str, int]:
    """Put `instead` in every such place; bytes lose all they hold. Gives rows a table."""
    pattern = re.compile("|".join(re.escape(n) for n in needles), re.IGNORECASE)
    blotted: dict[str, int] = {}
    spared = OF_THE_HOUSE | await unchangeable(session)
    for table, columns in searched() if needles else ():
        if table.name in spared:
            continue
        keys = list(table.primary_key.columns)
        query = select(*keys, *(c for c in columns if c not in keys)).where(
            or_(*(has(c, needles) for c in columns))
        )
        rows = (await session.execute(query)).mappings().all()
        for row in rows:
            same = [key == row[key.name] for key in keys]
            values = {c.name: _without(c, row[c.name], pattern, instead) for c in columns}
            await session.execute(update(table).where(*same).values(values))
        if rows:
            blotted[table.name] = len(rows)
    return blotted


def _without(column: Column[Any], value: Any, pattern: re.Pattern[str], instead: str) -> Any:
    match column.type:
        case LargeBinary():
            body = bytes(value).decode(errors="replace") if value is not None else ""
            return b"" if pattern.search(body) else value
        case JSONB():
            return _inside(value, pattern, instead)
        case String():
            return pattern.sub(instead, value) if value is not None else None
        case _:
            return value


def _inside(value: Any, pattern: re.Pattern[str], instead: str) -> Any:
    """Numbers too: a phone may stand as one."""
    if isinstance(value, dict):
        parts = cast("dict[str, Any]", value)
        return {
            pattern.sub(instead, key): _inside(part, pattern, instead)
            for key, part in parts.items()
        }
    if isinstance(value, list):
        return [_inside(part, pattern, instead) for part in cast("list[Any]", value)]
    if isinstance(value, str):
        return pattern.sub(instead, value)
    if isinstance(value, int) and not isinstance(value, bool) and pattern.search(str(value)):
        return None
    return value
