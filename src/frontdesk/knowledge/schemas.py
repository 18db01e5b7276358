"""Documents and files of knowledge as the API shows them."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, Base64Bytes, BaseModel, ConfigDict, Field, model_validator

from frontdesk.kit.errors import Invalid
from frontdesk.kit.outside import web_address
from frontdesk.knowledge.contradiction_schemas import ContradictionOut
from frontdesk.knowledge.reading import MAX_TEXT
from frontdesk.knowledge.sources import MAX_BYTES

Audience = Literal["guest", "in_house", "staff"]
Format = Literal["text", "markdown", "pdf", "docx", "html", "csv"]


def no_nul(text: str) -> str:
    if "\0" in text:
        raise ValueError("a text has no NUL")
    return text


Plain = Annotated[str, AfterValidator(no_nul)]


class BadSource(Invalid):
    """A source is one file with its format, or one address"""

    code = "bad_source"


class Told(BaseModel):
    """Who answers for a text, in which language, to whom and when it is told."""

    model_config = ConfigDict(extra="forbid")
    title: Plain = Field(min_length=1, max_length=300)
    language: str = Field(pattern=r"^[a-z]{2,3}$")
    audience: Audience = "guest"
    owner: Plain = Field("", max_length=100, description="the desk that answers for it")
    valid_from: date | None = None
    valid_until: date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            raise ValueError("valid_until lies before valid_from")
        return self


class DocumentIn(Told):
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
    body: Plain = Field(min_length=1, max_length=MAX_TEXT)


class SourceIn(Told):
    """`file` (base64) with its `format`, or `url`. A CSV has the columns question and answer."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "title": "Breakfast",
                "format": "markdown",
                "file": "IyBCcmVha2Zhc3QKClNlcnZlZCBmcm9tIDc6MDAgdG8gMTA6MzAu",
                "language": "en",
            }
        },
    )
    format: Format | None = None
    file: Base64Bytes | None = Field(None, max_length=MAX_BYTES)
    url: Annotated[str, Field(max_length=2000), AfterValidator(web_address)] | None = None

    def raw(self) -> bytes:
        """The file; empty where it is to be fetched. Raises BadSource."""
        if (self.file is None) == (self.url is None):
            raise BadSource("give one of file and url")
        if (self.file is None) != (self.format is None):
            raise BadSource("a file has a format; what an address holds says so itself")
        return self.file or b""


class DocumentLine(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    title: str
    language: str
    audience: str
    owner: str
    valid_from: date | None
    valid_until: date | None
    source: str
    url: str | None
    fact_key: str | None
    status: str
    error: str | None
    chunks_done: int
    chunks_total: int
    version: int
    ready_version: int | None
    created_at: datetime


class DocumentOut(DocumentLine):
    body: str


class DocumentSaved(DocumentOut):
    contradictions: list[ContradictionOut] = Field(default_factory=list[ContradictionOut])
    """What else is said of the same, and not alike; a warning. Of a file once it is read."""


class RevisionLine(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    version: int
    title: str
    language: str
    audience: str
    owner: str
    valid_from: date | None
    valid_until: date | None
    value: dict[str, Any] | None
    made_by: str
    created_at: datetime


class RevisionOut(RevisionLine):
    body: str
