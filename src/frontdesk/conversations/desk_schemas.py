"""The shapes of the desk on the wire: people, settings and rules."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

Word = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[^\x00]*$")]
Code = Annotated[str, Field(max_length=60, pattern=r"^[a-z0-9_]+$")]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]
Clock = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]


class Shift(BaseModel):
    """One that ends before it begins ends on the next day; by the hotel's clock."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)
    days: list[Annotated[int, Field(ge=0, le=6)]] = Field(min_length=1, max_length=7)
    """0 is Monday."""
    begins: Clock = Field(alias="from")
    until: Clock


class SeatIn(BaseModel):
    """What is left out stays as it is."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"available": True, "capacity": 8, "languages": ["en"]}},
    )
    available: bool | None = None
    capacity: int | None = Field(None, ge=0, le=1000)
    """Chats at once that rules may give them."""
    languages: list[Language] | None = Field(None, max_length=30)
    skills: list[Word] | None = Field(None, max_length=30)
    hours: list[Shift] | None = Field(None, max_length=30)
    """Their shifts; none: whenever they are available."""
    department: Code | None = None


class SeatOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    membership_id: UUID
    available: bool
    capacity: int
    load: int
    """Open chats that are theirs."""
    languages: list[str]
    skills: list[str]
    hours: list[dict[str, object]]
    department_id: UUID | None


class RoutingRule(BaseModel):
    """Where all of its conditions hold, its people are asked, before those of the next rule."""

    model_config = ConfigDict(extra="forbid")
    name: Word
    reasons: list[Word] = Field(default_factory=list[str], max_length=30)
    """Why a person is needed: complaint, asked_for_person, request, ..."""
    languages: list[Language] = Field(default_factory=list[str], max_length=30)
    labels: list[Word] = Field(default_factory=list[str], max_length=30)
    departments: list[Code] = Field(default_factory=list[str], max_length=30)
    vip: bool | None = None
    from_hour: int = Field(0, ge=0, le=23)
    until_hour: int = Field(24, ge=0, le=24)
    department: Code | None = None
    """Whose people are asked."""
    skills: list[Word] = Field(default_factory=list[str], max_length=30)
    """That they all have."""
    membership_id: UUID | None = None
    """This one person."""
    priority: Literal["low", "normal", "high", "urgent"] | None = None
    """What the conversation gets, where this is the first rule that holds."""


class DeskIn(BaseModel):
    """The rules in their order; without one that holds, everybody who is there is asked."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {"rules": [{"name": "Complaints", "reasons": ["complaint"]}]}
        },
    )
    rules: list[RoutingRule] = Field(default_factory=list[RoutingRule], max_length=100)
    sticky: bool = True
    """Who served the guest last is asked first."""
    unassigned_minutes: int = Field(10, ge=1, le=24 * 60)
    keep_assignee: bool = False
    """Whether a conversation stays somebody's while the bot answers again."""


class DepartmentIn(BaseModel):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"code": "pool", "name": "Pool"}}
    )
    code: Code = Field(min_length=1)
    name: Word


class DepartmentPatch(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"active": False}})
    name: Word | None = None
    active: bool | None = None


class DepartmentOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    code: str
    name: str
    active: bool
