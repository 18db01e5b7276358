"""Taking an import back, where nothing was changed since."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings.import_desk import Desk
from frontdesk.bookings.import_kinds import LINES
from frontdesk.bookings.import_models import ExternalId, Import, ImportChange
from frontdesk.bookings.imports import AT_ONCE, NotApplicable, the_import, wrote_with
from frontdesk.kit.errors import Conflict, Problem
from frontdesk.tenancy.audit import record
from frontdesk.tenancy.queries import the_hotel


async def undo(session: AsyncSession, import_id: UUID, *, by: str, now: datetime) -> Import:
    """Take back the last AT_ONCE lines that stand as the import left them; the rest are listed.

    Call again until it is `undone`. Raises NotApplicable for an import that is not done.
    """
    work = await the_import(session, import_id)
    if work.status not in ("done", "undone"):
        raise NotApplicable(f"this import is {work.status}")
    desk = Desk(session, await the_hotel(session), by, now)
    query = select(ImportChange).where(
        ImportChange.import_id == import_id, ImportChange.undone_at.is_(None)
    )
    query = query.order_by(ImportChange.line.desc()).limit(AT_ONCE).with_for_update()
    changes = (await session.scalars(query)).all()
    if work.status == "done" and not changes and work.created + work.updated:
        raise NotApplicable("what it did is no longer kept")
    kept: list[dict[str, Any]] = []
    for changed in changes:
        line, undone = changed.line, await _take_back(desk, work.kind, changed)
        if undone:
            kept.append({"line": line, "external_id": None, "problem": f"not undone: {undone}"})
    work = await the_import(session, import_id)
    work.conflicts = [*work.conflicts, *kept]
    if len(changes) < AT_ONCE:
        work.status, work.finished_at = "undone", now
    record(
        session,
        work.hotel_id,
        "import.undo",
        f"import:{work.id}",
        by=by,
        new={"lines": len(changes) - len(kept)},
    )
    await session.flush()
    await session.refresh(work)
    return work


async def _take_back(desk: Desk, kind: str, changed: ImportChange) -> str:
    """Nothing, or why it stays as it is."""
    lines, changed_id = LINES[kind], changed.id
    key, old, new = changed.key, changed.old, changed.new
    why = ""
    try:
        async with desk.session.begin_nested():
            stands = await lines.stands(desk, key) or {}
            if any(stands.get(n) != v for n, v in new.items()):
                raise Conflict("it was changed since")
            theirs = (ExternalId.kind == kind) & (ExternalId.key == key)
            if old is None:
                await lines.remove(desk, key)
                await desk.session.execute(delete(ExternalId).where(theirs))
            else:
                await lines.change(desk, key, old)
                again = update(ExternalId).where(theirs)
                await desk.session.execute(again.values(wrote=wrote_with(old)))
    except Problem as refused:
        why = refused.detail or refused.title()
    except DBAPIError:
        why = "the database refused it"
    query = select(ImportChange).where(ImportChange.id == changed_id)
    query = query.execution_options(populate_existing=True)
    (await desk.session.scalars(query)).one().undone_at = desk.now
    await desk.session.flush()
    return why
