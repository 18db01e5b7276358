"""What the events of rules, surveys, offers and broadcasts say."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import Field

from frontdesk.messaging.shape_parts import Facts, Id, MaybeId


class RuleCalled(Facts):
    """A rule's action told the hotel's own systems of the event that the rule answered."""

    name: Annotated[str, Field(examples=["late-arrival"], description="what the rule calls it")]
    trigger_id: Id
    trigger: Annotated[str, Field(examples=["Tell the doorman of late arrivals"])]
    event_id: Id
    event: Annotated[str, Field(examples=["booking.created"])]
    payload: Annotated[
        dict[str, Any], Field(examples=[{"code": "K7M2QX"}], description="of that event")
    ]


class SurveyFacts(Facts):
    ask_id: Id
    survey: Annotated[str, Field(examples=["After the stay"])]
    conversation_id: Id
    guest_id: Id
    booking_id: MaybeId


class SurveySent(SurveyFacts):
    """A guest was asked how it was."""


class SurveyAnswered(SurveyFacts):
    """A guest answered one question; the last one of a survey is `done`."""

    question: Annotated[int, Field(examples=[0], description="counted from 0")]
    kind: Annotated[str, Field(examples=["rating"])]
    rating: Annotated[int | None, Field(examples=[2], description="1 to 5")]
    low: Annotated[bool, Field(examples=[True])]
    done: Annotated[bool, Field(examples=[False])]


class BroadcastFacts(Facts):
    broadcast_id: Id
    name: Annotated[str, Field(examples=["Summer rates"])]
    guests: Annotated[int, Field(examples=[120])]
    held_out: Annotated[int, Field(examples=[12])]
    by: Annotated[str, Field(examples=["user:01932b1e-5a70-7c44-9f10-3f6d1c2b7a01"])]


class BroadcastStarted(BroadcastFacts):
    """A message to many guests began to go out."""


class BroadcastStopped(BroadcastFacts):
    """A person stopped a message to many guests."""


JOURNEY_SHAPES: Mapping[str, type[Facts]] = MappingProxyType(
    {
        "rule.called": RuleCalled,
        "survey.sent": SurveySent,
        "survey.answered": SurveyAnswered,
        "broadcast.started": BroadcastStarted,
        "broadcast.stopped": BroadcastStopped,
    }
)
