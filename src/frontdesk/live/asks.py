"""What a client may say over the socket; anything else is answered with an error frame."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter

from frontdesk.kit.spoken import Spoken, plain

ID = "01932b1e-5a70-7c44-9f10-3f6d1c2b7a01"


Talk = Annotated[
    UUID | None, Field(None, description="Staff name the chat; a guest has only their own.")
]


class Ask(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)
    ref: Annotated[str, Field(max_length=64), AfterValidator(plain)] | None = None
    """The client's own name for this; it comes back in `ack`, `error`, `history` and `pong`."""


class MessageAsk(Ask):
    """Says something: as staff, in place of the bot from then on; or as the guest of a link."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "type": "message",
                "ref": "1",
                "conversation_id": ID,
                "client_id": ID,
                "message": "Until 14:00 is fine.",
                "after": ID,
            }
        }
    )
    type: Literal["message"]
    message: Spoken
    client_id: UUID
    """The same again, after a cut, goes out once: the ack says `duplicate`."""
    conversation_id: Talk
    after: UUID | None = None
    """`_id` of the newest message seen when the draft was begun; refused where there is a newer."""
    force: bool = False
    """Although something newer was said, or a colleague is writing."""
    choice_id: Annotated[str, Field(max_length=200), AfterValidator(plain)] | None = None
    """Of the button that a guest tapped."""


class ReadAsk(Ask):
    """Has read everything: staff of a chat, a guest up to a message."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"type": "read", "conversation_id": ID}}
    )
    type: Literal["read"]
    conversation_id: Talk
    upto: UUID | None = None
    """A guest says the `_id` of the newest message they saw."""


class TypingAsk(Ask):
    """Types, or has stopped; say it again every five seconds. Staff who type hold the reply."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"type": "typing", "conversation_id": ID, "on": True}}
    )
    type: Literal["typing"]
    conversation_id: Talk
    on: bool = True


class ViewingAsk(Ask):
    """Looks at a chat, or at none; for staff."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"type": "viewing", "conversation_id": ID}}
    )
    type: Literal["viewing"]
    conversation_id: Talk


class HistoryAsk(Ask):
    """Older messages, newest first, a page at a time."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"type": "history", "ref": "2", "conversation_id": ID, "limit": 50}
        }
    )
    type: Literal["history"]
    conversation_id: Talk
    limit: int = Field(50, ge=1, le=100)
    cursor: Annotated[str, Field(max_length=300), AfterValidator(plain)] | None = None


class PingAsk(Ask):
    """Whether anybody is there; the answer says how late news is."""

    model_config = ConfigDict(json_schema_extra={"example": {"type": "ping", "ref": "3"}})
    type: Literal["ping"]


ASKS: tuple[type[Ask], ...] = (MessageAsk, ReadAsk, TypingAsk, ViewingAsk, HistoryAsk, PingAsk)
AnyAsk = Annotated[
    MessageAsk | ReadAsk | TypingAsk | ViewingAsk | HistoryAsk | PingAsk,
    Field(discriminator="type"),
]
PARSE: TypeAdapter[AnyAsk] = TypeAdapter(AnyAsk)
