"""Ingestion: a queued document is read, cut, embedded a batch at a time, and then told at once."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.db import Database, ring
from frontdesk.kit.fetching import FetchFailed
from frontdesk.kit.ids import HotelId, uuid7
from frontdesk.kit.jobs import Job
from frontdesk.kit.logs import get_logger
from frontdesk.knowledge.chunks import counted, found_by
from frontdesk.knowledge.embedder import Embedder
from frontdesk.knowledge.index_models import KnowledgeIndex
from frontdesk.knowledge.library import Library, serving_or_new
from frontdesk.knowledge.models import KnowledgeChunk, KnowledgeDocument, KnowledgeTerm
from frontdesk.knowledge.reading import Unreadable
from frontdesk.knowledge.releases import in_a_release
from frontdesk.knowledge.rules import Piece, cut
from frontdesk.knowledge.sources import read_source
from frontdesk.knowledge.store import Entry, Place, StoreFailed, write_vectors
from frontdesk.knowledge.work import LEASE, Overtaken, Work

MAX_TRIES = 3
BATCH = 16
"""Chunks a transaction: what is done of a long document stays done."""
AT_ONCE = 4
"""Texts a hold of the model's lock: a guest's question waits no longer than these take."""
FINAL = (Unreadable,)
"""Trying again would not help."""


async def ingest(db: Database, embedder: Embedder, hotel_id: HotelId, document_id: UUID) -> None:
    """With one model, into PostgreSQL."""
    await read_in(Library.alone(db, embedder), hotel_id, document_id)


async def read_in(library: Library, hotel_id: HotelId, document_id: UUID) -> None:
    """Only a queued document is worked, by one at a time; what fails is told on it."""
    work = await _take(library, hotel_id, document_id)
    if work is None:
        return
    try:
        await read_source(work)
        await _embed(work)
    except Overtaken:
        await _give_back(work)
    except Exception as error:  # noqa: BLE001 - told on the document, and tried again
        get_logger().error("ingest_failed", exc_info=error, document=str(document_id))
        await _count_failure(work, error)


async def _take(library: Library, hotel_id: HotelId, document_id: UUID) -> Work | None:
    document = KnowledgeDocument
    free = or_(document.lease_until.is_(None), document.lease_until < func.now())
    async with library.db.hotel(hotel_id) as session:
        version = await session.scalar(
            update(document)
            .where(document.id == document_id, document.status == "queued", free)
            .values(lease_until=func.now() + LEASE)
            .returning(document.version)
        )
    return None if version is None else Work(library, hotel_id, document_id, version)


async def _embed(work: Work) -> None:
    """From where it was left; then the whole version takes the old one's place."""
    async with work.library.db.hotel(work.hotel_id) as session:
        document = await work.document(session)
        index = await serving_or_new(session, work.library, work.hotel_id)
        pieces = cut(document.body)
        mine = (KnowledgeChunk.document_id == work.document_id) & (
            KnowledgeChunk.version == work.version
        )
        there = await session.scalar(select(func.count()).select_from(KnowledgeChunk).where(mine))
        done = min(document.chunks_done, there or 0)
        document.chunks_done, document.chunks_total = done, len(pieces)
        await session.execute(delete(KnowledgeChunk).where(mine, KnowledgeChunk.ordinal >= done))
        average = await session.scalar(select(func.avg(KnowledgeChunk.length)))
    model = await asyncio.to_thread(work.library.models.named, index.embedder)
    for first in range(done, len(pieces), BATCH):
        batch = pieces[first : first + BATCH]
        await _batch(work, index, model, batch, first, float(average or 1.0))
    await _finish(work)


async def _batch(
    work: Work,
    index: KnowledgeIndex,
    model: Embedder,
    pieces: Sequence[Piece],
    first: int,
    average: float,
) -> None:
    async with work.library.db.hotel(work.hotel_id) as session:
        document = await work.document(session)
    texts = [found_by(document.title, p.heading, p.body, document.fact_key) for p in pieces]
    vectors: list[list[float]] = []
    for at in range(0, len(texts), AT_ONCE):
        made = await asyncio.to_thread(model.embed_passages, texts[at : at + AT_ONCE])
        vectors += made.tolist()
    place, entries = Place(work.hotel_id, index.id), list[Entry]()
    async with work.library.db.hotel(work.hotel_id) as session:
        document = await work.document(session)
        now_serves = await serving_or_new(session, work.library, work.hotel_id)
        moved = now_serves.id != index.id
        if moved:
            document.chunks_done = 0
        else:
            entries = await _write(session, document, pieces, texts, vectors, first, average)
            await write_vectors(session, place, {e.chunk_id: e.vector for e in entries})
    if moved:
        raise Overtaken
    if index.store != work.library.base.name:
        await work.library.stores[index.store].put(place, entries)
    async with work.library.db.hotel(work.hotel_id) as session:
        (await work.document(session)).chunks_done = first + len(pieces)


async def _write(
    session: AsyncSession,
    document: KnowledgeDocument,
    pieces: Sequence[Piece],
    texts: Sequence[str],
    vectors: Sequence[Sequence[float]],
    first: int,
    average: float,
) -> list[Entry]:
    entries: list[Entry] = []
    for at, (piece, text) in enumerate(zip(pieces, texts, strict=True)):
        count, length = counted(text, document.language, document.fact_key)
        chunk = _chunk(document, piece, first + at, length)
        session.add(chunk)
        entries.append(Entry(chunk.id, vectors[at], count, length, average))
    await session.flush()
    postings = [
        {"hotel_id": document.hotel_id, "term": t, "chunk_id": e.chunk_id, "count": n}
        for e in entries
        for t, n in e.terms.items()
    ]
    if postings:
        await session.execute(insert(KnowledgeTerm), postings)
    return entries


def _chunk(document: KnowledgeDocument, piece: Piece, ordinal: int, length: int) -> KnowledgeChunk:
    return KnowledgeChunk(
        hotel_id=document.hotel_id,
        id=uuid7(),
        document_id=document.id,
        version=document.version,
        ordinal=ordinal,
        title=document.title,
        heading=piece.heading,
        body=piece.body,
        language=document.language,
        audience=document.audience,
        valid_from=document.valid_from,
        valid_until=document.valid_until,
        fact_key=document.fact_key,
        value=document.value,
        length=length,
    )


async def _finish(work: Work) -> None:
    """Told from now on; what it said before goes, from other stores after the commit."""
    async with work.library.db.hotel(work.hotel_id) as session:
        document = await work.document(session)
        index = await serving_or_new(session, work.library, work.hotel_id)
        document.status, document.error, document.lease_until = "ready", None, None
        document.ready_version = work.version
        gone = await session.scalars(
            delete(KnowledgeChunk)
            .where(
                KnowledgeChunk.document_id == work.document_id,
                KnowledgeChunk.version != work.version,
                ~in_a_release(),
            )
            .returning(KnowledgeChunk.id)
        )
        old = gone.all()
    if old and index.store != work.library.base.name:
        try:
            await work.library.stores[index.store].drop(Place(work.hotel_id, index.id), old)
        except StoreFailed as failed:  # they are told to nobody, and looked for again later
            get_logger().warning("store_failed", store=index.store, exc_info=failed)


async def _give_back(work: Work) -> None:
    """For whoever reads it next, at once."""
    async with work.library.db.hotel(work.hotel_id) as session:
        await session.execute(
            update(KnowledgeDocument)
            .where(KnowledgeDocument.id == work.document_id, KnowledgeDocument.status == "queued")
            .values(lease_until=None)
        )
        await ring(session, Job.INGEST_DOCUMENT, work.hotel_id, str(work.document_id))


async def _count_failure(work: Work, error: Exception) -> None:
    async with work.library.db.hotel(work.hotel_id) as session:
        try:
            document = await work.document(session)
        except Overtaken:
            return
        document.tries += 1
        document.lease_until = None
        told = isinstance(error, (Unreadable, FetchFailed, StoreFailed))
        document.error = (str(error) if told else type(error).__name__)[:300]
        if document.tries >= MAX_TRIES or isinstance(error, FINAL):
            document.status = "failed"
