"""What a stay owes and what was paid: folios, payments, callbacks, invoices."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from frontdesk.kit.db import Base, Tenant

MONEY = BigInteger
"""Minor units."""


def _to(table: str, column: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["hotel_id", column], [f"{table}.hotel_id", f"{table}.id"])


class Folio(Tenant):
    """One account of a booking; a booking may be split over several."""

    __tablename__ = "folios"
    __table_args__ = (
        _to("bookings", "booking_id"),
        UniqueConstraint("hotel_id", "booking_id", "number"),
        CheckConstraint("number > 0", name="number"),
    )
    booking_id: Mapped[UUID]
    number: Mapped[int]
    name: Mapped[str]
    currency: Mapped[str]
    """The hotel's, ISO 4217."""
    closed_at: Mapped[datetime | None]
    """From then on no line enters, until it is opened again."""
    closed_by: Mapped[str | None]
    close_reason: Mapped[str | None]
    """Why it was closed with something owed."""


class FolioRoute(Tenant):
    """A booking whose charges go to another booking's folio: a group's master folio."""

    __tablename__ = "folio_routes"
    __table_args__ = (
        _to("bookings", "booking_id"),
        _to("folios", "folio_id"),
        UniqueConstraint("hotel_id", "booking_id"),
        CheckConstraint("what IN ('nights','all')", name="what"),
        Index("ix_folio_routes_folio", "hotel_id", "folio_id"),
    )
    booking_id: Mapped[UUID]
    folio_id: Mapped[UUID]
    what: Mapped[str]
    """nights: rooms and their taxes; all: the fees of the stay too."""


class FolioLine(Tenant):
    """Append-only: the app adds and reads, nobody changes; a mistake is reversed by a new line."""

    __tablename__ = "folio_lines"
    __table_args__ = (
        _to("folios", "folio_id"),
        _to("folio_lines", "reverses_id"),
        _to("folio_lines", "moved_id"),
        _to("bookings", "booking_id"),
        _to("payments", "payment_id"),
        UniqueConstraint("hotel_id", "reverses_id"),
        UniqueConstraint("hotel_id", "moved_id"),
        Index(
            "ix_folio_lines_booking",
            "hotel_id",
            "booking_id",
            postgresql_where=text("booking_id IS NOT NULL"),
        ),
        CheckConstraint(
            "kind IN ('room','tax','fee','addon','adjustment','payment','refund','chargeback')",
            name="kind",
        ),
        CheckConstraint("amount <> 0", name="amount"),
        CheckConstraint(
            "(kind IN ('payment','refund','chargeback')) = (payment_id IS NOT NULL)"
            " OR reverses_id IS NOT NULL",
            name="payment",
        ),
        Index("ix_folio_lines_folio", "hotel_id", "folio_id", "position"),
        Index("ix_folio_lines_day", "hotel_id", "business_date", "kind"),
        Index(
            "ix_folio_lines_payment",
            "hotel_id",
            "payment_id",
            postgresql_where=text("payment_id IS NOT NULL"),
        ),
    )
    folio_id: Mapped[UUID]
    business_date: Mapped[date]
    """The hotel's civil day that it belongs to; a room night's is the night."""
    kind: Mapped[str]
    description: Mapped[str]
    amount: Mapped[int] = mapped_column(MONEY)
    """What the guest owes is positive, what was paid negative."""
    night: Mapped[date | None]
    """Of a booking's own nights only."""
    tax_id: Mapped[UUID | None]
    """Which tax, as the night keeps it: the rule itself may be gone since."""
    booking_id: Mapped[UUID | None]
    """Whose it is, where that is not the folio's own booking."""
    moved_id: Mapped[UUID | None]
    """The line of another folio that goes on in this one."""
    reverses_id: Mapped[UUID | None]
    payment_id: Mapped[UUID | None]
    posted_by: Mapped[str]
    position: Mapped[int] = mapped_column(BigInteger, Identity())
    """The order of posting: lines of one instant have no other."""


class PaymentAccount(Tenant):
    """How a hotel takes money through its provider; without a webhook secret no callback enters."""

    __tablename__ = "payment_accounts"
    __table_args__ = (
        UniqueConstraint("hotel_id"),
        CheckConstraint("provider IN ('stripe')", name="provider"),
        CheckConstraint("deposit_share BETWEEN 0 AND 10000", name="deposit"),
    )
    hotel_id: Mapped[UUID] = mapped_column(ForeignKey("hotels.id"), primary_key=True)
    provider: Mapped[str] = mapped_column(server_default="stripe")
    api_url: Mapped[str]
    """Where the provider was when this was set, out of FRONTDESK_STRIPE_URL."""
    secret_key: Mapped[bytes]
    """Sealed by the vault."""
    webhook_secret: Mapped[bytes | None]
    """Sealed; signs the callbacks."""
    webhook_key: Mapped[str]
    """In the callback's path: the hotel's id and something random; opens nothing."""
    deposit_share: Mapped[int] = mapped_column(server_default="10000")
    """Hundredths of a percent of the total, asked where no amount is named."""
    return_url: Mapped[str | None]
    """Where a guest goes after paying."""


class Payment(Tenant):
    """One sum asked for or taken; what the provider told of it only grows."""

    __tablename__ = "payments"
    __table_args__ = (
        _to("bookings", "booking_id"),
        _to("folios", "folio_id"),
        UniqueConstraint("hotel_id", "provider_id"),
        CheckConstraint("method IN ('cash','card_terminal','bank_transfer','link')", name="method"),
        CheckConstraint("purpose IN ('deposit','balance','other')", name="purpose"),
        CheckConstraint(
            "status IN ('paid','pending','unknown','failed','refunded','partially_refunded')",
            name="status",
        ),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint(
            "refunded_amount >= 0 AND refunded_amount <= paid_amount AND disputed_amount >= 0",
            name="never_more_than_paid",
        ),
        Index("ix_payments_booking", "hotel_id", "booking_id", "created_at"),
        Index("ix_payments_status", "hotel_id", "status", "created_at"),
        Index("ix_payments_intent", "hotel_id", "intent_id"),
        Index(
            "ix_payments_attention",
            "hotel_id",
            "created_at",
            postgresql_where=text("attention IS NOT NULL"),
        ),
        Index("ix_payments_look", "look_at", postgresql_where=text("look_at IS NOT NULL")),
    )
    booking_id: Mapped[UUID]
    folio_id: Mapped[UUID]
    method: Mapped[str]
    purpose: Mapped[str]
    amount: Mapped[int] = mapped_column(MONEY)
    """Asked for."""
    paid_amount: Mapped[int] = mapped_column(MONEY, server_default="0")
    refunded_amount: Mapped[int] = mapped_column(MONEY, server_default="0")
    disputed_amount: Mapped[int] = mapped_column(MONEY, server_default="0")
    """Taken back by the guest's bank, until won."""
    currency: Mapped[str]
    status: Mapped[str]
    """`unknown`: the provider was asked and its answer was lost; settled by asking again."""
    attention: Mapped[str | None]
    """late | double | partial | disputed | unsettled: somebody has to decide."""
    reference: Mapped[str | None]
    """A receipt's number, for what was taken at the hotel."""
    provider_id: Mapped[str | None]
    """The provider's checkout session."""
    intent_id: Mapped[str | None]
    """The provider's payment intent."""
    url: Mapped[str | None]
    expires_at: Mapped[datetime | None]
    paid_at: Mapped[datetime | None]
    failure: Mapped[str | None]
    look_at: Mapped[datetime | None]
    """When to ask the provider how it stands; null where nothing is open."""
    looks: Mapped[int] = mapped_column(server_default="0")
    taken_by: Mapped[str]


class Refund(Tenant):
    __tablename__ = "refunds"
    __table_args__ = (
        _to("payments", "payment_id"),
        UniqueConstraint("hotel_id", "provider_id"),
        CheckConstraint("status IN ('paid','pending','unknown','failed')", name="status"),
        CheckConstraint("amount > 0", name="amount"),
        Index("ix_refunds_payment", "hotel_id", "payment_id"),
    )
    payment_id: Mapped[UUID]
    amount: Mapped[int] = mapped_column(MONEY)
    status: Mapped[str]
    reason: Mapped[str | None]
    provider_id: Mapped[str | None]
    failure: Mapped[str | None]
    asked_by: Mapped[str]


class PaymentEvent(Tenant):
    """One callback of the provider, without a word that could be a card's."""

    __tablename__ = "payment_events"
    __table_args__ = (
        UniqueConstraint("hotel_id", "event_id"),
        CheckConstraint("state IN ('waiting','done','ignored','dead')", name="state"),
        Index(
            "ix_payment_events_waiting",
            "created_at",
            postgresql_where=text("state = 'waiting'"),
        ),
    )
    hotel_id: Mapped[UUID] = mapped_column(ForeignKey("hotels.id"), primary_key=True)
    event_id: Mapped[str]
    kind: Mapped[str]
    payload: Mapped[dict[str, Any]]
    """The fields that we know, and nothing else."""
    occurred_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(server_default="waiting")
    tries: Mapped[int] = mapped_column(server_default="0")
    error: Mapped[str | None]


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
        _to("folios", "folio_id"),
        _to("invoices", "corrects_id"),
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
