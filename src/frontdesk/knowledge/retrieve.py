"""From a question to the hotel's own chunks: dense and BM25, fused, under the wall."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.logs import get_logger
from frontdesk.knowledge.aspects import aspects
from frontdesk.knowledge.chunks import found_by
from frontdesk.knowledge.embedder import Embedder, Vectors
from frontdesk.knowledge.index_models import KnowledgeVector
from frontdesk.knowledge.library import Library, NoSuchModel, serving
from frontdesk.knowledge.models import KnowledgeChunk
from frontdesk.knowledge.release_models import KnowledgeRelease
from frontdesk.knowledge.rules import blend, terms
from frontdesk.knowledge.store import Ask, Hit, Hits, Place, Scope, StoreFailed

FACTS_WEIGHT = 1.0
"""A fact leads before a text about the same; in units of the lift."""
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
    vector: Vectors | None = field(default=None, compare=False)
    """Of the model that serves; None where the hotel's vectors are being made anew."""
    fact_key: str | None = None
    value: Mapping[str, Any] | None = None

    @property
    def whole(self) -> str:
        """What was embedded."""
        return found_by(self.title, self.heading, self.body, self.fact_key)


@dataclass(frozen=True, slots=True)
class Question:
    text: str
    language: str
    today: date
    audience: str = "guest"
    """guest | in_house | staff"""
    draft: bool = False
    """Of what is written now, and not of what is published."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What may answer, and the measures of the model that found it."""

    found: list[Found]
    floor: float
    lift: float
    model: str = ""
    asked: Vectors | None = None
    """The question's own vector."""


NOTHING = Answers([], 1.0, 1.0)


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
    """The hotel's chunks nearest to a question, by one model and from PostgreSQL."""
    asked = Question(question, language, today, audience)
    return (await consult(Library.alone(db, embedder), hotel_id, asked, limit=limit)).found


async def consult(
    library: Library, hotel_id: HotelId, question: Question, *, limit: int = 5
) -> Answers:
    """The hotel's chunks nearest to a question, in whatever language they are written."""
    async with library.db.hotel(hotel_id) as session:
        index = await serving(session)
        release = None if question.draft else library.release or await published(session)
    if index is None:
        return NOTHING
    try:
        model = await asyncio.to_thread(library.models.named, index.embedder)
    except NoSuchModel as missing:  # the guest hears that we do not know, and a person is asked
        get_logger().error("no_such_model", exc_info=missing)
        return NOTHING
    vectors = await asyncio.to_thread(model.embed_queries, [question.text])
    ask = Ask(
        place=Place(hotel_id, index.id),
        vector=vectors[0].tolist(),
        words=terms(question.text, question.language),
        aspects=aspects(question.text),
        scope=Scope(question.audience, question.today, release),
    )
    hits = await _search(library, index.store, ask)
    async with library.db.hotel(hotel_id) as session:
        ids = [h.chunk_id for h in hits.hits]
        rows, lie = await _chunks(session, ids), await _vectors(session, index.id, ids)
    found = [
        replace(
            _found(rows[hit.chunk_id], hit, hits, asked=bool(ask.aspects), lift=model.lift),
            vector=lie.get(hit.chunk_id),
        )
        for hit in hits.hits
        if hit.chunk_id in rows
    ]
    best = sorted(found, key=lambda f: -f.score)[:limit]
    return Answers(best, model.floor, model.lift, model.name, vectors[0])


async def published(session: AsyncSession) -> UUID | None:
    """None where the hotel never published: then what it writes is told at once."""
    current = KnowledgeRelease.status == "published"
    return await session.scalar(select(KnowledgeRelease.id).where(current))


async def _search(library: Library, store: str, ask: Ask) -> Hits:
    """PostgreSQL has every vector too: where another store is away, it answers."""
    try:
        return await library.stores[store].search(ask)
    except (StoreFailed, KeyError) as failed:
        get_logger().warning("store_failed", store=store, exc_info=failed)
        return await library.base.search(ask)


async def _chunks(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, KnowledgeChunk]:
    rows = await session.scalars(select(KnowledgeChunk).where(KnowledgeChunk.id.in_(ids)))
    return {row.id: row for row in rows}


async def _vectors(
    session: AsyncSession, index_id: UUID, ids: Sequence[UUID]
) -> dict[UUID, Vectors]:
    """PostgreSQL has them whatever store was searched."""
    vector = KnowledgeVector
    query = select(vector.chunk_id, vector.embedding)
    rows = await session.execute(query.where(vector.index_id == index_id, vector.chunk_id.in_(ids)))
    return {chunk_id: np.asarray(lies, dtype=np.float32) for chunk_id, lies in rows}


def _found(row: KnowledgeChunk, hit: Hit, hits: Hits, *, asked: bool, lift: float) -> Found:
    return Found(
        chunk_id=row.id,
        document_id=row.document_id,
        title=row.title,
        heading=row.heading,
        body=row.body,
        language=row.language,
        cosine=hit.cosine,
        lexical=hit.words,
        about=hit.aspects,
        misses=asked and not hit.aspects,
        lift=hit.cosine - hits.mean if hits.chunks >= ENOUGH else None,
        score=blend(hit.cosine, hit.words, hit.aspects, lift=lift)
        + (lift * FACTS_WEIGHT if row.fact_key is not None else 0),
        fact_key=row.fact_key,
        value=row.value,
    )
