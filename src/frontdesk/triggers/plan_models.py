"""What rules will do by the clock: one row for each rule's version, subject and occurrence."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Uuid

from frontdesk.kit.db import Tenant


class PlannedSend(Tenant):
    """Made, moved and called off by rls/84_journeys.sql, with the change of its subject."""

    __tablename__ = "planned_sends"
    __table_args__ = (
        ForeignKeyConstraint(["hotel_id", "trigger_id"], ["triggers.hotel_id", "triggers.id"]),
        ForeignKeyConstraint(["hotel_id", "guest_id"], ["guests.hotel_id", "guests.id"]),
        ForeignKeyConstraint(["hotel_id", "booking_id"], ["bookings.hotel_id", "bookings.id"]),
        ForeignKeyConstraint(["hotel_id", "hold_id"], ["holds.hotel_id", "holds.id"]),
        ForeignKeyConstraint(
            ["hotel_id", "conversation_id"], ["conversations.hotel_id", "conversations.id"]
        ),
        UniqueConstraint("hotel_id", "trigger_id", "trigger_version", "subject", "occurrence"),
        CheckConstraint("state IN ('planned','sent','skipped','cancelled','failed')", name="state"),
        Index("ix_planned_sends_ledger", "hotel_id", "due_at", "id"),
        Index("ix_planned_sends_of", "hotel_id", "trigger_id", "due_at", "id"),
        Index(
            *("ix_planned_sends_state", "hotel_id", "state", "due_at", "id"),
            postgresql_where=sql("state <> 'planned'"),
        ),
        Index("ix_planned_sends_subject", "hotel_id", "subject", "due_at"),
        Index("ix_planned_sends_guest", "hotel_id", "guest_id", "worked_at"),
        Index(
            *("ix_planned_sends_due", "hotel_id", "try_at", "rank", "id"),
            postgresql_where=sql("state = 'planned'"),
        ),
        Index("ix_planned_sends_sweep", "try_at", postgresql_where=sql("state = 'planned'")),
        Index(
            *("ix_planned_sends_rule", "hotel_id", "trigger_id", "trigger_version"),
            postgresql_where=sql("state = 'planned'"),
        ),
    )
    hotel_id: Mapped[UUID] = mapped_column(ForeignKey("hotels.id"), primary_key=True)
    trigger_id: Mapped[UUID]
    trigger_version: Mapped[int]
    subject: Mapped[UUID]
    """The booking's, hold's or conversation's id, else the hotel's."""
    occurrence: Mapped[str] = mapped_column(server_default="")
    """Of a chat: the instant of the message it counts from. Of a calendar: the day. A stay has each
    other moment once."""
    booking_id: Mapped[UUID | None]
    hold_id: Mapped[UUID | None]
    conversation_id: Mapped[UUID | None]
    guest_id: Mapped[UUID | None]
    due_at: Mapped[datetime]
    until_at: Mapped[datetime | None]
    """A late one is still of use before."""
    planned_at: Mapped[datetime] = mapped_column(server_default=sql("now()"))
    """When `due_at` became what it is: one that was past by then is late."""
    state: Mapped[str] = mapped_column(server_default="planned")
    why: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")
    """Why not, or each condition with the value it saw."""
    actions: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")
    """Each action and what came of it."""
    decided_by: Mapped[str | None]
    """Who said skip or send now."""
    worked_at: Mapped[datetime | None]
    try_at: Mapped[datetime]
    """When to look at it next: `due_at`, or later after a failure."""
    tries: Mapped[int] = mapped_column(server_default="0")
    rank: Mapped[int] = mapped_column(server_default="0")
    """Of those that are due at once, the rule with the highest priority is lowest here."""


class RulePlanning(Tenant):
    """How far a saved rule is planned for all that was there before it: see rls/87_planning.sql."""

    __tablename__ = "rule_plannings"
    __table_args__ = (
        ForeignKeyConstraint(
            ["hotel_id", "trigger_id"], ["triggers.hotel_id", "triggers.id"], ondelete="CASCADE"
        ),
        UniqueConstraint("hotel_id", "trigger_id"),
        Index(
            *("ix_rule_plannings_open", "started_at"), postgresql_where=sql("finished_at IS NULL")
        ),
    )
    hotel_id: Mapped[UUID] = mapped_column(ForeignKey("hotels.id"), primary_key=True)
    trigger_id: Mapped[UUID]
    trigger_version: Mapped[int]
    started_at: Mapped[datetime]
    fenced: Mapped[bool] = mapped_column(server_default="false")
    """Whoever wrote a subject without knowing the rule is done."""
    past: Mapped[UUID | None]
    """Subjects up to here were looked at."""
    busy: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), server_default="{}")
    """Of them, those that somebody was just changing: looked at again."""
    done: Mapped[int] = mapped_column(server_default="0")
    total: Mapped[int | None]
    finished_at: Mapped[datetime | None]
