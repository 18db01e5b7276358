"""Ingestion: a queued document becomes chunks, vectors and postings in one transaction."""

import asyncio
from collections import Counter
from uuid import UUID

from sqlalchemy import Select, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId, uuid7
from frontdesk.kit.logs import get_logger
from frontdesk.knowledge.aspects import aspects
from frontdesk.knowledge.embedder import Embedder, Vectors
from frontdesk.knowledge.models import KnowledgeChunk, KnowledgeDocument, KnowledgeTerm
from frontdesk.knowledge.rules import Piece, cut, terms

MAX_TRIES = 3


async def ingest(db: Database, embedder: Embedder, hotel_id: HotelId, document_id: UUID) -> None:
    """Cut, embed (with no transaction open) and store; only a queued document is worked."""
    async with db.hotel(hotel_id) as session:
        document = await session.scalar(_queued(document_id))
        if document is None:
            return
        title, body, version = document.title, document.body, document.version
    try:
        pieces = cut(body)
        texts = [_embedded(title, piece) for piece in pieces]
        vectors = await asyncio.to_thread(embedder.embed_passages, texts) if texts else None
    except Exception as error:  # noqa: BLE001 - told on the document, and tried again
        get_logger().error("ingest_failed", exc_info=error, document=str(document_id))
        await _count_failure(db, hotel_id, document_id, error)
        return
    async with db.hotel(hotel_id) as session:
        document = await session.scalar(_queued(document_id).with_for_update())
        if document is not None and document.version == version:
            await _store(session, document, embedder.name, pieces, vectors)


def _queued(document_id: UUID) -> Select[KnowledgeDocument]:
    return select(KnowledgeDocument).where(
        KnowledgeDocument.id == document_id, KnowledgeDocument.status == "queued"
    )


def _embedded(title: str, piece: Piece) -> str:
    return ". ".join(part for part in (title, piece.heading, piece.body) if part)


async def _store(
    session: AsyncSession,
    document: KnowledgeDocument,
    embedder: str,
    pieces: list[Piece],
    vectors: Vectors | None,
) -> None:
    await session.execute(delete(KnowledgeChunk).where(KnowledgeChunk.document_id == document.id))
    for ordinal, piece in enumerate(pieces):
        text = _embedded(document.title, piece)
        words = terms(text, document.language)
        chunk = KnowledgeChunk(
            hotel_id=document.hotel_id,
            id=uuid7(),
            document_id=document.id,
            ordinal=ordinal,
            heading=piece.heading,
            body=piece.body,
            language=document.language,
            embedder=embedder,
            embedding=vectors[ordinal].tolist() if vectors is not None else None,
            length=len(words),
        )
        session.add(chunk)
        await session.flush()
        postings = [
            {"hotel_id": document.hotel_id, "term": t, "chunk_id": chunk.id, "count": n}
            for t, n in Counter(words + aspects(text)).items()
        ]
        if postings:
            await session.execute(insert(KnowledgeTerm), postings)
    document.status, document.error = "ready", None


async def _count_failure(
    db: Database, hotel_id: HotelId, document_id: UUID, error: Exception
) -> None:
    async with db.hotel(hotel_id) as session:
        document = await session.scalar(_queued(document_id).with_for_update())
        if document is None:
            return
        document.tries += 1
        document.error = type(error).__name__
        if document.tries >= MAX_TRIES:
            document.status = "failed"
