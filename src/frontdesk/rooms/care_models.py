"""The care of rooms: housekeeping tasks, status history, repairs, and who has a room when."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from frontdesk.kit.db import Tenant


def _room() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["hotel_id", "room_id"], ["rooms.hotel_id", "rooms.id"])


class HousekeepingTask(Tenant):
    """One thing to do in one room on one day of the hotel."""

    __tablename__ = "housekeeping_tasks"
    __table_args__ = (
        _room(),
        UniqueConstraint("hotel_id", "room_id", "day", "kind"),
        CheckConstraint("kind IN ('departure','stayover','deep','other')", name="kind"),
        CheckConstraint(
            "status IN ('open','assigned','started','done','inspected','cancelled')", name="status"
        ),
        Index("ix_housekeeping_tasks_day", "hotel_id", "day", "status"),
    )
    room_id: Mapped[UUID]
    day: Mapped[date]
    kind: Mapped[str]
    status: Mapped[str] = mapped_column(server_default="open")
    assignee: Mapped[str | None]
    """Who does it, as the house calls them."""
    notes: Mapped[str] = mapped_column(server_default="")
    started_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    inspected_at: Mapped[datetime | None]


class RoomStatusChange(Tenant):
    """A room's status went from one to another; never changed."""

    __tablename__ = "room_status_changes"
    __table_args__ = (_room(), Index("ix_room_status_changes_room", "hotel_id", "room_id", "id"))
    room_id: Mapped[UUID]
    old: Mapped[str]
    new: Mapped[str]
    at: Mapped[datetime]
    by: Mapped[str]


class MaintenanceJob(Tenant):
    """Something broken or due in a room, and what became of it."""

    __tablename__ = "maintenance_jobs"
    __table_args__ = (
        _room(),
        CheckConstraint("status IN ('open','started','done','cancelled')", name="status"),
        CheckConstraint("priority IN ('low','normal','high','urgent')", name="priority"),
        Index("ix_maintenance_jobs_open", "hotel_id", "status", "created_at"),
    )
    room_id: Mapped[UUID]
    title: Mapped[str]
    description: Mapped[str] = mapped_column(server_default="")
    priority: Mapped[str] = mapped_column(server_default="normal")
    status: Mapped[str] = mapped_column(server_default="open")
    reported_by: Mapped[str]
    resolution: Mapped[str] = mapped_column(server_default="")
    closed_at: Mapped[datetime | None]


class RoomBlock(Tenant):
    """Nights on which a room cannot be let: [first, until)."""

    __tablename__ = "room_blocks"
    __table_args__ = (
        _room(),
        ForeignKeyConstraint(
            ["hotel_id", "room_type_id"], ["room_types.hotel_id", "room_types.id"]
        ),
        ForeignKeyConstraint(
            ["hotel_id", "maintenance_job_id"],
            ["maintenance_jobs.hotel_id", "maintenance_jobs.id"],
        ),
        CheckConstraint("until > first", name="dates"),
        CheckConstraint("kind IN ('maintenance','calendar')", name="kind"),
        Index(
            "ix_room_blocks_active",
            "hotel_id",
            "room_type_id",
            "first",
            "until",
            postgresql_where=text("ended_at IS NULL"),
        ),
    )
    room_id: Mapped[UUID]
    room_type_id: Mapped[UUID]
    """Whose stock it took."""
    maintenance_job_id: Mapped[UUID | None]
    kind: Mapped[str]
    first: Mapped[date]
    until: Mapped[date]
    """The first night on which it can be let again."""
    reason: Mapped[str] = mapped_column(server_default="")
    short: Mapped[list[str]] = mapped_column(server_default="[]")
    """Nights, ISO, on which every room was sold: the house is a room short then."""
    ended_at: Mapped[datetime | None]


class RoomClaim(Tenant):
    """Who has a room on [first, until): a stay or a block, never two at once.

    The triggers of rls/64_rooms.sql keep it; `id` is that of the block or of the stay's room.
    """

    __tablename__ = "room_claims"
    __table_args__ = (
        _room(),
        CheckConstraint("kind IN ('stay','block')", name="kind"),
        CheckConstraint("until > first", name="dates"),
        ExcludeConstraint(
            ("hotel_id", "="),
            ("room_id", "="),
            (text("daterange(first, until)"), "&&"),
            using="gist",
            name="ex_room_claims_room",
        ),
    )
    room_id: Mapped[UUID]
    kind: Mapped[str]
    first: Mapped[date]
    until: Mapped[date]
