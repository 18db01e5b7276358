"""Open hours, promises and clocks as the API says them."""

import re
from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from frontdesk.sla.hours import Hours, periods_of

PERIOD = re.compile(r"([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)")


def _periods(said: list[str]) -> list[str]:
    """Each "08:00-12:00", to "24:00" at most, sorted and apart; a night is two of them."""
    if not all(PERIOD.fullmatch(period) for period in said):
        raise ValueError("a period is written 08:00-12:00; 24:00 is the end of the day")
    found = periods_of(said)
    if any(opens >= closes for opens, closes in found):
        raise ValueError("a period ends after it begins; write a night as two, on two days")
    if any(found[at][1] > found[at + 1][0] for at in range(len(found) - 1)):
        raise ValueError("the periods of a day lie apart")
    return sorted(said)


Periods = Annotated[list[str], AfterValidator(_periods), Field(max_length=12)]
Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2200, 1, 1))]
Minutes = Annotated[int | None, Field(ge=1, le=43_200, examples=[15])]
"""Open minutes; 30 days round the clock at most."""


class Week(BaseModel):
    """A day that is left out is closed."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)
    mon: Periods = Field(default_factory=list[str])
    tue: Periods = Field(default_factory=list[str])
    wed: Periods = Field(default_factory=list[str])
    thu: Periods = Field(default_factory=list[str])
    fri: Periods = Field(default_factory=list[str])
    sat: Periods = Field(default_factory=list[str])
    sun: Periods = Field(default_factory=list[str])


class OwnDay(BaseModel):
    """Open as it says, whatever the week and the holidays say; no periods: closed."""

    model_config = ConfigDict(extra="forbid")
    day: Day
    periods: Periods = Field(default_factory=list[str])


class OpenHoursIn(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "week": {"mon": ["08:00-12:00", "14:00-18:00"], "sat": ["09:00-13:00"]},
                "country": "ES",
                "subdivision": "CT",
                "days": [{"day": "2026-12-24", "periods": ["08:00-12:00"]}],
            }
        },
    )
    department_id: UUID | None = None
    """None: the house, where a department has no hours of its own."""
    week: Week
    country: str | None = Field(None, pattern="^[A-Z]{2}$")
    """Its public holidays are closed."""
    subdivision: str | None = Field(None, pattern="^[A-Z0-9-]{1,10}$")
    days: list[OwnDay] = Field(default_factory=list[OwnDay], max_length=400)

    @model_validator(mode="after")
    def sound(self) -> "OpenHoursIn":
        if len({d.day for d in self.days}) < len(self.days):
            raise ValueError("a day is said once")
        if self.subdivision is not None and self.country is None:
            raise ValueError("a subdivision needs its country")
        return self

    def hours(self) -> Hours:
        week: dict[str, list[str]] = self.week.model_dump()
        days = {d.day: d.periods for d in self.days}
        return Hours(week, self.country, self.subdivision, days)


class OpenHoursOut(BaseModel):
    department_id: UUID | None
    week: Week
    country: str | None
    subdivision: str | None
    days: list[OwnDay]


class PublicHolidayOut(BaseModel):
    day: date
    name: str


class PolicyIn(BaseModel):
    """One for the house (no department), and one for each department that promises otherwise.

    An answer is what a person writes, by us or on the hotel's phone, and what the bot writes while
    no person is to answer, where `bot_counts`. What rules send is none.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {"name": "House", "first_minutes": 5, "next_minutes": 15, "warn_percent": 75}
        },
    )
    name: str = Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f]+$")
    department_id: UUID | None = None
    first_minutes: Minutes = None
    next_minutes: Minutes = None
    resolution_minutes: Minutes = None
    """To the end, without the time in which the guest is to write."""
    warn_percent: int = Field(75, ge=1, le=99)
    """Of the time that is promised."""
    open_hours: bool = True
    """False: round the clock."""
    bot_counts: bool = True
    enabled: bool = True


class PolicyPatch(BaseModel):
    """What is left out stays; minutes of null promise that no longer."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"next_minutes": 10}})
    name: str = Field("", min_length=1, max_length=100, pattern=r"^[^\x00-\x1f]+$")
    first_minutes: Minutes = None
    next_minutes: Minutes = None
    resolution_minutes: Minutes = None
    warn_percent: int = Field(75, ge=1, le=99)
    open_hours: bool = True
    bot_counts: bool = True
    enabled: bool = True


class PolicyOut(PolicyIn):
    model_config = ConfigDict(from_attributes=True, extra="ignore")
    id: UUID
    created_at: datetime


class ClockOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    kind: Literal["first", "next", "resolution"]
    state: Literal["running", "paused", "met", "over"]
    """paused: the guest is to write; over: closed, or nothing is promised."""
    target_minutes: int
    started_at: datetime
    warn_at: datetime | None
    due_at: datetime | None
    """Null while it does not run, and where the hotel is not open for so long."""
    left_seconds: int | None = None
    """Until `due_at`, as the wall clock goes; negative once it is late."""
    warned_at: datetime | None
    breached_at: datetime | None
    met_at: datetime | None
