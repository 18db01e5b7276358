"""A hotel's rules and the ledger of why each did or did not fire."""

from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from frontdesk.kit.db import Tenant


class Trigger(Tenant):
    __tablename__ = "triggers"
    __table_args__ = (
        UniqueConstraint("hotel_id", "name"),
        Index("ix_triggers_event", "hotel_id", "event", "priority"),
    )
    hotel_id: Mapped[UUID] = mapped_column(ForeignKey("hotels.id"), primary_key=True)
    name: Mapped[str]
    event: Mapped[str]
    """message.received, booking.created, sentiment.detected, conversation.escalated"""
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
        UniqueConstraint("hotel_id", "trigger_id", "event_id"),
        CheckConstraint("outcome IN ('fired','not_matched','failed','stopped')", name="outcome"),
        Index("ix_trigger_runs_recent", "hotel_id", "trigger_id", "created_at"),
    )
    trigger_id: Mapped[UUID]
    event_id: Mapped[UUID]
    trigger_version: Mapped[int]
    outcome: Mapped[str]
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")
    """Each condition with the value it saw."""
    actions: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")
    """Each action and what came of it."""
