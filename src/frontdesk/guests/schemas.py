"""Guests as the API shows and takes them."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

Word = Annotated[str, StringConstraints(min_length=1, max_length=60, pattern=r"^[^\x00]+$")]
Words = Annotated[str, StringConstraints(max_length=500, pattern=r"^[^\x00]*$")]


def _without_plus(said: str) -> str:
    return said.removeprefix("+")


Phone = Annotated[str, Field(pattern=r"^\+?[1-9][0-9]{6,14}$"), AfterValidator(_without_plus)]
"""With its country; kept as digits."""


def _few(value: dict[str, Any]) -> dict[str, Any]:
    if len(value) > 50:
        raise ValueError("at most 50 preferences")
    return value


Preferences = Annotated[dict[Word, Words], AfterValidator(_few)]


class GuestOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    name: str | None
    language: str | None
    phone: str | None
    vip: bool
    preferences: dict[str, Any]
    consent_at: datetime | None
    opted_out_at: datetime | None
    merged_into: UUID | None
    erased_at: datetime | None
    created_at: datetime


class IdentityOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    guest_id: UUID
    instance_id: UUID | None
    kind: str
    value: str
    created_at: datetime


class GuestPatch(BaseModel):
    """What is left out stays; `preferences` are replaced as a whole."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {"language": "de", "preferences": {"pillow": "hard"}, "opted_out": False}
        },
    )
    name: Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00]+$")] | None = None
    language: str | None = Field(None, pattern=r"^[a-z]{2,3}$")
    vip: bool | None = None
    preferences: Preferences | None = None
    consent: bool | None = None
    """To being written to of our own accord."""
    opted_out: bool | None = None


class MergeIn(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"other_guest_id": "01a1f000-0000-7000-8000-000000000000"}},
    )
    other_guest_id: UUID
    """Goes into the guest of the path."""


class MergeOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    kept_id: UUID
    gone_id: UUID
    moved: dict[str, Any]
    undone_at: datetime | None
    created_at: datetime
