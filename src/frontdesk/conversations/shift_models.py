"""What one shift hands to the next, and that both signed it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from frontdesk.kit.db import Tenant


class ShiftReport(Tenant):
    """Ids, states, dates and counts only: what they are of is read where it lies."""

    __tablename__ = "shift_reports"
    __table_args__ = (Index("ix_shift_reports_recent", "hotel_id", "created_at", "id"),)
    hotel_id: Mapped[UUID] = mapped_column(ForeignKey("hotels.id"), primary_key=True)
    since: Mapped[datetime]
    until: Mapped[datetime]
    document: Mapped[dict[str, Any]]
    digest: Mapped[str]
    """SHA-256 of the document: what both signed."""
    outgoing_by: Mapped[str]
    outgoing_at: Mapped[datetime]
    incoming_by: Mapped[str | None]
    incoming_at: Mapped[datetime | None]
