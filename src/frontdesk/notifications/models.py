"""Staff, what they were told, and who took it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from frontdesk.kit.db import Tenant


class Staff(Tenant):
    __tablename__ = "staff"
    __table_args__ = (UniqueConstraint("hotel_id", "phone"),)
    hotel_id: Mapped[UUID] = mapped_column(ForeignKey("hotels.id"), primary_key=True)
    name: Mapped[str]
    phone: Mapped[str | None]
    """Digits with country code: their WhatsApp."""
    language: Mapped[str] = mapped_column(server_default="en")
    role: Mapped[str] = mapped_column(server_default="reception")
    on_duty: Mapped[bool] = mapped_column(server_default="true")
    min_priority: Mapped[int] = mapped_column(server_default="0")
    """Is told of notifications with at least this score."""


class StaffWebhook(Tenant):
    """Where a hotel's own systems are told, signed."""

    __tablename__ = "staff_webhooks"
    hotel_id: Mapped[UUID] = mapped_column(ForeignKey("hotels.id"), primary_key=True)
    url: Mapped[str]
    secret: Mapped[bytes]
    """Sealed; signs `timestamp.body` with HMAC-SHA256."""
    enabled: Mapped[bool] = mapped_column(server_default="true")


class StaffNotification(Tenant):
    __tablename__ = "staff_notifications"
    __table_args__ = (
        ForeignKeyConstraint(
            ["hotel_id", "conversation_id"], ["conversations.hotel_id", "conversations.id"]
        ),
        ForeignKeyConstraint(["hotel_id", "acknowledged_by"], ["staff.hotel_id", "staff.id"]),
        UniqueConstraint("hotel_id", "dedupe_key"),
        CheckConstraint("status IN ('open','acknowledged','closed')", name="status"),
        CheckConstraint("priority_score BETWEEN 0 AND 100", name="priority"),
        Index("ix_staff_notifications_recent", "hotel_id", "created_at", "id"),
        Index("ix_staff_notifications_open", "hotel_id", "status", "priority_score", "created_at"),
    )
    kind: Mapped[str]
    """complaint, emergency, asked_for_person, unknown_answer, request, trigger, system, ..."""
    conversation_id: Mapped[UUID | None]
    priority_score: Mapped[int]
    title: Mapped[str]
    body: Mapped[str]
    status: Mapped[str] = mapped_column(server_default="open")
    acknowledged_by: Mapped[UUID | None]
    acknowledged_at: Mapped[datetime | None]
    dedupe_key: Mapped[str]
    """One alert an episode."""
    details: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    chain: Mapped[list[str]] = mapped_column(server_default="[]")
    """The rules that stand behind it."""


class NotificationDelivery(Tenant):
    """One notification on one channel to one person or address."""

    __tablename__ = "notification_deliveries"
    __table_args__ = (
        ForeignKeyConstraint(
            ["hotel_id", "notification_id"],
            ["staff_notifications.hotel_id", "staff_notifications.id"],
        ),
        ForeignKeyConstraint(["hotel_id", "staff_id"], ["staff.hotel_id", "staff.id"]),
        ForeignKeyConstraint(
            ["hotel_id", "webhook_id"], ["staff_webhooks.hotel_id", "staff_webhooks.id"]
        ),
        ForeignKeyConstraint(
            ["hotel_id", "outbound_id"], ["outbound_messages.hotel_id", "outbound_messages.id"]
        ),
        CheckConstraint("channel IN ('whatsapp','webhook')", name="channel"),
        CheckConstraint("status IN ('waiting','sent','dead')", name="status"),
        CheckConstraint("(staff_id IS NULL) <> (webhook_id IS NULL)", name="target"),
        UniqueConstraint(
            "hotel_id",
            "notification_id",
            "channel",
            "staff_id",
            "webhook_id",
            postgresql_nulls_not_distinct=True,
        ),
        Index(
            "ix_notification_deliveries_due",
            "hotel_id",
            "next_try_at",
            postgresql_where=text("status = 'waiting'"),
        ),
    )
    notification_id: Mapped[UUID]
    channel: Mapped[str]
    staff_id: Mapped[UUID | None]
    webhook_id: Mapped[UUID | None]
    outbound_id: Mapped[UUID | None]
    status: Mapped[str] = mapped_column(server_default="waiting")
    tries: Mapped[int] = mapped_column(server_default="0")
    next_try_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    error: Mapped[str | None]
