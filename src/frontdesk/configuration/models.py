"""What a hotel's configuration was, version by version; equal sections are kept once."""

from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from frontdesk.kit.db import Base, Tenant


class ConfigurationVersion(Tenant):
    """The whole configuration after one change of it, and what that change was."""

    __tablename__ = "configuration_versions"
    __table_args__ = (UniqueConstraint("hotel_id", "number"),)
    hotel_id: Mapped[UUID] = mapped_column(ForeignKey("hotels.id"), primary_key=True)
    number: Mapped[int]
    made_by: Mapped[str]
    """Who asked for it; `elsewhere` for what was changed by the things' own routes since."""
    sections: Mapped[dict[str, Any]]
    """By name, the digest of what each section said."""
    changes: Mapped[list[dict[str, Any]]]
    """Path, old and new of each thing that changed."""


class ConfigurationSection(Base):
    """One section as some version had it."""

    __tablename__ = "configuration_sections"
    hotel_id: Mapped[UUID] = mapped_column(ForeignKey("hotels.id"), primary_key=True)
    digest: Mapped[str] = mapped_column(primary_key=True)
    body: Mapped[JSON]
