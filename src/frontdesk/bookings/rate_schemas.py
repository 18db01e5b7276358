"""Rates as the API shows them: plans, rules, supplements, restrictions, allotments."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

MOST = 10**12
"""Minor units; what a calendar price may be at most."""
WHOLE = 10_000
"""Hundredths of a percent."""
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2200, 1, 1)
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Line = Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")]
Code = Annotated[str, Field(pattern=r"^[A-Z0-9][A-Z0-9_-]{0,19}$")]
Day = Annotated[date, Field(ge=FIRST_DAY, le=LAST_DAY)]
Money = Annotated[int, Field(ge=0, le=MOST)]
Nights = Annotated[int, Field(ge=1, le=60)]
Ahead = Annotated[int, Field(ge=0, le=2000)]
Share = Annotated[int, Field(ge=0, le=WHOLE)]
Age = Annotated[int, Field(ge=0, le=17)]


def _names(value: object) -> object:
    """A row keeps a mask, the wire says names."""
    if isinstance(value, int) and not isinstance(value, bool):
        return [name for at, name in enumerate(WEEK) if value >> at & 1]
    return value


Weekdays = Annotated[
    list[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]],
    BeforeValidator(_names),
    Field(min_length=1, max_length=7),
]


def mask(names: list[Any]) -> int:
    return sum(1 << WEEK.index(name) for name in set(names))


def example(**fields: Any) -> ConfigDict:
    return ConfigDict(extra="forbid", json_schema_extra={"example": dict(fields)})


SHOWN = ConfigDict(from_attributes=True, extra="ignore")


class CancellationIn(BaseModel):
    """Without `free_hours` the hotel's hold; `fee_value` is nights, or hundredths of a percent."""

    model_config = ConfigDict(extra="forbid")
    refundable: bool = True
    free_hours: Annotated[int, Field(ge=0, le=24 * 365)] | None = None
    fee: Literal["first_night", "nights", "percent", "full"] = "first_night"
    fee_value: Share = 0


class PlanIn(BaseModel):
    """`parent` is the code of a plan without a parent: this one starts from its price."""

    model_config = example(
        code="BB",
        name="Flexible with breakfast",
        meal="breakfast",
        cancellation={"free_hours": 48, "fee": "first_night"},
        deposit=2000,
    )
    code: Code
    name: Annotated[Line, Field(min_length=1)]
    meal: Line = ""
    inclusions: Annotated[str, Field(max_length=2000, pattern=r"^[^\x00]*$")] = ""
    parent: Code | None = None
    percent: int = Field(0, gt=-10_000, le=100_000, description="hundredths of a percent")
    amount: int = Field(0, ge=-MOST, le=MOST)
    cancellation: CancellationIn = CancellationIn()
    deposit: Share = 0
    hold_minutes: int | None = Field(None, ge=1, le=7 * 24 * 60)
    is_default: bool = False
    active: bool = True
    position: int = Field(0, ge=0, le=1000)

    @model_validator(mode="after")
    def sound(self) -> "PlanIn":
        if self.parent is None and (self.percent or self.amount):
            raise ValueError("percent and amount need a parent")
        if self.parent == self.code:
            raise ValueError("parent is the plan itself")
        if self.is_default and not (self.active and self.cancellation.refundable):
            raise ValueError("is_default needs a plan that is active and refundable")
        return self

    def columns(self) -> dict[str, Any]:
        terms = self.cancellation
        kept = self.model_dump(exclude={"parent", "cancellation"})
        return {
            **kept,
            "refundable": terms.refundable,
            "free_hours": terms.free_hours,
            "fee_kind": terms.fee,
            "fee_value": terms.fee_value,
        }


class PlanOut(BaseModel):
    model_config = SHOWN
    id: UUID
    code: str
    name: str
    meal: str
    inclusions: str
    parent_id: UUID | None
    percent: int
    amount: int
    refundable: bool
    free_hours: int | None
    fee_kind: str
    fee_value: int
    deposit: int
    hold_minutes: int | None
    is_default: bool
    active: bool
    position: int
    created_at: datetime


class DatesIn(BaseModel):
    """What is left out is any: first day, last day (it belongs to it), weekdays."""

    first: Day | None = None
    last: Day | None = None
    weekdays: Weekdays = Field(default_factory=lambda: list(WEEK))

    @model_validator(mode="after")
    def in_order(self) -> "DatesIn":
        if self.first is not None and self.last is not None and self.last < self.first:
            raise ValueError("last is before first")
        return self

    def columns(self) -> dict[str, Any]:
        return {**self.model_dump(), "weekdays": mask(self.weekdays)}


class ReachIn(DatesIn):
    """Without a plan or a room type: for every one."""

    plan_id: UUID | None = None
    room_type_id: UUID | None = None


class Rule(ReachIn):
    """As RuleIn says, also where it was written before we knew better."""

    model_config = example(
        name="Summer", layer="season", effect="percent", value=2500, first="2027-06-01",
        last="2027-09-15",
    )  # fmt: skip
    name: Annotated[Line, Field(min_length=1)]
    layer: Literal["special", "season", "weekday", "length"]
    effect: Literal["price", "percent", "amount"]
    value: int = Field(ge=-MOST, le=MOST)
    priority: int = Field(0, ge=-1000, le=1000)
    min_nights: Nights = 1


class RuleIn(Rule):
    """`value` is a price or an amount in minor units, or hundredths of a percent.

    On a night one special day or season speaks, then one weekday rule (none on a special day),
    then the longest length rule that the stay reaches. See pricing.py for who wins an overlap.
    """

    @model_validator(mode="after")
    def sound(self) -> "RuleIn":
        if self.effect == "price" and self.value < 1:
            raise ValueError("value must be a price above 0")
        if self.effect == "percent" and not -10_000 < self.value <= 100_000:
            raise ValueError(
                "value must be above -10000 and at most 100000 hundredths of a percent"
            )
        if self.layer == "weekday" and len(set(self.weekdays)) == len(WEEK):
            raise ValueError("weekdays must leave some out")
        if self.layer == "special" and (self.first is None or self.last is None):
            raise ValueError("a special day needs first and last")
        if self.layer != "length" and self.min_nights > 1:
            raise ValueError("min_nights is for length rules")
        return self


class Supplement(ReachIn):
    """As SupplementIn says, also where it was written before we knew better."""

    model_config = example(kind="child", age_from=3, age_to=11, amount=2500)
    kind: Literal["adult", "child"]
    amount: Money
    above: int = Field(0, ge=0, le=50)
    age_from: Age = 0
    age_to: Age = 17


class SupplementIn(Supplement):
    """A night's price for each adult above `above` in a room, or for a child of an age band."""

    @model_validator(mode="after")
    def sound(self) -> "SupplementIn":
        if self.age_to < self.age_from:
            raise ValueError("age_to is below age_from")
        if self.kind == "adult" and (self.age_from, self.age_to) != (0, 17):
            raise ValueError("age_from and age_to are for children")
        return self


class Restriction(ReachIn):
    """As RestrictionIn says, also where it was written before we knew better."""

    model_config = example(min_stay=2, weekdays=["fri", "sat"])
    min_stay: Nights | None = None
    max_stay: Nights | None = None
    min_stay_through: Nights | None = None
    min_ahead: Ahead | None = None
    max_ahead: Ahead | None = None
    closed: bool = False
    closed_to_arrival: bool = False
    closed_to_departure: bool = False


class RestrictionIn(Restriction):
    """Stay lengths, arrival and days ahead are judged by the day of arrival."""

    @model_validator(mode="after")
    def sound(self) -> "RestrictionIn":
        """What no stay could meet, or none could break, is a slip."""
        shortest = max(self.min_stay or 0, self.min_stay_through or 0)
        if self.max_stay is not None and self.max_stay < shortest:
            raise ValueError(f"max_stay is below {shortest} nights: no stay meets both")
        if self.max_ahead is not None and self.max_ahead < (self.min_ahead or 0):
            raise ValueError("max_ahead is below min_ahead: no arrival meets both")
        reach = set(ReachIn.model_fields)
        if not any(self.model_dump(exclude=reach).values()):
            raise ValueError("it restricts nothing")
        return self


class AllotmentIn(DatesIn):
    model_config = example(
        plan_id="0198f3b1-0000-7000-8000-000000000004",
        room_type_id="0198f3b1-0000-7000-8000-000000000001",
        rooms=3,
    )
    plan_id: UUID
    room_type_id: UUID
    rooms: int = Field(ge=0, le=10_000)


class RuleOut(Rule):
    model_config = SHOWN
    id: UUID
    created_at: datetime


class SupplementOut(Supplement):
    model_config = SHOWN
    id: UUID
    created_at: datetime


class RestrictionOut(Restriction):
    model_config = SHOWN
    id: UUID
    created_at: datetime


class AllotmentOut(AllotmentIn):
    model_config = SHOWN
    id: UUID
    created_at: datetime
