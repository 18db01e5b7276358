"""A hotel's own questions, which publishing has to pass, over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.assistant.case_schemas import CaseIn, CaseOut
from frontdesk.kit.errors import NotFound
from frontdesk.kit.web import DbDep, Page, PageDep, page_rows
from frontdesk.knowledge.actions import the_document
from frontdesk.knowledge.release_models import KnowledgeCase
from frontdesk.tenancy.audit import record
from frontdesk.tenancy.auth import Principal, allow
from frontdesk.tenancy.idempotency import OnceDep, answer_once
from frontdesk.tenancy.queries import the_hotel

router = APIRouter(prefix="/v1/hotels/{hotel_id}/knowledge", tags=["knowledge"])
Reader = Annotated[Principal, Depends(allow("knowledge:read"))]
Writer = Annotated[Principal, Depends(allow("knowledge:write"))]


@router.post("/cases", status_code=201, response_model=CaseOut)
async def create_case(
    db: DbDep, hotel_id: UUID, asker: Writer, once: OnceDep, wanted: CaseIn
) -> Response:
    """From now on, publishing asks this question too."""
    async with db.hotel(hotel_id) as session:
        await the_hotel(session)

        async def create() -> BaseModel:
            if wanted.document_id is not None:
                await the_document(session, wanted.document_id)
            made = KnowledgeCase(hotel_id=hotel_id, made_by=asker.actor, **wanted.model_dump())
            session.add(made)
            await session.flush()
            await session.refresh(made)
            subject, new = f"knowledge_case:{made.id}", {"expect": made.expect}
            record(session, hotel_id, "knowledge_case.add", subject, by=asker.actor, new=new)
            return CaseOut.model_validate(made)

        return await answer_once(session, once, hotel_id, create)


@router.get("/cases")
async def list_cases(db: DbDep, hotel_id: UUID, asker: Reader, ask: PageDep) -> Page[CaseOut]:
    model = KnowledgeCase
    async with db.hotel(hotel_id) as session:
        rows, after = await page_rows(session, select(model), ask, model.created_at, model.id)
    return Page(items=[CaseOut.model_validate(r) for r in rows], next=after)


@router.delete("/cases/{case_id}", status_code=204)
async def delete_case(db: DbDep, hotel_id: UUID, case_id: UUID, asker: Writer) -> None:
    async with db.hotel(hotel_id) as session:
        found = await _case(session, case_id)
        await session.delete(found)
        subject = f"knowledge_case:{case_id}"
        record(session, hotel_id, "knowledge_case.delete", subject, by=asker.actor)


@router.post("/cases/{case_id}/accept")
async def accept_case(db: DbDep, hotel_id: UUID, case_id: UUID, asker: Writer) -> CaseOut:
    """What a guest's words proposed is asked from now on."""
    async with db.hotel(hotel_id) as session:
        found = await _case(session, case_id)
        found.status = "active"
        await session.flush()
        subject = f"knowledge_case:{case_id}"
        record(session, hotel_id, "knowledge_case.accept", subject, by=asker.actor)
        return CaseOut.model_validate(found)


async def _case(session: AsyncSession, case_id: UUID) -> KnowledgeCase:
    found = await session.scalar(select(KnowledgeCase).where(KnowledgeCase.id == case_id))
    if found is None:
        raise NotFound("there is no such case")
    return found
