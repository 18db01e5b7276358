"""Who is to be told of what, what of it is still owed, and how each call went."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from frontdesk.kit.db import Tenant

OPEN = "status IN ('waiting','sending')"


class WebhookSubscription(Tenant):
    """One address of the hotel's own systems, and what it wants to hear."""

    __tablename__ = "webhook_subscriptions"
    hotel_id: Mapped[UUID] = mapped_column(ForeignKey("hotels.id"), primary_key=True)
    name: Mapped[str]
    url: Mapped[str]
    events: Mapped[list[str]] = mapped_column(server_default="[]")
    """Names of messaging/shapes.py; none: all there are."""
    conditions: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    """As of rules: see triggers/rules.py."""
    secret: Mapped[bytes | None]
    """Sealed; shown once, gone when it is removed."""
    old_secret: Mapped[bytes | None]
    """Sealed; signs beside the new one until then."""
    old_secret_until: Mapped[datetime | None]
    enabled: Mapped[bool] = mapped_column(server_default="true")
    failures: Mapped[int] = mapped_column(server_default="0")
    """In a row; from some on it is left alone for a while, then tried with one call."""
    rest_until: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]


class WebhookDelivery(Tenant):
    """One event owed to one address; made by the database with the event itself."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        ForeignKeyConstraint(
            ["hotel_id", "subscription_id"],
            ["webhook_subscriptions.hotel_id", "webhook_subscriptions.id"],
        ),
        ForeignKeyConstraint(
            ["hotel_id", "event_id"], ["outbox_events.hotel_id", "outbox_events.id"]
        ),
        UniqueConstraint("hotel_id", "subscription_id", "event_id"),
        CheckConstraint("status IN ('waiting','sending','sent','skipped','dead')", name="status"),
        Index(
            "ix_webhook_deliveries_due",
            *("hotel_id", "subscription_id", "next_try_at", "seq"),
            postgresql_where=text(OPEN),
        ),
        Index(
            "ix_webhook_deliveries_open",
            *("hotel_id", "subscription_id", "subject", "seq"),
            postgresql_where=text(OPEN),
        ),
        Index("ix_webhook_deliveries_sweep", "next_try_at", postgresql_where=text(OPEN)),
        Index("ix_webhook_deliveries_recent", "hotel_id", "created_at", "id"),
        Index("ix_webhook_deliveries_of", "hotel_id", "subscription_id", "created_at", "id"),
        Index(
            "ix_webhook_deliveries_status",
            *("hotel_id", "status", "created_at", "id"),
            postgresql_where=text("status <> 'sent'"),
        ),
        Index("ix_webhook_deliveries_event", "hotel_id", "event_id"),
    )
    subscription_id: Mapped[UUID]
    event_id: Mapped[UUID | None]
    """None for a self-test."""
    event_type: Mapped[str]
    subject: Mapped[UUID]
    """What it is about: of one subject, the next is not sent before the one before is settled."""
    seq: Mapped[int] = mapped_column(BigInteger)
    """The event's."""
    status: Mapped[str] = mapped_column(server_default="waiting")
    tries: Mapped[int] = mapped_column(server_default="0")
    """Since it was made or replayed; `calls` are all there ever were."""
    calls: Mapped[int] = mapped_column(server_default="0")
    first_try_at: Mapped[datetime | None]
    """A day from here on it is tried, and then dead."""
    next_try_at: Mapped[datetime] = mapped_column(server_default=text("'-infinity'"))
    """While it is being sent: when whoever sends it must be dead."""
    done_at: Mapped[datetime | None]
    error: Mapped[str | None]


class WebhookAttempt(Tenant):
    """One call, and what the receiver said."""

    __tablename__ = "webhook_attempts"
    __table_args__ = (
        ForeignKeyConstraint(
            ["hotel_id", "delivery_id"], ["webhook_deliveries.hotel_id", "webhook_deliveries.id"]
        ),
        UniqueConstraint("hotel_id", "delivery_id", "number"),
        Index("ix_webhook_attempts_old", "hotel_id", "at"),
    )
    delivery_id: Mapped[UUID]
    number: Mapped[int]
    at: Mapped[datetime]
    status_code: Mapped[int | None]
    error: Mapped[str | None]
    ms: Mapped[int]
    answer: Mapped[str] = mapped_column(server_default="")
    """How it begins."""
