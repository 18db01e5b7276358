"""Guests and the identities they write from."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from frontdesk.kit.db import Tenant


class Guest(Tenant):
    __tablename__ = "guests"
    __table_args__ = (
        ForeignKeyConstraint(["hotel_id", "merged_into"], ["guests.hotel_id", "guests.id"]),
        Index("ix_guests_recent", "hotel_id", "created_at", "id"),
    )
    hotel_id: Mapped[UUID] = mapped_column(ForeignKey("hotels.id"), primary_key=True)
    name: Mapped[str | None]
    language: Mapped[str | None]
    """BCP-47, the language the guest last wrote in with certainty."""
    phone: Mapped[str | None]
    """Digits with country code, where known; never the only key (green-api.md 3.5)."""
    vip: Mapped[bool] = mapped_column(server_default="false")
    opted_out_at: Mapped[datetime | None]
    """Asked for no more proactive messages."""
    preferences: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    """What the house remembers of them: pillow, floor, newspaper, ..."""
    consent_at: Mapped[datetime | None]
    """Said yes to being written to of our own accord."""
    merged_into: Mapped[UUID | None]
    """The guest that this one turned out to be; all that was theirs hangs there now."""
    erased_at: Mapped[datetime | None]
    """Nothing that says who it was is left; what they paid is."""


class GuestIdentity(Tenant):
    """One way a guest is seen on the wire. A lid belongs to one instance, a phone to all."""

    __tablename__ = "guest_identities"
    __table_args__ = (
        ForeignKeyConstraint(["hotel_id", "guest_id"], ["guests.hotel_id", "guests.id"]),
        ForeignKeyConstraint(
            ["hotel_id", "instance_id"], ["whatsapp_instances.hotel_id", "whatsapp_instances.id"]
        ),
        UniqueConstraint(
            "hotel_id", "kind", "instance_id", "value", postgresql_nulls_not_distinct=True
        ),
        Index(
            "ix_guest_identities_look_at", "look_at", postgresql_where=text("look_at IS NOT NULL")
        ),
    )
    guest_id: Mapped[UUID]
    instance_id: Mapped[UUID | None]
    kind: Mapped[str]
    """phone | lid"""
    value: Mapped[str]
    """Digits, without the suffix."""
    found_phone: Mapped[str | None]
    """Of a lid: the phone that the provider named, once it has."""
    look_at: Mapped[datetime | None]
    """When the provider is asked about a lid; None where there is nothing to ask."""


class GuestMerge(Tenant):
    """Two guests that are one person, and what has to go back should they not be."""

    __tablename__ = "guest_merges"
    __table_args__ = (
        ForeignKeyConstraint(["hotel_id", "kept_id"], ["guests.hotel_id", "guests.id"]),
        ForeignKeyConstraint(["hotel_id", "gone_id"], ["guests.hotel_id", "guests.id"]),
    )
    kept_id: Mapped[UUID]
    gone_id: Mapped[UUID]
    moved: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    """{"table.column": [ids]} of what hung on the one that is gone."""
    undone_at: Mapped[datetime | None]
