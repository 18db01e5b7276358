"""What guests say of a stay that is over, and the scores that the database keeps of it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from frontdesk.kit.db import Tenant


def _to(table: str, column: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["hotel_id", column], [f"{table}.hotel_id", f"{table}.id"])


class Review(Tenant):
    __tablename__ = "reviews"
    __table_args__ = (
        _to("guests", "guest_id"),
        _to("bookings", "booking_id"),
        _to("room_types", "room_type_id"),
        UniqueConstraint("hotel_id", "guest_id", "booking_id"),
        CheckConstraint("rating BETWEEN 1 AND 5", name="rating"),
        CheckConstraint("status IN ('pending','published','rejected')", name="status"),
        CheckConstraint("helpful >= 0", name="helpful"),
        Index("ix_reviews_status", "hotel_id", "status", "created_at"),
        Index("ix_reviews_type", "hotel_id", "room_type_id", "status"),
    )
    guest_id: Mapped[UUID]
    booking_id: Mapped[UUID]
    room_type_id: Mapped[UUID]
    rating: Mapped[int]
    title: Mapped[str] = mapped_column(server_default="")
    text: Mapped[str]
    status: Mapped[str] = mapped_column(server_default="pending")
    reason: Mapped[str | None]
    """Why it was rejected."""
    moderated_by: Mapped[str | None]
    moderated_at: Mapped[datetime | None]
    reply: Mapped[str | None]
    replied_at: Mapped[datetime | None]
    helpful: Mapped[int] = mapped_column(server_default="0")
    """How many guests found it helpful; kept by a trigger."""


class ReviewVote(Tenant):
    """One guest found one review helpful."""

    __tablename__ = "review_votes"
    __table_args__ = (
        _to("reviews", "review_id"),
        _to("guests", "guest_id"),
        UniqueConstraint("hotel_id", "review_id", "guest_id"),
    )
    review_id: Mapped[UUID]
    guest_id: Mapped[UUID]


class ReviewScore(Tenant):
    """Published ratings of the hotel (no room type) or of one room type; kept by a trigger."""

    __tablename__ = "review_scores"
    __table_args__ = (
        _to("room_types", "room_type_id"),
        UniqueConstraint("hotel_id", "room_type_id", postgresql_nulls_not_distinct=True),
        CheckConstraint("reviews >= 0 AND rating_sum >= 0", name="counts"),
    )
    hotel_id: Mapped[UUID] = mapped_column(ForeignKey("hotels.id"), primary_key=True)
    room_type_id: Mapped[UUID | None]
    reviews: Mapped[int] = mapped_column(server_default="0")
    rating_sum: Mapped[int] = mapped_column(BigInteger, server_default="0")
