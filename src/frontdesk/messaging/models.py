"""Events as they came, threads as people read them, and what is to be sent."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    UniqueConstraint,
)
from sqlalchemy import (
    text as sql,
)
from sqlalchemy.orm import Mapped, mapped_column

from frontdesk.kit.db import Tenant


def _instance() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["hotel_id", "instance_id"], ["whatsapp_instances.hotel_id", "whatsapp_instances.id"]
    )


class InboundEvent(Tenant):
    """One webhook body, kept as it came; the row decides whether it still waits."""

    __tablename__ = "inbound_events"
    __table_args__ = (
        _instance(),
        UniqueConstraint("hotel_id", "event_key"),
        CheckConstraint("state IN ('waiting','done','kept','dead')", name="state"),
        CheckConstraint("lane IN ('turn','apply','none')", name="lane"),
        Index(
            "ix_inbound_events_waiting",
            "hotel_id",
            "lane",
            "instance_id",
            "chat",
            "received_at",
            postgresql_where=sql("state = 'waiting'"),
        ),
        Index("ix_inbound_events_sweep", "received_at", postgresql_where=sql("state='waiting'")),
        Index(
            "ix_inbound_events_dead",
            "hotel_id",
            "received_at",
            postgresql_where=sql("state='dead'"),
        ),
    )
    instance_id: Mapped[UUID]
    event_key: Mapped[str]
    """instance, kind, chat, idMessage (and status): see messaging/payload.py."""
    kind: Mapped[str]
    """message | status | state | call | device | quota | block | unknown | unreadable"""
    lane: Mapped[str]
    """turn: a guest's message, worked in its chat's turn; apply: facts; none: only kept."""
    chat: Mapped[str | None]
    raw: Mapped[bytes]
    occurred_at: Mapped[datetime]
    """The event's own time; `received_at` where it says none."""
    received_at: Mapped[datetime] = mapped_column(server_default=sql("now()"))
    state: Mapped[str] = mapped_column(server_default="waiting")
    tries: Mapped[int] = mapped_column(server_default="0")
    error: Mapped[str | None]
    handled_at: Mapped[datetime | None]


def _lists() -> Iterator[Index]:
    """What the desk's lists are narrowed by, each in the list's order; and what the clock seeks."""
    yield Index("ix_conversations_recent", "hotel_id", "last_message_at", "id")
    for column, narrow in (
        ("status", None),
        ("assignee_id", "assignee_id IS NOT NULL"),
        ("department_id", "department_id IS NOT NULL"),
        ("priority", "priority <> 'normal'"),
    ):
        where = None if narrow is None else sql(narrow)
        name = f"ix_conversations_{column.removesuffix('_id')}"
        columns = (column, "last_message_at", "id")
        yield Index(name, "hotel_id", *columns, postgresql_where=where)
    yield Index(
        "ix_conversations_unread",
        "hotel_id",
        "last_message_at",
        "id",
        postgresql_where=sql("last_inbound_at > coalesce(read_at, '-infinity')"),
    )
    yield Index(
        "ix_conversations_waiting",
        "hotel_id",
        "waiting_since",
        "id",
        postgresql_where=sql("waiting_since IS NOT NULL"),
    )
    yield Index("ix_conversations_guest", "hotel_id", "guest_id", "last_message_at")
    yield Index(
        "ix_conversations_nobodys",
        "hotel_id",
        "unassigned_since",
        postgresql_where=sql(
            "status = 'escalated' AND assignee_id IS NULL AND unassigned_since IS NOT NULL"
        ),
    )
    for column in ("snoozed_until", "unassigned_due"):
        narrow = sql(f"{column} IS NOT NULL")
        yield Index(f"ix_conversations_{column}", column, postgresql_where=narrow)


class Conversation(Tenant):
    """One chat with one guest on one number; worked by one turn at a time."""

    __tablename__ = "conversations"
    __live__ = True
    __table_args__ = (
        _instance(),
        ForeignKeyConstraint(["hotel_id", "guest_id"], ["guests.hotel_id", "guests.id"]),
        UniqueConstraint("hotel_id", "instance_id", "chat"),
        ForeignKeyConstraint(
            ["hotel_id", "assignee_id"], ["memberships.hotel_id", "memberships.id"]
        ),
        ForeignKeyConstraint(["hotel_id", "served_by"], ["memberships.hotel_id", "memberships.id"]),
        ForeignKeyConstraint(
            ["hotel_id", "department_id"], ["departments.hotel_id", "departments.id"]
        ),
        CheckConstraint(
            "status IN ('active','escalated','pending','snoozed','resolved','closed')",
            name="status",
        ),
        CheckConstraint("owner IN ('bot','staff')", name="owner"),
        CheckConstraint("priority IN ('low','normal','high','urgent')", name="priority"),
        CheckConstraint("(status = 'snoozed') = (snoozed_until IS NOT NULL)", name="snoozed"),
        *_lists(),
    )
    instance_id: Mapped[UUID]
    guest_id: Mapped[UUID]
    chat: Mapped[str]
    """chatId as the wire writes it: `digits@c.us` or `digits@lid`."""
    status: Mapped[str] = mapped_column(server_default="active")
    owner: Mapped[str] = mapped_column(server_default="bot")
    fence: Mapped[int] = mapped_column(BigInteger, server_default="0")
    """Goes up with every change of hands; a bot row made under an older one is never sent."""
    lease_owner: Mapped[UUID | None]
    """The turn that works this conversation now."""
    lease_until: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(server_default="0")
    """Turns in a row that failed on the same unread messages."""
    state: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    """The dialogue's memory, written by the mind."""
    language: Mapped[str | None]
    tags: Mapped[list[str]] = mapped_column(server_default="[]")
    """The names of its labels, as conversations/labels.py keeps them."""
    reason: Mapped[str | None]
    """Why it was escalated."""
    priority: Mapped[str] = mapped_column(server_default="normal")
    department_id: Mapped[UUID | None]
    assignee_id: Mapped[UUID | None]
    """The membership of whose it is; nobody's while the bot answers, or until somebody takes it."""
    assigned_at: Mapped[datetime | None]
    served_by: Mapped[UUID | None]
    """The membership of whose it was last."""
    unassigned_since: Mapped[datetime | None]
    """A person is needed, and it is nobody's, since then."""
    unassigned_due: Mapped[datetime | None]
    """When that is to be told; none once it was."""
    snoozed_until: Mapped[datetime | None]
    last_message_at: Mapped[datetime] = mapped_column(server_default=sql("now()"))
    last_inbound_at: Mapped[datetime | None]
    waiting_since: Mapped[datetime | None]
    """The first message of the guest's that nobody has answered yet."""
    read_at: Mapped[datetime | None]
    """When staff last read it."""

    @property
    def unread(self) -> bool:
        """The guest wrote since; as the list's index says it."""
        wrote, read = self.last_inbound_at, self.read_at
        return wrote is not None and (read is None or wrote > read)


class Message(Tenant):
    """One bubble of a thread, in either direction, in event order."""

    __tablename__ = "messages"
    __live__ = True
    __table_args__ = (
        ForeignKeyConstraint(
            ["hotel_id", "conversation_id"], ["conversations.hotel_id", "conversations.id"]
        ),
        UniqueConstraint("hotel_id", "conversation_id", "provider_id"),
        CheckConstraint("direction IN ('in','out')", name="direction"),
        CheckConstraint("author IN ('guest','bot','staff','phone','system')", name="author"),
        Index("ix_messages_thread", "hotel_id", "conversation_id", "occurred_at", "id"),
        Index("ix_messages_provider", "hotel_id", "provider_id"),
        Index(
            "ix_messages_unread",
            "hotel_id",
            "conversation_id",
            "occurred_at",
            postgresql_where=sql("direction = 'in' AND handled_at IS NULL"),
        ),
    )
    conversation_id: Mapped[UUID]
    direction: Mapped[str]
    author: Mapped[str]
    """phone: a person typed it on the hotel's handset."""
    kind: Mapped[str]
    """text, image, video, audio, document, sticker, location, contacts, reaction, poll, choice,
    call, unknown, ..."""
    text: Mapped[str]
    content: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    """Media, location, buttons, choice and whatever else the kind carries."""
    provider_id: Mapped[str | None]
    """idMessage; unique only within a chat (green-api.md 0.3)."""
    quoted_id: Mapped[str | None]
    choice_id: Mapped[str | None]
    occurred_at: Mapped[datetime]
    """Provider time for what came in, our time for what goes out."""
    handled_at: Mapped[datetime | None]
    """Incoming: when a turn (or a person) dealt with it."""
    status: Mapped[str | None]
    """Outgoing: pending < sent < delivered < read; failed, unknown, expired, cancelled."""
    edited_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]
    language: Mapped[str | None]
    intent: Mapped[str | None]
    sentiment: Mapped[str | None]
    sentiment_score: Mapped[float | None]
    urgency: Mapped[str | None]
    meta: Mapped[dict[str, Any]] = mapped_column("metadata", server_default="{}")
    """Sentiment words, confidence, sources, turn."""
    turn_id: Mapped[UUID | None]


class OutboundMessage(Tenant):
    """The intent to send one bubble; sent once, and its outcome never guessed."""

    __tablename__ = "outbound_messages"
    __table_args__ = (
        _instance(),
        ForeignKeyConstraint(
            ["hotel_id", "conversation_id"], ["conversations.hotel_id", "conversations.id"]
        ),
        ForeignKeyConstraint(["hotel_id", "message_id"], ["messages.hotel_id", "messages.id"]),
        UniqueConstraint("hotel_id", "dedupe_key"),
        CheckConstraint(
            "status IN ('queued','sending','sent','delivered','read','failed','unknown',"
            "'expired','cancelled')",
            name="status",
        ),
        CheckConstraint("lane IN ('reply','proactive','urgent','staff')", name="lane"),
        Index(
            "ix_outbound_messages_due",
            "hotel_id",
            "instance_id",
            "seq",
            postgresql_where=sql("status IN ('queued','sending','unknown')"),
        ),
        Index(
            "ix_outbound_messages_sweep",
            "not_before",
            postgresql_where=sql("status IN ('queued','sending','unknown')"),
        ),
        Index("ix_outbound_messages_provider", "hotel_id", "provider_id"),
    )
    instance_id: Mapped[UUID]
    conversation_id: Mapped[UUID | None]
    """None for messages to staff."""
    message_id: Mapped[UUID | None]
    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    """One chat's bubbles leave in this order."""
    chat: Mapped[str]
    lane: Mapped[str] = mapped_column(server_default="reply")
    author: Mapped[str] = mapped_column(server_default="bot")
    """bot rows are fenced; staff rows are not."""
    fence: Mapped[int] = mapped_column(BigInteger, server_default="0")
    text: Mapped[str]
    buttons: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")
    """[{"id", "text"}], an enhancement of `text`"""
    quoted_id: Mapped[str | None]
    dedupe_key: Mapped[str]
    """The same intent is stored once: turn id and position, or the caller's own key."""
    status: Mapped[str] = mapped_column(server_default="queued")
    not_before: Mapped[datetime] = mapped_column(server_default=sql("now()"))
    expires_at: Mapped[datetime]
    lease_owner: Mapped[UUID | None]
    lease_until: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(server_default="0")
    sending_at: Mapped[datetime | None]
    """When the one call was made whose outcome counts."""
    provider_id: Mapped[str | None]
    error: Mapped[str | None]
    turn_id: Mapped[UUID | None]
    chain: Mapped[list[str]] = mapped_column(server_default="[]")
    """The rules that stand behind it, the first cause first."""


class DeliveryStatus(Tenant):
    """What the wire last said of a message id, kept also before we know the message."""

    __tablename__ = "delivery_statuses"
    __table_args__ = (
        _instance(),
        UniqueConstraint("hotel_id", "instance_id", "provider_id"),
    )
    instance_id: Mapped[UUID]
    provider_id: Mapped[str]
    status: Mapped[str]
    rank: Mapped[int]
    """Only moves up; failed is the lowest, so that later proof corrects it."""
    description: Mapped[str | None]
    occurred_at: Mapped[datetime]


class OutboxEvent(Tenant):
    """Something that happened, for triggers and, later, for other systems (heritage C)."""

    __tablename__ = "outbox_events"
    __live__ = True
    __table_args__ = (
        Index(
            "ix_outbox_events_waiting",
            "hotel_id",
            "seq",
            postgresql_where=sql("processed_at IS NULL AND dead_at IS NULL"),
        ),
        Index(
            "ix_outbox_events_unforwarded",
            "hotel_id",
            "seq",
            postgresql_where=sql("forwarded_at IS NULL"),
        ),
    )
    hotel_id: Mapped[UUID] = mapped_column(ForeignKey("hotels.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    """Of two events where one knew of the other, the later one's is higher."""
    aggregate_id: Mapped[UUID]
    event_type: Mapped[str]
    """A name of messaging/shapes.py."""
    payload: Mapped[dict[str, Any]]
    depth: Mapped[int] = mapped_column(server_default="0")
    """How many triggers stand behind it; stops loops."""
    chain: Mapped[list[str]] = mapped_column(server_default="[]")
    """Which they are, the first cause first."""
    processed_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(server_default="0")
    dead_at: Mapped[datetime | None]
    forwarded_at: Mapped[datetime | None]
    """When the deployment's broker took it, where it has one: see webhooks/sink.py."""
    error: Mapped[str | None]
