"""What guests are asked in the chat, and what each of them answered."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from frontdesk.kit.db import Tenant


def _to(column: str, table: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["hotel_id", column], [f"{table}.hotel_id", f"{table}.id"])


class Survey(Tenant):
    """Up to three questions; the first is a rating."""

    __tablename__ = "surveys"
    __table_args__ = (
        UniqueConstraint("hotel_id", "name"),
        CheckConstraint("low BETWEEN 1 AND 4", name="low"),
    )
    hotel_id: Mapped[UUID] = mapped_column(ForeignKey("hotels.id"), primary_key=True)
    name: Mapped[str]
    questions: Mapped[list[dict[str, Any]]]
    """[{"kind": "rating" | "text", "text": {"en": ...}}]"""
    low: Mapped[int] = mapped_column(server_default="3")
    """A rating up to this opens a recovery task."""
    department: Mapped[str] = mapped_column(server_default="management")
    """Whose task it is."""
    active: Mapped[bool] = mapped_column(server_default="true")
    """Off, nobody is asked any more; who is being asked may still answer."""


class SurveyAsk(Tenant):
    """One guest asked once."""

    __tablename__ = "survey_asks"
    __table_args__ = (
        _to("survey_id", "surveys"),
        _to("conversation_id", "conversations"),
        _to("guest_id", "guests"),
        _to("booking_id", "bookings"),
        CheckConstraint("state IN ('open','done','expired')", name="state"),
        CheckConstraint("score BETWEEN 1 AND 5", name="score"),
        Index("ix_survey_asks_recent", "hotel_id", "created_at", "id"),
        Index("ix_survey_asks_survey", "hotel_id", "survey_id", "created_at", "id"),
        Index("ix_survey_asks_guest", "hotel_id", "guest_id"),
        Index(
            *("uq_survey_asks_open", "hotel_id", "conversation_id"),
            unique=True,
            postgresql_where=sql("state = 'open'"),
        ),
    )
    survey_id: Mapped[UUID]
    conversation_id: Mapped[UUID]
    guest_id: Mapped[UUID]
    booking_id: Mapped[UUID | None]
    state: Mapped[str] = mapped_column(server_default="open")
    language: Mapped[str]
    answers: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")
    """[{"rating"} or {"text"}], in the order of the questions."""
    score: Mapped[int | None]
    """The lowest rating so far."""
    expires_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
