"""Calendars of rooms: addresses where others read ours, and theirs that we read."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from frontdesk.kit.db import Tenant


def _room() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["hotel_id", "room_id"], ["rooms.hotel_id", "rooms.id"])


class CalendarFeed(Tenant):
    """An address that shows when one room is taken, and nothing of by whom."""

    __tablename__ = "calendar_feeds"
    __table_args__ = (_room(), UniqueConstraint("hotel_id", "digest"))
    room_id: Mapped[UUID]
    name: Mapped[str]
    digest: Mapped[bytes]
    """SHA-256 of the token in the address, which is shown once."""
    revoked_at: Mapped[datetime | None]


class CalendarSource(Tenant):
    """Somebody else's calendar of one of our rooms."""

    __tablename__ = "calendar_sources"
    __table_args__ = (
        _room(),
        Index(
            "ix_calendar_sources_due",
            "hotel_id",
            "next_fetch_at",
            postgresql_where=text("removed_at IS NULL"),
        ),
    )
    room_id: Mapped[UUID]
    name: Mapped[str]
    url: Mapped[bytes]
    """Sealed: such addresses are their own key."""
    host: Mapped[str]
    etag: Mapped[str | None]
    last_modified: Mapped[str | None]
    next_fetch_at: Mapped[datetime]
    fetched_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(server_default="0")
    error: Mapped[str | None]
    removed_at: Mapped[datetime | None]


class CalendarEvent(Tenant):
    """One event of a source: it blocks the room, or it is in the conflict report, or both."""

    __tablename__ = "calendar_events"
    __table_args__ = (
        ForeignKeyConstraint(
            ["hotel_id", "source_id"], ["calendar_sources.hotel_id", "calendar_sources.id"]
        ),
        ForeignKeyConstraint(["hotel_id", "block_id"], ["room_blocks.hotel_id", "room_blocks.id"]),
        UniqueConstraint("hotel_id", "source_id", "uid"),
        CheckConstraint("until > first", name="dates"),
        CheckConstraint("status IN ('blocked','conflict','gone')", name="status"),
        Index("ix_calendar_events_status", "hotel_id", "status", "created_at"),
    )
    source_id: Mapped[UUID]
    uid: Mapped[str]
    first: Mapped[date]
    until: Mapped[date]
    status: Mapped[str]
    block_id: Mapped[UUID | None]
    conflict: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    """{"problem", "claims" | "nights" and "bookings"}"""
