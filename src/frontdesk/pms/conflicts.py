"""Reservations of the PMS that are not in our book: kept in sight until they are, or are off."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings.import_models import Import
from frontdesk.kit.ids import uuid7
from frontdesk.notifications.actions import Alert, notify
from frontdesk.notifications.bodies import Sentence
from frontdesk.notifications.headings import Heading
from frontdesk.pms.contract import Unread
from frontdesk.pms.models import PmsConflict, PmsLink

AGAIN = timedelta(hours=1)
"""A room may be free by then, or a type known."""
AT_ONCE = 200
PRESSING = 60
"""How pressing a reservation without a room in our book is, of 100: it may be sold twice."""


async def due_again(session: AsyncSession, *, now: datetime) -> tuple[str, ...]:
    query = select(PmsConflict.external_id).where(PmsConflict.try_at <= now)
    found = await session.scalars(query.order_by(PmsConflict.try_at).limit(AT_ONCE))
    return tuple(found.all())


@dataclass(frozen=True, slots=True)
class Looked:
    """What was asked for by name or is off there; what of it all is a line, and what cannot be."""

    asked: Sequence[str]
    names: Sequence[str]
    unfit: Sequence[Unread]


async def under_way(session: AsyncSession, link: PmsLink, looked: Looked, *, now: datetime) -> None:
    """Lines are judged anew by their import; what cannot be one is a conflict at once."""
    said = {one.external_id: one.problem for one in looked.unfit}
    gone = [*({*looked.asked} - {*looked.names, *said})]
    await session.execute(delete(PmsConflict).where(PmsConflict.external_id.in_(gone)))
    theirs = PmsConflict.external_id.in_(list(looked.names))
    await session.execute(update(PmsConflict).where(theirs).values(import_id=link.import_id))
    await _keep(session, link, said, None, now=now)


async def settle(session: AsyncSession, link: PmsLink, work: Import, *, now: datetime) -> None:
    """The import is through: its conflicts are in sight, and those it could take are none more."""
    found = {c["external_id"]: c["problem"] for c in work.conflicts if c["external_id"]}
    await _keep(session, link, found, work.id, now=now)
    over = PmsConflict.external_id.not_in(list(found))
    await session.execute(delete(PmsConflict).where(PmsConflict.import_id == work.id, over))


async def _keep(
    session: AsyncSession,
    link: PmsLink,
    problems: Mapping[str, str],
    import_id: UUID | None,
    *,
    now: datetime,
) -> None:
    """The day it was first seen stays; of new ones staff hear, once a reading."""
    if not problems:
        return
    names = PmsConflict.external_id.in_(list(problems))
    known = set((await session.scalars(select(PmsConflict.external_id).where(names))).all())
    later = now + AGAIN
    write = insert(PmsConflict).values(
        [
            {
                "hotel_id": link.hotel_id,
                "id": uuid7(),
                "external_id": name,
                "problem": problem,
                "import_id": import_id,
                "try_at": later,
            }
            for name, problem in problems.items()
        ]
    )
    said = {name: write.excluded[name] for name in ("problem", "import_id", "try_at")}
    write = write.on_conflict_do_update(index_elements=["hotel_id", "external_id"], set_=said)
    await session.execute(write)
    fresh = problems.keys() - known
    if fresh:
        title = Heading("pms_conflict", {"number": str(len(fresh))})
        body = [Sentence("pms_conflict")]
        key = f"pms_conflict:{now.isoformat()}"
        await notify(
            session, link.hotel_id, Alert("pms_conflict", PRESSING, title, body, key), now=now
        )
