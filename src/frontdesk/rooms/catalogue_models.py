"""What rooms are described and sold with: floors, beds, features, photos and add-ons."""

from datetime import date
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

from frontdesk.kit.db import Base, Tenant


class Floor(Tenant):
    __tablename__ = "floors"
    __table_args__ = (UniqueConstraint("hotel_id", "code"),)
    hotel_id: Mapped[UUID] = mapped_column(ForeignKey("hotels.id"), primary_key=True)
    code: Mapped[str]
    """What `rooms.floor` says: G, 1, 2 ..."""
    name: Mapped[str]
    position: Mapped[int] = mapped_column(server_default="0")
    """Lowest first."""


class BedType(Tenant):
    __tablename__ = "bed_types"
    __table_args__ = (
        UniqueConstraint("hotel_id", "code"),
        CheckConstraint("sleeps > 0", name="sleeps"),
        CheckConstraint("width_cm > 0", name="width"),
    )
    hotel_id: Mapped[UUID] = mapped_column(ForeignKey("hotels.id"), primary_key=True)
    code: Mapped[str]
    name: Mapped[str]
    sleeps: Mapped[int] = mapped_column(server_default="1")
    width_cm: Mapped[int | None]


class RoomTypeBed(Base):
    """How many beds of a kind stand in each room of a type."""

    __tablename__ = "room_type_beds"
    __table_args__ = (
        ForeignKeyConstraint(
            ["hotel_id", "room_type_id"],
            ["room_types.hotel_id", "room_types.id"],
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(["hotel_id", "bed_type_id"], ["bed_types.hotel_id", "bed_types.id"]),
        CheckConstraint("count > 0", name="count"),
    )
    hotel_id: Mapped[UUID] = mapped_column(primary_key=True)
    room_type_id: Mapped[UUID] = mapped_column(primary_key=True)
    bed_type_id: Mapped[UUID] = mapped_column(primary_key=True)
    count: Mapped[int]


class Feature(Tenant):
    """A word that room types and rooms are described with; `name` is what their lists hold."""

    __tablename__ = "features"
    __table_args__ = (UniqueConstraint("hotel_id", "name"),)
    hotel_id: Mapped[UUID] = mapped_column(ForeignKey("hotels.id"), primary_key=True)
    name: Mapped[str]
    category: Mapped[str] = mapped_column(server_default="room")
    description: Mapped[str] = mapped_column(server_default="")


class Photo(Tenant):
    """A picture somewhere else, of a room type or of one room."""

    __tablename__ = "photos"
    __table_args__ = (
        ForeignKeyConstraint(
            ["hotel_id", "room_type_id"],
            ["room_types.hotel_id", "room_types.id"],
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["hotel_id", "room_id"], ["rooms.hotel_id", "rooms.id"], ondelete="CASCADE"
        ),
        CheckConstraint("num_nonnulls(room_type_id, room_id) = 1", name="subject"),
        CheckConstraint("url LIKE 'https://%'", name="url"),
        UniqueConstraint(
            "hotel_id", "room_type_id", "room_id", "url", postgresql_nulls_not_distinct=True
        ),
    )
    room_type_id: Mapped[UUID | None]
    room_id: Mapped[UUID | None]
    url: Mapped[str]
    caption: Mapped[str] = mapped_column(server_default="")
    position: Mapped[int] = mapped_column(server_default="0")


class Addon(Tenant):
    """Something sold with a stay."""

    __tablename__ = "addons"
    __table_args__ = (
        UniqueConstraint("hotel_id", "code"),
        CheckConstraint(
            "category IN ('breakfast','meals','spa','tours','transport','parking','other')",
            name="category",
        ),
        CheckConstraint("pricing IN ('stay','night','person','person_night')", name="pricing"),
        CheckConstraint("price >= 0 AND tax_rate BETWEEN 0 AND 10000", name="money"),
        CheckConstraint("stock_per_day >= 0", name="stock"),
        CheckConstraint("available_until > available_from", name="window"),
        Index("ix_addons_category", "hotel_id", "active", "category", "name"),
    )
    hotel_id: Mapped[UUID] = mapped_column(ForeignKey("hotels.id"), primary_key=True)
    code: Mapped[str]
    name: Mapped[str]
    description: Mapped[str] = mapped_column(server_default="")
    category: Mapped[str]
    pricing: Mapped[str]
    price: Mapped[int] = mapped_column(BigInteger)
    """Minor units for one piece a stay, night, person or person and night; without tax."""
    tax_rate: Mapped[int] = mapped_column(server_default="0")
    """Hundredths of a percent on top."""
    stock_per_day: Mapped[int | None]
    """Pieces a day; without one there is always more."""
    available_from: Mapped[date | None]
    available_until: Mapped[date | None]
    """The first day on which it is no longer given."""
    active: Mapped[bool] = mapped_column(server_default="true")


class AddonStock(Base):
    """How many pieces of an add-on are promised on a day; a day without a row has none promised."""

    __tablename__ = "addon_stock"
    __table_args__ = (
        ForeignKeyConstraint(
            ["hotel_id", "addon_id"], ["addons.hotel_id", "addons.id"], ondelete="CASCADE"
        ),
        CheckConstraint("taken BETWEEN 0 AND stock", name="not_oversold"),
    )
    hotel_id: Mapped[UUID] = mapped_column(primary_key=True)
    addon_id: Mapped[UUID] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    stock: Mapped[int]
    taken: Mapped[int]
