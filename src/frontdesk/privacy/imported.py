"""What imports keep of a guest: lines that nobody applied yet, and what would take one back.

No key leads from them to the guest, and they may hold a name that the guest has no more.
"""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.db import metadata
from frontdesk.privacy.search import has

WAITING = ("preview", "failed")


async def let_go(
    session: AsyncSession, guests: Collection[str], needles: Sequence[str]
) -> dict[str, int]:
    """`guests` by their ids. The same line, sent again, is somebody new. Gives rows a table."""
    counts = {"imports": await _lines(session, needles)}
    i, x = metadata.tables["import_changes"], metadata.tables["external_ids"]
    gone = delete(i).where(i.c.key.in_(guests)).returning(i.c.id)
    counts["import_changes"] = len((await session.scalars(gone)).all())
    gone = delete(x).where(x.c.kind == "guests", x.c.key.in_(guests)).returning(x.c.id)
    counts["external_ids"] = len((await session.scalars(gone)).all())
    return {name: count for name, count in counts.items() if count}


async def _lines(session: AsyncSession, needles: Sequence[str]) -> int:
    """The other lines of a preview stay to be applied."""
    t = metadata.tables["imports"]
    if not needles:
        return 0
    query = select(t.c.id, t.c.rows).where(t.c.status.in_(WAITING), has(t.c.rows, needles))
    found = (await session.execute(query.with_for_update())).all()
    for one in found:
        rows: list[dict[str, Any]] = one.rows
        left = [row for row in rows if not _speaks_of(row, needles)]
        await session.execute(update(t).where(t.c.id == one.id).values(rows=left))
    return len(found)


def _speaks_of(row: dict[str, Any], needles: Sequence[str]) -> bool:
    said = "\n".join(str(cell) for cell in row.values()).lower()
    return any(needle.lower() in said for needle in needles)
