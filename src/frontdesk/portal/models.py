"""The links by which guests reach their bookings."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from frontdesk.kit.db import Tenant


class GuestLink(Tenant):
    """Opens one booking until it expires or is revoked; its token is kept nowhere."""

    __tablename__ = "guest_links"
    __table_args__ = (
        ForeignKeyConstraint(["hotel_id", "booking_id"], ["bookings.hotel_id", "bookings.id"]),
        UniqueConstraint("hotel_id", "digest"),
        Index("ix_guest_links_booking", "hotel_id", "booking_id", "created_at"),
    )
    booking_id: Mapped[UUID]
    digest: Mapped[bytes]
    """SHA-256 of the token."""
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    made_by: Mapped[str]
