"""Two guests turn out to be one person: what hangs on one moves to the other, and can go back."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, ColumnElement, Table, UniqueConstraint, exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.guests.models import Guest, GuestMerge
from frontdesk.guests.queries import guest
from frontdesk.kit.db import metadata
from frontdesk.kit.errors import Conflict, NotFound
from frontdesk.tenancy.audit import record

OWN = frozenset({"guests", "guest_merges", "erasures"})
"""What tells of a guest's own history stays with that guest."""


class NotMergeable(Conflict):
    """These two cannot be merged"""

    code = "not_mergeable"


async def merge(
    session: AsyncSession, kept_id: UUID, gone_id: UUID, *, by: str, now: datetime
) -> GuestMerge:
    """Everything that points at `gone_id` points at `kept_id` from now on, chats and stays too;
    what both have and a guest has once (a vote, a place in a broadcast) each keeps.
    """
    kept, gone = await _both(session, kept_id, gone_id)
    moved: dict[str, Any] = {}
    for table, column in _pointing():
        ids = await _point(session, table, column, gone_id, kept_id)
        if ids:
            moved[f"{table.name}.{column.name}"] = [str(i) for i in ids]
    for name in ("name", "phone", "language"):
        if getattr(kept, name) is None and getattr(gone, name) is not None:
            setattr(kept, name, getattr(gone, name))
            moved[f"guests.{name}"] = []
    kept.vip = kept.vip or gone.vip
    kept.opted_out_at = kept.opted_out_at or gone.opted_out_at
    gone.merged_into = kept.id
    done = GuestMerge(hotel_id=kept.hotel_id, kept_id=kept.id, gone_id=gone.id, moved=moved)
    session.add(done)
    await session.flush()
    await session.refresh(done)
    about = {"into": kept.id, "moved": {key: len(ids) for key, ids in moved.items()}, "at": now}
    record(session, kept.hotel_id, "guest.merge", f"guest:{gone.id}", by=by, new=about)
    return done


async def unmerge(session: AsyncSession, merge_id: UUID, *, by: str, now: datetime) -> GuestMerge:
    """What was moved, and is still where it was moved to, goes back."""
    query = select(GuestMerge).where(GuestMerge.id == merge_id).with_for_update()
    done = await session.scalar(query)
    if done is None:
        raise NotFound("there is no such merge")
    if done.undone_at is not None:
        return done
    kept = await guest(session, done.kept_id, lock=True)
    gone = await guest(session, done.gone_id, lock=True)
    if kept.erased_at or gone.erased_at:
        raise NotMergeable("one of them was erased since")
    for table, column in _pointing():
        ids = [UUID(i) for i in done.moved.get(f"{table.name}.{column.name}", ())]
        back = update(table).where(table.c.id.in_(ids), column == kept.id)
        if ids:
            await session.execute(back.values({column: gone.id}))
    for name in ("name", "phone", "language"):
        if f"guests.{name}" in done.moved and getattr(kept, name) == getattr(gone, name):
            setattr(kept, name, None)
    gone.merged_into, done.undone_at = None, now
    record(
        session, gone.hotel_id, "guest.unmerge", f"guest:{gone.id}", by=by, old={"into": kept.id}
    )
    return done


async def _both(session: AsyncSession, kept_id: UUID, gone_id: UUID) -> tuple[Guest, Guest]:
    """Locked in one order, so that two merges of the same two wait and do not lock in a circle."""
    if kept_id == gone_id:
        raise NotMergeable("they are the same guest already")
    found = {i: await guest(session, i, lock=True) for i in sorted((kept_id, gone_id))}
    if any(g.merged_into or g.erased_at for g in found.values()):
        raise NotMergeable("one of them is merged or erased already")
    return found[kept_id], found[gone_id]


def _pointing() -> Iterator[tuple[Table, Column[Any]]]:
    """Every column that points at a guest, whatever room its table belongs to."""
    for table in metadata.sorted_tables:
        for key in table.foreign_keys if table.name not in OWN and "id" in table.c else ():
            if key.column.table.name == "guests" and key.column.name == "id":
                yield table, table.c[key.parent.name]


async def _point(
    session: AsyncSession, table: Table, column: Column[Any], at: UUID, instead: UUID
) -> list[UUID]:
    free = [~_beside(unique, column, instead) for unique in _uniques(table, column)]
    write = update(table).where(column == at, *free).values({column: instead})
    return list((await session.scalars(write.returning(table.c.id))).all())


def _uniques(table: Table, column: Column[Any]) -> Iterator[UniqueConstraint]:
    for one in table.constraints:
        if isinstance(one, UniqueConstraint) and one.columns.contains_column(column):
            yield one


def _beside(unique: UniqueConstraint, column: Column[Any], guest_id: UUID) -> ColumnElement[bool]:
    """That guest has the row already which this one would become."""
    theirs = unique.table.alias()
    same = (theirs.c[c.name].is_not_distinct_from(c) for c in unique.columns if c is not column)
    return exists().where(theirs.c[column.name] == guest_id, *same)
