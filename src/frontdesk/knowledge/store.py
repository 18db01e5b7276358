"""Where vectors lie and are searched: one Protocol, and PostgreSQL behind it by default."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, Protocol
from uuid import UUID

from sqlalchemy import Select, and_, delete, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.knowledge.index_models import KnowledgeVector
from frontdesk.knowledge.models import KnowledgeChunk, KnowledgeDocument, KnowledgeTerm
from frontdesk.knowledge.release_models import KnowledgeReleaseItem
from frontdesk.knowledge.rules import bm25

CANDIDATES = 20
Audience = Literal["guest", "in_house", "staff"]
SEEN: Mapping[str, tuple[str, ...]] = {
    "guest": ("guest",),
    "in_house": ("guest", "in_house"),
    "staff": ("guest", "in_house", "staff"),
}


class StoreFailed(Exception):
    """The store of vectors could not be asked, or refused"""


@dataclass(frozen=True, slots=True)
class Place:
    """One set of vectors of one hotel."""

    hotel_id: HotelId
    index_id: UUID


@dataclass(frozen=True, slots=True)
class Entry:
    """A chunk as a store keeps it."""

    chunk_id: UUID
    vector: Sequence[float]
    terms: Mapping[str, int]
    """How often each stemmed word, and each aspect, stands in it."""
    length: int
    average: float
    """Words of all the hotel's chunks, in the mean, when this was written."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Which chunks may be told, to whom, on which day."""

    audience: str
    today: date
    release_id: UUID | None = None
    """The published version; None: everything as it is written and read now."""


@dataclass(frozen=True, slots=True)
class Ask:
    place: Place
    vector: Sequence[float]
    words: Sequence[str]
    aspects: Sequence[str]
    scope: Scope


@dataclass(frozen=True, slots=True)
class Hit:
    chunk_id: UUID
    cosine: float
    words: float
    """BM25 of the question's words, 0 to 1."""
    aspects: float
    """The same of the aspects of a hotel that it names."""


@dataclass(frozen=True, slots=True)
class Hits:
    hits: Sequence[Hit]
    mean: float
    """Cosine, over all that may be told."""
    chunks: int


class Store(Protocol):
    """What may be told is judged by PostgreSQL, whatever a store says: it says how near."""

    @property
    def name(self) -> str: ...

    async def put(self, place: Place, entries: Sequence[Entry]) -> None:
        """Writes or overwrites. Raises StoreFailed; again is safe."""
        ...

    async def drop(self, place: Place, chunk_ids: Sequence[UUID]) -> None:
        """Also what is not there. Raises StoreFailed."""
        ...

    async def listed(self, place: Place) -> set[UUID]:
        """Every chunk that it has there. Raises StoreFailed."""
        ...

    async def search(self, ask: Ask) -> Hits:
        """The nearest, and those that name what is asked for. Raises StoreFailed."""
        ...


def told(scope: Scope) -> Select[UUID, UUID, int]:
    """Ids and lengths of the chunks in the scope: of versions that are published, or whole."""
    chunk, document, item = KnowledgeChunk, KnowledgeDocument, KnowledgeReleaseItem
    found = select(chunk.hotel_id, chunk.id, chunk.length)
    if scope.release_id is None:
        same = and_(document.hotel_id == chunk.hotel_id, document.id == chunk.document_id)
        found = found.join(document, and_(same, document.ready_version == chunk.version))
    else:
        same = and_(item.hotel_id == chunk.hotel_id, item.document_id == chunk.document_id)
        found = found.join(item, and_(same, item.version == chunk.version)).where(
            item.release_id == scope.release_id
        )
    return found.where(
        chunk.audience.in_(SEEN[scope.audience]),
        or_(chunk.valid_from.is_(None), chunk.valid_from <= scope.today),
        or_(chunk.valid_until.is_(None), chunk.valid_until >= scope.today),
    )


@dataclass(frozen=True, slots=True)
class PgVector:
    db: Database
    name: str = "pgvector"

    async def put(self, place: Place, entries: Sequence[Entry]) -> None:
        async with self.db.hotel(place.hotel_id) as session:
            await write_vectors(session, place, {e.chunk_id: e.vector for e in entries})

    async def drop(self, place: Place, chunk_ids: Sequence[UUID]) -> None:
        async with self.db.hotel(place.hotel_id) as session:
            vector = KnowledgeVector
            mine = (vector.index_id == place.index_id) & vector.chunk_id.in_(chunk_ids)
            await session.execute(delete(vector).where(mine))

    async def listed(self, place: Place) -> set[UUID]:
        async with self.db.hotel(place.hotel_id) as session:
            mine = KnowledgeVector.index_id == place.index_id
            return set((await session.scalars(select(KnowledgeVector.chunk_id).where(mine))).all())

    async def search(self, ask: Ask) -> Hits:
        async with self.db.hotel(ask.place.hotel_id) as session:
            words, about = await lexical(session, ask)
            named = sorted(about, key=lambda c: -about[c])[:CANDIDATES]
            rows = await _dense(session, ask, named)
        hits = [
            Hit(row.chunk_id, 1 - float(row.distance), words.get(row.chunk_id, 0.0),
                about.get(row.chunk_id, 0.0))
            for row in rows
        ]  # fmt: skip
        mean, chunks = (1 - float(rows[0].mean), rows[0].chunks) if rows else (0.0, 0)
        return Hits(hits, mean, chunks)


async def write_vectors(
    session: AsyncSession, place: Place, vectors: Mapping[UUID, Sequence[float]]
) -> None:
    if not vectors:
        return
    write = insert(KnowledgeVector).values(
        [
            {"hotel_id": place.hotel_id, "index_id": place.index_id, "chunk_id": i, "embedding": v}
            for i, v in vectors.items()
        ]
    )
    same = ["hotel_id", "index_id", "chunk_id"]
    said = {"embedding": write.excluded.embedding}
    await session.execute(write.on_conflict_do_update(index_elements=same, set_=said))


async def _dense(session: AsyncSession, ask: Ask, named: Sequence[UUID]) -> Sequence[Any]:
    """Exact, within the hotel: at a few hundred chunks an index would only lose some.

    The nearest, and the `named`: chunks about what is asked for may lie further away.
    """
    vector, may = KnowledgeVector, told(ask.scope).subquery()
    distance = vector.embedding.cosine_distance(ask.vector)
    query = (
        select(
            vector.chunk_id,
            distance.label("distance"),
            func.avg(distance).over().label("mean"),
            func.count().over().label("chunks"),
        )
        .join(may, and_(may.c.hotel_id == vector.hotel_id, may.c.id == vector.chunk_id))
        .where(vector.index_id == ask.place.index_id)
        .order_by(vector.chunk_id.in_(named).desc(), distance)
        .limit(CANDIDATES + len(named))
    )
    return (await session.execute(query)).all()


async def lexical(session: AsyncSession, ask: Ask) -> tuple[dict[UUID, float], dict[UUID, float]]:
    """BM25 of the chunks that hold any of the words, and any of the aspects asked for."""
    postings: dict[str, dict[UUID, int]] = defaultdict(dict)
    lengths: dict[UUID, int] = {}
    may, term = told(ask.scope).subquery(), KnowledgeTerm
    query = (
        select(term.term, term.chunk_id, term.count, may.c.length)
        .join(may, and_(may.c.hotel_id == term.hotel_id, may.c.id == term.chunk_id))
        .where(term.term.in_([*ask.words, *ask.aspects]))
    )
    for said, chunk_id, count, length in await session.execute(query):
        postings[said][chunk_id] = count
        lengths[chunk_id] = length
    documents, average = await sizes(session, ask.scope)

    def scores(wanted: Sequence[str]) -> dict[UUID, float]:
        return bm25(wanted, postings, lengths, documents=documents, average=average)

    return scores(ask.words), scores(ask.aspects)


async def sizes(session: AsyncSession, scope: Scope) -> tuple[int, float]:
    """How many chunks may be told, and how long they are in the mean."""
    may = told(scope).subquery()
    query = select(func.count(), func.coalesce(func.avg(may.c.length), 1.0)).select_from(may)
    documents, average = (await session.execute(query)).one()
    return documents, float(average) or 1.0
