"""Invoices as REST says them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from frontdesk.bookings.money_schemas import Seen, Words, with_example


class Buyer(BaseModel):
    """Whom the invoice is made out to."""

    model_config = ConfigDict(extra="forbid")
    name: Words = Field(max_length=200)
    address: str = Field("", max_length=500, pattern=r"^[^\x00]*$")
    tax_number: str = Field("", max_length=50, pattern=r"^[^\x00]*$")


class InvoiceIn(BaseModel):
    model_config = with_example({"buyer": {"name": "Example Ltd", "address": "1 Main St"}})
    buyer: Buyer
    language: str | None = Field(None, pattern=r"^[a-z]{2,3}(-[A-Za-z]{2,4})?$")
    """The hotel's own where it is not given."""


class CreditIn(BaseModel):
    model_config = with_example({"reason": "wrong company"})
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
