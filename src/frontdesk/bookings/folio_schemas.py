"""Folios as REST says them; sums are minor units."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from frontdesk.bookings.money_schemas import SOME_ID, Seen, Words, with_example
from frontdesk.bookings.payments import MAX_AMOUNT


class FolioIn(BaseModel):
    model_config = with_example({"name": "Company"})
    name: Words = Field(max_length=100)


class LineIn(BaseModel):
    """A charge by hand; negative takes something off."""

    model_config = with_example({"kind": "addon", "description": "Breakfast", "amount": 1500})
    kind: Literal["fee", "addon", "adjustment"]
    description: Words = Field(max_length=200)
    amount: int = Field(ge=-MAX_AMOUNT, le=MAX_AMOUNT)
    tax: int = Field(0, ge=-MAX_AMOUNT, le=MAX_AMOUNT)
    """Posted as a line of its own."""
    quantity: int = Field(1, ge=1, le=1000)
    business_date: date | None = None
    """The hotel's present day where it is not given."""


class ReverseIn(BaseModel):
    model_config = with_example({"reason": "posted twice"})
    reason: Words = Field(max_length=200)


class TransferIn(BaseModel):
    model_config = with_example({"folio_id": SOME_ID})
    folio_id: UUID


class CloseIn(BaseModel):
    """A reason is needed where something is owed, by the guest or to the guest."""

    model_config = with_example({"reason": "too little to send a bill for"})
    reason: Words | None = Field(None, max_length=200)


class RouteIn(BaseModel):
    """Where a booking's charges go: the master folio of its group."""

    model_config = with_example({"folio_id": SOME_ID, "what": "nights"})
    folio_id: UUID
    what: Literal["nights", "all"] = "nights"
    """nights: rooms and their taxes; all: the fees of the stay and its extras too."""


class PostStayIn(BaseModel):
    model_config = with_example({"through": "2027-05-04"})
    through: date | None = None
    """The last night to post; the night before the hotel's present day where it is not given."""


class PostedOut(BaseModel):
    stays: int


class RouteOut(Seen):
    booking_id: UUID
    folio_id: UUID
    what: str


class LineOut(Seen):
    id: UUID
    folio_id: UUID
    business_date: date
    kind: str
    description: str
    amount: int
    night: date | None
    tax_id: UUID | None
    booking_id: UUID | None
    """Whose it is, where that is not the folio's own booking."""
    reverses_id: UUID | None
    payment_id: UUID | None
    posted_by: str
    created_at: datetime


class FolioOut(Seen):
    id: UUID
    booking_id: UUID
    number: int
    name: str
    currency: str
    closed_at: datetime | None
    closed_by: str | None
    close_reason: str | None
    created_at: datetime
    balance: int = 0
    """Still owed; negative where more was paid."""
    lines: list[LineOut] = Field(default_factory=list[LineOut])
