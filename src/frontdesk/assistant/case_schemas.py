"""A hotel's own questions as the API shows them."""

from datetime import datetime
from typing import Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from frontdesk.knowledge.facts import catalogue
from frontdesk.knowledge.schemas import Audience, Plain


class CaseIn(BaseModel):
    """`expect`: a document, a fact, anything but a document (`not`), or no answer at all."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "question": "When is breakfast?",
                "expect": "document",
                "document_id": "018f3c1e-7a10-7cc0-8000-3f2a5b6c7d8e",
            }
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
