"""Imports: what was read, what became of each line, and what an outside system calls our rows."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from frontdesk.kit.db import Tenant

KINDS = "kind IN ('rooms','rates','guests','bookings')"


class Import(Tenant):
    """One file or call. `next_row` goes up with what it did, so a crash repeats nothing."""

    __tablename__ = "imports"
    __table_args__ = (
        CheckConstraint(KINDS, name="kind"),
        CheckConstraint(
            "status IN ('checking','preview','applying','done','undone','failed')", name="status"
        ),
        Index(
            "ix_imports_waiting",
            "hotel_id",
            "updated_at",
            postgresql_where=text("status IN ('checking','applying')"),
        ),
    )
    hotel_id: Mapped[UUID] = mapped_column(ForeignKey("hotels.id"), primary_key=True)
    kind: Mapped[str]
    source: Mapped[str]
    """Whose external ids these are."""
    status: Mapped[str]
    overwrite: Mapped[bool] = mapped_column(server_default="false")
    """Take the line also where a person changed the row here since the last import."""
    rows: Mapped[list[dict[str, Any]]]
    """[{"line", and the columns as text}]"""
    next_row: Mapped[int] = mapped_column(server_default="0")
    created: Mapped[int] = mapped_column(server_default="0")
    updated: Mapped[int] = mapped_column(server_default="0")
    unchanged: Mapped[int] = mapped_column(server_default="0")
    conflicts: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")
    """[{"line", "external_id", "problem"}] of the lines that were not taken."""
    made_by: Mapped[str]
    tries: Mapped[int] = mapped_column(server_default="0")
    finished_at: Mapped[datetime | None]


class ImportChange(Tenant):
    """What one line did, so that it can be taken back."""

    __tablename__ = "import_changes"
    __table_args__ = (
        ForeignKeyConstraint(["hotel_id", "import_id"], ["imports.hotel_id", "imports.id"]),
        UniqueConstraint("hotel_id", "import_id", "line"),
        CheckConstraint("line > 0", name="line"),
    )
    import_id: Mapped[UUID]
    line: Mapped[int]
    key: Mapped[str]
    """Of the row: its id, and a night where it is one."""
    old: Mapped[dict[str, Any] | None]
    """What stood there; nothing where the line made the row."""
    new: Mapped[dict[str, Any]]
    undone_at: Mapped[datetime | None]


class ExternalId(Tenant):
    """What another system calls one of our rows, and what its last import wrote there."""

    __tablename__ = "external_ids"
    __table_args__ = (
        UniqueConstraint("hotel_id", "kind", "source", "external_id"),
        CheckConstraint(KINDS, name="kind"),
    )
    hotel_id: Mapped[UUID] = mapped_column(ForeignKey("hotels.id"), primary_key=True)
    kind: Mapped[str]
    source: Mapped[str]
    external_id: Mapped[str]
    key: Mapped[str]
    wrote: Mapped[dict[str, Any]]
