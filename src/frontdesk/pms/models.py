"""A hotel's PMS: where it is, how far it was read, and which of its reservations do not fit."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from frontdesk.kit.db import Tenant


class PmsLink(Tenant):
    """The hotel's one account with a PMS, and how far its reservations were read."""

    __tablename__ = "pms_links"
    __table_args__ = (
        ForeignKeyConstraint(["hotel_id", "import_id"], ["imports.hotel_id", "imports.id"]),
        UniqueConstraint("hotel_id"),
        CheckConstraint("kind IN ('mews')", name="kind"),
        Index("ix_pms_links_due", "next_sync_at"),
    )
    hotel_id: Mapped[UUID] = mapped_column(ForeignKey("hotels.id"), primary_key=True)
    kind: Mapped[str]
    url: Mapped[str]
    tokens: Mapped[bytes]
    """Sealed: both, as JSON."""
    service_id: Mapped[str]
    room_types: Mapped[dict[str, str]] = mapped_column(JSONB, server_default="{}")
    """From the PMS's ids of types to our codes, where the PMS does not call them the same."""
    automatic: Mapped[bool] = mapped_column(server_default="false")
    """Read by the clock and taken; else only when asked, as a preview for somebody to apply."""
    since: Mapped[datetime | None]
    """Everything that changed there before is in; None: nothing was read yet."""
    asked: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """What the reading under way asks, the same in each of its steps: see pages.py."""
    told_to_wait: Mapped[int] = mapped_column(server_default="0")
    """How often in a row, without a page in between."""
    reading: Mapped[datetime | None]
    """What `since` becomes once the import that is under way is in."""
    import_id: Mapped[UUID | None]
    """The last one."""
    busy_until: Mapped[datetime | None]
    """Somebody reads; after that they are taken for dead."""
    next_sync_at: Mapped[datetime | None]
    synced_at: Mapped[datetime | None]
    """As of when what we have is what the PMS has."""
    failures: Mapped[int] = mapped_column(server_default="0")
    error: Mapped[str | None]


class PmsPage(Tenant):
    """A page that the reading under way has had; gone with it."""

    __tablename__ = "pms_pages"
    __table_args__ = (UniqueConstraint("hotel_id", "question"),)
    hotel_id: Mapped[UUID] = mapped_column(ForeignKey("hotels.id"), primary_key=True)
    question: Mapped[str]
    """A hash of what was asked."""
    body: Mapped[bytes]
    """Sealed: guests stand in it."""


class PmsConflict(Tenant):
    """A reservation of the PMS that is not, or not as it is there, in our book."""

    __tablename__ = "pms_conflicts"
    __table_args__ = (
        ForeignKeyConstraint(["hotel_id", "import_id"], ["imports.hotel_id", "imports.id"]),
        UniqueConstraint("hotel_id", "external_id"),
        Index("ix_pms_conflicts_recent", "hotel_id", "created_at", "id"),
    )
    hotel_id: Mapped[UUID] = mapped_column(ForeignKey("hotels.id"), primary_key=True)
    external_id: Mapped[str]
    problem: Mapped[str]
    import_id: Mapped[UUID | None]
    """The last import that had it; none where it cannot even be read."""
    try_at: Mapped[datetime]
    """When it is asked for again: what is in its way may be gone."""
