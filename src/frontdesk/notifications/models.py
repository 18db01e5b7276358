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
    user_id: Mapped[UUID | None]
    """The same person as a member, who signs in."""
    email: Mapped[str | None]
    quiet_from: Mapped[str | None]
    """HH:MM in the hotel's zone; over midnight where it is later than `quiet_until`."""
    quiet_until: Mapped[str | None]
    preferences: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")
    """[{"kind", "min_priority", "channels"}]: the most specific that fits says the channels."""
    digest_below: Mapped[int] = mapped_column(server_default="0")
    """What presses less is gathered until the next of `digest_at`."""
    digest_at: Mapped[list[str]] = mapped_column(server_default="[]")
    """HH:MM in the hotel's zone."""


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
    __live__ = True
    __table_args__ = (
        ForeignKeyConstraint(
            ["hotel_id", "conversation_id"], ["conversations.hotel_id", "conversations.id"]
        ),
        ForeignKeyConstraint(["hotel_id", "acknowledged_by"], ["staff.hotel_id", "staff.id"]),
        UniqueConstraint("hotel_id", "dedupe_key"),
        CheckConstraint("status IN ('open','acknowledged','closed')", name="status"),
        CheckConstraint("priority_score BETWEEN 0 AND 100", name="priority"),
        Index("ix_staff_notifications_recent", "hotel_id", "created_at", "id"),
        Index("ix_staff_notifications_status", "hotel_id", "status", "created_at", "id"),
        Index("ix_staff_notifications_open", "hotel_id", "status", "priority_score", "created_at"),
    )
    kind: Mapped[str]
    """complaint, emergency, asked_for_person, unknown_answer, request, trigger, system, ..."""
    department: Mapped[str | None]
    """The role among staff whose matter it is, where that is known."""
    conversation_id: Mapped[UUID | None]
    priority_score: Mapped[int]
    title: Mapped[str]
    body: Mapped[str]
    status: Mapped[str] = mapped_column(server_default="open")
    acknowledged_by: Mapped[UUID | None]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_via: Mapped[str | None]
    """console, whatsapp or link"""
    tellings: Mapped[int] = mapped_column(server_default="1")
    """How often the same episode was told."""
    unattended: Mapped[bool] = mapped_column(server_default="false")
    """Nobody on shift could be told."""
    depth: Mapped[int] = mapped_column(server_default="0")
    """How many rules stand behind it."""
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
        ForeignKeyConstraint(
            ["hotel_id", "channel_id"], ["staff_channels.hotel_id", "staff_channels.id"]
        ),
        ForeignKeyConstraint(
            ["hotel_id", "membership_id"], ["memberships.hotel_id", "memberships.id"]
        ),
        CheckConstraint("channel IN ('whatsapp','webhook','email','apprise')", name="channel"),
        CheckConstraint("status IN ('waiting','held','sent','dead','skipped')", name="status"),
        CheckConstraint(
            "num_nonnulls(staff_id, webhook_id, channel_id, membership_id) >= 1", name="target"
        ),
        UniqueConstraint(
            *("hotel_id", "notification_id", "level", "channel"),
            *("staff_id", "webhook_id", "channel_id", "membership_id"),
            name="uq_notification_deliveries_target",
            postgresql_nulls_not_distinct=True,
        ),
        Index(
            "ix_notification_deliveries_due",
            "hotel_id",
            "next_try_at",
            postgresql_where=text("status IN ('waiting', 'held')"),
        ),
        Index("ix_notification_deliveries_recent", "hotel_id", "created_at", "id"),
        Index(
            "ix_notification_deliveries_status",
            *("hotel_id", "status", "created_at", "id"),
            postgresql_where=text("status <> 'sent'"),
        ),
    )
    notification_id: Mapped[UUID]
    level: Mapped[int] = mapped_column(server_default="0")
    """The step of the ladder; 0 is the first."""
    channel: Mapped[str]
    staff_id: Mapped[UUID | None]
    webhook_id: Mapped[UUID | None]
    channel_id: Mapped[UUID | None]
    membership_id: Mapped[UUID | None]
    """A member who signs in, told by mail where nobody on shift could be."""
    outbound_id: Mapped[UUID | None]
    status: Mapped[str] = mapped_column(server_default="waiting")
    """held: for a digest; skipped: taken before it went out."""
    tries: Mapped[int] = mapped_column(server_default="0")
    next_try_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    error: Mapped[str | None]
