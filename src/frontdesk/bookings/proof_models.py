"""Tries to say who one is, by a booking's code and a surname."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from frontdesk.kit.db import Tenant


class IdentityTry(Tenant):
    """One try in one chat; it names the booking only where there is one of that code."""

    __tablename__ = "identity_tries"
    __table_args__ = (
        ForeignKeyConstraint(
            ["hotel_id", "conversation_id"], ["conversations.hotel_id", "conversations.id"]
        ),
        ForeignKeyConstraint(["hotel_id", "booking_id"], ["bookings.hotel_id", "bookings.id"]),
        Index("ix_identity_tries_chat", "hotel_id", "conversation_id", "tried_at"),
        Index("ix_identity_tries_booking", "hotel_id", "booking_id", "tried_at"),
    )
    conversation_id: Mapped[UUID]
    booking_id: Mapped[UUID | None]
    succeeded: Mapped[bool] = mapped_column(server_default="false")
    tried_at: Mapped[datetime]
