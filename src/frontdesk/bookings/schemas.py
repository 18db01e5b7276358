"""Availability, quotes and bookings as the API shows them; money in minor units."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, computed_field

from frontdesk.bookings.rules import NEVER
from frontdesk.guests.schemas import Phone


def _without_never(policy: dict[str, Any]) -> dict[str, Any]:
    return {**policy, "free_until": None} if policy.get("free_until") == NEVER else policy


Policy = Annotated[dict[str, Any], AfterValidator(_without_never)]
"""As it was accepted; `free_until` is null where it was never free to cancel."""


class OfferOut(BaseModel):
    room_type_id: UUID
    name: str
    free: int
    total: int
    """With tax."""
    tax: int
    currency: str
    rate_plan: str = "BASE"
    """The code of the plan that this total is by."""
    deposit: int = 0


class NightsIn(BaseModel):
    """Puts nights on sale; nights already on sale keep what is sold."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {"first": "2027-05-01", "days": 30, "capacity": 8, "price": 12000}
        },
    )
    first: Annotated[date, Field(ge=date(2000, 1, 1), le=date(2200, 1, 1))]
    days: int = Field(ge=1, le=1100)
    capacity: int = Field(ge=0, le=10_000)
    price: int = Field(gt=0, le=10**12)


class NightsOut(BaseModel):
    nights: int


class QuoteIn(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "room_type_id": "0198f3b1-0000-7000-8000-000000000001",
                "arrival": "2027-05-03",
                "departure": "2027-05-05",
                "adults": 2,
                "guest_phone": "34600111222",
                "guest_name": "A guest",
            }
        },
    )
    room_type_id: UUID
    arrival: date
    departure: date
    adults: int = Field(ge=1, le=100)
    children: int = Field(0, ge=0, le=100)
    rooms: int = Field(1, ge=1, le=20)
    children_ages: list[Annotated[int, Field(ge=0, le=17)]] = Field(
        default_factory=list[int], max_length=100
    )
    rate_plan_id: UUID | None = None
    """None: the hotel's default plan."""
    guest_phone: Phone
    guest_name: str | None = Field(None, max_length=200)
    hold: bool = False


class QuoteOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    code: str
    guest_id: UUID
    room_type_id: UUID
    arrival: date
    departure: date
    rooms: int
    adults: int
    children: int
    nights: list[dict[str, Any]]
    total: int
    tax: int
    currency: str
    policy: Policy
    expires_at: datetime
    status: str
    rate_plan_id: UUID | None
    children_ages: list[int]
    deposit: int


class BookingIn(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"quote_id": "0198f3b1-0000-7000-8000-000000000002"}},
    )
    quote_id: UUID
    special_requests: str | None = Field(None, max_length=2000)


class CancelIn(BaseModel):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"reason": "plans changed"}}
    )
    reason: str | None = Field(None, max_length=500)
    fee: int | None = Field(None, ge=0, le=10**12)
    """Less than the accepted policy asks; what is waived is judged by the asker's limit."""
    line_ids: list[UUID] = Field(default_factory=list[UUID], max_length=20)
    """These rooms alone: they become a booking of their own first, which is cancelled."""


class BookingOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    code: str
    guest_id: UUID
    quote_id: UUID
    room_type_id: UUID
    arrival: date
    departure: date
    rooms: int
    adults: int
    children: int
    status: str
    total: int
    tax: int
    currency: str
    policy: Policy
    source: str
    special_requests: str | None
    version: int
    cancelled_at: datetime | None
    cancel_fee: int
    no_show_fee: int
    early_fee: int
    checked_in_at: datetime | None
    checked_out_at: datetime | None
    split_from: UUID | None
    """The booking whose rooms these were; who paid for that one pays for this."""
    created_at: datetime

    @computed_field
    @property
    def cancel_number(self) -> str | None:
        """What a guest can quote for a cancellation."""
        return None if self.cancelled_at is None else f"{self.code}-X"
