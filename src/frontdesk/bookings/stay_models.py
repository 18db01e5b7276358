"""What happens to a booking later: its rooms, its changes; who waits, and who was walked."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from frontdesk.kit.db import Tenant


def _to(column: str, table: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["hotel_id", column], [f"{table}.hotel_id", f"{table}.id"])


class BookingRoom(Tenant):
    """One room of a booking over its own nights; made when a room or a guest gets a name.

    The trigger follow_booking() keeps its dates and `taken` to those of its booking.
    """

    __tablename__ = "booking_rooms"
    __table_args__ = (
        _to("booking_id", "bookings"),
        _to("room_type_id", "room_types"),
        _to("room_id", "rooms"),
        UniqueConstraint("hotel_id", "booking_id", "position"),
        CheckConstraint("departure > arrival", name="dates"),
        CheckConstraint("adults >= 0 AND children >= 0 AND position > 0", name="party"),
        ExcludeConstraint(
            ("hotel_id", "="),
            ("room_id", "="),
            (text("daterange(arrival, departure)"), "&&"),
            where=text("room_id IS NOT NULL AND taken"),
            using="gist",
            name="ex_booking_rooms_room",
        ),
    )
    booking_id: Mapped[UUID]
    position: Mapped[int]
    room_type_id: Mapped[UUID]
    room_id: Mapped[UUID | None]
    arrival: Mapped[date]
    departure: Mapped[date]
    adults: Mapped[int]
    children: Mapped[int] = mapped_column(server_default="0")
    children_ages: Mapped[list[int]] = mapped_column(JSONB, server_default="[]")
    guest_name: Mapped[str | None]
    taken: Mapped[bool] = mapped_column(server_default="true")
    """Whether the room is kept for these nights: not after a cancellation or a no-show."""


class BookingChange(Tenant):
    """A change as it was shown to the guest: the new stay as a quote, and what it costs more."""

    __tablename__ = "booking_changes"
    __table_args__ = (
        _to("booking_id", "bookings"),
        _to("split_id", "bookings"),
        _to("quote_id", "quotes"),
        UniqueConstraint("hotel_id", "quote_id"),
        CheckConstraint("status IN ('open','done')", name="status"),
        Index("ix_booking_changes_booking", "hotel_id", "booking_id", "created_at"),
    )
    booking_id: Mapped[UUID]
    quote_id: Mapped[UUID]
    """Of its first type; its policy is that of the whole booking."""
    more_quotes: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), server_default="{}")
    """Of the other types, where there are several."""
    rooms: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default="[]")
    """Rooms that change on their own: [{"line_id", "room_type_id", "adults", "children",
    "children_ages"}], as they will be.
    """
    apart: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), server_default="{}")
    """Lines that become a booking of their own by it, as they get dates of their own."""
    split_id: Mapped[UUID | None]
    """That booking, once it is done."""
    booking_version: Mapped[int]
    """The booking that was looked at; a booking that has changed since is not changed by this."""
    difference: Mapped[int] = mapped_column(BigInteger)
    """What the guest pays more for the new stay, minor units; below zero is less."""
    status: Mapped[str] = mapped_column(server_default="open")


class WaitlistEntry(Tenant):
    """Somebody who waits for a stay; served in the order of `created_at`."""

    __tablename__ = "waitlist_entries"
    __table_args__ = (
        _to("guest_id", "guests"),
        _to("conversation_id", "conversations"),
        _to("room_type_id", "room_types"),
        _to("rate_plan_id", "rate_plans"),
        _to("quote_id", "quotes"),
        _to("booking_id", "bookings"),
        CheckConstraint("departure > arrival", name="dates"),
        CheckConstraint("adults > 0 AND children >= 0 AND rooms > 0", name="party"),
        CheckConstraint(
            "status IN ('waiting','offered','accepted','declined','expired','withdrawn')",
            name="status",
        ),
        CheckConstraint(
            "(status = 'offered') <= (quote_id IS NOT NULL AND offer_until IS NOT NULL)",
            name="offer",
        ),
        Index(
            "ix_waitlist_entries_open",
            "hotel_id",
            "created_at",
            "id",
            postgresql_where=text("status IN ('waiting','offered')"),
        ),
    )
    guest_id: Mapped[UUID]
    conversation_id: Mapped[UUID | None]
    room_type_id: Mapped[UUID]
    arrival: Mapped[date]
    departure: Mapped[date]
    rooms: Mapped[int]
    adults: Mapped[int]
    children: Mapped[int] = mapped_column(server_default="0")
    children_ages: Mapped[list[int]] = mapped_column(JSONB, server_default="[]")
    rate_plan_id: Mapped[UUID | None]
    """None: the hotel's default at the time of the offer."""
    status: Mapped[str] = mapped_column(server_default="waiting")
    quote_id: Mapped[UUID | None]
    """The offer, held for this guest."""
    offer_until: Mapped[datetime | None]
    booking_id: Mapped[UUID | None]


class OverbookingApproval(Tenant):
    """How many rooms may be sold beyond what there are, on which nights, by whose word."""

    __tablename__ = "overbooking_approvals"
    __table_args__ = (
        _to("room_type_id", "room_types"),
        CheckConstraint("until > first", name="nights"),
        CheckConstraint("rooms >= 0", name="rooms"),
    )
    room_type_id: Mapped[UUID]
    first: Mapped[date]
    until: Mapped[date]
    """The first night that it is not for."""
    rooms: Mapped[int]
    reason: Mapped[str]
    approved_by: Mapped[str]


class Walk(Tenant):
    """A guest with a booking and no room, sent to another house: where, and what it cost us."""

    __tablename__ = "walks"
    __table_args__ = (
        _to("booking_id", "bookings"),
        UniqueConstraint("hotel_id", "booking_id"),
        CheckConstraint("cost >= 0 AND nights > 0", name="cost"),
    )
    booking_id: Mapped[UUID]
    sent_to: Mapped[str]
    """The other house, as people call it."""
    nights: Mapped[int]
    cost: Mapped[int] = mapped_column(BigInteger)
    """What the other house and the way there cost this hotel, minor units."""
    note: Mapped[str | None]
