"""From a question to the hotel's own chunks: dense and BM25, fused, under the wall."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.knowledge.aspects import aspects
from frontdesk.knowledge.embedder import Embedder
from frontdesk.knowledge.models import KnowledgeChunk, KnowledgeDocument, KnowledgeTerm
from frontdesk.knowledge.rules import blend, bm25, terms

CANDIDATES = 20
ENOUGH = 6
"""Chunks from which on a mean says something."""


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
    """BM25 of the question's words, 0 to 1."""
    about: float
    """The same of the aspects of a hotel that the question names."""
    misses: bool
    """The question names aspects, and this chunk none of them."""
    lift: float | None
    """How far the cosine stands above the mean of all chunks; None where there are too few."""
    score: float


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
    asked = aspects(question)
    vectors = await asyncio.to_thread(embedder.embed_queries, [question])
    async with db.hotel(hotel_id) as session:
        words, about = await _lexical(session, terms(question, language), asked)
        named = sorted(about, key=lambda c: -about[c])[:CANDIDATES]
        dense = await _dense(session, embedder.name, vectors[0].tolist(), today, audience, named)
    found = [_found(row, words, about, asked=bool(asked), lift=embedder.lift) for row in dense]
    return sorted(found, key=lambda f: -f.score)[:limit]


def _found(
    row: Any, words: Mapping[UUID, float], about: Mapping[UUID, float], *, asked: bool, lift: float
) -> Found:
    cosine, lexical, named = 1 - float(row.distance), words.get(row.id, 0), about.get(row.id, 0)
    return Found(
        chunk_id=row.id,
        document_id=row.document_id,
        title=row.title,
        heading=row.heading,
        body=row.body,
        language=row.language,
        cosine=cosine,
        lexical=lexical,
        about=named,
        misses=asked and not named,
        lift=float(row.mean - row.distance) if row.chunks >= ENOUGH else None,
        score=blend(cosine, lexical, named, lift=lift),
    )


async def _dense(
    session: AsyncSession,
    embedder: str,
    vector: list[float],
    today: date,
    audience: str,
    named: Sequence[UUID],
) -> Sequence[Any]:
    """Exact, within the hotel: at a few hundred chunks an index would only lose some.

    The nearest, and the `named`: chunks about what is asked for may lie further away.
    """
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
        .order_by(KnowledgeChunk.id.in_(named).desc(), distance)
        .limit(CANDIDATES + len(named))
    )
    return (await session.execute(query)).all()


async def _lexical(
    session: AsyncSession, words: list[str], asked: list[str]
) -> tuple[dict[UUID, float], dict[UUID, float]]:
    """BM25 of the chunks that hold any of the words, and any of the aspects asked for."""
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
        .where(KnowledgeTerm.term.in_([*words, *asked]))
    )
    for term, chunk_id, count, length in await session.execute(query):
        postings[term][chunk_id] = count
        lengths[chunk_id] = length
    sizes = select(func.count(), func.coalesce(func.avg(KnowledgeChunk.length), 1.0))
    documents, average = (await session.execute(sizes.select_from(KnowledgeChunk))).one()

    def scores(wanted: list[str]) -> dict[UUID, float]:
        return bm25(wanted, postings, lengths, documents=documents, average=float(average) or 1.0)

    return scores(words), scores(asked)
