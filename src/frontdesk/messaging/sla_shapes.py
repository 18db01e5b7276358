"""What the events of promises to guests say."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import Field

from frontdesk.messaging.desk_shapes import Priority, State
from frontdesk.messaging.shape_parts import Facts, Id, MaybeId

At = Annotated[datetime, Field(examples=["2026-07-03T18:04:05+00:00"])]


class SlaFacts(Facts):
    conversation_id: Id
    guest_id: Id
    kind: Annotated[Literal["first", "next", "resolution"], Field(examples=["next"])]
    minutes: Annotated[int, Field(examples=[15], description="open minutes that are promised")]
    started_at: At
    due_at: Annotated[datetime | None, Field(examples=["2026-07-03T18:19:05+00:00"])]
    owner: Annotated[Literal["bot", "staff"], Field(examples=["staff"])]
    status: Annotated[State, Field(examples=["escalated"])]
    priority: Annotated[Priority, Field(examples=["normal"])]
    department_id: MaybeId
    assignee_id: Annotated[MaybeId, Field(description="a membership")]


class SlaWarning(SlaFacts):
    """A promised answer or end is soon late."""


class SlaBreached(SlaFacts):
    """A promised answer or end is late."""


SLA_SHAPES: Mapping[str, type[Facts]] = MappingProxyType(
    {"sla.warning": SlaWarning, "sla.breached": SlaBreached}
)
