"""Invoices and the counter of their numbers."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from frontdesk.bookings.folio_models import MONEY, to_table
from frontdesk.kit.db import Base, Tenant


class InvoiceCounter(Base):
    """The last number given out; its row lock makes the numbers gapless."""

    __tablename__ = "invoice_counters"
    hotel_id: Mapped[UUID] = mapped_column(ForeignKey("hotels.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class Invoice(Tenant):
    """A numbered document, never changed; a credit note takes it back."""

    __tablename__ = "invoices"
    __table_args__ = (
        to_table("folios", "folio_id"),
        to_table("invoices", "corrects_id"),
        UniqueConstraint("hotel_id", "year", "sequence"),
        UniqueConstraint("hotel_id", "corrects_id"),
        CheckConstraint("kind IN ('invoice','credit_note')", name="kind"),
        CheckConstraint("(kind = 'credit_note') = (corrects_id IS NOT NULL)", name="corrects"),
        Index("ix_invoices_folio", "hotel_id", "folio_id"),
    )
    folio_id: Mapped[UUID]
    corrects_id: Mapped[UUID | None]
    kind: Mapped[str]
    year: Mapped[int]
    """The hotel's civil year."""
    sequence: Mapped[int]
    number: Mapped[str]
    language: Mapped[str]
    currency: Mapped[str]
    total: Mapped[int] = mapped_column(MONEY)
    tax: Mapped[int] = mapped_column(MONEY)
    issued_at: Mapped[datetime]
    issued_by: Mapped[str]
    document: Mapped[dict[str, Any]]
    """Seller, buyer, stay and lines as they were."""
