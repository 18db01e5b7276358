"""Open hours, promises, and the clock of each promise to each chat."""

from datetime import date, datetime
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


def _of_department() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["hotel_id", "department_id"], ["departments.hotel_id", "departments.id"]
    )


class SlaCalendar(Tenant):
    """The open hours of one department, or of the house where it has none of its own."""

    __tablename__ = "sla_calendars"
    __table_args__ = (
        _of_department(),
        UniqueConstraint("hotel_id", "department_id", postgresql_nulls_not_distinct=True),
    )
    hotel_id: Mapped[UUID] = mapped_column(ForeignKey("hotels.id"), primary_key=True)
    department_id: Mapped[UUID | None]
    week: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    """mon to sun: ["08:00-12:00", ...] of the hotel's wall clock; none: closed."""
    country: Mapped[str | None]
    """Its public holidays are closed; ISO 3166."""
    subdivision: Mapped[str | None]
    spans_zone: Mapped[str | None]
    """What the spans were made for: the hotel's zone and the day."""
    spans_from: Mapped[date | None]


class SlaDay(Tenant):
    """A day of its own: open as it says, or closed; before the week and any holiday."""

    __tablename__ = "sla_days"
    __table_args__ = (
        ForeignKeyConstraint(
            ["hotel_id", "calendar_id"], ["sla_calendars.hotel_id", "sla_calendars.id"]
        ),
        UniqueConstraint("hotel_id", "calendar_id", "day"),
    )
    calendar_id: Mapped[UUID]
    day: Mapped[date]
    periods: Mapped[list[str]] = mapped_column(server_default="[]")


class SlaSpan(Tenant):
    """Open from one instant to another: the calendar made out, for the database to reckon with."""

    __tablename__ = "sla_spans"
    __table_args__ = (
        ForeignKeyConstraint(
            ["hotel_id", "calendar_id"], ["sla_calendars.hotel_id", "sla_calendars.id"]
        ),
        UniqueConstraint("hotel_id", "calendar_id", "ends_at"),
    )
    calendar_id: Mapped[UUID]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]


class SlaPolicy(Tenant):
    """What is promised: minutes to the first answer, to each next, and to the end."""

    __tablename__ = "sla_policies"
    __table_args__ = (
        _of_department(),
        UniqueConstraint("hotel_id", "department_id", postgresql_nulls_not_distinct=True),
        CheckConstraint("warn_percent BETWEEN 1 AND 99", name="warn_percent"),
    )
    hotel_id: Mapped[UUID] = mapped_column(ForeignKey("hotels.id"), primary_key=True)
    name: Mapped[str]
    department_id: Mapped[UUID | None]
    """None: of every chat whose department has no policy of its own."""
    first_minutes: Mapped[int | None]
    next_minutes: Mapped[int | None]
    resolution_minutes: Mapped[int | None]
    warn_percent: Mapped[int] = mapped_column(server_default="75")
    open_hours: Mapped[bool] = mapped_column(server_default="true")
    """Only while open; else round the clock."""
    bot_counts: Mapped[bool] = mapped_column(server_default="true")
    """The bot's word is an answer, as long as no person is to answer."""
    enabled: Mapped[bool] = mapped_column(server_default="true")


class SlaClock(Tenant):
    """One promise to one chat; kept by the database beside every message (rls/92_sla.sql)."""

    __tablename__ = "sla_clocks"
    __table_args__ = (
        ForeignKeyConstraint(
            ["hotel_id", "conversation_id"], ["conversations.hotel_id", "conversations.id"]
        ),
        UniqueConstraint("hotel_id", "conversation_id", "kind"),
        CheckConstraint("kind IN ('first','next','resolution')", name="kind"),
        CheckConstraint("state IN ('running','paused','met','over')", name="state"),
        Index("ix_sla_clocks_due", "look_at", postgresql_where=text("look_at IS NOT NULL")),
        Index(
            "ix_sla_clocks_running", "hotel_id", "due_at", postgresql_where=text("state='running'")
        ),
    )
    conversation_id: Mapped[UUID]
    kind: Mapped[str]
    state: Mapped[str]
    """paused: the guest is to write; met: answered; over: closed, or nothing is promised."""
    cycle: Mapped[int] = mapped_column(server_default="1")
    """How often it was started anew: a warning and a breach at most, each."""
    started_at: Mapped[datetime]
    used_seconds: Mapped[int] = mapped_column(BigInteger, server_default="0")
    """Open time before the last pause."""
    target_minutes: Mapped[int]
    warn_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    """None where the hotel is not open for so long."""
    warned_at: Mapped[datetime | None]
    breached_at: Mapped[datetime | None]
    met_at: Mapped[datetime | None]
    look_at: Mapped[datetime | None]
    """The next instant that something is to be told."""
