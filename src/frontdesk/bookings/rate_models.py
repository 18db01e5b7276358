"""Rate plans and everything that moves a price or closes a door, as rows."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.schema import SchemaItem

from frontdesk.kit.db import Base, Tenant


class RatePlan(Tenant):
    """One way to sell a room: its meal, its policy, its deposit; a child moves with its parent."""

    __tablename__ = "rate_plans"
    __table_args__ = (
        ForeignKeyConstraint(["hotel_id", "parent_id"], ["rate_plans.hotel_id", "rate_plans.id"]),
        UniqueConstraint("hotel_id", "code"),
        CheckConstraint("parent_id <> id", name="parent"),
        CheckConstraint("percent > -10000", name="percent"),
        CheckConstraint("fee_kind IN ('first_night','nights','percent','full')", name="fee_kind"),
        CheckConstraint("fee_value >= 0 AND free_hours >= 0 AND hold_minutes > 0", name="terms"),
        CheckConstraint("deposit BETWEEN 0 AND 10000", name="deposit"),
        CheckConstraint("NOT is_default OR active", name="default"),
        Index(
            "uq_rate_plans_default",
            "hotel_id",
            unique=True,
            postgresql_where=text("is_default"),
        ),
    )
    hotel_id: Mapped[UUID] = mapped_column(ForeignKey("hotels.id"), primary_key=True)
    code: Mapped[str]
    name: Mapped[str]
    meal: Mapped[str] = mapped_column(server_default="")
    inclusions: Mapped[str] = mapped_column(server_default="")
    parent_id: Mapped[UUID | None]
    percent: Mapped[int] = mapped_column(server_default="0")
    """Onto the parent's price, hundredths of a percent."""
    amount: Mapped[int] = mapped_column(BigInteger, server_default="0")
    refundable: Mapped[bool] = mapped_column(server_default="true")
    free_hours: Mapped[int | None]
    """Free cancellation until so many hours before 15:00 on arrival; null: the hotel's."""
    fee_kind: Mapped[str] = mapped_column(server_default="first_night")
    fee_value: Mapped[int] = mapped_column(server_default="0")
    """Nights, or hundredths of a percent."""
    deposit: Mapped[int] = mapped_column(server_default="0")
    """Hundredths of a percent of the total."""
    hold_minutes: Mapped[int | None]
    """How long a quote of it is open; null: the hotel's."""
    is_default: Mapped[bool] = mapped_column(server_default="false")
    """The one that a chat sells."""
    active: Mapped[bool] = mapped_column(server_default="true")
    position: Mapped[int] = mapped_column(server_default="0")


def _reach(*more: SchemaItem) -> tuple[SchemaItem, ...]:
    """Every rule's ties and checks; null means any plan, any type, no first or last day."""
    return (
        ForeignKeyConstraint(["hotel_id", "plan_id"], ["rate_plans.hotel_id", "rate_plans.id"]),
        ForeignKeyConstraint(
            ["hotel_id", "room_type_id"], ["room_types.hotel_id", "room_types.id"]
        ),
        CheckConstraint("last >= first", name="days"),
        CheckConstraint("weekdays BETWEEN 1 AND 127", name="weekdays"),
        *more,
    )


class Reaching(Tenant):
    """A row that speaks for a plan, a room type, days and weekdays."""

    __abstract__ = True
    hotel_id: Mapped[UUID] = mapped_column(ForeignKey("hotels.id"), primary_key=True)
    plan_id: Mapped[UUID | None]
    room_type_id: Mapped[UUID | None]
    first: Mapped[date | None]
    last: Mapped[date | None]
    """Belongs to it."""
    weekdays: Mapped[int] = mapped_column(SmallInteger, server_default="127")
    """Monday is bit 0."""


class RateRule(Reaching):
    __tablename__ = "rate_rules"
    __table_args__ = _reach(
        CheckConstraint("layer IN ('special','season','weekday','length')", name="layer"),
        CheckConstraint("effect IN ('price','percent','amount')", name="effect"),
        CheckConstraint("effect <> 'price' OR value > 0", name="price"),
        CheckConstraint("effect <> 'percent' OR value > -10000", name="percent"),
        CheckConstraint("min_nights > 0", name="nights"),
    )
    name: Mapped[str]
    layer: Mapped[str]
    effect: Mapped[str]
    value: Mapped[int] = mapped_column(BigInteger)
    priority: Mapped[int] = mapped_column(server_default="0")
    min_nights: Mapped[int] = mapped_column(server_default="1")


class RateSupplement(Reaching):
    __tablename__ = "rate_supplements"
    __table_args__ = _reach(
        CheckConstraint("kind IN ('adult','child')", name="kind"),
        CheckConstraint("amount >= 0 AND above >= 0", name="amount"),
        CheckConstraint("age_from >= 0 AND age_to >= age_from", name="ages"),
    )
    kind: Mapped[str]
    amount: Mapped[int] = mapped_column(BigInteger)
    above: Mapped[int] = mapped_column(server_default="0")
    """Adults in a room that its price includes."""
    age_from: Mapped[int] = mapped_column(server_default="0")
    age_to: Mapped[int] = mapped_column(server_default="17")


class RateRestriction(Reaching):
    __tablename__ = "rate_restrictions"
    __table_args__ = _reach(
        CheckConstraint("min_stay > 0 AND max_stay > 0 AND min_stay_through > 0", name="stay"),
        CheckConstraint("min_ahead >= 0 AND max_ahead >= 0", name="ahead"),
    )
    min_stay: Mapped[int | None]
    max_stay: Mapped[int | None]
    min_stay_through: Mapped[int | None]
    min_ahead: Mapped[int | None]
    max_ahead: Mapped[int | None]
    closed: Mapped[bool] = mapped_column(server_default="false")
    closed_to_arrival: Mapped[bool] = mapped_column(server_default="false")
    closed_to_departure: Mapped[bool] = mapped_column(server_default="false")


class RateAllotment(Reaching):
    """A plan sells at most so many rooms of a type a night."""

    __tablename__ = "rate_allotments"
    __table_args__ = _reach(
        CheckConstraint("rooms >= 0", name="rooms"),
        Index("ix_rate_allotments_plan", "hotel_id", "plan_id", "room_type_id"),
    )
    plan_id: Mapped[UUID] = mapped_column(nullable=False)  # pyright: ignore[reportIncompatibleVariableOverride]
    room_type_id: Mapped[UUID] = mapped_column(nullable=False)  # pyright: ignore[reportIncompatibleVariableOverride]
    rooms: Mapped[int]


class RateNight(Base):
    """A plan's own calendar: where it has no night, the plan's start is the usual one."""

    __tablename__ = "rate_nights"
    __table_args__ = (
        ForeignKeyConstraint(["hotel_id", "plan_id"], ["rate_plans.hotel_id", "rate_plans.id"]),
        ForeignKeyConstraint(
            ["hotel_id", "room_type_id"], ["room_types.hotel_id", "room_types.id"]
        ),
        CheckConstraint("price > 0", name="price"),
    )
    hotel_id: Mapped[UUID] = mapped_column(primary_key=True)
    plan_id: Mapped[UUID] = mapped_column(primary_key=True)
    room_type_id: Mapped[UUID] = mapped_column(primary_key=True)
    night: Mapped[date] = mapped_column(primary_key=True)
    price: Mapped[int] = mapped_column(BigInteger)
    updated_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
