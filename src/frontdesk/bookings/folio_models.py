"""What a stay owes and what was paid, as it is written: folios and their lines."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Identity,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from frontdesk.kit.db import Tenant

MONEY = BigInteger
"""Minor units."""


def to_table(table: str, column: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["hotel_id", column], [f"{table}.hotel_id", f"{table}.id"])


class Folio(Tenant):
    """One account of a booking; a booking may be split over several."""

    __tablename__ = "folios"
    __table_args__ = (
        to_table("bookings", "booking_id"),
        UniqueConstraint("hotel_id", "booking_id", "number"),
        CheckConstraint("number > 0", name="number"),
    )
    booking_id: Mapped[UUID]
    number: Mapped[int]
    name: Mapped[str]
    currency: Mapped[str]
    """The hotel's, ISO 4217."""
    closed_at: Mapped[datetime | None]
    """From then on no line enters, until it is opened again."""
    closed_by: Mapped[str | None]
    close_reason: Mapped[str | None]
    """Why it was closed with something owed."""


class FolioRoute(Tenant):
    """A booking whose charges go to another booking's folio: a group's master folio."""

    __tablename__ = "folio_routes"
    __table_args__ = (
        to_table("bookings", "booking_id"),
        to_table("folios", "folio_id"),
        UniqueConstraint("hotel_id", "booking_id"),
        CheckConstraint("what IN ('nights','all')", name="what"),
        Index("ix_folio_routes_folio", "hotel_id", "folio_id"),
    )
    booking_id: Mapped[UUID]
    folio_id: Mapped[UUID]
    what: Mapped[str]
    """nights: rooms and their taxes; all: the fees of the stay and its extras too."""


class FolioLine(Tenant):
    """Append-only: the app adds and reads, nobody changes; a mistake is reversed by a new line."""

    __tablename__ = "folio_lines"
    __table_args__ = (
        to_table("folios", "folio_id"),
        to_table("folio_lines", "reverses_id"),
        to_table("folio_lines", "moved_id"),
        to_table("bookings", "booking_id"),
        to_table("payments", "payment_id"),
        UniqueConstraint("hotel_id", "reverses_id"),
        UniqueConstraint("hotel_id", "moved_id"),
        Index(
            "ix_folio_lines_booking",
            "hotel_id",
            "booking_id",
            postgresql_where=text("booking_id IS NOT NULL"),
        ),
        CheckConstraint(
            "kind IN ('room','tax','fee','addon','adjustment','payment','refund','chargeback')",
            name="kind",
        ),
        CheckConstraint("amount <> 0", name="amount"),
        CheckConstraint(
            "(kind IN ('payment','refund','chargeback')) = (payment_id IS NOT NULL)"
            " OR reverses_id IS NOT NULL",
            name="payment",
        ),
        Index("ix_folio_lines_folio", "hotel_id", "folio_id", "position"),
        Index("ix_folio_lines_day", "hotel_id", "business_date", "kind"),
        Index(
            "ix_folio_lines_payment",
            "hotel_id",
            "payment_id",
            postgresql_where=text("payment_id IS NOT NULL"),
        ),
    )
    folio_id: Mapped[UUID]
    business_date: Mapped[date]
    """The hotel's civil day that it belongs to; a room night's is the night."""
    kind: Mapped[str]
    description: Mapped[str]
    amount: Mapped[int] = mapped_column(MONEY)
    """What the guest owes is positive, what was paid negative."""
    night: Mapped[date | None]
    """Of a booking's own nights only."""
    tax_id: Mapped[UUID | None]
    """Which tax, as the night keeps it: the rule itself may be gone since."""
    booking_id: Mapped[UUID | None]
    """Whose it is, where that is not the folio's own booking."""
    moved_id: Mapped[UUID | None]
    """The line of another folio that goes on in this one."""
    reverses_id: Mapped[UUID | None]
    payment_id: Mapped[UUID | None]
    posted_by: Mapped[str]
    position: Mapped[int] = mapped_column(BigInteger, Identity())
    """The order of posting: lines of one instant have no other."""
