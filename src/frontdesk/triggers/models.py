"""A hotel's rules, the ledger of why each did or did not fire, and every action as a step."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from frontdesk.kit.db import Tenant


def _to(column: str, table: str, *, ondelete: str | None = None) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["hotel_id", column], [f"{table}.hotel_id", f"{table}.id"], ondelete=ondelete
    )


class Trigger(Tenant):
    __tablename__ = "triggers"
    __table_args__ = (
        UniqueConstraint("hotel_id", "name"),
        Index("ix_triggers_event", "hotel_id", "event", "priority"),
    )
    hotel_id: Mapped[UUID] = mapped_column(ForeignKey("hotels.id"), primary_key=True)
    name: Mapped[str]
    event: Mapped[str]
    """message.understood, booking.created, sentiment.detected, conversation.escalated"""
    conditions: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    """{"all": [...]} | {"any": [...]} | {"not": ...} | {"field", "op", "value"}; empty is true"""
    actions: Mapped[list[dict[str, Any]]]
    priority: Mapped[int] = mapped_column(server_default="0")
    """Higher runs first."""
    schedule: Mapped[dict[str, Any] | None]
    enabled: Mapped[bool] = mapped_column(server_default="true")
    version: Mapped[int] = mapped_column(server_default="1")


class TriggerRun(Tenant):
    """Why this rule did, or did not, act on this event."""

    __tablename__ = "trigger_runs"
    __table_args__ = (
        ForeignKeyConstraint(["hotel_id", "trigger_id"], ["triggers.hotel_id", "triggers.id"]),
        ForeignKeyConstraint(
            ["hotel_id", "event_id"], ["outbox_events.hotel_id", "outbox_events.id"]
        ),
        _to("booking_id", "bookings"),
        _to("conversation_id", "conversations"),
        _to("guest_id", "guests"),
        _to("planned_send_id", "planned_sends", ondelete="SET NULL (planned_send_id)"),
        UniqueConstraint("hotel_id", "trigger_id", "event_id"),
        CheckConstraint(
            "outcome IN ('fired','not_matched','failed','stopped','running')", name="outcome"
        ),
        Index("ix_trigger_runs_recent", "hotel_id", "trigger_id", "created_at"),
        Index("ix_trigger_runs_outcome", "hotel_id", "outcome", "created_at", "id"),
        Index("ix_trigger_runs_ledger", "hotel_id", "created_at", "id"),
        Index("ix_trigger_runs_booking", "hotel_id", "booking_id"),
        Index("ix_trigger_runs_conversation", "hotel_id", "conversation_id"),
        Index("ix_trigger_runs_guest", "hotel_id", "guest_id"),
        Index("ix_trigger_runs_planned_send", "hotel_id", "planned_send_id"),
    )
    trigger_id: Mapped[UUID]
    event_id: Mapped[UUID]
    booking_id: Mapped[UUID | None]
    conversation_id: Mapped[UUID | None]
    guest_id: Mapped[UUID | None]
    planned_send_id: Mapped[UUID | None]
    """What was due, of a rule by the clock."""
    trigger_version: Mapped[int]
    outcome: Mapped[str]
    """running: an action still waits, for its time or for another try."""
    facts: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    """What was looked up beside the event's payload when the rule was judged."""
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")
    """Each condition with the value it saw."""
    actions: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")
    """Each action and what came of it."""


class TriggerStep(Tenant):
    """One action of one run: tried on its own, after the one before it."""

    __tablename__ = "trigger_steps"
    __table_args__ = (
        _to("run_id", "trigger_runs", ondelete="CASCADE"),
        UniqueConstraint("hotel_id", "run_id", "place"),
        CheckConstraint("state IN ('waiting','done','failed','skipped')", name="state"),
        Index(
            *("ix_trigger_steps_due", "hotel_id", "try_at"),
            postgresql_where=sql("try_at IS NOT NULL"),
        ),
        Index("ix_trigger_steps_sweep", "try_at", postgresql_where=sql("try_at IS NOT NULL")),
    )
    run_id: Mapped[UUID]
    place: Mapped[str]
    """Its order: "02" is the third, "02.00" the first that its branch chose."""
    action: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(server_default="waiting")
    tries: Mapped[int] = mapped_column(server_default="0")
    try_at: Mapped[datetime | None]
    """Of the first that waits: when to try it next. Those behind it have none."""
    done_at: Mapped[datetime | None]
    result: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
