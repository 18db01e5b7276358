"""Ladders, the steps of each alert on one, and when each person is on shift."""

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


class AlertLadder(Tenant):
    """Whom a hotel tells of what, one level after the other."""

    __tablename__ = "alert_ladders"
    __table_args__ = (
        UniqueConstraint(
            *("hotel_id", "kind", "department", "min_priority"),
            name="uq_alert_ladders_hotel_id_what",
            postgresql_nulls_not_distinct=True,
        ),
        CheckConstraint("min_priority BETWEEN 0 AND 100", name="priority"),
    )
    hotel_id: Mapped[UUID] = mapped_column(ForeignKey("hotels.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(server_default="*")
    """Of alerts; `*` is any."""
    department: Mapped[str | None]
    min_priority: Mapped[int] = mapped_column(server_default="0")
    levels: Mapped[list[dict[str, Any]]]
    """[{"roles", "people", "off_shift", "channels", "shared", "minutes"}]"""
    enabled: Mapped[bool] = mapped_column(server_default="true")


class AlertStep(Tenant):
    """One level of one alert's ladder and when it is due, as it was when the alert was told."""

    __tablename__ = "alert_steps"
    __table_args__ = (
        ForeignKeyConstraint(
            ["hotel_id", "notification_id"],
            ["staff_notifications.hotel_id", "staff_notifications.id"],
        ),
        UniqueConstraint("hotel_id", "notification_id", "level"),
        CheckConstraint("state IN ('waiting','done','cancelled','dead')", name="state"),
        Index(
            *("ix_alert_steps_due", "hotel_id", "try_at"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index("ix_alert_steps_sweep", "try_at", postgresql_where=text("state = 'waiting'")),
    )
    notification_id: Mapped[UUID]
    level: Mapped[int]
    plan: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    due_at: Mapped[datetime]
    try_at: Mapped[datetime]
    """When it is worked next; later than `due_at` only after a failure."""
    tries: Mapped[int] = mapped_column(server_default="0")
    state: Mapped[str] = mapped_column(server_default="waiting")
    reached: Mapped[int | None]
    """How many people and places were told."""
    worked_at: Mapped[datetime | None]


class StaffShift(Tenant):
    """A weekly period in which somebody is on shift, in the hotel's zone."""

    __tablename__ = "staff_shifts"
    __table_args__ = (
        ForeignKeyConstraint(["hotel_id", "staff_id"], ["staff.hotel_id", "staff.id"]),
        UniqueConstraint("hotel_id", "staff_id", "weekday", "starts"),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
    )
    staff_id: Mapped[UUID]
    weekday: Mapped[int]
    """0 is Monday: the day on which it begins."""
    starts: Mapped[str]
    """HH:MM"""
    ends: Mapped[str]
    """HH:MM; of the next day where it is not later than `starts`."""
