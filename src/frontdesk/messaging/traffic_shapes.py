"""What the events of sent messages, guests, reviews, knowledge and imports say."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated

from pydantic import Field

from frontdesk.messaging.shape_parts import Count, Facts, Id, MaybeId


class MessageFacts(Facts):
    message_id: Id
    conversation_id: Id
    guest_id: MaybeId
    author: Annotated[str, Field(examples=["bot"], description="bot, staff or system")]
    lane: Annotated[str, Field(examples=["reply"])]
    error: Annotated[str | None, Field(examples=[None], description="why it failed, one word")]


class MessageSent(MessageFacts):
    """GREEN-API took a message of ours."""


class MessageDelivered(MessageFacts):
    """A message of ours is on the guest's phone."""


class MessageRead(MessageFacts):
    """The guest has seen a message of ours."""


class MessageFailed(MessageFacts):
    """A message of ours does not go out, or went out too late to be of use."""


class GuestCreated(Facts):
    """Somebody is known to the hotel for the first time."""

    guest_id: Id
    language: Annotated[str | None, Field(examples=["en"])]


class GuestMerged(Facts):
    """Two guests were one person: `guest_id` is `into` from now on."""

    guest_id: Id
    into: Id


class GuestErased(Facts):
    """Nothing that says who a guest was is left here; whoever was told of them does the same."""

    guest_id: Id


class ReviewFacts(Facts):
    review_id: Id
    booking_id: Id
    guest_id: Id
    room_type_id: Id
    rating: Annotated[int, Field(examples=[5], ge=1, le=5)]


class ReviewWritten(ReviewFacts):
    """A guest reviewed a stay; nobody sees it yet."""


class ReviewPublished(ReviewFacts):
    """A review may be seen by everybody."""


class KnowledgePublished(Facts):
    """The bot answers from another version of what the hotel knows."""

    release_id: Id
    number: Annotated[int, Field(examples=[12])]
    restores: Annotated[int | None, Field(examples=[None], description="an older version's number")]


class ImportFinished(Facts):
    """The lines of an import are in."""

    import_id: Id
    kind: Annotated[str, Field(examples=["guests"])]
    created: Count
    updated: Count
    unchanged: Count
    conflicts: Annotated[int, Field(examples=[0])]


TRAFFIC_SHAPES: Mapping[str, type[Facts]] = MappingProxyType(
    {
        "message.sent": MessageSent,
        "message.delivered": MessageDelivered,
        "message.read": MessageRead,
        "message.failed": MessageFailed,
        "guest.created": GuestCreated,
        "guest.merged": GuestMerged,
        "guest.erased": GuestErased,
        "review.written": ReviewWritten,
        "review.published": ReviewPublished,
        "knowledge.published": KnowledgePublished,
        "import.finished": ImportFinished,
    }
)
