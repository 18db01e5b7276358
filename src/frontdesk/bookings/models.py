"""Counters a night, and the stays that took from them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from frontdesk.bookings.rate_models import RatePlan
from frontdesk.kit.db import Base, Tenant


def _plan() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["hotel_id", "rate_plan_id"], [RatePlan.hotel_id, RatePlan.id])


def _type() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["hotel_id", "room_type_id"], ["room_types.hotel_id", "room_types.id"]
    )


def _guest() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["hotel_id", "guest_id"], ["guests.hotel_id", "guests.id"])


def _quote() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["hotel_id", "quote_id"], ["quotes.hotel_id", "quotes.id"])


class NightlyInventory(Base):
    """One room type on one night: what there is, what is gone, what it costs."""

    __tablename__ = "nightly_inventory"
    __table_args__ = (
        _type(),
        CheckConstraint("sold >= 0 AND held >= 0 AND capacity >= 0", name="counters"),
        CheckConstraint("blocked >= 0", name="blocked"),
        CheckConstraint("owed >= 0", name="owed"),
        CheckConstraint("sold + held <= capacity + allowance", name="not_oversold"),
        CheckConstraint("price > 0", name="price"),
        CheckConstraint("price <= 1000000000000", name="price_cap"),
    )
    hotel_id: Mapped[UUID] = mapped_column(primary_key=True)
    room_type_id: Mapped[UUID] = mapped_column(primary_key=True)
    night: Mapped[date] = mapped_column(primary_key=True)
    capacity: Mapped[int]
    """Rooms that can be let: those blocked on this night are off already."""
    blocked: Mapped[int] = mapped_column(server_default="0")
    """What blocks of rooms took off `capacity`, and will give back."""
    owed: Mapped[int] = mapped_column(server_default="0")
    """Blocks that found every room sold: the next one that comes back is theirs."""
    allowance: Mapped[int] = mapped_column(server_default="0")
    """Overbooking that a person approved."""
    sold: Mapped[int] = mapped_column(server_default="0")
    held: Mapped[int] = mapped_column(server_default="0")
    price: Mapped[int] = mapped_column(BigInteger)
    """Minor units, a room and night, without tax."""
    closed: Mapped[bool] = mapped_column(server_default="false")
    updated_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class Quote(Tenant):
    """A price made by us for a stay; only a quote can become a booking."""

    __tablename__ = "quotes"
    __table_args__ = (
        _type(),
        _guest(),
        _plan(),
        ForeignKeyConstraint(
            ["hotel_id", "conversation_id"], ["conversations.hotel_id", "conversations.id"]
        ),
        UniqueConstraint("hotel_id", "code"),
        UniqueConstraint("hotel_id", "dedupe_key"),
        CheckConstraint("departure > arrival", name="dates"),
        CheckConstraint("adults > 0 AND children >= 0 AND rooms > 0", name="party"),
        CheckConstraint("total > 0 AND tax >= 0", name="money"),
        CheckConstraint("status IN ('open','booked','superseded','change')", name="status"),
    )
    code: Mapped[str]
    guest_id: Mapped[UUID]
    conversation_id: Mapped[UUID | None]
    room_type_id: Mapped[UUID]
    arrival: Mapped[date]
    departure: Mapped[date]
    rooms: Mapped[int]
    adults: Mapped[int]
    children: Mapped[int] = mapped_column(server_default="0")
    nights: Mapped[list[dict[str, Any]]]
    """[{"night", "price", "tax", "plan_id", "rules", "taxes"}] for all rooms together, minor
    units; `rules` are ids in their order, `taxes` [{"tax_id", "amount"}].
    """
    total: Mapped[int] = mapped_column(BigInteger)
    """With tax."""
    tax: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str]
    policy: Mapped[dict[str, Any]]
    """{"free_until": instant, "fee": minor units} as promised to the guest."""
    policy_hash: Mapped[bytes]
    expires_at: Mapped[datetime]
    """An open quote after this is expired; nothing sweeps it."""
    status: Mapped[str] = mapped_column(server_default="open")
    dedupe_key: Mapped[str | None]
    rate_plan_id: Mapped[UUID | None]
    """Null: the calendar's own price."""
    rates_version: Mapped[UUID | None]
    """The hotel's when it was priced: as long as that stands, so does the price."""
    children_ages: Mapped[list[int]] = mapped_column(JSONB, server_default="[]")
    deposit: Mapped[int] = mapped_column(BigInteger, server_default="0")
    """Due before arrival, of the total."""


class Hold(Tenant):
    """Rooms kept for a quote for a while; a hold past its time counts as free at read time."""

    __tablename__ = "holds"
    __table_args__ = (
        _type(),
        _quote(),
        CheckConstraint("status IN ('active','taken','released')", name="status"),
        CheckConstraint("departure > arrival AND rooms > 0", name="stay"),
        Index(
            "ix_holds_active",
            "hotel_id",
            "room_type_id",
            "arrival",
            postgresql_where=text("status = 'active'"),
        ),
        Index(
            "uq_holds_quote",
            "hotel_id",
            "quote_id",
            unique=True,
            postgresql_where=text("status = 'active'"),
        ),
    )
    quote_id: Mapped[UUID]
    room_type_id: Mapped[UUID]
    arrival: Mapped[date]
    departure: Mapped[date]
    rooms: Mapped[int]
    expires_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(server_default="active")


class Booking(Tenant):
    __tablename__ = "bookings"
    __table_args__ = (
        _type(),
        _guest(),
        _quote(),
        ForeignKeyConstraint(
            ["hotel_id", "conversation_id"], ["conversations.hotel_id", "conversations.id"]
        ),
        ForeignKeyConstraint(["hotel_id", "split_from"], ["bookings.hotel_id", "bookings.id"]),
        UniqueConstraint("hotel_id", "code"),
        UniqueConstraint("hotel_id", "quote_id"),
        CheckConstraint("split_from <> id", name="split"),
        CheckConstraint("departure > arrival", name="dates"),
        CheckConstraint("adults > 0 AND children >= 0 AND rooms > 0", name="party"),
        CheckConstraint(
            "total > 0 AND tax >= 0 AND cancel_fee >= 0 AND no_show_fee >= 0 AND early_fee >= 0",
            name="money",
        ),
        CheckConstraint(
            "status IN ('confirmed','cancelled','checked_in','checked_out','no_show')",
            name="status",
        ),
        CheckConstraint("(status = 'cancelled') = (cancelled_at IS NOT NULL)", name="cancelled"),
        Index("ix_bookings_status", "hotel_id", "status", "arrival", "departure"),
        Index("ix_bookings_guest", "hotel_id", "guest_id", "status", "created_at"),
        Index("ix_bookings_type", "hotel_id", "room_type_id", "arrival", "departure"),
        Index("ix_bookings_days", "hotel_id", "arrival", "departure", "room_type_id", "status"),
        Index("ix_bookings_recent", "hotel_id", "created_at", "id"),
        Index(
            "ix_bookings_split",
            "hotel_id",
            "split_from",
            postgresql_where=text("split_from IS NOT NULL"),
        ),
    )
    code: Mapped[str]
    """What people say: short, no look-alike letters."""
    guest_id: Mapped[UUID]
    quote_id: Mapped[UUID]
    conversation_id: Mapped[UUID | None]
    room_type_id: Mapped[UUID]
    """Of its first room, where they differ; `booking_nights` says it of every night."""
    arrival: Mapped[date]
    departure: Mapped[date]
    rooms: Mapped[int]
    adults: Mapped[int]
    children: Mapped[int] = mapped_column(server_default="0")
    status: Mapped[str] = mapped_column(server_default="confirmed")
    """The trigger booking_moves() knows the ways from one to another; there is no way round it."""
    version: Mapped[int] = mapped_column(server_default="1")
    """Goes up with every change of the stay."""
    total: Mapped[int] = mapped_column(BigInteger)
    tax: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str]
    policy: Mapped[dict[str, Any]]
    source: Mapped[str]
    """whatsapp | rest"""
    special_requests: Mapped[str | None]
    cancelled_at: Mapped[datetime | None]
    cancel_reason: Mapped[str | None]
    cancel_fee: Mapped[int] = mapped_column(BigInteger, server_default="0")
    no_show_fee: Mapped[int] = mapped_column(BigInteger, server_default="0")
    early_fee: Mapped[int] = mapped_column(BigInteger, server_default="0")
    """For nights that were booked and not stayed."""
    checked_in_at: Mapped[datetime | None]
    checked_out_at: Mapped[datetime | None]
    split_from: Mapped[UUID | None]
    """The booking whose rooms these were, until one of them got dates or an end of its own."""


class BookingNight(Base):
    """One type's rooms on one night of a booking, with the price and tax they were sold at."""

    __tablename__ = "booking_nights"
    __table_args__ = (
        ForeignKeyConstraint(["hotel_id", "booking_id"], ["bookings.hotel_id", "bookings.id"]),
        _type(),
        _plan(),
        Index(
            "ix_booking_nights_plan",
            "hotel_id",
            "rate_plan_id",
            "night",
            postgresql_where=text("rate_plan_id IS NOT NULL"),
        ),
        CheckConstraint("price > 0 AND tax >= 0 AND rooms > 0", name="money"),
    )
    hotel_id: Mapped[UUID] = mapped_column(primary_key=True)
    booking_id: Mapped[UUID] = mapped_column(primary_key=True)
    night: Mapped[date] = mapped_column(primary_key=True)
    room_type_id: Mapped[UUID] = mapped_column(primary_key=True)
    rooms: Mapped[int]
    price: Mapped[int] = mapped_column(BigInteger)
    tax: Mapped[int] = mapped_column(BigInteger)
    rate_plan_id: Mapped[UUID | None]
    rules: Mapped[list[str]] = mapped_column(server_default="[]")
    """The price rules that made it, in their order."""
    taxes: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")
    """[{"tax_id", "amount"}], summing to `tax`."""
    released_at: Mapped[datetime | None]
    """Given back to stock; until then `sold` counts it, whatever becomes of the booking."""
