"""Guest links, and what a guest sees and says, on the wire."""

from datetime import date, datetime, time
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from frontdesk.bookings.schemas import Policy


class GuestLinkIn(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"days": 30}})
    days: int | None = Field(None, ge=1, le=400)
    """Null: until two weeks after departure, which is also the most."""


class GuestLinkOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    booking_id: UUID
    expires_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None
    made_by: str
    created_at: datetime


class NewGuestLink(GuestLinkOut):
    token: str
    """Shown this once."""


class GuestEnterIn(BaseModel):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"token": "the token of the link"}}
    )
    token: SecretStr = Field(max_length=300)


class GuestSessionOut(BaseModel):
    access_token: str
    expires_in: int


class OtherRoomsOut(BaseModel):
    """Rooms that were booked together with these and have dates of their own by now."""

    model_config = ConfigDict(from_attributes=True)
    code: str
    arrival: date
    departure: date
    rooms: int
    status: str


class GuestBookingOut(BaseModel):
    code: str
    hotel: str
    phone: str | None
    room_type: str | None
    arrival: date
    departure: date
    rooms: int
    adults: int
    children: int
    status: str
    total: int
    tax: int
    due: int
    """Minor units that are still to be paid."""
    currency: str
    policy: Policy
    other_rooms: list[OtherRoomsOut]


class GuestPayIn(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"purpose": "balance"}})
    purpose: Literal["deposit", "balance"] = "balance"


class Made(BaseModel):
    id: UUID


class LateIn(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"until": "14:00"}})
    until: time
    """The hotel's own time, on the day of departure."""
