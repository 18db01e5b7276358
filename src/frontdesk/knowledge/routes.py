"""Knowledge documents and gaps over HTTP."""

import hashlib
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.db import Database
from frontdesk.kit.errors import Conflict, NotFound
from frontdesk.kit.outside import only_public
from frontdesk.kit.web import DbDep, Page, PageDep, SettingsDep, page_rows
from frontdesk.knowledge import actions
from frontdesk.knowledge.actions import add_document, the_document
from frontdesk.knowledge.contradiction_schemas import shown
from frontdesk.knowledge.contradictions import contradictions
from frontdesk.knowledge.models import KnowledgeDocument, KnowledgeGap, KnowledgeRevision
from frontdesk.knowledge.schemas import (
    DocumentIn,
    DocumentLine,
    DocumentOut,
    DocumentSaved,
    RevisionLine,
    RevisionOut,
    SourceIn,
)
from frontdesk.tenancy.audit import record
from frontdesk.tenancy.auth import Principal, allow
from frontdesk.tenancy.idempotency import Once, OnceDep, answer_once
from frontdesk.tenancy.models import Hotel
from frontdesk.tenancy.queries import the_hotel


class IsAFact(Conflict):
    """This is a fact: write it by its key, under /knowledge/facts"""

    code = "is_a_fact"


router = APIRouter(prefix="/v1/hotels/{hotel_id}/knowledge", tags=["knowledge"])
Reader = Annotated[Principal, Depends(allow("knowledge:read"))]
Writer = Annotated[Principal, Depends(allow("knowledge:write"))]


class GapOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    question: str
    language: str
    count: int
    last_asked_at: datetime
    status: str


@router.post("/documents", status_code=201, response_model=DocumentSaved)
async def create_document(
    db: DbDep, hotel_id: UUID, asker: Writer, once: OnceDep, wanted: DocumentIn
) -> Response:
    made = KnowledgeDocument(hotel_id=hotel_id, version=1, **wanted.model_dump())
    return await _created(db, hotel_id, asker, once, made)


@router.post("/sources", status_code=201, response_model=DocumentSaved)
async def create_source(
    db: DbDep,
    settings: SettingsDep,
    hotel_id: UUID,
    asker: Writer,
    once: OnceDep,
    wanted: SourceIn,
) -> Response:
    """A file, or an address: read in the background; ask for the document until it is `ready`."""
    raw = wanted.raw()
    if wanted.url is not None:
        await only_public(wanted.url, allow_private=settings.allow_private_urls)
    values = wanted.model_dump(exclude={"file", "format"})
    made = KnowledgeDocument(
        hotel_id=hotel_id, version=1, body="", source=wanted.format or "html", **values
    )
    return await _created(db, hotel_id, asker, once, made, raw=raw)


async def _created(
    db: Database,
    hotel_id: UUID,
    asker: Principal,
    once: Once,
    made: KnowledgeDocument,
    *,
    raw: bytes | None = None,
) -> Response:
    async with db.hotel(hotel_id) as session:
        hotel = await the_hotel(session)

        async def create() -> BaseModel:
            await add_document(session, made, raw=raw, by=asker.actor)
            await session.refresh(made)
            subject, new = f"document:{made.id}", _facts(made)
            record(session, hotel_id, "document.add", subject, by=asker.actor, new=new)
            return await _saved(session, hotel, made)

        return await answer_once(session, once, hotel_id, create)


@router.get("/documents")
async def list_documents(
    db: DbDep, hotel_id: UUID, asker: Reader, ask: PageDep
) -> Page[DocumentLine]:
    """Texts and facts, without their bodies."""
    model = KnowledgeDocument
    async with db.hotel(hotel_id) as session:
        rows, after = await page_rows(session, select(model), ask, model.created_at, model.id)
    return Page(items=[DocumentLine.model_validate(r) for r in rows], next=after)


@router.put("/documents/{document_id}")
async def replace_document(
    db: DbDep, hotel_id: UUID, document_id: UUID, asker: Writer, wanted: DocumentIn
) -> DocumentSaved:
    """A new version; the old text answers until the new one is ready."""
    async with db.hotel(hotel_id) as session:
        hotel = await the_hotel(session)
        found = await the_text(session, document_id)
        old = _facts(found)
        await actions.replace_document(session, found, wanted.model_dump(), by=asker.actor)
        _replaced(session, found, old, asker)
        return await _saved(session, hotel, found)


@router.post("/documents/{document_id}/fetch")
async def fetch_document(
    db: DbDep, hotel_id: UUID, document_id: UUID, asker: Writer
) -> DocumentOut:
    """Again from its address, as a new version; what was read before answers until then."""
    async with db.hotel(hotel_id) as session:
        found = await the_text(session, document_id)
        old = _facts(found)
        await actions.fetch_again(session, found, by=asker.actor)
        _replaced(session, found, old, asker)
        return DocumentOut.model_validate(found)


def _replaced(
    session: AsyncSession, found: KnowledgeDocument, old: dict[str, object], asker: Principal
) -> None:
    subject, new = f"document:{found.id}", _facts(found)
    record(session, found.hotel_id, "document.replace", subject, by=asker.actor, old=old, new=new)


async def _saved(session: AsyncSession, hotel: Hotel, document: KnowledgeDocument) -> DocumentSaved:
    against = await contradictions(session, hotel, of={document.id})
    saved = DocumentSaved.model_validate(document)
    return saved.model_copy(update={"contradictions": shown(against)})


@router.get("/documents/{document_id}/versions")
async def list_versions(
    db: DbDep, hotel_id: UUID, document_id: UUID, asker: Reader, ask: PageDep
) -> Page[RevisionLine]:
    """What a text or a fact said in each version, the newest first."""
    model = KnowledgeRevision
    async with db.hotel(hotel_id) as session:
        await the_document(session, document_id)
        query = select(model).where(model.document_id == document_id)
        rows, after = await page_rows(session, query, ask, model.created_at, model.id)
    return Page(items=[RevisionLine.model_validate(r) for r in rows], next=after)


@router.get("/documents/{document_id}/versions/{revision_id}")
async def read_version(
    db: DbDep, hotel_id: UUID, document_id: UUID, revision_id: UUID, asker: Reader
) -> RevisionOut:
    model = KnowledgeRevision
    query = select(model).where(model.document_id == document_id, model.id == revision_id)
    async with db.hotel(hotel_id) as session:
        found = await session.scalar(query)
        if found is None:
            raise NotFound("there is no such version")
    return RevisionOut.model_validate(found)


@router.get("/documents/{document_id}")
async def read_document(db: DbDep, hotel_id: UUID, document_id: UUID, asker: Reader) -> DocumentOut:
    async with db.hotel(hotel_id) as session:
        return DocumentOut.model_validate(await the_document(session, document_id))


@router.delete("/documents/{document_id}", status_code=204)
async def delete_document(db: DbDep, hotel_id: UUID, document_id: UUID, asker: Writer) -> None:
    async with db.hotel(hotel_id) as session:
        found = await the_document(session, document_id)
        await actions.remove_document(session, found)
        subject, old = f"document:{document_id}", _facts(found)
        record(session, hotel_id, "document.delete", subject, by=asker.actor, old=old)


@router.get("/gaps")
async def list_gaps(db: DbDep, hotel_id: UUID, asker: Reader, ask: PageDep) -> Page[GapOut]:
    """Questions that nobody could answer from the hotel's knowledge."""
    async with db.hotel(hotel_id) as session:
        model = KnowledgeGap
        rows, after = await page_rows(session, select(model), ask, model.last_asked_at, model.id)
    return Page(items=[GapOut.model_validate(r) for r in rows], next=after)


def _facts(document: KnowledgeDocument) -> dict[str, object]:
    """What the audit log keeps of a document: its text has a version of its own."""
    kept = ("version", "source", "language", "audience", "valid_from", "valid_until")
    digest = hashlib.sha256(f"{document.title}\n{document.body}".encode()).hexdigest()[:16]
    return {**{name: getattr(document, name) for name in kept}, "sha256": digest}


async def the_text(session: AsyncSession, document_id: UUID) -> KnowledgeDocument:
    """A fact is written by its key. Raises NotFound and IsAFact."""
    found = await the_document(session, document_id)
    if found.fact_key is not None:
        raise IsAFact
    return found
