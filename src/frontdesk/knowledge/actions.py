"""Asking for a document to be read; who asks needs none of what reads it."""

from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.db import ring
from frontdesk.kit.jobs import Job
from frontdesk.knowledge.models import KnowledgeDocument


async def add_document(session: AsyncSession, document: KnowledgeDocument) -> None:
    """Queue a document for ingestion."""
    document.status = "queued"
    session.add(document)
    await session.flush()
    await ring(session, Job.INGEST_DOCUMENT, document.hotel_id, str(document.id))
