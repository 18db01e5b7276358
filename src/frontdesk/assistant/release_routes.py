"""Trying and publishing what a hotel knows, over HTTP."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select, update

from frontdesk.assistant.publishing_routes import Contradicted, hindering
from frontdesk.assistant.trial import Tried, try_cases, what_answers
from frontdesk.kit.clock import Clock, local_day
from frontdesk.kit.db import Database
from frontdesk.kit.errors import Conflict
from frontdesk.kit.ids import HotelId
from frontdesk.kit.web import ClockDep, DbDep, Page, PageDep, page_rows
from frontdesk.knowledge.contradiction_schemas import shown
from frontdesk.knowledge.facts import sentence
from frontdesk.knowledge.library import Library
from frontdesk.knowledge.release_models import KnowledgeCase, KnowledgeRelease
from frontdesk.knowledge.releases import publish, restore, snapshot
from frontdesk.knowledge.retrieve import Question
from frontdesk.knowledge.schemas import Audience, Plain
from frontdesk.tenancy.audit import record
from frontdesk.tenancy.auth import Principal, allow
from frontdesk.tenancy.idempotency import OnceDep, answer_once
from frontdesk.tenancy.queries import the_hotel

router = APIRouter(prefix="/v1/hotels/{hotel_id}/knowledge", tags=["knowledge"])
Reader = Annotated[Principal, Depends(allow("knowledge:read"))]
Writer = Annotated[Principal, Depends(allow("knowledge:write"))]


def _library(request: Request) -> Library:
    return request.app.state.library


LibraryDep = Annotated[Library, Depends(_library)]


class EvaluationFailed(Conflict):
    """The hotel's own questions are not all answered as they should be"""

    code = "evaluation_failed"


class AskOut(BaseModel):
    hotel_id: UUID
    answer: str | None
    """None: the guest would be told that we do not know."""
    document_id: UUID | None
    title: str | None
    fact_key: str | None


class EvaluationOut(BaseModel):
    hotel_id: UUID
    cases: int
    passed: int
    failing: list[dict[str, Any]]


class ReleaseIn(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"force": False}})
    force: bool = Field(False, description="publish in spite of what fails; the audit log has it")


class ReleaseOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    number: int
    status: str
    forced: bool
    restores: int | None
    cases: int
    failing: list[dict[str, Any]]
    made_by: str
    created_at: datetime


@router.get("/answer")
async def answer(
    db: DbDep,
    clock: ClockDep,
    library: LibraryDep,
    hotel_id: UUID,
    asker: Reader,
    q: Annotated[Plain, Query(min_length=1, max_length=1000)],
    language: Annotated[str, Query(pattern=r"^[a-z]{2,3}$")] = "en",
    audience: Audience = "guest",
    draft: bool = True,
) -> AskOut:
    """What a guest would be told; by default of what is written and not published yet."""
    today = await _today(db, clock, hotel_id)
    question = Question(q, language, today, audience, draft=draft)
    got = await what_answers(library, HotelId(hotel_id), question)
    if got is None:
        return AskOut(hotel_id=hotel_id, answer=None, document_id=None, title=None, fact_key=None)
    fact = got.fact_key is not None and got.value is not None
    said = sentence(got.fact_key or "", got.value or {}, language) if fact else got.body
    return AskOut(
        hotel_id=hotel_id,
        answer=said,
        document_id=got.document_id,
        title=got.title,
        fact_key=got.fact_key,
    )


@router.post("/evaluation")
async def evaluate(
    db: DbDep, clock: ClockDep, library: LibraryDep, hotel_id: UUID, asker: Writer
) -> EvaluationOut:
    """Every active case on what is written now."""
    tried = await _tried(db, clock, library, hotel_id)
    failing = [t.told() for t in tried if not t.passed]
    passed = len(tried) - len(failing)
    async with db.hotel(hotel_id) as session:
        new = {"cases": len(tried), "passed": passed}
        subject = f"hotel:{hotel_id}"
        record(session, hotel_id, "knowledge.evaluate", subject, by=asker.actor, new=new)
    return EvaluationOut(hotel_id=hotel_id, cases=len(tried), passed=passed, failing=failing)


@router.post("/releases", status_code=201, response_model=ReleaseOut)
async def create_release(
    db: DbDep,
    clock: ClockDep,
    library: LibraryDep,
    hotel_id: UUID,
    asker: Writer,
    once: OnceDep,
    wanted: ReleaseIn,
) -> Response:
    """Turns use it from now on. 409 with the failing cases where some fail, or with the
    contradictions where the hotel wants none published, unless `force`.
    """
    async with db.hotel(hotel_id) as session:
        ready, against = await snapshot(session), await hindering(session)
    if against and not wanted.force:
        raise Contradicted(contradictions=[c.model_dump(mode="json") for c in shown([*against])])
    tried = await _tried(db, clock, library, hotel_id)
    failing = [t.told() for t in tried if not t.passed]
    if failing and not wanted.force:
        raise EvaluationFailed(cases=len(tried), failing=failing)
    async with db.hotel(hotel_id) as session:

        async def create() -> BaseModel:
            made = await publish(
                session,
                hotel_id,
                ready,
                cases=len(tried),
                failing=failing,
                forced=bool(failing or against),
                by=asker.actor,
            )
            return ReleaseOut.model_validate(made)

        return await answer_once(session, once, hotel_id, create)


@router.get("/releases")
async def list_releases(db: DbDep, hotel_id: UUID, asker: Reader, ask: PageDep) -> Page[ReleaseOut]:
    model = KnowledgeRelease
    async with db.hotel(hotel_id) as session:
        rows, after = await page_rows(session, select(model), ask, model.created_at, model.id)
    return Page(items=[ReleaseOut.model_validate(r) for r in rows], next=after)


@router.post("/releases/{release_id}/restore")
async def restore_release(db: DbDep, hotel_id: UUID, release_id: UUID, asker: Writer) -> ReleaseOut:
    """An older version is told again, under a new number."""
    async with db.hotel(hotel_id) as session:
        made = await restore(session, hotel_id, release_id, by=asker.actor)
        return ReleaseOut.model_validate(made)


async def _today(db: Database, clock: Clock, hotel_id: UUID) -> date:
    async with db.hotel(hotel_id) as session:
        return local_day(clock.now(), (await the_hotel(session)).timezone)


async def _tried(db: Database, clock: Clock, library: Library, hotel_id: UUID) -> list[Tried]:
    """And how each did is kept beside it."""
    today = await _today(db, clock, hotel_id)
    tried = await try_cases(library, HotelId(hotel_id), today, draft=True)
    async with db.hotel(hotel_id) as session:
        for passed in (True, False):
            ids = [t.case.id for t in tried if t.passed is passed]
            await session.execute(
                update(KnowledgeCase)
                .where(KnowledgeCase.id.in_(ids))
                .values(passed=passed, tried_at=clock.now())
            )
    return tried
