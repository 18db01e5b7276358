"""What a hotel lets: room types, rooms, and the taxes on a stay."""

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


class RoomType(Tenant):
    __tablename__ = "room_types"
    __table_args__ = (
        UniqueConstraint("hotel_id", "code"),
        CheckConstraint("max_adults > 0 AND max_children >= 0", name="capacity"),
        CheckConstraint("max_guests > 0", name="guests"),
        CheckConstraint("base_price > 0", name="price"),
        Index("ix_room_types_price", "hotel_id", "active", "base_price", "id"),
    )
    hotel_id: Mapped[UUID] = mapped_column(ForeignKey("hotels.id"), primary_key=True)
    code: Mapped[str]
    name: Mapped[str]
    description: Mapped[str] = mapped_column(server_default="")
    max_adults: Mapped[int]
    max_children: Mapped[int] = mapped_column(server_default="0")
    max_guests: Mapped[int]
    beds: Mapped[str] = mapped_column(server_default="")
    features: Mapped[list[str]] = mapped_column(server_default="[]")
    base_price: Mapped[int] = mapped_column(BigInteger)
    """Minor units of the hotel's currency, a night, without tax."""
    accessible: Mapped[bool] = mapped_column(server_default="false")
    """Step-free, with room to turn a wheelchair."""
    active: Mapped[bool] = mapped_column(server_default="true")


class Room(Tenant):
    __tablename__ = "rooms"
    __table_args__ = (
        ForeignKeyConstraint(
            ["hotel_id", "room_type_id"], ["room_types.hotel_id", "room_types.id"]
        ),
        UniqueConstraint("hotel_id", "number"),
        CheckConstraint(
            "status IN ('clean','dirty','inspected','out_of_order','occupied')", name="status"
        ),
        Index("ix_rooms_type", "hotel_id", "room_type_id", "active", "status"),
    )
    room_type_id: Mapped[UUID]
    number: Mapped[str]
    floor: Mapped[str | None]
    """A code of `floors`."""
    status: Mapped[str] = mapped_column(server_default="clean")
    features: Mapped[list[str]] = mapped_column(server_default="[]")
    """What this room has beyond its type."""
    notes: Mapped[str] = mapped_column(server_default="")
    active: Mapped[bool] = mapped_column(server_default="true")
    """Part of the house; a room that is not is in nobody's capacity."""
    cleaned_at: Mapped[datetime | None]
    cleaned_by: Mapped[str | None]


class Tax(Tenant):
    """One tax on a stay: a share of the price, or an amount a person and night."""

    __tablename__ = "taxes"
    __table_args__ = (
        UniqueConstraint("hotel_id", "name"),
        CheckConstraint("kind IN ('percent','person_night','night','stay')", name="kind"),
        CheckConstraint("amount >= 0", name="amount"),
        CheckConstraint("exempt_under >= 0 AND max_nights > 0", name="limits"),
    )
    hotel_id: Mapped[UUID] = mapped_column(ForeignKey("hotels.id"), primary_key=True)
    name: Mapped[str]
    kind: Mapped[str]
    amount: Mapped[int] = mapped_column(BigInteger)
    """Hundredths of a percent for `percent`, else minor units."""
    exempt_under: Mapped[int | None]
    """Guests younger than this pay no tax by the person."""
    max_nights: Mapped[int | None]
    """A tax by the night or person is due for the first so many nights only."""
