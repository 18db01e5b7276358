"""What the events of a guest's words say: that they came, and what the bot read in them."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import Field

from frontdesk.messaging.shape_parts import Facts, Id, Sentiment, Urgency


class WordsFacts(Facts):
    message_id: Id
    conversation_id: Id
    guest_id: Id
    text: Annotated[str, Field(examples=["Is there parking?"])]
    kind: Annotated[str, Field(examples=["text"])]
    language: Annotated[str | None, Field(examples=["en"])]
    status: Annotated[str, Field(examples=["active"])]
    owner: Annotated[
        Literal["bot", "staff"], Field(examples=["bot"], description="who answers this chat")
    ]
    tags: Annotated[list[str], Field(examples=[["vip"]])]


class MessageReceived(WordsFacts):
    """A guest's message came, whoever answers it: once each, before anybody has read it."""

    at: Annotated[datetime, Field(examples=["2026-07-03T18:04:05+00:00"])]


class MessageUnderstood(WordsFacts):
    """The bot read a guest's message: never while a person has the chat, anew after an edit."""

    intent: Annotated[str | None, Field(examples=["question"])]
    sentiment: Annotated[Sentiment | None, Field(examples=["negative"])]
    urgency: Annotated[Urgency | None, Field(examples=["normal"])]


class SentimentDetected(Facts):
    """A guest sounds pleased or unhappy; the words are those that say so."""

    conversation_id: Id
    guest_id: Id
    sentiment: Sentiment
    score: Annotated[float, Field(examples=[-0.8], ge=-1, le=1)]
    words: Annotated[list[str], Field(examples=[["filthy"]])]
    urgency: Urgency


HEARD_SHAPES: Mapping[str, type[Facts]] = MappingProxyType(
    {
        "message.received": MessageReceived,
        "message.understood": MessageUnderstood,
        "sentiment.detected": SentimentDetected,
    }
)
