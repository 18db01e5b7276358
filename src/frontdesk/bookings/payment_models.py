"""Payments: the hotel's account, each sum, what went back, and what the provider told."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from frontdesk.bookings.folio_models import MONEY, to_table
from frontdesk.kit.db import Tenant


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
        to_table("bookings", "booking_id"),
        to_table("folios", "folio_id"),
        UniqueConstraint("hotel_id", "provider_id"),
        CheckConstraint(
            "method IN ('cash','card_terminal','bank_transfer','link','authorisation')",
            name="method",
        ),
        CheckConstraint("purpose IN ('deposit','balance','other')", name="purpose"),
        CheckConstraint(
            "status IN ('paid','pending','unknown','failed','refunded','partially_refunded',"
            "'authorised','released')",
            name="status",
        ),
        CheckConstraint("ending IN ('capture','release')", name="ending"),
        CheckConstraint("authorised_amount >= 0 AND ending_amount > 0", name="held"),
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
    authorised_amount: Mapped[int] = mapped_column(MONEY, server_default="0")
    """Kept for us by the guest's bank; it is no payment until it is captured."""
    authorised_until: Mapped[datetime | None]
    released_at: Mapped[datetime | None]
    ending: Mapped[str | None]
    """What was decided of an authorisation, and goes to the provider until that has done it.
    `release` of what nobody has paid yet closes its page."""
    ending_amount: Mapped[int | None] = mapped_column(MONEY)
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
        to_table("payments", "payment_id"),
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
