"""People and their places: global rows that no hotel can read, and each hotel's own members.

The tables of `PersonBase` have no hotel and no grant for the app: only the platform role and the
look-ups of `rls/41_identity.sql` reach them. What a hotel may know of a person is copied into its
own `memberships` row, which therefore has no foreign key to `users`.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from frontdesk.kit.db import Base, Tenant
from frontdesk.kit.ids import uuid7


class PersonBase(Base):
    __abstract__ = True
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())


class User(PersonBase):
    """One person, wherever they work or stay; nobody signs in before `verified_at`."""

    __tablename__ = "users"
    email: Mapped[str] = mapped_column(unique=True)
    """Lower case."""
    name: Mapped[str]
    phone: Mapped[str | None]
    password: Mapped[str | None]
    """argon2id; none for those who only come through the identity provider."""
    verified_at: Mapped[datetime | None]
    """When a mailed link, or the identity provider, proved the address."""
    disabled_at: Mapped[datetime | None]
    totp_secret: Mapped[bytes | None]
    """Sealed; the second factor counts from `totp_confirmed_at` on."""
    totp_confirmed_at: Mapped[datetime | None]
    totp_step: Mapped[int] = mapped_column(BigInteger, server_default="0")
    """The last 30-second step that was used: a code works once."""


class UserSession(PersonBase):
    """One sign-in and everything that was refreshed from it: a family."""

    __tablename__ = "user_sessions"
    __table_args__ = (Index(None, "user_id", "expires_at"),)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    method: Mapped[str]
    """password | oidc"""
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_why: Mapped[str | None]
    """logout | revoked | reuse | password | disabled | second_factor"""
    ip: Mapped[str | None]
    user_agent: Mapped[str | None]


class UserRefresh(PersonBase):
    """One refresh token; a used one that comes again ends its family."""

    __tablename__ = "user_refreshes"
    __table_args__ = (Index(None, "session_id"),)
    session_id: Mapped[UUID] = mapped_column(ForeignKey("user_sessions.id", ondelete="CASCADE"))
    digest: Mapped[bytes] = mapped_column(unique=True)
    used_at: Mapped[datetime | None]


class UserLink(PersonBase):
    """A one-time token that went out by mail; only its digest is kept."""

    __tablename__ = "user_links"
    __table_args__ = (
        CheckConstraint("purpose IN ('invite', 'register', 'reset')", name="purpose"),
        Index(None, "user_id", "purpose"),
    )
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    purpose: Mapped[str]
    for_hotel: Mapped[UUID | None]
    digest: Mapped[bytes] = mapped_column(unique=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class UserRecoveryCode(PersonBase):
    """Stands in for the second factor, once."""

    __tablename__ = "user_recovery_codes"
    __table_args__ = (UniqueConstraint("user_id", "digest"),)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    digest: Mapped[bytes]
    used_at: Mapped[datetime | None]


class UserIdentity(PersonBase):
    """Who an identity provider says this is."""

    __tablename__ = "user_identities"
    __table_args__ = (UniqueConstraint("issuer", "subject"), Index(None, "user_id"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    issuer: Mapped[str]
    subject: Mapped[str]


class SignInThrottle(Base):
    """How often somebody tried, by account and by address; the key is a digest of either."""

    __tablename__ = "sign_in_throttles"
    key: Mapped[bytes] = mapped_column(primary_key=True)
    tries: Mapped[int]
    since: Mapped[datetime] = mapped_column(index=True)


class SignInEvent(PersonBase):
    """Something happened to a sign-in; gone once each of the person's hotels has it in its log."""

    __tablename__ = "sign_in_events"
    __table_args__ = (Index(None, "created_at", "id"),)
    user_id: Mapped[UUID | None]
    """None where nobody has that address: noted all the same, so that it takes as long."""
    what: Mapped[str]
    details: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    ip: Mapped[str | None]
    user_agent: Mapped[str | None]


class Membership(Tenant):
    """A person's place at one hotel, and what that hotel knows of them."""

    __tablename__ = "memberships"
    __table_args__ = (
        CheckConstraint("status IN ('invited', 'active', 'removed')", name="status"),
        CheckConstraint("role <> 'admin' OR departments = '[]'::jsonb", name="whole_admin"),
        UniqueConstraint("hotel_id", "user_id"),
        Index(None, "user_id"),
        Index("ix_memberships_role", "hotel_id", "role"),
    )
    hotel_id: Mapped[UUID] = mapped_column(ForeignKey("hotels.id"), primary_key=True)
    user_id: Mapped[UUID]
    """Never shown: its age would tell that the person was known elsewhere before."""
    email: Mapped[str]
    name: Mapped[str]
    phone: Mapped[str | None]
    role: Mapped[str]
    """admin, manager, staff, customer, or the name of one of the hotel's own roles."""
    departments: Mapped[list[str]] = mapped_column(server_default="[]")
    """Codes: chats and tasks of these alone are there for them; none: of the whole hotel."""
    status: Mapped[str] = mapped_column(server_default="invited")
    joined_at: Mapped[datetime | None]


class Role(Tenant):
    """A set of permissions that a hotel made for itself."""

    __tablename__ = "roles"
    __table_args__ = (
        CheckConstraint("approval_limit >= 0", name="approval_limit"),
        UniqueConstraint("hotel_id", "name"),
    )
    hotel_id: Mapped[UUID] = mapped_column(ForeignKey("hotels.id"), primary_key=True)
    name: Mapped[str]
    scopes: Mapped[list[str]]
    approval_limit: Mapped[int | None] = mapped_column(BigInteger)
    """Minor units of the hotel's currency that it may approve; none: any amount."""


class Mail(Tenant):
    """A mail to be sent; `hotel_id` is the nil UUID for the installation's own."""

    __tablename__ = "mails"
    __table_args__ = (
        Index(
            "ix_mails_waiting",
            "hotel_id",
            "next_try_at",
            postgresql_where=text("sent_at IS NULL AND dead_at IS NULL"),
        ),
    )
    purpose: Mapped[str]
    """invite | register | reset | plain"""
    sealed: Mapped[bytes | None]
    """To whom and what about, sealed by the vault; gone once it is sent."""
    tries: Mapped[int] = mapped_column(server_default="0")
    next_try_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    dead_at: Mapped[datetime | None]
    error: Mapped[str | None]
