"""What guests asked to be done, and by whom it is done."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from frontdesk.kit.db import Tenant


def _to(column: str, table: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["hotel_id", column], [f"{table}.hotel_id", f"{table}.id"])


class Task(Tenant):
    """One thing to do, of one department, mostly for a guest."""

    __tablename__ = "tasks"
    __table_args__ = (
        _to("department_id", "departments"),
        _to("conversation_id", "conversations"),
        _to("guest_id", "guests"),
        _to("booking_id", "bookings"),
        _to("room_id", "rooms"),
        _to("assignee_id", "memberships"),
        _to("message_id", "messages"),
        UniqueConstraint("hotel_id", "number"),
        UniqueConstraint("hotel_id", "dedupe_key"),
        CheckConstraint("state IN ('open','in_progress','done','cancelled')", name="state"),
        CheckConstraint("priority IN ('low','normal','high','urgent')", name="priority"),
        Index("ix_tasks_recent", "hotel_id", "created_at", "id"),
        Index("ix_tasks_board", "hotel_id", "department_id", "state", "created_at", "id"),
        Index("ix_tasks_state", "hotel_id", "state", "created_at", "id"),
        Index("ix_tasks_conversation", "hotel_id", "conversation_id", "created_at"),
        Index(
            "ix_tasks_assignee",
            "hotel_id",
            "assignee_id",
            "created_at",
            "id",
            postgresql_where=sql("assignee_id IS NOT NULL"),
        ),
        Index(
            "ix_tasks_overdue",
            "overdue_at",
            postgresql_where=sql("overdue_at IS NOT NULL"),
        ),
    )
    hotel_id: Mapped[UUID] = mapped_column(ForeignKey("hotels.id"), primary_key=True)
    number: Mapped[int]
    """What people call it: 1, 2, 3 ... of the hotel."""
    department_id: Mapped[UUID]
    item: Mapped[str]
    """towels, late_check_out, repair, taxi, ...: see conversations/task_items.py; other"""
    title: Mapped[str]
    text: Mapped[str] = mapped_column(server_default="")
    """The guest's own words, or what staff wrote."""
    state: Mapped[str] = mapped_column(server_default="open")
    priority: Mapped[str] = mapped_column(server_default="normal")
    due_at: Mapped[datetime | None]
    overdue_at: Mapped[datetime | None]
    """When its being late is to be told; none once it was, or where it is over."""
    room_id: Mapped[UUID | None]
    conversation_id: Mapped[UUID | None]
    guest_id: Mapped[UUID | None]
    booking_id: Mapped[UUID | None]
    message_id: Mapped[UUID | None]
    """The message that asked for it."""
    assignee_id: Mapped[UUID | None]
    """A membership."""
    opened_by: Mapped[str]
    tell_guest: Mapped[bool] = mapped_column(server_default="true")
    """Whether the guest hears that it is done."""
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None]
    told_at: Mapped[datetime | None]
    """When the guest was told that it is done."""
    photo_url: Mapped[str | None]
    """A proof, where there is one."""
    dedupe_key: Mapped[str | None]
    """The same wish is one task."""
