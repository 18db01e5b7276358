"""What changed at a hotel since a place, read under its own row security."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from frontdesk.kit.db import Database

PAGE = 100
"""Between two pages whoever reads fast enough is served: none has to hold more than a few."""
READ = "live_since(hotel::uuid, $2, $3, $4, $5)"


@dataclass(frozen=True, slots=True)
class Change:
    seq: int
    kind: str
    what: str
    subject_id: UUID
    conversation_id: UUID | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Read:
    until: str
    """The snapshot up to which it was read."""
    changes: Sequence[Change]

    @property
    def is_all(self) -> bool:
        return len(self.changes) < PAGE


async def since(
    db: Database, hotel_id: UUID, seen: str, *, until: str | None = None, past: int = 0
) -> Read:
    """At most a page of what `seen` did not see and `until` does; None: until now."""
    rows: Sequence[Any] = await db.rows_at_once(hotel_id, READ, seen, until, past, PAGE)
    found = [
        Change(
            row["seq"],
            row["kind"],
            row["what"],
            row["subject_id"],
            row["conversation_id"],
            row["changed_at"],
        )
        for row in rows
        if row["seq"] is not None
    ]
    return Read(rows[0]["at"], found)


def folded(changes: Sequence[Change]) -> list[Change]:
    """Of one chat that changed more than once, what changed in all, in the place of the last."""
    last = {c.subject_id: c for c in changes if c.kind == "conversation"}
    parts: dict[UUID, dict[str, None]] = {}
    found: list[Change] = []
    for change in changes:
        if change.kind == "conversation":
            names = parts.setdefault(change.subject_id, {})
            names.update(dict.fromkeys(change.what.split(",")))
            if change is not last[change.subject_id]:
                continue
            change = replace(change, what=",".join(names))  # noqa: PLW2901 - as it is told
        found.append(change)
    return found


async def now_at(db: Database, hotel_id: UUID) -> str:
    """The snapshot of this moment; nothing is read."""
    rows: Sequence[Any] = await db.rows_at_once(hotel_id, READ, None, None, 0, 1)
    return rows[0]["at"]
