"""One message to many guests who agreed to it, and what became of it for each."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from frontdesk.kit.db import Tenant


class Broadcast(Tenant):
    __tablename__ = "broadcasts"
    __table_args__ = (
        UniqueConstraint("hotel_id", "name"),
        CheckConstraint("state IN ('draft','sending','stopped','done')", name="state"),
        CheckConstraint("hold_out BETWEEN 0 AND 50 AND per_minute > 0", name="pace"),
        Index("ix_broadcasts_sweep", "next_at", postgresql_where=sql("state = 'sending'")),
    )
    hotel_id: Mapped[UUID] = mapped_column(ForeignKey("hotels.id"), primary_key=True)
    name: Mapped[str]
    message: Mapped[dict[str, Any]]
    """As of the action send_message."""
    second: Mapped[dict[str, Any] | None]
    """Another wording, that every other guest gets by a fixed draw."""
    audience: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    """Conditions on each guest, judged when it is their turn."""
    hold_out: Mapped[int] = mapped_column(server_default="0")
    """Of a hundred guests, so many get nothing, to compare with."""
    per_minute: Mapped[int] = mapped_column(server_default="30")
    state: Mapped[str] = mapped_column(server_default="draft")
    made_by: Mapped[str]
    next_at: Mapped[datetime | None]
    """While it is sending: not before then."""
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class BroadcastSend(Tenant):
    __tablename__ = "broadcast_sends"
    __table_args__ = (
        ForeignKeyConstraint(
            ["hotel_id", "broadcast_id"], ["broadcasts.hotel_id", "broadcasts.id"]
        ),
        ForeignKeyConstraint(["hotel_id", "guest_id"], ["guests.hotel_id", "guests.id"]),
        UniqueConstraint("hotel_id", "broadcast_id", "guest_id"),
        CheckConstraint("state IN ('planned','sent','held_out','skipped','stopped')", name="state"),
        Index("ix_broadcast_sends_next", "hotel_id", "broadcast_id", "state", "id"),
        Index("ix_broadcast_sends_guest", "hotel_id", "guest_id"),
        Index(
            *("ix_broadcast_sends_turn", "hotel_id", "broadcast_id", "id"),
            postgresql_where=sql("worked_at IS NULL"),
        ),
    )
    broadcast_id: Mapped[UUID]
    guest_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(server_default="planned")
    language: Mapped[str | None]
    why: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")
    worked_at: Mapped[datetime | None]
