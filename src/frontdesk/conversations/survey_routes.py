"""Surveys over HTTP: what is asked, and what guests answered."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from sqlalchemy import select

from frontdesk.conversations.survey_models import Survey, SurveyAsk
from frontdesk.conversations.surveys import NoSuchSurvey, save_survey
from frontdesk.kit.spoken import spoken
from frontdesk.kit.web import DbDep, Page, PageDep, page_rows
from frontdesk.tenancy.auth import Principal, allow
from frontdesk.tenancy.idempotency import OnceDep, answer_once
from frontdesk.tenancy.queries import the_hotel
from frontdesk.tenancy.rows import must_exist

router = APIRouter(prefix="/v1/hotels/{hotel_id}", tags=["surveys"])
Reader = Annotated[Principal, Depends(allow("triggers:read"))]
Writer = Annotated[Principal, Depends(allow("triggers:write"))]
Reviewer = Annotated[Principal, Depends(allow("reviews:read"))]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]
Words = Annotated[str, Field(min_length=1, max_length=1000), AfterValidator(spoken)]


class Question(BaseModel):
    model_config = ConfigDict(extra="forbid")
    kind: Literal["rating", "text"]
    text: dict[Language, Words] = Field(min_length=1, max_length=40)


class SurveyIn(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "name": "After the stay",
                "questions": [
                    {"kind": "rating", "text": {"en": "How was your stay?"}},
                    {"kind": "text", "text": {"en": "What could we do better?"}},
                ],
                "low": 3,
                "department": "management",
            }
        },
    )
    name: str = Field(min_length=1, max_length=100)
    questions: list[Question] = Field(min_length=1, max_length=3)
    low: int = Field(3, ge=1, le=4)
    """A rating up to this opens a recovery task."""
    department: str = Field("management", pattern=r"^[a-z][a-z_]{0,39}$")
    active: bool = True
    """Off, nobody is asked any more."""

    @model_validator(mode="after")
    def starts_with_a_rating(self) -> "SurveyIn":
        if self.questions[0].kind != "rating":
            raise ValueError("the first question is a rating")
        return self


class SurveyOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    name: str
    questions: list[dict[str, Any]]
    low: int
    department: str
    active: bool
    created_at: datetime


class AskOut(BaseModel):
    """One guest's answers, in the order of the questions."""

    model_config = ConfigDict(from_attributes=True)
    id: UUID
    survey_id: UUID
    conversation_id: UUID
    guest_id: UUID
    booking_id: UUID | None
    state: Literal["open", "done", "expired"]
    language: str
    answers: list[dict[str, Any]]
    score: int | None
    """The lowest rating."""
    created_at: datetime
    done_at: datetime | None


@router.post("/surveys", status_code=201, response_model=SurveyOut)
async def create_survey(
    db: DbDep, hotel_id: UUID, asker: Writer, once: OnceDep, wanted: SurveyIn
) -> Response:
    async with db.hotel(hotel_id) as session:
        await the_hotel(session)

        async def create() -> BaseModel:
            made, said = Survey(hotel_id=hotel_id), wanted.model_dump(mode="json")
            saved = await save_survey(session, made, said, by=asker.actor)
            return SurveyOut.model_validate(saved)

        return await answer_once(session, once, hotel_id, create)


@router.get("/surveys")
async def list_surveys(db: DbDep, hotel_id: UUID, asker: Reader, ask: PageDep) -> Page[SurveyOut]:
    async with db.hotel(hotel_id) as session:
        rows, after = await page_rows(session, select(Survey), ask, Survey.created_at, Survey.id)
    return Page(items=[SurveyOut.model_validate(r) for r in rows], next=after)


@router.put("/surveys/{survey_id}")
async def replace_survey(
    db: DbDep, hotel_id: UUID, survey_id: UUID, asker: Writer, wanted: SurveyIn
) -> SurveyOut:
    """Guests who are being asked go on with as many questions as there are now."""
    async with db.hotel(hotel_id) as session:
        found = await session.scalar(select(Survey).where(Survey.id == survey_id))
        if found is None:
            raise NoSuchSurvey
        saved = await save_survey(session, found, wanted.model_dump(mode="json"), by=asker.actor)
        return SurveyOut.model_validate(saved)


@router.get("/survey-answers")
async def list_survey_answers(
    db: DbDep,
    hotel_id: UUID,
    asker: Reviewer,
    ask: PageDep,
    survey_id: Annotated[UUID | None, Query()] = None,
) -> Page[AskOut]:
    """Newest first; also those that nobody has answered."""
    query = select(SurveyAsk)
    if survey_id is not None:
        query = query.where(SurveyAsk.survey_id == survey_id)
    async with db.hotel(hotel_id) as session:
        await must_exist(session, (Survey, survey_id))
        rows, after = await page_rows(session, query, ask, SurveyAsk.created_at, SurveyAsk.id)
    return Page(items=[AskOut.model_validate(r) for r in rows], next=after)
