"""A rule's moment: so long before or after what happens in a stay, a hold or a chat."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

# fmt: off
Anchor = Literal[
    "booked", "arrival", "checked_in", "mid_stay", "departure", "checked_out", "payment_due",
    "calendar", "hold_expiry", "guest_message", "no_reply",
]
# fmt: on
ANCHORS: Mapping[str, tuple[str, ...]] = {
    "stay.moment": (
        *("booked", "arrival", "checked_in", "mid_stay", "departure", "checked_out"),
        *("payment_due", "calendar"),
    ),
    "hotel.moment": ("calendar",),
    "hold.moment": ("hold_expiry",),
    "conversation.moment": ("guest_message", "no_reply"),
}
"""By event: what its rules may count from."""
CIVIL = frozenset({"arrival", "mid_stay", "departure", "calendar"})
"""Days of the hotel: they have no time of their own."""
YEAR = 366
WAITING = frozenset({"no_reply", "guest_message"})
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class BadMoment(ValueError):
    """This moment can never be"""


class When(BaseModel):
    """`at` is the hotel's wall clock, `days` from the anchor's day; else `minutes` from it."""

    model_config = ConfigDict(extra="forbid")
    anchor: Anchor
    days: int = Field(0, ge=-YEAR, le=YEAR)
    at: str | None = Field(None, pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", examples=["10:00"])
    minutes: int = Field(0, ge=-YEAR * 1440, le=YEAR * 1440)

    @model_validator(mode="after")
    def clear(self) -> "When":
        if self.anchor in CIVIL and self.at is None:
            raise BadMoment(f"{self.anchor} is a day: say at which time")
        if self.at is None and self.days:
            raise BadMoment("days need a time of day; else say minutes")
        if self.at is not None and self.minutes:
            raise BadMoment("either a time of day or minutes")
        return self


class Open(BaseModel):
    """The hours of the hotel's own clock in which waiting counts."""

    model_config = ConfigDict(extra="forbid")
    weekdays: list[Weekday] = Field(min_length=1, max_length=7)
    opens: str = Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", examples=["09:00"])
    closes: str = Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", examples=["18:00"])

    @model_validator(mode="after")
    def ordered(self) -> "Open":
        if self.opens >= self.closes:
            raise BadMoment("it closes after it opens")
        return self


class Moment(When):
    """What becomes of a booking that comes too late for it: skip, send now, or send until T."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "anchor": "arrival",
                "days": -3,
                "at": "10:00",
                "late": "until",
                "until": {"anchor": "arrival", "days": 0, "at": "12:00"},
            }
        },
    )
    late: Literal["skip", "send", "until"] = "skip"
    until: When | None = None
    weekdays: list[Weekday] | None = Field(None, min_length=1, max_length=7)
    """Of calendar: each such day at `at`, of the stay or of the hotel; without any, every day."""
    open: Open | None = None
    """Of no_reply and guest_message: only these hours count."""

    @model_validator(mode="after")
    def bounded(self) -> "Moment":
        if (self.late == "until") != (self.until is not None):
            raise BadMoment("until needs until when, and nothing else does")
        if self.weekdays is not None and self.anchor != "calendar":
            raise BadMoment("weekdays are for calendar")
        if self.anchor == "calendar" and (self.days or self.late == "until"):
            raise BadMoment("calendar has no days before or after, and no until")
        if self.open is not None and (self.anchor not in WAITING or self.minutes <= 0):
            raise BadMoment("open hours are for so many minutes after a message")
        return self


def check_moment(event: str, moment: Mapping[str, Any] | None) -> None:
    """Raise BadMoment unless just the rules by the clock say when, and count from their own."""
    anchors = ANCHORS.get(event)
    if anchors is None:
        if moment is not None:
            raise BadMoment(f"{event} happens by itself: it has no schedule")
        return
    if moment is None:
        raise BadMoment(f"{event} needs a schedule")
    until: Mapping[str, Any] | None = moment.get("until")
    for said in (moment, *([until] if until else [])):
        if said["anchor"] not in anchors:
            raise BadMoment(f"{event} counts from {', '.join(anchors)}")
