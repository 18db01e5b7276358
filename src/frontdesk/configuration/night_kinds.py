"""The sections that are said night by night: what is on sale, a plan's own prices, overbooking."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from frontdesk.bookings.rate_schemas import MOST, WEEK, Day, Weekdays, mask
from frontdesk.configuration.spans import Span, compact

LONGEST = 4000
"""Nights of one entry."""
MOST_NIGHTS = 200_000
"""Nights that one document may say."""
Values = tuple[Any, ...]
Key = tuple[str, ...]
Nights = dict[Key, dict[date, Values]]
"""By what they are of, and by night."""


class SpanIn(BaseModel):
    model_config = ConfigDict(extra="forbid")
    room_type: str = Field(max_length=60)
    first: Day
    last: Day
    """Belongs to it."""
    weekdays: Weekdays = Field(default_factory=lambda: list(WEEK))

    @model_validator(mode="after")
    def in_order(self) -> Self:
        if not 0 <= (self.last - self.first).days < LONGEST:
            raise ValueError(f"last is first or later, by less than {LONGEST} nights")
        return self


class NightsIn(SpanIn):
    price: int = Field(gt=0, le=MOST)
    capacity: int = Field(ge=0, le=10_000)
    """With the rooms that are blocked."""
    closed: bool = False


class PlanNightsIn(SpanIn):
    plan: str = Field(max_length=60)
    price: int = Field(gt=0, le=MOST)


class OverbookingIn(SpanIn):
    rooms: int = Field(ge=1, le=1000)


@dataclass(frozen=True, slots=True)
class NightKind:
    section: str
    schema: type[SpanIn]
    key: tuple[str, ...]
    says: tuple[str, ...]
    reads: str
    writes: str
    usual: Mapping[str, Any] = field(default_factory=dict[str, Any])


NIGHTS, PLAN_NIGHTS, OVERBOOKING = "nights", "plan_nights", "overbooking"
NIGHT_KINDS: tuple[NightKind, ...] = (
    NightKind(
        *(NIGHTS, NightsIn, ("room_type",), ("price", "capacity", "closed")),
        *("rates:read", "rates:write", {"closed": False}),
    ),
    NightKind(
        *(PLAN_NIGHTS, PlanNightsIn, ("plan", "room_type"), ("price",)),
        *("rates:read", "rates:write"),
    ),
    NightKind(
        *(OVERBOOKING, OverbookingIn, ("room_type",), ("rooms",)),
        *("bookings:read", "bookings:overbook"),
    ),
)
BY_NIGHT: Mapping[str, NightKind] = MappingProxyType({kind.section: kind for kind in NIGHT_KINDS})
NAMES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {"room_type": ("room_types", "code"), "plan": ("rate_plans", "code")}
)
"""What an entry names, and where it has to be."""


def as_entries(kind: NightKind, nights: Nights) -> list[dict[str, Any]]:
    """The same nights always as the same entries."""
    return [
        _entry(kind, key, span) for key, days in sorted(nights.items()) for span in compact(days)
    ]


def _entry(kind: NightKind, key: Key, span: Span[Values]) -> dict[str, Any]:
    days = {"first": span.first.isoformat(), "last": span.last.isoformat()}
    week = week_of(span.weekdays)
    values = dict(zip(kind.says, span.value, strict=True))
    return {**dict(zip(kind.key, key, strict=True)), **days, "weekdays": week, **values}


def week_of(weekdays: int) -> list[str]:
    return [name for at, name in enumerate(WEEK) if weekdays >> at & 1]


def as_nights(kind: NightKind, entries: list[dict[str, Any]]) -> Nights:
    """Of entries of which no two say the same night."""
    nights: Nights = {}
    for entry in entries:
        key = tuple(str(entry[name]) for name in kind.key)
        value = tuple(entry[name] for name in kind.says)
        nights.setdefault(key, {}).update(dict.fromkeys(days_of(entry), value))
    return nights


def days_of(entry: Mapping[str, Any]) -> list[date]:
    first, last = (date.fromisoformat(str(entry[name])) for name in ("first", "last"))
    return list(Span(first, last, mask(entry["weekdays"]), None).days())


def brief_entry(kind: NightKind, entry: dict[str, Any]) -> dict[str, Any]:
    """Without what goes without saying."""
    usual = {"weekdays": list(WEEK), **kind.usual}
    return {name: value for name, value in entry.items() if value != usual.get(name)}
