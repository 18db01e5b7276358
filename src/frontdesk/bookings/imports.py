"""Imports: a preview that leaves nothing, then line by line, each whole or in the conflict list.

The last writer wins, with one exception: where a person changed here what the last import of that
external id wrote, the line is a conflict, unless the import says `overwrite`.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import cast, select
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings.import_desk import Desk, Lines
from frontdesk.bookings.import_kinds import LINES
from frontdesk.bookings.import_models import ExternalId, Import, ImportChange
from frontdesk.bookings.import_reading import cells
from frontdesk.kit.clock import Clock
from frontdesk.kit.db import Database, ring
from frontdesk.kit.errors import Conflict, NotFound, Problem
from frontdesk.kit.ids import HotelId, uuid7
from frontdesk.kit.jobs import Job
from frontdesk.kit.logs import get_logger
from frontdesk.messaging.events import emit
from frontdesk.tenancy.audit import record
from frontdesk.tenancy.queries import the_hotel

AT_ONCE = 200
"""Lines of one transaction; a preview sees what they do to one another within as many."""
MAX_TRIES = 3


class NotApplicable(Conflict):
    """An import in this state cannot do that"""

    code = "import_state"


async def the_import(session: AsyncSession, import_id: UUID) -> Import:
    """Locked, and as the database has it. Raises NotFound."""
    query = select(Import).where(Import.id == import_id).with_for_update()
    found = await session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound("there is no such import")
    return found


async def start(session: AsyncSession, made: Import, *, apply: bool, now: datetime) -> Import:
    """The first lines are worked at once, the rest is rung for."""
    made.id, made.status = uuid7(), "applying" if apply else "checking"
    session.add(made)
    await session.flush()
    told = {"kind": made.kind, "rows": len(made.rows)}
    record(session, made.hotel_id, "import.start", f"import:{made.id}", by=made.made_by, new=told)
    return await advance(session, made.id, now=now)


async def apply_preview(
    session: AsyncSession, import_id: UUID, *, by: str, now: datetime
) -> Import:
    """Raises NotApplicable for anything but a preview."""
    work = await the_import(session, import_id)
    if work.status != "preview":
        raise NotApplicable(f"this import is {work.status}")
    record(session, work.hotel_id, "import.apply", f"import:{work.id}", by=by)
    work.status, work.next_row, work.conflicts = "applying", 0, []
    work.created = work.updated = work.unchanged = work.tries = 0
    await session.flush()
    return await advance(session, import_id, now=now)


def never() -> bool:
    return False


async def run_import(
    db: Database,
    clock: Clock,
    hotel_id: HotelId,
    import_id: UUID,
    *,
    enough: Callable[[], bool] = never,
) -> None:
    """The job: on from where it stands, until nothing is left or it is enough for now.

    A failure is counted.
    """
    try:
        left = True
        while left:
            async with db.hotel(hotel_id) as session:
                work = await advance(session, import_id, now=clock.now())
                left = work.status in ("checking", "applying") and not enough()
    except Exception as error:  # noqa: BLE001 - counted, retried, then visibly failed
        get_logger().error("import_failed", exc_info=error, import_id=str(import_id))
        async with db.hotel(hotel_id) as session:
            work = await the_import(session, import_id)
            work.tries += 1
            work.status = "failed" if work.tries >= MAX_TRIES else work.status


async def advance(session: AsyncSession, import_id: UUID, *, now: datetime) -> Import:
    """Work the next lines; in a preview what they do is undone at once."""
    work = await the_import(session, import_id)
    if work.status not in ("checking", "applying"):
        return work
    rows, dry = work.rows[work.next_row : work.next_row + AT_ONCE], work.status == "checking"
    desk = Desk(session, await the_hotel(session), f"import:{work.id}", now)
    scene = await session.begin_nested()
    outcomes = [await _line(desk, work.kind, work, row) for row in rows]
    if dry:
        await scene.rollback()
        work = await the_import(session, import_id)
    else:
        await scene.commit()
    work.next_row += len(rows)
    work.created += outcomes.count("created")
    work.updated += outcomes.count("updated")
    work.unchanged += outcomes.count("unchanged")
    work.conflicts = [*work.conflicts, *(o for o in outcomes if isinstance(o, dict))]
    if work.next_row >= len(work.rows):
        work.status, work.finished_at = ("preview" if dry else "done"), now
        work.rows = work.rows if dry else []  # people stand in them
        if not dry:
            await _finished(session, work)
    else:
        await ring(session, Job.RUN_IMPORT, work.hotel_id, str(work.id))
    await session.flush()
    await session.refresh(work)
    return work


async def _finished(session: AsyncSession, work: Import) -> None:
    told = {
        "import_id": str(work.id),
        "kind": work.kind,
        "created": work.created,
        "updated": work.updated,
        "unchanged": work.unchanged,
        "conflicts": len(work.conflicts),
    }
    await emit(session, work.hotel_id, "import.finished", work.id, told)


async def _line(
    desk: Desk, kind: str, work: Import, row: Mapping[str, Any]
) -> str | dict[str, Any]:
    """`created`, `updated`, `unchanged`, or why not."""
    why = ""
    try:
        async with desk.session.begin_nested():
            return await _take(desk, kind, work, row)
    except ValidationError as wrong:
        why = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in wrong.errors())
    except Problem as refused:
        said = {k: v for k, v in refused.extra.items() if k in ("nights", "claims")}
        why = f"{refused.detail or refused.title()}{f' {said}' if said else ''}"
    except DBAPIError as refused:
        get_logger().warning("import_line_refused", code=getattr(refused.orig, "sqlstate", None))
        why = "the database refused it"
    return {
        "line": row["line"],
        "external_id": str(row.get("external_id") or "")[:200] or None,
        "problem": why[:1000],
    }


async def _take(desk: Desk, kind: str, work: Import, row: Mapping[str, Any]) -> str:
    lines, said = LINES[kind], cells(kind, row)
    wanted = await lines.wanted(desk, said)
    external_id: str | None = row.get("external_id") or None
    known = await _known(desk.session, work, external_id)
    key = known.key if known else await lines.find(desk, wanted)
    stands = await lines.stands(desk, key) if key else None
    if known and stands is None:
        raise Conflict("it was removed here since the last import")
    if key is None or stands is None:
        key = await lines.make(desk, dict(wanted), said)
        outcome, old = "created", None
    else:
        changes = {n: v for n, v in wanted.items() if stands.get(n) != v}
        if not work.overwrite and known:
            _refuse_changed_here(changes, stands, known.wrote)
        if changes:
            await lines.change(desk, key, changes)
        outcome = "updated" if changes else "unchanged"
        old = {n: stands.get(n) for n in changes}
    if outcome != "unchanged":
        await _note(desk, lines, work, row["line"], key, old, wanted)
    if external_id:
        await _remember(desk.session, work, external_id, key, wanted)
    return outcome


def _refuse_changed_here(
    changes: Mapping[str, Any], stands: Mapping[str, Any], wrote: Mapping[str, Any]
) -> None:
    ours = [n for n in changes if n in wrote and stands.get(n) != wrote[n]]
    if ours:
        raise Conflict(f"changed here since the last import: {', '.join(sorted(ours))}")


async def _known(session: AsyncSession, work: Import, external_id: str | None) -> ExternalId | None:
    if external_id is None:
        return None
    query = select(ExternalId).where(
        ExternalId.kind == work.kind,
        ExternalId.source == work.source,
        ExternalId.external_id == external_id,
    )
    return await session.scalar(query.with_for_update())


async def _note(
    desk: Desk,
    lines: Lines,
    work: Import,
    line: int,
    key: str,
    old: dict[str, Any] | None,
    wanted: Mapping[str, Any],
) -> None:
    stands = await lines.stands(desk, key) or {}
    changed = ImportChange(
        hotel_id=work.hotel_id,
        import_id=work.id,
        line=line,
        key=key,
        old=old,
        new={n: stands[n] for n in wanted if n in stands},
    )
    desk.session.add(changed)
    await desk.session.flush()


async def _remember(
    session: AsyncSession, work: Import, external_id: str, key: str, wanted: dict[str, Any]
) -> None:
    row = {
        "hotel_id": work.hotel_id,
        "id": uuid7(),
        "kind": work.kind,
        "source": work.source,
        "external_id": external_id,
        "key": key,
        "wrote": wanted,
    }
    write = insert(ExternalId).values(row)
    write = write.on_conflict_do_update(
        index_elements=["hotel_id", "kind", "source", "external_id"],
        set_={"key": key, "wrote": wrote_with(wanted)},
    )
    await session.execute(write)


def wrote_with(values: dict[str, Any]) -> Any:
    """What an external id's last import wrote, and these on top."""
    return ExternalId.wrote.op("||")(cast(values, JSONB))
