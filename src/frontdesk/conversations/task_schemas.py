"""The shapes of tasks on the wire."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema

from frontdesk.conversations.instants import Instant
from frontdesk.conversations.task_rules import DEPARTMENT_OF
from frontdesk.kit.outside import web_address
from frontdesk.kit.spoken import spoken


def _an_item(name: str) -> str:
    if name not in DEPARTMENT_OF:
        raise ValueError(f"an item is one of {', '.join(DEPARTMENT_OF)}")
    return name


Item = Annotated[
    str, AfterValidator(_an_item), WithJsonSchema({"type": "string", "enum": [*DEPARTMENT_OF]})
]
Priority = Literal["low", "normal", "high", "urgent"]
TaskState = Literal["open", "in_progress", "done", "cancelled"]
Address = Annotated[str, AfterValidator(web_address)]
PLAIN = r"^[^\x00]*$"
Title = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(spoken)]


class GuestTaskIn(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {"title": "Two towels", "item": "towels", "priority": "high"}
        },
    )
    title: Title
    item: Item = "other"
    department: str | None = Field(None, max_length=60, pattern=r"^[a-z0-9_]+$")
    """Its code; left out: the one that does such items."""
    text: str = Field("", max_length=2000, pattern=PLAIN)
    room: str | None = Field(None, min_length=1, max_length=20, pattern=PLAIN)
    """The number on its door."""
    conversation_id: UUID | None = None
    message_id: UUID | None = None
    """The message that asks for it; of that conversation."""
    due_at: Instant | None = None
    priority: Priority = "normal"
    assignee_id: UUID | None = None
    tell_guest: bool = True
    """Whether the guest hears that it is done."""


class GuestTaskPatch(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"priority": "urgent"}})
    title: Title | None = None
    text: str | None = Field(None, max_length=2000, pattern=PLAIN)
    due_at: Instant | None = None
    priority: Priority | None = None
    tell_guest: bool | None = None


class GuestTaskStep(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"to": "done"}})
    to: TaskState
    photo_url: Address | None = Field(None, max_length=2000, pattern=r"^https?://\S+$")
    """A proof."""


class AssigneeIn(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"assignee_id": None}})
    assignee_id: UUID | None
    """A membership; None: nobody's."""


class GuestTaskOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    number: int
    department_id: UUID
    item: str
    title: str
    text: str
    state: str
    priority: str
    due_at: datetime | None
    room_id: UUID | None
    conversation_id: UUID | None
    guest_id: UUID | None
    booking_id: UUID | None
    message_id: UUID | None
    assignee_id: UUID | None
    opened_by: str
    tell_guest: bool
    started_at: datetime | None
    ended_at: datetime | None
    ended_by: str | None
    told_at: datetime | None
    photo_url: str | None
    created_at: datetime


class BoardColumn(BaseModel):
    """One department's tasks that are going, the most pressing first; `more` are not shown."""

    department_id: UUID
    code: str
    name: str
    open: int
    in_progress: int
    late: int
    tasks: list[GuestTaskOut]
    more: int
