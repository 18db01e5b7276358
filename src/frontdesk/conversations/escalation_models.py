"""When a hotel wants a person, and every time that one was called."""

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


class EscalationCause(Tenant):
    """A hotel's own setting of one cause; where there is none, ours holds."""

    __tablename__ = "escalation_causes"
    __table_args__ = (
        UniqueConstraint("hotel_id", "cause"),
        CheckConstraint("action IN ('tell','hand_over')", name="action"),
        CheckConstraint("priority BETWEEN 0 AND 100", name="priority"),
    )
    hotel_id: Mapped[UUID] = mapped_column(ForeignKey("hotels.id"), primary_key=True)
    cause: Mapped[str]
    enabled: Mapped[bool] = mapped_column(server_default="true")
    threshold: Mapped[float]
    action: Mapped[str]
    priority: Mapped[int]


class HandoverRecord(Tenant):
    """Every time that a chat went to a person, and why."""

    __tablename__ = "handovers"
    __table_args__ = (
        ForeignKeyConstraint(
            ["hotel_id", "conversation_id"], ["conversations.hotel_id", "conversations.id"]
        ),
        Index("ix_handovers_conversation", "hotel_id", "conversation_id", "created_at", "id"),
        Index(
            "ix_handovers_promised",
            *("hotel_id", "opened_at", "id"),
            postgresql_where=text("promised_until IS NOT NULL"),
        ),
    )
    conversation_id: Mapped[UUID]
    cause: Mapped[str]
    reason: Mapped[str]
    by_whom: Mapped[str]
    opened_at: Mapped[datetime]
    evidence: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    """Each cause that spoke, with what was measured and its threshold; `heard` where words of the
    guest called, and not the measure.
    """
    promised_until: Mapped[datetime | None]
    """By when the guest was told that somebody answers; none where nothing was said of it."""
