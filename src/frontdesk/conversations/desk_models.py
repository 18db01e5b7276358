"""What the desk keeps of chats beside their messages: history, segments, labels, who sits there."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from frontdesk.kit.db import Tenant


def of_conversation() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["hotel_id", "conversation_id"], ["conversations.hotel_id", "conversations.id"]
    )


def of_member(column: str = "membership_id") -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["hotel_id", column], ["memberships.hotel_id", "memberships.id"])


class ConversationChange(Tenant):
    """One step of a chat, by whom and why; nobody changes or deletes it."""

    __tablename__ = "conversation_changes"
    __table_args__ = (
        of_conversation(),
        CheckConstraint(
            "kind IN ('state','assignee','priority','department','label')", name="kind"
        ),
        Index("ix_conversation_changes_recent", "hotel_id", "conversation_id", "at", "id"),
    )
    conversation_id: Mapped[UUID]
    kind: Mapped[str]
    step: Mapped[str]
    """The name of the edge that was taken: see conversations/state_rules.py."""
    old: Mapped[str | None]
    new: Mapped[str | None]
    by: Mapped[str]
    reason: Mapped[str | None]
    at: Mapped[datetime]


class Segment(Tenant):
    """A stretch of a chat in one hand: the bot's, or people's."""

    __tablename__ = "conversation_segments"
    __table_args__ = (
        of_conversation(),
        UniqueConstraint("hotel_id", "conversation_id", "number"),
        CheckConstraint("owner IN ('bot','staff')", name="owner"),
    )
    conversation_id: Mapped[UUID]
    number: Mapped[int]
    owner: Mapped[str]
    by: Mapped[str]
    """Who began it."""
    reason: Mapped[str | None]
    started_at: Mapped[datetime]
    summary: Mapped[str | None]
    """What was before, for who goes on."""


class Label(Tenant):
    """One of a hotel's labels for chats."""

    __tablename__ = "labels"
    __table_args__ = (
        UniqueConstraint("hotel_id", "name"),
        CheckConstraint("colour ~ '^#[0-9a-f]{6}$'", name="colour"),
    )
    hotel_id: Mapped[UUID] = mapped_column(ForeignKey("hotels.id"), primary_key=True)
    name: Mapped[str]
    colour: Mapped[str] = mapped_column(server_default="#808080")


class ConversationLabel(Tenant):
    """A label on a chat."""

    __tablename__ = "conversation_labels"
    __table_args__ = (
        of_conversation(),
        ForeignKeyConstraint(["hotel_id", "label_id"], ["labels.hotel_id", "labels.id"]),
        UniqueConstraint("hotel_id", "conversation_id", "label_id"),
        Index("ix_conversation_labels_label", "hotel_id", "label_id", "conversation_id"),
    )
    conversation_id: Mapped[UUID]
    label_id: Mapped[UUID]
    by: Mapped[str]


class Seat(Tenant):
    """A person's place at the desk: whether and what they take."""

    __tablename__ = "desk_seats"
    __table_args__ = (
        of_member(),
        ForeignKeyConstraint(
            ["hotel_id", "department_id"], ["departments.hotel_id", "departments.id"]
        ),
        UniqueConstraint("hotel_id", "membership_id"),
        CheckConstraint("capacity BETWEEN 0 AND 1000", name="capacity"),
    )
    membership_id: Mapped[UUID]
    available: Mapped[bool] = mapped_column(server_default="false")
    capacity: Mapped[int] = mapped_column(server_default="8")
    """Chats at once."""
    load: Mapped[int] = mapped_column(server_default="0")
    """Chats that are theirs and open now; kept by the database (rls/94_desk.sql)."""
    languages: Mapped[list[str]] = mapped_column(server_default="[]")
    skills: Mapped[list[str]] = mapped_column(server_default="[]")
    hours: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")
    """[{"days": [0..6], "from": "08:00", "until": "16:00"}] by the hotel's clock; none: always."""
    department_id: Mapped[UUID | None]
    assigned_at: Mapped[datetime | None]
    """When they were last given a chat."""
