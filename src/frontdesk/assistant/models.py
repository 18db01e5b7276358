"""What a language model may cost a hotel, what it has cost, and each call of it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from frontdesk.kit.db import Tenant


class AssistantLimits(Tenant):
    """A hotel's own word on its model; None is what the installation says."""

    __tablename__ = "assistant_limits"
    __table_args__ = (
        UniqueConstraint("hotel_id"),
        CheckConstraint(
            "tokens_per_day >= 0 AND tokens_per_month >= 0"
            " AND micros_per_day >= 0 AND micros_per_month >= 0",
            name="not_negative",
        ),
    )
    hotel_id: Mapped[UUID] = mapped_column(ForeignKey("hotels.id"), primary_key=True)
    model_enabled: Mapped[bool] = mapped_column(server_default="true")
    """Off: not a word of this hotel's guests leaves for a model."""
    tokens_per_day: Mapped[int | None] = mapped_column(BigInteger)
    tokens_per_month: Mapped[int | None] = mapped_column(BigInteger)
    micros_per_day: Mapped[int | None] = mapped_column(BigInteger)
    """Millionths of a US dollar, in which the provider asks its prices."""
    micros_per_month: Mapped[int | None] = mapped_column(BigInteger)


class AssistantSpending(Tenant):
    """What one civil day or month of the hotel has cost, open reservations counted in full."""

    __tablename__ = "assistant_spending"
    __table_args__ = (
        UniqueConstraint("hotel_id", "period"),
        CheckConstraint("calls >= 0 AND tokens >= 0 AND micros >= 0", name="not_negative"),
    )
    hotel_id: Mapped[UUID] = mapped_column(ForeignKey("hotels.id"), primary_key=True)
    period: Mapped[str]
    """2026-11 or 2026-11-21"""
    calls: Mapped[int] = mapped_column(server_default="0")
    tokens: Mapped[int] = mapped_column(BigInteger, server_default="0")
    micros: Mapped[int] = mapped_column(BigInteger, server_default="0")


class AssistantCall(Tenant):
    """One call of a model: reserved at the most it can cost, settled at what it did cost."""

    __tablename__ = "assistant_calls"
    __table_args__ = (
        CheckConstraint("purpose IN ('read','phrase')", name="purpose"),
        CheckConstraint("state IN ('reserved','settled')", name="state"),
        Index("ix_assistant_calls_recent", "hotel_id", "created_at", "id"),
    )
    hotel_id: Mapped[UUID] = mapped_column(ForeignKey("hotels.id"), primary_key=True)
    turn_id: Mapped[UUID]
    purpose: Mapped[str]
    model: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="reserved")
    day: Mapped[str]
    """The civil day whose spending it is counted in; its month is the first seven letters."""
    tokens: Mapped[int] = mapped_column(BigInteger)
    """As counted: the reservation until it is settled, and after an unknown outcome."""
    micros: Mapped[int] = mapped_column(BigInteger)
    tokens_in: Mapped[int | None] = mapped_column(BigInteger)
    """As the provider said."""
    tokens_out: Mapped[int | None] = mapped_column(BigInteger)
    outcome: Mapped[str | None]
    """`used`, or why its answer was not: timeout, busy, nonsense, unsafe, ..."""
    settled_at: Mapped[datetime | None]
