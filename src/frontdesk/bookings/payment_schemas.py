"""Payments as REST says them; sums are minor units."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from frontdesk.bookings.money_schemas import Amount, Seen, Words, with_example


class AccountIn(BaseModel):
    """Secrets are written, never read back; without a webhook secret no callback is let in."""

    model_config = with_example({"secret_key": "sk_live_...", "deposit_share": 3000})
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

    model_config = with_example({"amount": 5000, "purpose": "deposit"})
    amount: Amount | None = None
    share: int | None = Field(None, ge=1, le=10_000)
    """Hundredths of a percent of the booking's total."""
    purpose: Literal["deposit", "balance", "other"] = "deposit"
    folio_id: UUID | None = None
    minutes: int = Field(720, ge=31, le=1430)
    """How long it can be paid; the provider's own bounds."""


class TakeIn(BaseModel):
    model_config = with_example(
        {"method": "card_terminal", "amount": 5000, "reference": "slip 118"}
    )
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
    authorised_amount: int
    authorised_until: datetime | None
    released_at: datetime | None
    ending: str | None
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


class CaptureIn(BaseModel):
    """Without an amount, all that is held."""

    model_config = with_example({"amount": 5000})
    amount: Amount | None = None


class RefundIn(BaseModel):
    """Without an amount, all that is left."""

    model_config = with_example({"reason": "one night less"})
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
