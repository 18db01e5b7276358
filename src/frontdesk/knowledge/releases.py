"""Publishing what a hotel knows: turns use a published version, and can be given an older one."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Insert, delete, exists, func, insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.errors import Conflict, NotFound
from frontdesk.kit.ids import uuid7
from frontdesk.knowledge.models import KnowledgeChunk, KnowledgeDocument
from frontdesk.knowledge.release_models import KnowledgeRelease, KnowledgeReleaseItem
from frontdesk.messaging.events import emit
from frontdesk.tenancy.audit import record

KEPT = 10
"""Published versions that can be brought back."""
Snapshot = Mapping[UUID, int]


class StillReading(Conflict):
    """Some documents are still being read: wait until they are ready, or take them away"""

    code = "still_reading"


class ChangedMeanwhile(Conflict):
    """What the hotel knows was changed while it was tried: publish again"""

    code = "changed_meanwhile"


def in_a_release() -> ColumnElement[bool]:
    """Whether a chunk is of a version that was published, and is kept."""
    item = KnowledgeReleaseItem
    return exists().where(
        item.hotel_id == KnowledgeChunk.hotel_id,
        item.document_id == KnowledgeChunk.document_id,
        item.version == KnowledgeChunk.version,
    )


async def snapshot(session: AsyncSession) -> Snapshot:
    """Which version of each document would be published now. Raises StillReading."""
    model = KnowledgeDocument
    waiting = select(model.id).where(model.status == "queued").limit(20)
    queued = (await session.scalars(waiting)).all()
    if queued:
        raise StillReading(documents=[str(i) for i in queued])
    rows = await session.execute(
        select(model.id, model.ready_version).where(model.ready_version.is_not(None))
    )
    return {found: version or 0 for found, version in rows}


async def publish(
    session: AsyncSession,
    hotel_id: UUID,
    tried: Snapshot,
    *,
    cases: int,
    failing: Sequence[Mapping[str, Any]],
    by: str,
) -> KnowledgeRelease:
    """Makes it the one that turns use. Raises StillReading and ChangedMeanwhile."""
    number = await _next(session, hotel_id)
    if await snapshot(session) != tried:
        raise ChangedMeanwhile
    release = KnowledgeRelease(
        hotel_id=hotel_id,
        id=uuid7(),
        number=number,
        status="published",
        forced=bool(failing),
        cases=cases,
        failing=[dict(f) for f in failing],
        made_by=by,
    )
    session.add(release)
    await session.flush()
    items = [
        {"hotel_id": hotel_id, "release_id": release.id, "document_id": i, "version": v}
        for i, v in tried.items()
    ]
    if items:
        await session.execute(insert(KnowledgeReleaseItem), items)
    await _forget(session, number)
    action = "knowledge.force" if failing else "knowledge.publish"
    new = {"number": number, "cases": cases, "failing": len(failing)}
    record(session, hotel_id, action, f"knowledge_release:{release.id}", by=by, new=new)
    await _told(session, release)
    await session.refresh(release)
    return release


async def restore(
    session: AsyncSession, hotel_id: UUID, release_id: UUID, *, by: str
) -> KnowledgeRelease:
    """An older version under a new number, without what was deleted since. Raises NotFound."""
    number = await _next(session, hotel_id)
    old = await session.scalar(select(KnowledgeRelease).where(KnowledgeRelease.id == release_id))
    if old is None:
        raise NotFound("there is no such version")
    release = KnowledgeRelease(
        hotel_id=hotel_id,
        id=uuid7(),
        number=number,
        status="published",
        restores=old.number,
        made_by=by,
    )
    session.add(release)
    await session.flush()
    await session.execute(_copied(old.id, release.id))
    new = {"number": number, "restores": old.number}
    subject = f"knowledge_release:{release.id}"
    record(session, hotel_id, "knowledge.restore", subject, by=by, new=new)
    await _forget(session, number)
    await _told(session, release)
    await session.refresh(release)
    return release


async def _told(session: AsyncSession, release: KnowledgeRelease) -> None:
    told = {
        "release_id": str(release.id),
        "number": release.number,
        "restores": release.restores,
    }
    await emit(session, release.hotel_id, "knowledge.published", release.id, told)


def _copied(old: UUID, new: UUID) -> Insert:
    item = KnowledgeReleaseItem
    what = select(item.hotel_id, literal(new), item.document_id, item.version)
    columns = ["hotel_id", "release_id", "document_id", "version"]
    return insert(item).from_select(columns, what.where(item.release_id == old))


async def _next(session: AsyncSession, hotel_id: UUID) -> int:
    """The next number, with the one before it out of the way; one at a time for a hotel."""
    await session.execute(select(func.pg_advisory_xact_lock(7305043, func.hashtext(str(hotel_id)))))
    last = await session.scalar(select(func.max(KnowledgeRelease.number)))
    await session.execute(
        update(KnowledgeRelease)
        .where(KnowledgeRelease.status == "published")
        .values(status="superseded")
    )
    return (last or 0) + 1


async def _forget(session: AsyncSession, number: int) -> None:
    """Versions too old to come back, and the chunks that only they had."""
    await session.execute(delete(KnowledgeRelease).where(KnowledgeRelease.number <= number - KEPT))
    model = KnowledgeDocument
    current = exists().where(
        model.hotel_id == KnowledgeChunk.hotel_id,
        model.id == KnowledgeChunk.document_id,
        KnowledgeChunk.version >= func.coalesce(model.ready_version, 0),
    )
    await session.execute(delete(KnowledgeChunk).where(~current, ~in_a_release()))
