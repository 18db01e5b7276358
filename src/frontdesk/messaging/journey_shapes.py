"""What the events of rules, surveys, offers and broadcasts say."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import Field

from frontdesk.messaging.shape_parts import Facts, Id


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


JOURNEY_SHAPES: Mapping[str, type[Facts]] = MappingProxyType({"rule.called": RuleCalled})
