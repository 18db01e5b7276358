"""Other ways to reach staff, the words for each, and every attempt that was made."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from frontdesk.kit.db import Tenant


class StaffChannel(Tenant):
    """An address of a service (SMS, push, Slack, Teams ...), of one person or of a team."""

    __tablename__ = "staff_channels"
    __table_args__ = (
        ForeignKeyConstraint(["hotel_id", "staff_id"], ["staff.hotel_id", "staff.id"]),
        UniqueConstraint("hotel_id", "name"),
    )
    hotel_id: Mapped[UUID] = mapped_column(ForeignKey("hotels.id"), primary_key=True)
    staff_id: Mapped[UUID | None]
    """Nobody: a shared one, e.g. a team's room."""
    name: Mapped[str]
    service: Mapped[str]
    """The scheme of its address, which is all of it that is shown."""
    url: Mapped[bytes]
    """Sealed."""
    enabled: Mapped[bool] = mapped_column(server_default="true")


class AlertTemplate(Tenant):
    """A hotel's own words for alerts of one kind in one language."""

    __tablename__ = "alert_templates"
    __table_args__ = (UniqueConstraint("hotel_id", "kind", "language"),)
    hotel_id: Mapped[UUID] = mapped_column(ForeignKey("hotels.id"), primary_key=True)
    kind: Mapped[str]
    """Of alerts; `*` is any."""
    language: Mapped[str]
    title: Mapped[str]
    body: Mapped[str]


class DeliveryAttempt(Tenant):
    """One try to deliver, and what came of it."""

    __tablename__ = "delivery_attempts"
    __table_args__ = (
        ForeignKeyConstraint(
            ["hotel_id", "delivery_id"],
            ["notification_deliveries.hotel_id", "notification_deliveries.id"],
        ),
        CheckConstraint("result IN ('sent','failed')", name="result"),
        Index("ix_delivery_attempts_delivery", "hotel_id", "delivery_id", "created_at", "id"),
    )
    delivery_id: Mapped[UUID]
    result: Mapped[str]
    error: Mapped[str | None]
    attempted_at: Mapped[datetime]
    next_try_at: Mapped[datetime | None]
