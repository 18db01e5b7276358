"""When a hotel wants a person, and every time that one was called."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
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
    """One segment of a chat that a person had: why, since when, and until when."""

    __tablename__ = "handovers"
    __table_args__ = (
        ForeignKeyConstraint(
            ["hotel_id", "conversation_id"], ["conversations.hotel_id", "conversations.id"]
        ),
        Index("ix_handovers_conversation", "hotel_id", "conversation_id", "opened_at", "id"),
        Index("ix_handovers_recent", "hotel_id", "opened_at", "id"),
    )
    conversation_id: Mapped[UUID]
    segment: Mapped[int]
    """Counts the times this chat changed to a person."""
    cause: Mapped[str]
    reason: Mapped[str]
    by_whom: Mapped[str]
    opened_at: Mapped[datetime]
    evidence: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    """What was measured, beside its threshold."""
    returned_at: Mapped[datetime | None]
    returned_by: Mapped[str | None]
    summary: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    """Of the segment: how many messages of whom, and the last of staff's."""
