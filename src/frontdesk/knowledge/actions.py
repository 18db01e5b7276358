"""Writing documents down to be read; who asks needs none of what reads them."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.db import ring
from frontdesk.kit.errors import Conflict, NotFound
from frontdesk.kit.ids import uuid7
from frontdesk.kit.jobs import Job
from frontdesk.knowledge.index_models import KnowledgeIndex
from frontdesk.knowledge.models import KnowledgeDocument, KnowledgeRevision, KnowledgeUpload

HISTORY = 50
"""Versions of one document that are kept."""
TOLD = ("title", "body", "language", "audience", "valid_from", "valid_until", "owner", "value")


class NoAddress(Conflict):
    """This document was not fetched from anywhere: there is nothing to fetch again"""

    code = "no_address"


async def the_document(session: AsyncSession, document_id: UUID) -> KnowledgeDocument:
    found = await session.scalar(
        select(KnowledgeDocument).where(KnowledgeDocument.id == document_id)
    )
    if found is None:
        raise NotFound("there is no such document")
    return found


async def add_document(
    session: AsyncSession,
    document: KnowledgeDocument,
    *,
    raw: bytes | None = None,
    by: str = "system",
    draft: bool = False,
) -> None:
    """Queue it for ingestion; `raw`: its file, empty to fetch it; a `draft` waits for its words."""
    document.status = "draft" if draft else "queued"
    document.tries, document.error, document.lease_until = 0, None, None
    document.chunks_done = document.chunks_total = 0
    session.add(document)
    await session.flush()
    await session.refresh(document)
    if raw is not None:
        await _keep_file(session, document, raw)
    await note_revision(session, document, by=by)
    if not draft:
        await ring(session, Job.INGEST_DOCUMENT, document.hotel_id, str(document.id))


async def replace_document(
    session: AsyncSession, document: KnowledgeDocument, values: Mapping[str, Any], *, by: str
) -> None:
    """A new version; the old one answers until it is ready. A file that waits is not read."""
    for name, value in values.items():
        setattr(document, name, value)
    document.version += 1
    await session.execute(delete(KnowledgeUpload).where(KnowledgeUpload.document_id == document.id))
    await add_document(session, document, by=by)


async def fetch_again(session: AsyncSession, document: KnowledgeDocument, *, by: str) -> None:
    """A new version, from where it came. Raises NoAddress."""
    if document.url is None:
        raise NoAddress
    document.version += 1
    await add_document(session, document, raw=b"", by=by)


async def remove_document(session: AsyncSession, document: KnowledgeDocument) -> None:
    """At once, and in every version: what is wrong is taken down, not drafted away."""
    await session.delete(document)
    await session.flush()
    if await session.scalar(select(KnowledgeIndex.id).where(KnowledgeIndex.store != "pgvector")):
        await ring(session, Job.INDEX_KNOWLEDGE, document.hotel_id)


async def _keep_file(session: AsyncSession, document: KnowledgeDocument, raw: bytes) -> None:
    write = insert(KnowledgeUpload).values(
        hotel_id=document.hotel_id, id=uuid7(), document_id=document.id, body=raw
    )
    same = ["hotel_id", "document_id"]
    await session.execute(write.on_conflict_do_update(index_elements=same, set_={"body": raw}))


async def note_revision(session: AsyncSession, document: KnowledgeDocument, *, by: str) -> None:
    said = {name: getattr(document, name) for name in TOLD}
    session.add(
        KnowledgeRevision(
            hotel_id=document.hotel_id,
            document_id=document.id,
            version=document.version,
            made_by=by,
            **said,
        )
    )
    old = KnowledgeRevision.version <= document.version - HISTORY
    mine = KnowledgeRevision.document_id == document.id
    await session.execute(delete(KnowledgeRevision).where(mine, old))
    await session.flush()
