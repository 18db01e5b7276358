"""Reviews and scores as the API shows them."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from frontdesk.bookings.money_schemas import Words


class ReviewIn(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"rating": 5, "text": "Quiet, and the sea at the door."}},
    )
    rating: int = Field(ge=1, le=5)
    title: str = Field("", max_length=200, pattern=r"^[^\x00]*$")
    text: Words = Field(max_length=5000)


class ReviewOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    guest_id: UUID
    booking_id: UUID
    room_type_id: UUID
    rating: int
    title: str
    text: str
    status: str
    reason: str | None
    reply: str | None
    replied_at: datetime | None
    helpful: int
    created_at: datetime


class ModerateIn(BaseModel):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"status": "published"}}
    )
    status: Literal["published", "rejected"]
    reason: Words | None = Field(None, max_length=500)


class ReplyIn(BaseModel):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"text": "Thank you, come again."}}
    )
    text: Words = Field(max_length=5000)


class ScoreOut(BaseModel):
    """Of one room type, or of the whole hotel where it names none; published reviews only."""

    room_type_id: UUID | None
    reviews: int
    rating: float | None
    """The mean, two places; null without reviews."""


class ScoresOut(BaseModel):
    hotel_id: UUID
    scores: list[ScoreOut]
