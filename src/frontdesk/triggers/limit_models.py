"""How many messages rules sent: by guest and day, and by hotel and hour with the latch."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from frontdesk.kit.db import Tenant


class SendCount(Tenant):
    __tablename__ = "send_counts"
    __table_args__ = (
        ForeignKeyConstraint(["hotel_id", "guest_id"], ["guests.hotel_id", "guests.id"]),
        UniqueConstraint("hotel_id", "guest_id", "since", postgresql_nulls_not_distinct=True),
        CheckConstraint("count >= 0", name="count"),
        Index(
            *("ix_send_counts_fallen", "hotel_id"),
            postgresql_where=sql("tripped_at IS NOT NULL AND lifted_at IS NULL"),
        ),
    )
    hotel_id: Mapped[UUID] = mapped_column(ForeignKey("hotels.id"), primary_key=True)
    guest_id: Mapped[UUID | None]
    """None: the hotel's own hour."""
    since: Mapped[datetime]
    """When the guest's day or the hotel's hour began."""
    count: Mapped[int]
    tripped_at: Mapped[datetime | None]
    """Of an hour: when the latch fell; until somebody lifts it, rules send nothing."""
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[str | None]
