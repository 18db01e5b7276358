"""The typed value of one webhook body, whatever the wire called it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, NamedTuple

Kind = Literal[
    "message", "status", "state", "call", "device", "quota", "block", "unknown", "unreadable"
]
ChatKind = Literal["person", "lid", "group", "broadcast", "newsletter"]
Lane = Literal["turn", "apply", "none"]


class Filing(NamedTuple):
    """What must be known of a body to file it; the rest is read where it is acted on."""

    kind: Kind
    event_key: str
    """The same event has the same key, however often and in whatever order it comes."""
    lane: Lane
    chat: str | None = None
    occurred_at: datetime | None = None
    id_instance: str | None = None


@dataclass(frozen=True, slots=True)
class WireMessage:
    """What was said or done in a chat."""

    type: str
    """typeMessage, in the spelling of the vendor's current documents."""
    text: str | None = None
    """What a person would read: text, caption, chosen label, new text of an edit, the emoji."""
    quoted_id: str | None = None
    """The message answered, or the one that is edited, deleted or reacted to."""
    choice_id: str | None = None
    """The id of the button or row that was tapped."""
    media: dict[str, Any] | None = None
    content: dict[str, Any] = field(default_factory=dict[str, Any])
    """Location, contacts, poll, buttons shown, marks: what the kind carries beside its text."""


@dataclass(frozen=True, slots=True)
class WireEvent:
    """The fields of its `Filing` first, in that order."""

    kind: Kind
    event_key: str
    lane: Lane
    chat: str | None = None
    occurred_at: datetime | None = None
    id_instance: str | None = None
    type: str = ""
    """typeWebhook."""
    direction: Literal["in", "out"] | None = None
    from_api: bool = False
    """True: sent through the API, by us or another program; false: typed by a person."""
    chat_kind: ChatKind | None = None
    sender: str | None = None
    sender_name: str | None = None
    provider_id: str | None = None
    """idMessage."""
    message: WireMessage | None = None
    status: str | None = None
    description: str | None = None
    wid: str | None = None
