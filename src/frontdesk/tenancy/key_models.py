"""The key of one hotel, under which its secrets are sealed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from frontdesk.kit.db import Tenant


class HotelKey(Tenant):
    """Wrapped by the installation's key; one is in use, retired ones still open."""

    __tablename__ = "hotel_keys"
    __table_args__ = (
        Index(
            "uq_hotel_keys_current",
            "hotel_id",
            unique=True,
            postgresql_where=text("retired_at IS NULL"),
        ),
    )
    hotel_id: Mapped[UUID] = mapped_column(ForeignKey("hotels.id"), primary_key=True)
    wrapped: Mapped[bytes]
    """The key and the hotel it is of, sealed: moved to another hotel it opens nothing."""
    retired_at: Mapped[datetime | None]
