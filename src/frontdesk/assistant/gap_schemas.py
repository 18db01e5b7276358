"""Unanswered questions as the API shows them."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from frontdesk.knowledge.schemas import Plain


class GroupOut(BaseModel):
    gap_id: UUID
    question: str
    count: int
    languages: list[str]
    last_asked_at: datetime
    gap_ids: list[UUID] = Field(description="of the questions, in their order")
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
