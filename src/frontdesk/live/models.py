"""What changed for whoever looks on live; the rows say where, and never what was said."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Identity, func, text
from sqlalchemy.orm import Mapped, mapped_column

from frontdesk.kit.db import Base


class LiveChange(Base):
    """Written by triggers (rls/88_live.sql) in the transaction that changes its subject."""

    __tablename__ = "live_changes"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('message','tick','conversation','thinking','notification','event')",
            name="kind",
        ),
    )
    hotel_id: Mapped[UUID] = mapped_column(primary_key=True)
    xact: Mapped[int] = mapped_column(
        BigInteger,
        primary_key=True,
        server_default=text("pg_current_xact_id()::text::bigint"),
        autoincrement=False,
    )
    """The transaction that wrote it: whether a snapshot saw it decides who was told."""
    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    kind: Mapped[str]
    what: Mapped[str]
    """A status, an event's name, or the columns that changed."""
    subject_id: Mapped[UUID]
    conversation_id: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
