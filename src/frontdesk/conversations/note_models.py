"""What people write beside a chat: notes for each other, words for guests that wait or repeat."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from frontdesk.conversations.desk_models import of_conversation, of_member
from frontdesk.kit.db import Tenant


class Note(Tenant):
    """For staff alone: nothing that sends to guests reads this table."""

    __tablename__ = "notes"
    __table_args__ = (
        of_conversation(),
        ForeignKeyConstraint(["hotel_id", "task_id"], ["tasks.hotel_id", "tasks.id"]),
        CheckConstraint("num_nonnulls(conversation_id, task_id) = 1", name="subject"),
        Index("ix_notes_conversation", "hotel_id", "conversation_id", "created_at", "id"),
        Index("ix_notes_task", "hotel_id", "task_id", "created_at", "id"),
    )
    conversation_id: Mapped[UUID | None]
    task_id: Mapped[UUID | None]
    text: Mapped[str]
    by: Mapped[str]
    """Whose it is: user:<id>, key:<id>, staff:<id>."""


class NoteMention(Tenant):
    """A person who is named in a note."""

    __tablename__ = "note_mentions"
    __table_args__ = (
        ForeignKeyConstraint(["hotel_id", "note_id"], ["notes.hotel_id", "notes.id"]),
        of_member(),
        UniqueConstraint("hotel_id", "note_id", "membership_id"),
        Index("ix_note_mentions_member", "hotel_id", "membership_id", "created_at", "id"),
    )
    note_id: Mapped[UUID]
    membership_id: Mapped[UUID]
    seen_at: Mapped[datetime | None]


class CannedReply(Tenant):
    """Words that are said again and again, with fields, in one language."""

    __tablename__ = "canned_replies"
    __table_args__ = (UniqueConstraint("hotel_id", "shortcut", "language"),)
    hotel_id: Mapped[UUID] = mapped_column(ForeignKey("hotels.id"), primary_key=True)
    shortcut: Mapped[str]
    language: Mapped[str]
    title: Mapped[str]
    text: Mapped[str]
    """With {guest_name}, {arrival}, ...: see conversations/canned_fields.py."""


class ScheduledMessage(Tenant):
    """A person's words that go out at a time; once, or never."""

    __tablename__ = "scheduled_messages"
    __table_args__ = (
        of_conversation(),
        ForeignKeyConstraint(["hotel_id", "message_id"], ["messages.hotel_id", "messages.id"]),
        CheckConstraint("state IN ('waiting','sent','cancelled')", name="state"),
        Index("ix_scheduled_messages_conversation", "hotel_id", "conversation_id", "send_at"),
        Index("ix_scheduled_messages_due", "send_at", postgresql_where=sql("state = 'waiting'")),
    )
    conversation_id: Mapped[UUID]
    text: Mapped[str]
    send_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(server_default="waiting")
    unless_guest_writes: Mapped[bool] = mapped_column(server_default="false")
    by: Mapped[str]
    ended_by: Mapped[str | None]
    """Who or what called it off."""
    message_id: Mapped[UUID | None]
    """What was sent."""


class ComposerDraft(Tenant):
    """What a person has begun to write in a chat, kept over closed tabs."""

    __tablename__ = "composer_drafts"
    __table_args__ = (
        of_conversation(),
        of_member(),
        UniqueConstraint("hotel_id", "conversation_id", "membership_id"),
    )
    conversation_id: Mapped[UUID]
    membership_id: Mapped[UUID]
    text: Mapped[str]
    begun_at: Mapped[datetime]
    """Messages that came since then are shown before this is sent."""
