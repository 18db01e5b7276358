"""Knowledge documents and gaps over HTTP."""

import hashlib
from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.errors import NotFound
from frontdesk.kit.web import DbDep, Page, PageDep, page_rows
from frontdesk.knowledge.actions import add_document
from frontdesk.knowledge.models import KnowledgeDocument, KnowledgeGap
from frontdesk.tenancy.audit import record
from frontdesk.tenancy.auth import Principal, allow
from frontdesk.tenancy.idempotency import OnceDep, answer_once
from frontdesk.tenancy.queries import the_hotel

router = APIRouter(prefix="/v1/hotels/{hotel_id}/knowledge", tags=["knowledge"])
Reader = Annotated[Principal, Depends(allow("knowledge:read"))]
Writer = Annotated[Principal, Depends(allow("knowledge:write"))]


class DocumentIn(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "title": "Breakfast",
                "body": "Breakfast is served from 7:00 to 10:30.",
                "language": "en",
            }
        },
    )
    title: str = Field(min_length=1, max_length=300)
    body: str = Field(min_length=1, max_length=500_000)
    language: str = Field(pattern=r"^[a-z]{2,3}$")
    audience: Literal["guest", "staff"] = "guest"
    valid_from: date | None = None
    valid_until: date | None = None


class DocumentOut(DocumentIn):
    model_config = ConfigDict(from_attributes=True, extra="ignore")
    id: UUID
    status: str
    error: str | None
    version: int
    created_at: datetime


class GapOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    question: str
    language: str
    count: int
    last_asked_at: datetime
    status: str


@router.post("/documents", status_code=201, response_model=DocumentOut)
async def create_document(
    db: DbDep, hotel_id: UUID, asker: Writer, once: OnceDep, wanted: DocumentIn
) -> Response:
    async with db.hotel(hotel_id) as session:
        await the_hotel(session)

        async def create() -> BaseModel:
            made = KnowledgeDocument(hotel_id=hotel_id, version=1, **wanted.model_dump())
            await add_document(session, made)
            await session.refresh(made)
            subject, new = f"document:{made.id}", _facts(made)
            record(session, hotel_id, "document.add", subject, by=asker.actor, new=new)
            return DocumentOut.model_validate(made)

        return await answer_once(session, once, hotel_id, create)


@router.get("/documents")
async def list_documents(
    db: DbDep, hotel_id: UUID, asker: Reader, ask: PageDep
) -> Page[DocumentOut]:
    model = KnowledgeDocument
    async with db.hotel(hotel_id) as session:
        rows, after = await page_rows(session, select(model), ask, model.created_at, model.id)
    return Page(items=[DocumentOut.model_validate(r) for r in rows], next=after)


@router.put("/documents/{document_id}")
async def replace_document(
    db: DbDep, hotel_id: UUID, document_id: UUID, asker: Writer, wanted: DocumentIn
) -> DocumentOut:
    """A new version; the old text answers until the new one is ready."""
    async with db.hotel(hotel_id) as session:
        found = await _document(session, document_id)
        old = _facts(found)
        for name, value in wanted.model_dump().items():
            setattr(found, name, value)
        found.version += 1
        found.tries = 0
        await add_document(session, found)
        await session.refresh(found)
        subject, new = f"document:{found.id}", _facts(found)
        record(session, hotel_id, "document.replace", subject, by=asker.actor, old=old, new=new)
        return DocumentOut.model_validate(found)


@router.get("/documents/{document_id}")
async def read_document(db: DbDep, hotel_id: UUID, document_id: UUID, asker: Reader) -> DocumentOut:
    async with db.hotel(hotel_id) as session:
        return DocumentOut.model_validate(await _document(session, document_id))


@router.delete("/documents/{document_id}", status_code=204)
async def delete_document(db: DbDep, hotel_id: UUID, document_id: UUID, asker: Writer) -> None:
    async with db.hotel(hotel_id) as session:
        found = await _document(session, document_id)
        await session.delete(found)
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
    kept = ("version", "language", "audience", "valid_from", "valid_until")
    digest = hashlib.sha256(f"{document.title}\n{document.body}".encode()).hexdigest()[:16]
    return {**{name: getattr(document, name) for name in kept}, "sha256": digest}


async def _document(session: AsyncSession, document_id: UUID) -> KnowledgeDocument:
    found = await session.scalar(
        select(KnowledgeDocument).where(KnowledgeDocument.id == document_id)
    )
    if found is None:
        raise NotFound("there is no such document")
    return found
