"""Webhooks, deliveries and calls as the API says them."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    field_validator,
    model_validator,
)

from frontdesk.kit.outside import web_address
from frontdesk.messaging.event_routes import EventName
from frontdesk.triggers.rules import check_conditions

Url = Annotated[str, AfterValidator(web_address), Field(pattern=r"^https?://\S+$", max_length=2000)]
Name = Annotated[
    str, Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f]+$", examples=["PMS"])
]
Conditions = Annotated[dict[str, Any], Field(examples=[{}])]
LONGEST_AGO = timedelta(days=400)


def _once_each(events: list[str]) -> list[str]:
    return list(dict.fromkeys(events))


Events = Annotated[list[EventName], AfterValidator(_once_each), Field(max_length=100)]


def check(events: list[str], conditions: dict[str, Any]) -> None:
    """Every event that it listens to must have what the conditions ask."""
    if conditions and not events:
        raise ValueError("conditions need the events that they are about")
    for event in events:
        check_conditions(event, conditions)


class SubscriptionIn(BaseModel):
    """No `events`: all of them, also those that come with a later version."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "name": "PMS",
                "url": "https://pms.example.org/frontdesk",
                "events": ["booking.created", "booking.cancelled"],
                "conditions": {"field": "nights", "op": "gte", "value": 2},
            }
        },
    )
    name: Name
    url: Url
    events: Events = Field(default_factory=list[str])
    conditions: Conditions = Field(default_factory=dict[str, Any])
    enabled: bool = True

    @model_validator(mode="after")
    def sound(self) -> "SubscriptionIn":
        check(self.events, self.conditions)
        return self


class SubscriptionPatch(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"enabled": False}})
    name: Name | None = None
    url: Url | None = None
    events: Events | None = None
    conditions: Conditions | None = None
    enabled: bool | None = None


class SubscriptionOut(BaseModel):
    """Its secret is never shown again; its address is, without a query."""

    model_config = ConfigDict(from_attributes=True)
    id: UUID
    name: str
    url: str
    events: list[str]
    conditions: dict[str, Any]
    enabled: bool
    failures: int
    """In a row; from five on it is left alone for a while, then tried with one call."""
    rest_until: datetime | None
    old_secret_until: datetime | None
    """Till then the secret before this one signs too."""
    created_at: datetime

    @field_validator("url")
    @classmethod
    def _without_query(cls, url: str) -> str:
        return url.partition("?")[0]


class NewSubscription(SubscriptionOut):
    secret: str
    """Shown now and never again: `whsec_` and base64."""


class DeliveryOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    """The header `webhook-id`, the same for every try."""
    subscription_id: UUID
    event_id: UUID | None
    event_type: str
    subject: UUID
    status: Literal["waiting", "sending", "sent", "skipped", "dead"]
    """skipped: the conditions did not hold."""
    calls: int
    next_try_at: datetime | None
    done_at: datetime | None
    error: str | None
    created_at: datetime

    @model_validator(mode="after")
    def _only_what_is_to_come(self) -> "DeliveryOut":
        """`next_try_at` is null where it is due at once, or over."""
        early = self.next_try_at is not None and self.next_try_at.year < 1970
        if early or self.status != "waiting":
            self.next_try_at = None
        return self


class AttemptOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    number: int
    at: datetime
    status_code: int | None
    """Null where there was no answer; `error` says why."""
    error: str | None
    ms: int
    answer: str
    """How it begins: at most 500 characters."""


class DeliveryWithAttempts(DeliveryOut):
    attempts: list[AttemptOut]
    """Newest first, at most 100."""


class TestOut(BaseModel):
    """What came of `webhook.test`."""

    __test__ = False
    delivery_id: UUID
    taken: bool
    status_code: int | None
    error: str | None
    ms: int
    answer: str


class ReplayIn(BaseModel):
    """`dead`: what was given up; else all that happened in the span, sent before or not."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {"since": "2026-07-03T00:00:00Z", "before": "2026-07-04T00:00:00Z"}
        },
    )
    dead: bool = False
    since: AwareDatetime | None = None
    before: AwareDatetime | None = None

    @model_validator(mode="after")
    def one_of_both(self) -> "ReplayIn":
        if self.dead == (self.since is not None or self.before is not None):
            raise ValueError("either dead, or since and before")
        if not self.dead:
            self._span()
        return self

    def _span(self) -> None:
        if self.since is None or self.before is None:
            raise ValueError("a span needs since and before")
        earliest = datetime(2000, 1, 1, tzinfo=UTC)
        last = datetime(2200, 1, 1, tzinfo=UTC)
        if not earliest <= self.since < self.before <= last:
            raise ValueError("since is earlier than before")
        if self.before - self.since > LONGEST_AGO:
            raise ValueError("a span has at most 400 days")


class ReplayOut(BaseModel):
    count: int
    """How many go out; 10,000 at most are taken, ask again for more."""
