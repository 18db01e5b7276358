"""Folios, payments and invoices as the API shows them; money in minor units."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from frontdesk.bookings.payments import MAX_AMOUNT

Amount = Annotated[int, Field(ge=1, le=MAX_AMOUNT)]
Words = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, pattern=r"^[^\x00]*$")
]
SOME_ID = "0198f3b1-0000-7000-8000-000000000001"


def _with(example: dict[str, Any]) -> ConfigDict:
    return ConfigDict(extra="forbid", json_schema_extra={"example": example})


class Seen(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class FolioIn(BaseModel):
    model_config = _with({"name": "Company"})
    name: Words = Field(max_length=100)


class LineIn(BaseModel):
    """A charge by hand; negative takes something off."""

    model_config = _with({"kind": "addon", "description": "Breakfast", "amount": 1500})
    kind: Literal["fee", "addon", "adjustment"]
    description: Words = Field(max_length=200)
    amount: int = Field(ge=-MAX_AMOUNT, le=MAX_AMOUNT)
    tax: int = Field(0, ge=-MAX_AMOUNT, le=MAX_AMOUNT)
    """Posted as a line of its own."""
    quantity: int = Field(1, ge=1, le=1000)
    business_date: date | None = None
    """The hotel's present day where it is not given."""


class ReverseIn(BaseModel):
    model_config = _with({"reason": "posted twice"})
    reason: Words = Field(max_length=200)


class TransferIn(BaseModel):
    model_config = _with({"folio_id": SOME_ID})
    folio_id: UUID


class CloseIn(BaseModel):
    """A reason is needed where something is owed, by the guest or to the guest."""

    model_config = _with({"reason": "too little to send a bill for"})
    reason: Words | None = Field(None, max_length=200)


class RouteIn(BaseModel):
    """Where a booking's charges go: the master folio of its group."""

    model_config = _with({"folio_id": SOME_ID, "what": "nights"})
    folio_id: UUID
    what: Literal["nights", "all"] = "nights"
    """nights: rooms and their taxes; all: the fees of the stay too."""


class PostStayIn(BaseModel):
    model_config = _with({"through": "2027-05-04"})
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


class AccountIn(BaseModel):
    """Secrets are written, never read back; without a webhook secret no callback is let in."""

    model_config = _with({"secret_key": "sk_live_...", "deposit_share": 3000})
    secret_key: Words = Field(max_length=300, repr=False)
    webhook_secret: Words | None = Field(None, max_length=300, repr=False)
    deposit_share: int = Field(10_000, ge=0, le=10_000)
    """Hundredths of a percent of a booking's total, asked where no amount is named."""
    return_url: str | None = Field(None, max_length=500, pattern=r"^https?://[^\s\x00]+$")


class AccountOut(Seen):
    id: UUID
    provider: str
    webhook_url: str
    """Where the provider has to send its callbacks."""
    has_webhook_secret: bool
    deposit_share: int
    return_url: str | None


class LinkIn(BaseModel):
    """Neither amount nor share asks for the hotel's deposit, or for the whole balance."""

    model_config = _with({"amount": 5000, "purpose": "deposit"})
    amount: Amount | None = None
    share: int | None = Field(None, ge=1, le=10_000)
    """Hundredths of a percent of the booking's total."""
    purpose: Literal["deposit", "balance", "other"] = "deposit"
    folio_id: UUID | None = None
    minutes: int = Field(720, ge=31, le=1430)
    """How long it can be paid; the provider's own bounds."""


class TakeIn(BaseModel):
    model_config = _with({"method": "card_terminal", "amount": 5000, "reference": "slip 118"})
    method: Literal["cash", "card_terminal", "bank_transfer"]
    amount: Amount
    purpose: Literal["deposit", "balance", "other"] = "balance"
    reference: Words | None = Field(None, max_length=100)
    folio_id: UUID | None = None


class PaymentOut(Seen):
    id: UUID
    booking_id: UUID
    folio_id: UUID
    method: str
    purpose: str
    amount: int
    paid_amount: int
    refunded_amount: int
    disputed_amount: int
    currency: str
    status: str
    attention: str | None
    reference: str | None
    url: str | None
    expires_at: datetime | None
    paid_at: datetime | None
    failure: str | None
    taken_by: str
    created_at: datetime


class RefundIn(BaseModel):
    """Without an amount, all that is left."""

    model_config = _with({"reason": "one night less"})
    amount: Amount | None = None
    reason: Words | None = Field(None, max_length=200)


class RefundOut(Seen):
    id: UUID
    payment_id: UUID
    amount: int
    status: str
    reason: str | None
    failure: str | None
    created_at: datetime


class Buyer(BaseModel):
    """Whom the invoice is made out to."""

    model_config = ConfigDict(extra="forbid")
    name: Words = Field(max_length=200)
    address: str = Field("", max_length=500, pattern=r"^[^\x00]*$")
    tax_number: str = Field("", max_length=50, pattern=r"^[^\x00]*$")


class InvoiceIn(BaseModel):
    model_config = _with({"buyer": {"name": "Example Ltd", "address": "1 Main St"}})
    buyer: Buyer
    language: str | None = Field(None, pattern=r"^[a-z]{2,3}(-[A-Za-z]{2,4})?$")
    """The hotel's own where it is not given."""


class CreditIn(BaseModel):
    model_config = _with({"reason": "wrong company"})
    reason: Words = Field(max_length=200)


class InvoiceOut(Seen):
    id: UUID
    folio_id: UUID
    corrects_id: UUID | None
    kind: str
    number: str
    language: str
    currency: str
    total: int
    tax: int
    issued_at: datetime
    document: dict[str, Any]
