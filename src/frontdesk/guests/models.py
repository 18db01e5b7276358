"""Guests and the identities they write from."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from frontdesk.kit.db import Tenant


class Guest(Tenant):
    __tablename__ = "guests"
    hotel_id: Mapped[UUID] = mapped_column(ForeignKey("hotels.id"), primary_key=True)
    name: Mapped[str | None]
    language: Mapped[str | None]
    """BCP-47, the language the guest last wrote in with certainty."""
    phone: Mapped[str | None]
    """Digits with country code, where known; never the only key (green-api.md 3.5)."""
    vip: Mapped[bool] = mapped_column(server_default="false")
    opted_out_at: Mapped[datetime | None]
    """Asked for no more proactive messages."""


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
    )
    guest_id: Mapped[UUID]
    instance_id: Mapped[UUID | None]
    kind: Mapped[str]
    """phone | lid"""
    value: Mapped[str]
    """Digits, without the suffix."""
