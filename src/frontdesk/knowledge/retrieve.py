"""From a question to the hotel's own chunks: dense and BM25, fused, under the wall."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.knowledge.embedder import Embedder
from frontdesk.knowledge.models import KnowledgeChunk, KnowledgeDocument, KnowledgeTerm
from frontdesk.knowledge.rules import bm25, terms

CANDIDATES = 20
ENOUGH = 6
"""Chunks from which on a mean says something."""
LEXICAL_WEIGHT = 0.04
"""What a perfect word match adds to a cosine: it orders near ties, the vectors lead."""


@dataclass(frozen=True, slots=True)
class Found:
    """One chunk that may answer, best first in a list."""

    chunk_id: UUID
    document_id: UUID
    title: str
    heading: str
    body: str
    language: str
    cosine: float
    lexical: float
    """BM25 over the best BM25 of this question, 0 to 1."""
    lift: float | None
    """How far the cosine stands above the mean of all chunks; None where there are too few."""

    @property
    def score(self) -> float:
        return self.cosine + LEXICAL_WEIGHT * self.lexical


async def retrieve(
    db: Database,
    embedder: Embedder,
    hotel_id: HotelId,
    question: str,
    *,
    language: str,
    today: date,
    audience: str = "guest",
    limit: int = 5,
) -> list[Found]:
    """The hotel's chunks nearest to a question, in whatever language they are written."""
    vectors = await asyncio.to_thread(embedder.embed_queries, [question])
    async with db.hotel(hotel_id) as session:
        dense = await _dense(session, embedder.name, vectors[0].tolist(), today, audience)
        words = await _lexical(session, terms(question, language))
    best = max(words.values(), default=0.0) or 1.0
    found = [
        Found(
            chunk_id=row.id,
            document_id=row.document_id,
            title=row.title,
            heading=row.heading,
            body=row.body,
            language=row.language,
            cosine=1 - float(row.distance),
            lexical=words.get(row.id, 0.0) / best,
            lift=float(row.mean - row.distance) if row.chunks >= ENOUGH else None,
        )
        for row in dense
    ]
    return sorted(found, key=lambda f: -f.score)[:limit]


async def _dense(
    session: AsyncSession, embedder: str, vector: list[float], today: date, audience: str
) -> Sequence[Any]:
    """Exact, within the hotel: at a few hundred chunks an index would only lose some."""
    distance = KnowledgeChunk.embedding.cosine_distance(vector)
    valid = and_(
        or_(KnowledgeDocument.valid_from.is_(None), KnowledgeDocument.valid_from <= today),
        or_(KnowledgeDocument.valid_until.is_(None), KnowledgeDocument.valid_until >= today),
    )
    seen = ("guest",) if audience == "guest" else ("guest", "staff")
    query = (
        select(
            KnowledgeChunk.id,
            KnowledgeChunk.document_id,
            KnowledgeDocument.title,
            KnowledgeChunk.heading,
            KnowledgeChunk.body,
            KnowledgeChunk.language,
            distance.label("distance"),
            func.avg(distance).over().label("mean"),
            func.count().over().label("chunks"),
        )
        .join(
            KnowledgeDocument,
            (KnowledgeDocument.hotel_id == KnowledgeChunk.hotel_id)
            & (KnowledgeDocument.id == KnowledgeChunk.document_id),
        )
        .where(
            KnowledgeChunk.embedder == embedder,
            KnowledgeDocument.status == "ready",
            KnowledgeDocument.audience.in_(seen),
            valid,
        )
        .order_by(distance)
        .limit(CANDIDATES)
    )
    return (await session.execute(query)).all()


async def _lexical(session: AsyncSession, wanted: list[str]) -> dict[UUID, float]:
    if not wanted:
        return {}
    postings: dict[str, dict[UUID, int]] = defaultdict(dict)
    lengths: dict[UUID, int] = {}
    query = (
        select(
            KnowledgeTerm.term, KnowledgeTerm.chunk_id, KnowledgeTerm.count, KnowledgeChunk.length
        )
        .join(
            KnowledgeChunk,
            (KnowledgeChunk.hotel_id == KnowledgeTerm.hotel_id)
            & (KnowledgeChunk.id == KnowledgeTerm.chunk_id),
        )
        .where(KnowledgeTerm.term.in_(wanted))
    )
    for term, chunk_id, count, length in await session.execute(query):
        postings[term][chunk_id] = count
        lengths[chunk_id] = length
    sizes = select(func.count(), func.coalesce(func.avg(KnowledgeChunk.length), 1.0))
    documents, average = (await session.execute(sizes.select_from(KnowledgeChunk))).one()
    return bm25(wanted, postings, lengths, documents=documents, average=float(average) or 1.0)
