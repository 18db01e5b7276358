"""What happens to a booking, as the API shows it; money in minor units, stays as civil dates."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from frontdesk.bookings.parts import RoomWanted, Wanted
from frontdesk.bookings.schemas import BookingOut, Policy
from frontdesk.guests.schemas import Phone

Words = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$")]
AN_ID = "0198f3b1-0000-7000-8000-000000000002"
MOST_MONEY = 10**12


def _body(**example: Any) -> ConfigDict:
    return ConfigDict(extra="forbid", json_schema_extra={"example": example})


class GroupIn(BaseModel):
    """Quotes of one guest for the same dates; the first names the booking."""

    model_config = _body(quote_ids=[AN_ID])
    quote_ids: list[UUID] = Field(min_length=1, max_length=20)
    special_requests: Words | None = Field(None, max_length=2000)


class CancelTermsOut(BaseModel):
    """What cancelling now would cost, under the policy accepted at booking."""

    booking_id: UUID
    fee: int
    returned: int
    """Of the total: what need not be paid, or comes back where it was."""
    free_until: datetime | None
    """Null where it was never free to cancel."""


Age = Annotated[int, Field(ge=0, le=17)]


class RoomChangeIn(BaseModel):
    """What shall be different about one room of a booking, by its line's id."""

    model_config = _body(line_id=AN_ID, room_type_id=AN_ID)
    line_id: UUID
    room_type_id: UUID | None = None
    adults: int | None = Field(None, ge=1, le=100)
    children: int | None = Field(None, ge=0, le=100)
    children_ages: list[Age] | None = Field(None, max_length=100)
    arrival: date | None = None
    departure: date | None = None


class ChangeIn(BaseModel):
    """What shall be different; what is left out stays as it is.

    A line with dates of its own becomes a booking of its own, with its own number, as soon as the
    change is confirmed: one change names all lines of the same dates, and nothing else. Where the
    rooms are of several types, guests and type are said room by room in `lines`.
    """

    model_config = _body(departure="2027-05-06", adults=2)
    arrival: date | None = None
    departure: date | None = None
    room_type_id: UUID | None = None
    rooms: int | None = Field(None, ge=1, le=20)
    adults: int | None = Field(None, ge=1, le=100)
    children: int | None = Field(None, ge=0, le=100)
    children_ages: list[Age] | None = Field(None, max_length=100)
    lines: list[RoomChangeIn] = Field(default_factory=list[RoomChangeIn], max_length=20)

    def asked(self) -> Wanted:
        said = self.model_dump(exclude={"lines"})
        return Wanted(
            **_ages(said), lines=tuple(RoomWanted(**_ages(r.model_dump())) for r in self.lines)
        )


def _ages(said: dict[str, Any]) -> dict[str, Any]:
    ages = said["children_ages"]
    return {**said, "children_ages": None if ages is None else tuple(ages)}


class ChangePartOut(BaseModel):
    """The rooms of one type in the stay as it would be."""

    model_config = ConfigDict(from_attributes=True)
    room_type_id: UUID
    rate_plan_id: UUID | None
    rooms: int
    adults: int
    children: int
    children_ages: list[int]
    total: int
    tax: int
    nights: list[dict[str, Any]]


class ChangeAddonOut(BaseModel):
    """An order as it would be: its days are [first, until); none, and it ends."""

    booking_addon_id: UUID
    name: str
    first: date
    until: date
    amount: int
    tax: int
    difference: int


class ChangeOut(BaseModel):
    """The stay as it would be; nothing is changed before it is confirmed."""

    id: UUID
    booking_id: UUID
    status: Literal["open", "done"]
    difference: int
    """What the guest pays more, for `addons` too; below zero is less."""
    addons: list[ChangeAddonOut]
    """What is ordered and follows the stay; no part of `total` and `tax`."""
    apart: list[UUID]
    """Lines that become a booking of their own by it: all that follows is of them alone."""
    total: int
    tax: int
    currency: str
    arrival: date
    departure: date
    room_type_id: UUID
    """Of the first part."""
    rooms: int
    adults: int
    children: int
    parts: list[ChangePartOut]
    policy: Policy
    expires_at: datetime


Lines = Annotated[list[UUID], Field(max_length=20)]
"""These rooms alone: they become a booking of their own first. None: the whole booking."""


class LinesIn(BaseModel):
    """Rooms of a booking by their lines' ids."""

    model_config = _body(line_ids=[AN_ID])
    line_ids: Lines = Field(default_factory=list[UUID])


class SplitIn(BaseModel):
    model_config = _body(line_ids=[AN_ID])
    line_ids: list[UUID] = Field(min_length=1, max_length=20)


class SplitOut(BaseModel):
    """Both bookings: the guest has two numbers from now on."""

    booking: BookingOut
    """Of the rooms that were named."""
    rest: BookingOut


class ExtendIn(BaseModel):
    model_config = _body(departure="2027-05-06", expected=12000)
    line_ids: Lines = Field(default_factory=list[UUID])
    departure: date
    expected: int | None = Field(None, ge=0, le=MOST_MONEY)
    """The price of the new nights that the guest was shown, with what is ordered by the night;
    another price is refused.
    """


class ShortenIn(BaseModel):
    model_config = _body(departure="2027-05-04")
    line_ids: Lines = Field(default_factory=list[UUID])
    departure: date


class GuestsIn(BaseModel):
    model_config = _body(guest_name="A guest", adults=1)
    guest_name: Words | None = Field(None, max_length=200)
    adults: int | None = Field(None, ge=0, le=100)
    children: int | None = Field(None, ge=0, le=100)
    children_ages: list[Age] | None = Field(None, max_length=100)


class AssignIn(BaseModel):
    model_config = _body(room_id=AN_ID)
    room_id: UUID


class LineOut(BaseModel):
    """One room of a booking."""

    model_config = ConfigDict(from_attributes=True)
    id: UUID
    position: int
    room_type_id: UUID
    room_id: UUID | None
    arrival: date
    departure: date
    adults: int
    children: int
    children_ages: list[int]
    guest_name: str | None


class SuggestionOut(BaseModel):
    line_id: UUID
    room_id: UUID
    number: str
    status: str


class WaitIn(BaseModel):
    model_config = _body(
        room_type_id=AN_ID,
        arrival="2027-05-03",
        departure="2027-05-05",
        adults=2,
        guest_phone="34600111222",
    )
    room_type_id: UUID
    arrival: date
    departure: date
    adults: int = Field(ge=1, le=100)
    children: int = Field(0, ge=0, le=100)
    rooms: int = Field(1, ge=1, le=20)
    children_ages: list[Age] = Field(default_factory=list[Age], max_length=100)
    rate_plan_id: UUID | None = None
    """None: the hotel's default plan at the time of the offer."""
    guest_phone: Phone | None = None
    guest_name: Words | None = Field(None, max_length=200)
    conversation_id: UUID | None = None
    """Whose guest waits, and where the offer is told; without one, staff tell it."""

    @model_validator(mode="after")
    def somebody(self) -> "WaitIn":
        if self.guest_phone is None and self.conversation_id is None:
            raise ValueError("guest_phone or conversation_id is needed")
        return self


class WaitOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    guest_id: UUID
    conversation_id: UUID | None
    room_type_id: UUID
    arrival: date
    departure: date
    rooms: int
    adults: int
    children: int
    children_ages: list[int]
    rate_plan_id: UUID | None
    status: str
    quote_id: UUID | None
    offer_until: datetime | None
    booking_id: UUID | None
    created_at: datetime


class AllowanceIn(BaseModel):
    """So many rooms beyond what there are may be sold for the nights of [first, until)."""

    model_config = _body(
        room_type_id=AN_ID, first="2027-05-03", until="2027-05-05", rooms=1, reason="late cancels"
    )
    room_type_id: UUID
    first: date
    until: date
    rooms: int = Field(ge=0, le=1000)
    reason: Words = Field(min_length=1, max_length=500)

    @model_validator(mode="after")
    def nights(self) -> "AllowanceIn":
        if not 0 < (self.until - self.first).days <= 1100:
            raise ValueError("until must be 1 to 1100 days after first")
        return self


class AllowanceOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    room_type_id: UUID
    first: date
    until: date
    rooms: int
    reason: str
    approved_by: str
    created_at: datetime


class WalkIn(BaseModel):
    model_config = _body(sent_to="The house next door", nights=1, cost=14000)
    sent_to: Words = Field(min_length=1, max_length=200)
    nights: int = Field(ge=1, le=60)
    cost: int = Field(ge=0, le=MOST_MONEY)
    note: Words | None = Field(None, max_length=2000)


class WalkOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    booking_id: UUID
    sent_to: str
    nights: int
    cost: int
    note: str | None
    created_at: datetime
