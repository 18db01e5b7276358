"""A hotel's own questions, feedback on answers, and what nobody could answer, over HTTP."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.assistant.feedback import judge
from frontdesk.assistant.release_routes import LibraryDep
from frontdesk.kit.errors import NotFound
from frontdesk.kit.web import DbDep, Page, PageDep, page_rows
from frontdesk.knowledge.actions import add_document, the_document
from frontdesk.knowledge.facts import catalogue
from frontdesk.knowledge.gap_groups import close_gaps, group_of, grouped, open_gaps
from frontdesk.knowledge.models import KnowledgeDocument, KnowledgeGap
from frontdesk.knowledge.release_models import KnowledgeCase
from frontdesk.knowledge.schemas import Audience, DocumentOut, Plain
from frontdesk.tenancy.audit import record
from frontdesk.tenancy.auth import Principal, allow
from frontdesk.tenancy.idempotency import OnceDep, answer_once
from frontdesk.tenancy.queries import the_hotel

router = APIRouter(prefix="/v1/hotels/{hotel_id}/knowledge", tags=["knowledge"])
Reader = Annotated[Principal, Depends(allow("knowledge:read"))]
Writer = Annotated[Principal, Depends(allow("knowledge:write"))]


class CaseIn(BaseModel):
    """`expect`: a document, a fact, anything but a document (`not`), or no answer at all."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {"question": "When is breakfast?", "language": "en", "expect": "document"}
        },
    )
    question: Plain = Field(min_length=1, max_length=1000)
    language: str = Field("en", pattern=r"^[a-z]{2,3}$")
    audience: Audience = "guest"
    expect: Literal["document", "not", "fact", "none"]
    document_id: UUID | None = None
    fact_key: str | None = Field(None, max_length=60)
    status: Literal["active", "proposed"] = "active"

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.expect in ("document", "not")) != (self.document_id is not None):
            raise ValueError("document and not name a document_id, the others none")
        if (self.expect == "fact") != (self.fact_key is not None):
            raise ValueError("fact names a fact_key, the others none")
        if self.fact_key is not None and self.fact_key not in catalogue():
            raise ValueError("there is no fact of that key")
        return self


class CaseOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    question: str
    language: str
    audience: str
    expect: str
    document_id: UUID | None
    fact_key: str | None
    status: str
    origin: str
    message_id: UUID | None
    verdict: str | None
    passed: bool | None
    tried_at: datetime | None
    created_at: datetime


class FeedbackIn(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"verdict": "down"}})
    message_id: UUID
    """Of an answer of the bot."""
    verdict: Literal["up", "down"]


class GroupOut(BaseModel):
    gap_id: UUID
    question: str
    count: int
    languages: list[str]
    last_asked_at: datetime
    questions: list[str]


class GroupsOut(BaseModel):
    hotel_id: UUID
    items: list[GroupOut]


class DraftIn(BaseModel):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"answer": "There is one next door."}}
    )
    answer: Plain = Field("", max_length=20_000, description="empty: to be written later")
    title: Plain | None = Field(None, min_length=1, max_length=300)


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


@router.post("/feedback", status_code=201, response_model=CaseOut)
async def give_feedback(
    db: DbDep, hotel_id: UUID, asker: Writer, once: OnceDep, wanted: FeedbackIn
) -> Response:
    """A thumb on an answer becomes a case: up, the same text again; down, any but that one."""
    async with db.hotel(hotel_id) as session:
        await the_hotel(session)

        async def create() -> BaseModel:
            made = await judge(
                session, wanted.message_id, up=wanted.verdict == "up", by=asker.actor
            )
            subject, new = f"knowledge_case:{made.id}", {"verdict": wanted.verdict}
            record(session, hotel_id, "knowledge_case.judge", subject, by=asker.actor, new=new)
            return CaseOut.model_validate(made)

        return await answer_once(session, once, hotel_id, create)


@router.get("/gap-groups")
async def list_groups(db: DbDep, library: LibraryDep, hotel_id: UUID, asker: Reader) -> GroupsOut:
    """What nobody could answer, the same questions together, the most asked first."""
    async with db.hotel(hotel_id) as session:
        await the_hotel(session)
        gaps = await open_gaps(session)
    items = [
        GroupOut(
            gap_id=group.leader.id,
            question=group.leader.question,
            count=group.count,
            languages=sorted({gap.language for gap in group.gaps}),
            last_asked_at=max(gap.last_asked_at for gap in group.gaps),
            questions=[gap.question for gap in group.gaps],
        )
        for group in await grouped(library.models.first, gaps)
    ]
    return GroupsOut(hotel_id=hotel_id, items=items)


@router.post("/gaps/{gap_id}/draft", status_code=201, response_model=DocumentOut)
async def draft_answer(
    db: DbDep,
    library: LibraryDep,
    hotel_id: UUID,
    gap_id: UUID,
    asker: Writer,
    once: OnceDep,
    wanted: DraftIn,
) -> Response:
    """The whole group becomes one text with its questions as cases, and is closed."""
    async with db.hotel(hotel_id) as session:
        await the_hotel(session)
        gap = await session.scalar(select(KnowledgeGap).where(KnowledgeGap.id == gap_id))
        gaps = await open_gaps(session)
    if gap is None:
        raise NotFound("there is no such question")
    if all(one.id != gap.id for one in gaps):
        gaps = [gap, *gaps]
    group = group_of(await grouped(library.models.first, gaps), gap)
    async with db.hotel(hotel_id) as session:

        async def create() -> BaseModel:
            made = KnowledgeDocument(
                hotel_id=hotel_id,
                title=wanted.title or group.leader.question[:300],
                body=wanted.answer,
                language=group.leader.language,
                version=1,
            )
            await add_document(session, made, by=asker.actor, draft=not wanted.answer.strip())
            for one in group.gaps[:50]:
                session.add(
                    KnowledgeCase(
                        hotel_id=hotel_id,
                        question=one.question,
                        language=one.language,
                        expect="document",
                        document_id=made.id,
                        origin="gap",
                        made_by=asker.actor,
                    )
                )
            await close_gaps(session, group.gaps)
            await session.refresh(made)
            subject, new = f"document:{made.id}", {"questions": len(group.gaps)}
            record(session, hotel_id, "document.draft", subject, by=asker.actor, new=new)
            return DocumentOut.model_validate(made)

        return await answer_once(session, once, hotel_id, create)


async def _case(session: AsyncSession, case_id: UUID) -> KnowledgeCase:
    found = await session.scalar(select(KnowledgeCase).where(KnowledgeCase.id == case_id))
    if found is None:
        raise NotFound("there is no such case")
    return found
