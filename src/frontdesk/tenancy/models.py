"""Hotels and what opens their doors: WhatsApp instances, API keys, idempotency, audit."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from frontdesk.kit.db import Base, Tenant
from frontdesk.kit.ids import uuid7


class Hotel(Base):
    """The tenant itself; its policy is on `id`."""

    __tablename__ = "hotels"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    slug: Mapped[str] = mapped_column(unique=True)
    """A short name for people and commands; only the platform gives it out."""
    name: Mapped[str]
    timezone: Mapped[str]
    """IANA zone; stays are civil dates in it."""
    currency: Mapped[str]
    """ISO 4217."""
    language: Mapped[str] = mapped_column(server_default="en")
    phone: Mapped[str | None]
    emergency_number: Mapped[str] = mapped_column(server_default="112")
    cancel_free_hours: Mapped[int] = mapped_column(server_default="24")
    """Cancelling is free until this many hours before 15:00 on the day of arrival."""
    quote_minutes: Mapped[int] = mapped_column(server_default="30")
    settings: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    rates_version: Mapped[UUID] = mapped_column(server_default=func.gen_random_uuid())
    """Another one after each change of a price, a rate, a tax or a policy, by trigger."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())


class WhatsAppInstance(Tenant):
    """One WhatsApp number of a hotel, connected through GREEN-API."""

    __tablename__ = "whatsapp_instances"
    __table_args__ = (UniqueConstraint("hotel_id", "id_instance"),)
    hotel_id: Mapped[UUID] = mapped_column(ForeignKey("hotels.id"), primary_key=True)
    instance_key: Mapped[str] = mapped_column(unique=True)
    """Random, in the webhook's path; says whose event it is, and opens nothing."""
    id_instance: Mapped[str]
    api_url: Mapped[str]
    api_token: Mapped[bytes]
    """Sealed by the vault."""
    webhook_token: Mapped[bytes | None]
    """Sealed; needed again for setSettings."""
    webhook_token_digest: Mapped[bytes | None]
    """SHA-256; no digest, no entry."""
    wid: Mapped[str | None]
    """The hotel's own number, `digits@c.us`, as the wire last said."""
    state: Mapped[str] = mapped_column(server_default="unknown")
    """stateInstance: authorized, notAuthorized, blocked, suspended, starting, ..."""
    state_at: Mapped[datetime | None]
    paused_until: Mapped[datetime | None]
    """Nothing is sent before: back-off, quota or the runaway latch."""
    pause_reason: Mapped[str | None]
    next_send_at: Mapped[datetime] = mapped_column(server_default=func.now())
    """Pacing: the earliest instant of the next message to another chat."""
    last_chat: Mapped[str | None]
    sent_on: Mapped[str | None]
    """The hotel's civil day that `sent_count` counts, ISO."""
    sent_count: Mapped[int] = mapped_column(server_default="0")
    daily_cap: Mapped[int] = mapped_column(server_default="1000")


class ApiKey(Tenant):
    __tablename__ = "api_keys"
    hotel_id: Mapped[UUID] = mapped_column(ForeignKey("hotels.id"), primary_key=True)
    name: Mapped[str]
    digest: Mapped[bytes] = mapped_column(unique=True)
    """SHA-256 of the whole key, which is shown once."""
    hint: Mapped[str]
    """The key's last four characters."""
    scopes: Mapped[list[str]]
    departments: Mapped[list[str]] = mapped_column(server_default="[]")
    """As a membership's."""
    revoked_at: Mapped[datetime | None]


class IdempotencyKey(Tenant):
    """The first answer to a creating POST; `hotel_id` is the nil UUID for the platform's own."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (UniqueConstraint("hotel_id", "scope", "key"),)
    scope: Mapped[str]
    """Method and path template."""
    key: Mapped[str]
    request_digest: Mapped[bytes]
    status: Mapped[int]
    answer: Mapped[dict[str, Any]]


class AuditEntry(Base):
    """Append-only: the app may insert and read; its place in the chain is given by seal_audit()."""

    __tablename__ = "audit_log"
    __table_args__ = (
        Index(
            "uq_audit_log_seq",
            "hotel_id",
            "seq",
            unique=True,
            postgresql_where=text("seq IS NOT NULL"),
        ),
        Index(
            "ix_audit_log_unsealed",
            "hotel_id",
            "created_at",
            "id",
            postgresql_where=text("seq IS NULL"),
        ),
        Index("ix_audit_log_recent", "hotel_id", "created_at", "id"),
        Index("ix_audit_log_subject", "hotel_id", "subject", "created_at"),
    )
    hotel_id: Mapped[UUID] = mapped_column(ForeignKey("hotels.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    actor: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
    """kind:id"""
    old: Mapped[dict[str, Any] | None]
    new: Mapped[dict[str, Any] | None]
    ip: Mapped[str | None]
    """This and the next are the database's word: guard_audit() takes them from the request."""
    user_agent: Mapped[str | None]
    seq: Mapped[int | None] = mapped_column(BigInteger)
    """Its place in the hotel's chain; None until it is sealed."""
    prev_hash: Mapped[bytes | None]
    hash: Mapped[bytes | None]
    """SHA-256 of audit_line(), which has the hash before it in it."""


class AuditHead(Base):
    """Where a hotel's chain ends and, after a trim, begins; only the keeper writes it."""

    __tablename__ = "audit_heads"
    hotel_id: Mapped[UUID] = mapped_column(ForeignKey("hotels.id"), primary_key=True)
    sealed: Mapped[int] = mapped_column(BigInteger)
    """How many entries the chain ever had: the `seq` of its last."""
    last_hash: Mapped[bytes]
    trimmed: Mapped[int] = mapped_column(BigInteger)
    """How many of the oldest are gone by retention."""
    trimmed_hash: Mapped[bytes]
    """What the first one that is left has before it."""
