"""Pinecone as a store of vectors, and the one door to it: a namespace a hotel, dense and sparse."""

import asyncio
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pinecone.async_client.async_index import AsyncIndex
from pinecone.errors.exceptions import PineconeError
from sqlalchemy import and_, func, select

from frontdesk.kit.db import Database
from frontdesk.knowledge.models import KnowledgeTerm
from frontdesk.knowledge.rules import K1, B, weights
from frontdesk.knowledge.store import CANDIDATES, Ask, Entry, Hit, Hits, Place, StoreFailed, told

NEAREST = 1000
"""Of a hotel's vectors, how many a question is compared with: all, for most hotels."""
AT_ONCE = 100
PATIENCE = 5.0
"""Seconds for one request; PostgreSQL answers after that."""


@dataclass(frozen=True, slots=True)
class Pinecone:
    """An index of 384 dimensions with the dot product, so that it takes sparse vectors too.

    Its lexical score is a dot product with the weights of BM25: what a hybrid query gives more
    than the same query without words.
    """

    db: Database
    host: str
    api_key: str
    name: str = "pinecone"

    async def put(self, place: Place, entries: Sequence[Entry]) -> None:
        vectors = [_vector(place, entry) for entry in entries]
        async with self._open() as index:
            for at in range(0, len(vectors), AT_ONCE):
                some: Any = vectors[at : at + AT_ONCE]
                await _asked(index.upsert(vectors=some, namespace=_namespace(place)))

    async def drop(self, place: Place, chunk_ids: Sequence[UUID]) -> None:
        ids = [_id(place, chunk_id) for chunk_id in chunk_ids]
        async with self._open() as index:
            for at in range(0, len(ids), AT_ONCE):
                some = ids[at : at + AT_ONCE]
                await _asked(index.delete(ids=some, namespace=_namespace(place)))

    async def listed(self, place: Place) -> set[UUID]:
        found: set[UUID] = set()
        token: str | None = None
        async with self._open() as index:
            while True:
                page = await _asked(
                    index.list_paginated(
                        prefix=f"{place.index_id}:",
                        limit=AT_ONCE,
                        pagination_token=token,
                        namespace=_namespace(place),
                    )
                )
                found |= {_chunk(item.id or "") for item in page.vectors}
                token = page.pagination.next if page.pagination else None
                if not token:
                    return found

    async def search(self, ask: Ask) -> Hits:
        """Three questions at once: how near, and the same with words and with aspects on top."""
        lengths, holders = await self._visible(ask)
        words = weights(ask.words, holders, documents=len(lengths))
        about = weights(ask.aspects, holders, documents=len(lengths))
        async with self._open() as index:
            dense, lexical, named = await asyncio.gather(
                self._query(index, ask, {}),
                self._query(index, ask, words),
                self._query(index, ask, about),
            )
        hits = [
            Hit(i, cosine, _more(lexical, i, cosine, words), _more(named, i, cosine, about))
            for i, cosine in dense.items()
            if i in lengths
        ]
        mean = sum(h.cosine for h in hits) / len(hits) if hits else 0.0
        best = sorted(hits, key=lambda h: -h.cosine)[:CANDIDATES]
        leading = sorted((h for h in hits if h.aspects), key=lambda h: -h.aspects)[:CANDIDATES]
        return Hits(list({h.chunk_id: h for h in [*best, *leading]}.values()), mean, len(hits))

    async def _visible(self, ask: Ask) -> tuple[Mapping[UUID, int], Mapping[str, int]]:
        """What may be told, and how many of it hold each word: PostgreSQL's word."""
        may, term = told(ask.scope).subquery(), KnowledgeTerm
        rare = (
            select(term.term, func.count())
            .join(may, and_(may.c.hotel_id == term.hotel_id, may.c.id == term.chunk_id))
            .where(term.term.in_([*ask.words, *ask.aspects]))
            .group_by(term.term)
        )
        async with self.db.hotel(ask.place.hotel_id) as session:
            chunks = (await session.execute(told(ask.scope))).all()
            holders = (await session.execute(rare)).all()
        return {i: length for _, i, length in chunks}, {word: int(n) for word, n in holders}

    async def _query(
        self, index: AsyncIndex, ask: Ask, sparse: Mapping[str, float]
    ) -> dict[UUID, float]:
        more: dict[str, Any] = {"sparse_vector": _sparse(sparse)} if sparse else {}
        answer = await _asked(
            index.query(
                top_k=NEAREST,
                vector=list(ask.vector),
                namespace=_namespace(ask.place),
                filter={"index": {"$eq": str(ask.place.index_id)}},
                **more,
            )
        )
        return {_chunk(match.id): float(match.score) for match in answer.matches}

    def _open(self) -> AsyncIndex:
        return AsyncIndex(host=self.host, api_key=self.api_key, timeout=PATIENCE)


def _namespace(place: Place) -> str:
    return str(place.hotel_id)


def _id(place: Place, chunk_id: UUID) -> str:
    return f"{place.index_id}:{chunk_id}"


def _chunk(vector_id: str) -> UUID:
    return UUID(vector_id.rpartition(":")[2])


def _vector(place: Place, entry: Entry) -> dict[str, Any]:
    norm = K1 * (1 - B + B * entry.length / entry.average)
    said = {term: count * (K1 + 1) / (count + norm) for term, count in entry.terms.items()}
    return {
        "id": _id(place, entry.chunk_id),
        "values": list(map(float, entry.vector)),
        "metadata": {"index": str(place.index_id)},
        **({"sparse_values": _sparse(said)} if said else {}),
    }


def _sparse(weighed: Mapping[str, float]) -> dict[str, list[Any]]:
    """A word is the checksum of its letters: two in four thousand million are the same."""
    found: dict[int, float] = {}
    for term, weight in weighed.items():
        found[zlib.crc32(term.encode())] = weight
    return {"indices": list(found), "values": list(found.values())}


def _more(found: Mapping[UUID, float], i: UUID, cosine: float, asked: Iterable[str]) -> float:
    """What the words add; one that the hybrid query left out has none of them."""
    extra = found.get(i, cosine) - cosine if asked else 0.0
    return min(1.0, extra) if extra > 1e-4 else 0.0  # float32 is no finer


async def _asked(call: Any) -> Any:
    try:
        async with asyncio.timeout(PATIENCE * 2):
            return await call
    except (PineconeError, TimeoutError, OSError) as failed:
        raise StoreFailed(type(failed).__name__) from failed
