"""Receipts of erasures."""

from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from frontdesk.kit.db import Tenant


class Erasure(Tenant):
    __tablename__ = "erasures"
    __table_args__ = (
        ForeignKeyConstraint(["hotel_id", "guest_id"], ["guests.hotel_id", "guests.id"]),
    )
    guest_id: Mapped[UUID]
    asked_by: Mapped[str]
    receipt: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    """What was deleted or emptied where, and what a search afterwards still found."""
    digest: Mapped[bytes]
    """SHA-256 of the receipt as canonical JSON; the audit log has it too."""
