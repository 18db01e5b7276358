"""Another model or another store: built behind the one that answers, and then in its place."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, delete, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.db import ring
from frontdesk.kit.ids import HotelId
from frontdesk.kit.jobs import Job
from frontdesk.kit.logs import get_logger
from frontdesk.knowledge.chunks import found_by
from frontdesk.knowledge.index_models import KnowledgeIndex, KnowledgeVector
from frontdesk.knowledge.library import Library, NoSuchModel, serving
from frontdesk.knowledge.models import KnowledgeChunk, KnowledgeTerm
from frontdesk.knowledge.store import Entry, Place, Store, StoreFailed, write_vectors

BATCH = 16
AT_ONCE = 4
MAX_TRIES = 5
Vectors = dict[UUID, Sequence[float]]


async def switch(
    session: AsyncSession, hotel_id: UUID, *, store: str, embedder: str
) -> KnowledgeIndex:
    """Begin a new set of vectors, in place of one that is being built; the old one answers."""
    await session.execute(delete(KnowledgeIndex).where(KnowledgeIndex.status == "building"))
    made = KnowledgeIndex(hotel_id=hotel_id, store=store, embedder=embedder, status="building")
    made.total = await session.scalar(select(func.count()).select_from(KnowledgeChunk)) or 0
    session.add(made)
    await session.flush()
    await session.refresh(made)
    await ring(session, Job.INDEX_KNOWLEDGE, hotel_id)
    return made


async def tend(library: Library, hotel_id: HotelId) -> None:
    """Build what is being built, let it serve once it is whole, and clear what is left over."""
    async with library.db.hotel(hotel_id) as session:
        wanted = KnowledgeIndex.status == "building"
        building = await session.scalar(select(KnowledgeIndex).where(wanted))
    if building is not None:
        try:
            while not await _flipped(library, building):
                await _build_some(library, building)
        except (StoreFailed, NoSuchModel) as failed:
            await _count_failure(library, building, failed)
    await _clear(library, hotel_id)


@dataclass(frozen=True, slots=True)
class _Lot:
    chunks: Sequence[KnowledgeChunk]
    terms: dict[UUID, dict[str, int]]
    known: Vectors
    """Of the set that serves, where the same model made it."""
    average: float


async def _build_some(library: Library, index: KnowledgeIndex) -> None:
    lot = await _lot(library, index)
    vectors = lot.known or await _embedded(library, index, lot.chunks)
    place = Place(HotelId(index.hotel_id), index.id)
    if index.store != library.base.name:
        entries = [
            Entry(c.id, vectors[c.id], lot.terms[c.id], c.length, lot.average)
            for c in lot.chunks
            if c.id in vectors
        ]
        await _store(library, index).put(place, entries)
    async with library.db.hotel(index.hotel_id) as session:
        here = select(KnowledgeChunk.id).where(KnowledgeChunk.id.in_(vectors)).with_for_update()
        still = set((await session.scalars(here)).all())
        await write_vectors(session, place, {i: v for i, v in vectors.items() if i in still})
        row = await session.get(KnowledgeIndex, (index.hotel_id, index.id))
        if row is not None:
            row.done = await _count(session, _vectors(index.id))
            row.total = await _count(session, select(KnowledgeChunk.id))


async def _lot(library: Library, index: KnowledgeIndex) -> _Lot:
    """The next chunks that the new set lacks; where their vectors are known, only such."""
    async with library.db.hotel(index.hotel_id) as session:
        lacking = _lacking(index.id).order_by(KnowledgeChunk.id).limit(BATCH)
        chunks = (await session.scalars(lacking)).all()
        ids = [c.id for c in chunks]
        terms: dict[UUID, dict[str, int]] = defaultdict(dict)
        for row in await session.scalars(
            select(KnowledgeTerm).where(KnowledgeTerm.chunk_id.in_(ids))
        ):
            terms[row.chunk_id][row.term] = row.count
        old = await serving(session)
        known: Vectors = {}
        if old is not None and old.embedder == index.embedder:
            mine = (KnowledgeVector.index_id == old.id) & KnowledgeVector.chunk_id.in_(ids)
            for vector in await session.scalars(select(KnowledgeVector).where(mine)):
                known[vector.chunk_id] = vector.embedding
        average = await session.scalar(select(func.avg(KnowledgeChunk.length)))
    return _Lot(chunks, terms, known, float(average or 1.0))


async def _embedded(
    library: Library, index: KnowledgeIndex, chunks: Sequence[KnowledgeChunk]
) -> Vectors:
    model = await asyncio.to_thread(library.models.named, index.embedder)
    made: Vectors = {}
    for at in range(0, len(chunks), AT_ONCE):
        some = chunks[at : at + AT_ONCE]
        texts = [found_by(c.title, c.heading, c.body, c.fact_key) for c in some]
        vectors = await asyncio.to_thread(model.embed_passages, texts)
        made |= zip((c.id for c in some), vectors.tolist(), strict=True)
    return made


async def _flipped(library: Library, index: KnowledgeIndex) -> bool:
    """True when it serves, or is gone. No text is being added while this looks."""
    async with library.db.hotel(index.hotel_id) as session:
        old = await session.scalar(
            select(KnowledgeIndex).where(KnowledgeIndex.status == "serving").with_for_update()
        )
        query = select(KnowledgeIndex).where(KnowledgeIndex.id == index.id).with_for_update()
        new = await session.scalar(query)
        if new is None or new.status != "building":
            return True
        if await _count(session, _lacking(index.id)):
            return False
        if old is not None:
            old.status = "retired"
            await session.flush()
        new.status, new.error = "serving", None
        new.done = new.total = await _count(session, _vectors(index.id))
    return True


def _lacking(index_id: UUID) -> Select[KnowledgeChunk]:
    has = exists().where(
        KnowledgeVector.hotel_id == KnowledgeChunk.hotel_id,
        KnowledgeVector.chunk_id == KnowledgeChunk.id,
        KnowledgeVector.index_id == index_id,
    )
    return select(KnowledgeChunk).where(~has)


def _vectors(index_id: UUID) -> Select[UUID]:
    return select(KnowledgeVector.chunk_id).where(KnowledgeVector.index_id == index_id)


async def _count(session: AsyncSession, query: Select[UUID] | Select[KnowledgeChunk]) -> int:
    return await session.scalar(select(func.count()).select_from(query.subquery())) or 0


async def _count_failure(library: Library, index: KnowledgeIndex, failed: Exception) -> None:
    get_logger().warning("index_failed", index=str(index.id), exc_info=failed)
    async with library.db.hotel(index.hotel_id) as session:
        row = await session.get(KnowledgeIndex, (index.hotel_id, index.id))
        if row is None:
            return
        row.tries += 1
        row.error = f"{type(failed).__name__}: {failed}"[:300]
        if row.tries >= MAX_TRIES:
            row.status = "failed"


async def _clear(library: Library, hotel_id: HotelId) -> None:
    """Sets that nobody asks any more go; other stores lose what PostgreSQL no longer has."""
    async with library.db.hotel(hotel_id) as session:
        indexes = (await session.scalars(select(KnowledgeIndex))).all()
    for index in indexes:
        if index.status == "building" or (
            index.status == "serving" and index.store == library.base.name
        ):
            continue
        try:
            await _clear_one(library, index)
        except StoreFailed as failed:  # looked at again with the next change
            get_logger().warning("store_failed", store=index.store, exc_info=failed)


async def _clear_one(library: Library, index: KnowledgeIndex) -> None:
    place = Place(HotelId(index.hotel_id), index.id)
    over = index.status != "serving"
    if index.store != library.base.name:
        store = _store(library, index)
        there = await store.listed(place)
        async with library.db.hotel(place.hotel_id) as session:
            ours = set((await session.scalars(_vectors(index.id))).all())
        await store.drop(place, sorted(there if over else there - ours))
    if index.status == "retired":
        async with library.db.hotel(place.hotel_id) as session:
            await session.execute(delete(KnowledgeIndex).where(KnowledgeIndex.id == index.id))


def _store(library: Library, index: KnowledgeIndex) -> Store:
    try:
        return library.stores[index.store]
    except KeyError:
        raise StoreFailed(f"{index.store} is not set up here") from None
