"""Add-ons ordered with a booking."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from frontdesk.kit.db import Tenant


class BookingAddon(Tenant):
    """One order: what it costs is kept as it was when it was ordered; its days are [first, until).

    The trigger addons_follow_booking() cancels it with its booking.
    """

    __tablename__ = "booking_addons"
    __table_args__ = (
        ForeignKeyConstraint(["hotel_id", "booking_id"], ["bookings.hotel_id", "bookings.id"]),
        ForeignKeyConstraint(["hotel_id", "addon_id"], ["addons.hotel_id", "addons.id"]),
        CheckConstraint("until > first", name="dates"),
        CheckConstraint("quantity > 0 AND persons > 0", name="pieces"),
        CheckConstraint("unit_price >= 0 AND amount >= 0 AND tax >= 0", name="money"),
        CheckConstraint("status IN ('ordered','cancelled')", name="status"),
        CheckConstraint("(status = 'cancelled') = (cancelled_at IS NOT NULL)", name="cancelled"),
        Index("ix_booking_addons_booking", "hotel_id", "booking_id", "status"),
    )
    booking_id: Mapped[UUID]
    addon_id: Mapped[UUID]
    name: Mapped[str]
    pricing: Mapped[str]
    quantity: Mapped[int]
    persons: Mapped[int]
    first: Mapped[date]
    until: Mapped[date]
    pieces_a_day: Mapped[int]
    """What each of its days takes from stock; 0 where there is none to take from."""
    unit_price: Mapped[int] = mapped_column(BigInteger)
    amount: Mapped[int] = mapped_column(BigInteger)
    """Minor units for all of it, without tax."""
    tax: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str]
    status: Mapped[str] = mapped_column(server_default="ordered")
    ordered_by: Mapped[str]
    cancelled_at: Mapped[datetime | None]
