"""Where a document's text comes from: a file that was sent, or an address it is fetched from."""

from pathlib import PurePosixPath
from urllib.parse import urlsplit

from sqlalchemy import delete, select, update

from frontdesk.kit.fetching import Bounds, Fetched, fetch
from frontdesk.knowledge.models import KnowledgeRevision, KnowledgeUpload
from frontdesk.knowledge.reader import read_apart
from frontdesk.knowledge.reading import Unreadable
from frontdesk.knowledge.work import Work

MAX_BYTES = 20_000_000
FETCHING = Bounds(MAX_BYTES, 30.0)
TYPES = {
    "text/html": "html",
    "application/xhtml+xml": "html",
    "application/pdf": "pdf",
    "text/plain": "text",
    "text/markdown": "markdown",
    "text/csv": "csv",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
}
ENDINGS = {
    ".html": "html",
    ".htm": "html",
    ".pdf": "pdf",
    ".txt": "text",
    ".md": "markdown",
    ".csv": "csv",
    ".docx": "docx",
}


async def read_source(work: Work) -> None:
    """Fetch and read what waits to be, with no transaction open; a document without is whole.

    Raises Unreadable, FetchFailed and Overtaken.
    """
    async with work.library.db.hotel(work.hotel_id) as session:
        document = await work.document(session)
        waiting = await session.scalar(
            select(KnowledgeUpload.body).where(KnowledgeUpload.document_id == work.document_id)
        )
        url, kind = document.url, document.source
    if waiting is None:
        return
    raw = waiting
    if url is not None:
        found = await fetch(url, FETCHING, public=work.library.public)
        raw, kind = found.body, kind_of(found)
    said = await read_apart(kind, raw)
    async with work.library.db.hotel(work.hotel_id) as session:
        document = await work.document(session)
        document.body, document.source = said, kind
        mine = KnowledgeUpload.document_id == work.document_id
        await session.execute(delete(KnowledgeUpload).where(mine))
        await session.execute(
            update(KnowledgeRevision)
            .where(
                KnowledgeRevision.document_id == work.document_id,
                KnowledgeRevision.version == work.version,
            )
            .values(body=said)
        )


def kind_of(found: Fetched) -> str:
    """As the server says, or else as the address ends. Raises Unreadable."""
    said = found.content_type.partition(";")[0].strip().lower()
    ending = PurePosixPath(urlsplit(found.url).path).suffix.lower()
    kind = TYPES.get(said)
    if kind in (None, "text"):
        kind = ENDINGS.get(ending, kind)
    if kind is None:
        raise Unreadable("there is no page, text, PDF, Word document or table at this address")
    return kind
