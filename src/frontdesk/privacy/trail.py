"""A guest's trail: every row of every table that hangs on them, by foreign keys and by ids."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Column, ColumnElement, Table, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.db import metadata

Key = tuple[Any, ...]
RECORDS = frozenset({"audit_log", "audit_heads", "erasures"})
"""They hold ids alone, and stay."""


@dataclass(frozen=True, slots=True)
class Trail:
    """Primary keys a table (without the hotel), and the words by which a guest is known."""

    rows: Mapping[str, set[Key]]
    needles: tuple[str, ...]
    """Phones, lids and whole names, longest first; no bare first name: it is many people's."""
    chats: tuple[str, ...]
    texts: tuple[str, ...]
    """What they wrote."""

    def ids(self, *tables: str) -> set[UUID]:
        return {key[0] for table in tables for key in self.rows.get(table, ())}

    def every_id(self) -> list[str]:
        return [str(k[0]) for keys in self.rows.values() for k in keys if isinstance(k[0], UUID)]


async def trail_of(session: AsyncSession, guest_id: UUID) -> Trail:
    """Also of whoever was merged into this guest."""
    guests = metadata.tables["guests"]
    one = or_(guests.c.id == guest_id, guests.c.merged_into == guest_id)
    people = (await session.execute(select(guests).where(one))).mappings().all()
    rows: dict[str, set[Key]] = {"guests": {(p["id"],) for p in people}}
    for table in metadata.sorted_tables:  # parents come first
        if table.name not in RECORDS and table.name not in ("guests", "hotels"):
            keys = await _hanging(session, table, rows)
            if keys:
                rows[table.name] = keys
    chats = await _values(session, "conversations", "chat", rows)
    values = await _values(session, "guest_identities", "value", rows)
    chats |= {f"{value}@{host}" for value in values for host in ("c.us", "lid")}
    needles = values | {chat.partition("@")[0] for chat in chats}
    needles |= {p["phone"] for p in people if p["phone"]}
    needles |= {p["name"] for p in people if len((p["name"] or "").split()) > 1}
    await _by_ids(session, rows, chats)
    texts = await _values(session, "messages", "text", rows)
    known = sorted((n for n in needles if len(n) > 4), key=len, reverse=True)
    return Trail(rows, tuple(known), tuple(sorted(chats)), tuple(t for t in texts if t))


async def read_rows(
    session: AsyncSession, table: Table, keys: Iterable[Key]
) -> list[Mapping[str, Any]]:
    query = select(table).where(_in(keys_of(table), keys))
    return [dict(row) for row in (await session.execute(query)).mappings().all()]


def keys_of(table: Table) -> list[Column[Any]]:
    return [c for c in table.primary_key.columns if c.name != "hotel_id"]


def of_keys(table: Table, keys: Iterable[Key]) -> ColumnElement[bool]:
    return _in(keys_of(table), keys)


def _in(columns: list[Column[Any]], keys: Iterable[Key]) -> ColumnElement[bool]:
    if len(columns) == 1:
        return columns[0].in_([key[0] for key in keys])
    return tuple_(*columns).in_(list(keys))


async def _hanging(session: AsyncSession, table: Table, rows: Mapping[str, set[Key]]) -> set[Key]:
    """The table's rows that point at something in `rows`."""
    ways = list(_ways(table, rows))
    if not ways:
        return set()
    query = select(*keys_of(table)).where(or_(*ways))
    return {tuple(row) for row in (await session.execute(query)).all()}


def _ways(table: Table, rows: Mapping[str, set[Key]]) -> Iterator[ColumnElement[bool]]:
    for key in table.foreign_keys:
        parent = key.column.table.name
        if parent != table.name and key.column.name == "id" and rows.get(parent):
            yield table.c[key.parent.name].in_([k[0] for k in rows[parent]])


async def _values(
    session: AsyncSession, table: str, column: str, rows: Mapping[str, set[Key]]
) -> set[str]:
    of = metadata.tables[table]
    query = select(of.c[column]).where(_in(keys_of(of), rows.get(table, ())))
    return {str(v) for v in (await session.scalars(query)).all() if v is not None}


async def _by_ids(session: AsyncSession, rows: dict[str, set[Key]], chats: set[str]) -> None:
    """What has no foreign key: bodies by their chat, happenings by what they are of, answers."""
    events, happened = metadata.tables["inbound_events"], metadata.tables["outbox_events"]
    statuses, runs = metadata.tables["delivery_statuses"], metadata.tables["trigger_runs"]
    told, out = metadata.tables["notification_deliveries"], metadata.tables["outbound_messages"]
    sent = await _values(session, "messages", "provider_id", rows)
    sent |= await _values(session, "outbound_messages", "provider_id", rows)
    ids = [k[0] for keys in rows.values() for k in keys if isinstance(k[0], UUID)]

    async def add(table: Table, where: ColumnElement[bool]) -> None:
        found = await session.execute(select(*keys_of(table)).where(where))
        rows[table.name] = rows.get(table.name, set()) | {tuple(row) for row in found.all()}

    await add(events, events.c.chat.in_(chats))
    await add(statuses, statuses.c.provider_id.in_(sent))
    await add(happened, happened.c.aggregate_id.in_(ids))
    await add(runs, runs.c.event_id.in_([k[0] for k in rows["outbox_events"]]))
    owed, calls = metadata.tables["webhook_deliveries"], metadata.tables["webhook_attempts"]
    await add(owed, owed.c.event_id.in_([k[0] for k in rows["outbox_events"]]))
    await add(calls, calls.c.delivery_id.in_([k[0] for k in rows["webhook_deliveries"]]))
    letters = select(told.c.outbound_id).where(
        told.c.id.in_([k[0] for k in rows.get("notification_deliveries", ())])
    )
    await add(out, out.c.id.in_(letters))
