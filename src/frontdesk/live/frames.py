"""Every frame that goes out, as JSON schema; no frame has a field that is not told here."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

Role = str
"""admin, manager, staff or a role of the hotel's; customer; bot, phone, system; key."""
Resume = str | None


class Frame(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class Placed(Frame):
    resume: Resume = None
    """Come back with the newest one as `?resume=`: nothing is missed and nothing comes twice."""


class You(Frame):
    user_id: str
    name: str
    role: Role


class SystemFrame(Placed):
    """The connection itself: `connected` is the first frame; `resync` says to load all anew."""

    type: Literal["system"]
    message: str
    event: Literal["connected", "resumed", "resync", "place"]
    you: You | None = None


class MessageFrame(Placed):
    """A message was said, edited or deleted; one that was known already comes again as it is."""

    type: Literal["message"]
    id: UUID = Field(alias="_id")
    message: str
    sender_role: Role
    sender_id: str
    sender_username: str
    receiver_id: str
    timestamp: datetime
    seen: bool
    conversation_id: UUID
    direction: Literal["in", "out"]
    author: Literal["guest", "bot", "staff", "phone", "system"]
    kind: str
    content: dict[str, Any]
    choice_id: str | None
    quoted_id: str | None
    status: str | None
    channel: Literal["whatsapp", "portal"]
    edited_at: datetime | None
    deleted_at: datetime | None
    language: str | None = None
    sentiment: str | None = None
    urgency: str | None = None


class OnlineUser(Frame):
    user_id: str
    email: str | None
    role: Role
    name: str | None = None
    viewing: list[str] = []


class OnlineUsersFrame(Frame):
    """Everybody who is there, by id, in place of what was told before."""

    type: Literal["online_users"]
    users: dict[str, OnlineUser]


class OnlineChangeFrame(Frame):
    """Who came, or looks elsewhere now, and who left since; of more than 50 all are told seldom."""

    type: Literal["online_change"]
    came: dict[str, OnlineUser]
    left: list[str]


class PresenceFrame(Frame):
    """What a colleague looks at now."""

    type: Literal["presence"]
    user_id: str
    name: str
    role: Role
    online: bool
    viewing: str | None


class TypingFrame(Placed):
    """Somebody writes, or the bot thinks; it holds for so many seconds, 0 ends it."""

    type: Literal["typing"]
    conversation_id: UUID
    user_id: str
    name: str
    role: Role
    seconds: int


class TickFrame(Placed):
    """What became of a message; where it failed, why and what to do."""

    type: Literal["tick"]
    id: UUID = Field(alias="_id")
    conversation_id: UUID
    status: str
    seen: bool
    cause: str | None = None
    fix: str | None = None


class ConversationShown(Frame):
    id: UUID
    guest_id: UUID
    guest_name: str | None
    status: str
    owner: str
    reason: str | None
    tags: list[str]
    priority: str
    department_id: UUID | None
    assignee_id: UUID | None
    assignee: str | None
    snoozed_until: datetime | None
    last_message_at: datetime
    read_at: datetime | None
    unread: bool


class ConversationFrame(Placed):
    """Something of a chat changed; `changed` names what."""

    type: Literal["conversation"]
    conversation_id: UUID
    changed: list[str]
    conversation: ConversationShown


class HandoverFrame(Placed):
    """The bot or people answer from now on; a guest hears no more than who."""

    type: Literal["handover"]
    conversation_id: UUID
    owner: Literal["bot", "staff"] | None = None
    changed: list[str] | None = None
    conversation: ConversationShown | None = None


class AssignmentFrame(ConversationFrame):
    """A chat became somebody's, or nobody's."""

    type: Literal["assignment"]  # pyright: ignore[reportIncompatibleVariableOverride]


class Alert(Frame):
    id: UUID
    kind: str
    conversation_id: UUID | None
    priority_score: int
    title: str
    body: str
    status: str
    created_at: datetime


class NotificationFrame(Placed):
    """Staff are told of something, or somebody took it."""

    type: Literal["notification"]
    what: str
    notification: Alert


class EventFrame(Placed):
    """A domain event, as `GET .../events` lists it."""

    type: Literal["event"]
    id: UUID
    event_type: str
    subject: UUID
    payload: dict[str, Any]
    created_at: datetime


class CountersFrame(Frame):
    """How much waits; it comes whenever that changes, once a second at most."""

    type: Literal["counters"]
    unread: int
    open: int
    mine: int


class AckFrame(Frame):
    """It is done, and durable."""

    type: Literal["ack"]
    ref: str | None = None
    id: UUID | None = Field(None, alias="_id")
    conversation_id: UUID | None = None
    client_id: UUID | None = None
    duplicate: bool | None = None


class HistoryFrame(Frame):
    """A page of older messages, newest first; `next` is the cursor of the one after."""

    type: Literal["history"]
    ref: str | None = None
    conversation_id: UUID | None
    messages: list[MessageFrame]
    next: str | None


class PongFrame(Frame):
    """Somebody is there; `lag_ms` is how late the newest change was told here."""

    type: Literal["pong"]
    ref: str | None = None
    at: datetime
    lag_ms: int


class ErrorFrame(Frame):
    """What was asked was refused, as over REST; further fields say more (`messages`, `errors`)."""

    model_config = ConfigDict(extra="allow")
    type: Literal["error"]
    ref: str | None
    status: int
    code: str
    message: str
    detail: str | None


FRAMES: tuple[type[Frame], ...] = (
    SystemFrame,
    MessageFrame,
    OnlineUsersFrame,
    OnlineChangeFrame,
    PresenceFrame,
    TypingFrame,
    TickFrame,
    ConversationFrame,
    HandoverFrame,
    AssignmentFrame,
    NotificationFrame,
    EventFrame,
    CountersFrame,
    AckFrame,
    HistoryFrame,
    PongFrame,
    ErrorFrame,
)
CLOSES = {
    1012: "the server starts anew; resume at once",
    1013: "too slow, or the server is not able just now; resume in a moment",
    4401: "the token is over or opens less; come with another one, and resume",
    4429: "too many frames",
}


def name_of(frame: type[BaseModel]) -> str:
    said: Any = frame.model_fields["type"].annotation
    return said.__args__[0]
