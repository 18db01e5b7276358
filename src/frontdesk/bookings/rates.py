"""What a hotel says of its prices, as values: plans, rules, supplements, limits, taxes.

Every rule has a reach: a plan, a room type, days and weekdays, each left open where it is None.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from uuid import UUID

ALL_WEEK = 127
"""Monday is bit 0, Sunday is bit 6."""
UNKNOWN_AGE = 17
"""A child whose age nobody said: the price never rises when the age is told later."""


class Effect(StrEnum):
    """What a rule does to a price: replaces it, or moves it by a share or an amount."""

    PRICE = "price"
    PERCENT = "percent"
    AMOUNT = "amount"


class Layer(StrEnum):
    """In which step of a night's price a rule speaks."""

    SPECIAL = "special"
    SEASON = "season"
    WEEKDAY = "weekday"
    LENGTH = "length"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Where and when something holds; both days belong to it."""

    id: UUID
    plan_id: UUID | None = None
    room_type_id: UUID | None = None
    first: date | None = None
    last: date | None = None
    weekdays: int = ALL_WEEK

    def covers(self, day: date) -> bool:
        return (
            (self.first is None or self.first <= day)
            and (self.last is None or day <= self.last)
            and bool(self.weekdays >> day.weekday() & 1)
        )

    def speaks_for(self, plan_id: UUID | None, room_type_id: UUID) -> bool:
        return self.plan_id in (None, plan_id) and self.room_type_id in (None, room_type_id)

    @property
    def days(self) -> int:
        """How many days from first to last; endless counts as longest."""
        if self.first is None or self.last is None:
            return 10**6
        return (self.last - self.first).days + 1

    @property
    def vagueness(self) -> int:
        """0 where it names both a type and a plan; the type weighs more."""
        return 2 * (self.room_type_id is None) + (self.plan_id is None)


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceRule(Reach):
    layer: Layer
    effect: Effect
    value: int
    """Minor units, or hundredths of a percent."""
    priority: int = 0
    min_nights: int = 1
    """Of a length rule: from how many nights on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplement(Reach):
    """What a guest beyond the price costs a night: an adult above so many in a room, or a child."""

    kind: str
    """adult | child"""
    amount: int
    above: int = 0
    age_from: int = 0
    age_to: int = UNKNOWN_AGE


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit(Reach):
    """A restriction; of several that hold, each must be met. What is None or False limits nothing.

    Stay lengths, arrival and the days ahead are judged by the day of arrival; `min_stay_through`
    and `closed` by every night; `closed_to_departure` by the day of departure.
    """

    min_stay: int | None = None
    max_stay: int | None = None
    min_stay_through: int | None = None
    min_ahead: int | None = None
    max_ahead: int | None = None
    closed: bool = False
    closed_to_arrival: bool = False
    closed_to_departure: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Allotment(Reach):
    """How many rooms a night a plan may sell at most."""

    rooms: int


@dataclass(frozen=True, slots=True)
class TaxRule:
    kind: str
    """percent | person_night | night | stay"""
    amount: int
    """Hundredths of a percent, or minor units."""
    id: UUID | None = None
    exempt_under: int | None = None
    """Of person_night: guests younger than this pay nothing."""
    max_nights: int | None = None
    """Of person_night and night: only the first so many nights."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One way to sell a room. A child starts from its parent's price, one level deep."""

    id: UUID | None
    """None: the calendar's own price, where a hotel has no default plan."""
    code: str
    name: str
    meal: str = ""
    inclusions: str = ""
    parent_id: UUID | None = None
    percent: int = 0
    """Onto the parent's price, hundredths of a percent; then `amount`."""
    amount: int = 0
    refundable: bool = True
    free_hours: int | None = None
    """None: the hotel's own."""
    fee_kind: str = "first_night"
    """first_night | nights | percent | full"""
    fee_value: int = 0
    deposit: int = 0
    """Hundredths of a percent of the total."""
    hold_minutes: int | None = None
    is_default: bool = False
    active: bool = True


BASE = Plan(None, "BASE", "Standard rate")


@dataclass(frozen=True, slots=True)
class Kind:
    """A room type, as far as an offer needs it."""

    id: UUID
    code: str
    name: str
    max_adults: int
    max_children: int
    max_guests: int
    features: tuple[str, ...] = ()
    base_price: int = 0


@dataclass(frozen=True, slots=True)
class RateBook:
    """Everything but the calendar; plans in the order in which they are shown, the default first.

    Changes of any of it, or of a calendar price, change the hotel's `rates_version`.
    """

    kinds: tuple[Kind, ...]
    plans: tuple[Plan, ...] = (BASE,)
    rules: tuple[PriceRule, ...] = ()
    supplements: tuple[Supplement, ...] = ()
    limits: tuple[Limit, ...] = ()
    allotments: tuple[Allotment, ...] = ()
    taxes: tuple[TaxRule, ...] = ()

    def plan(self, plan_id: UUID | None) -> Plan | None:
        return next((p for p in self.plans if p.id == plan_id), None)

    @property
    def has_plans(self) -> bool:
        """Whether there is one besides the calendar's price: it may have a calendar of its own."""
        return any(plan.id is not None for plan in self.plans)

    @property
    def on_sale(self) -> tuple[Plan, ...]:
        return tuple(p for p in self.plans if p.active)

    def sold_as(self, plan_id: UUID | None) -> Plan | None:
        """The plan on sale of that id; without one, the default."""
        plans = self.on_sale
        return plans[0] if plan_id is None else next((p for p in plans if p.id == plan_id), None)

    def kind(self, room_type_id: UUID) -> Kind | None:
        return next((k for k in self.kinds if k.id == room_type_id), None)


@dataclass(frozen=True, slots=True)
class Party:
    """Who stays; children whose age was not told count as the oldest there are."""

    adults: int
    children: int = 0
    ages: tuple[int, ...] = ()
    rooms: int = 1

    @property
    def child_ages(self) -> tuple[int, ...]:
        known = self.ages[: self.children]
        return known + (UNKNOWN_AGE,) * (self.children - len(known))

    @property
    def guests(self) -> int:
        return self.adults + self.children


@dataclass(frozen=True, slots=True)
class Night:
    """All rooms of a stay on one night; minor units."""

    night: date
    price: int
    tax: int
    plan_id: UUID | None = None
    rules: tuple[UUID, ...] = ()
    """The price rules that spoke, in their order."""
    taxes: tuple[tuple[UUID | None, int], ...] = ()


@dataclass(frozen=True)
class Stock:
    """One room type's nights that are on sale: rooms left, the calendar's price, what is closed.

    They come packed, a number a night (queries.STOCK), and are read when they are asked for.
    """

    days: Sequence[date]
    packed: Sequence[int]
    again: Mapping[int, int]
    """Rooms to add, by place in `days`: lapsed holds."""

    @cached_property
    def prices(self) -> Mapping[date, int]:
        """Minor units a room, without tax."""
        return {self.days[night >> 1 & 127]: night >> 22 for night in self.packed}

    @cached_property
    def free(self) -> Mapping[date, int]:
        left = {self.days[night >> 1 & 127]: night >> 8 & 16383 for night in self.packed}
        for at, rooms in self.again.items():
            if self.days[at] in left:
                left[self.days[at]] += rooms
        return left

    @cached_property
    def closed(self) -> frozenset[date]:
        return frozenset(self.days[night >> 1 & 127] for night in self.packed if night & 1)

    def rooms(self, days: Sequence[date]) -> int:
        """Rooms left on the fullest of these nights; 0 where one is closed or not on sale."""
        if not self.closed.isdisjoint(days):
            return 0
        return min([self.free.get(day, 0) for day in days])


ByPlanAndType = Mapping[tuple[UUID, UUID], Mapping[date, int]]
"""A number for some nights: a plan's own price, or the rooms that it sold."""
