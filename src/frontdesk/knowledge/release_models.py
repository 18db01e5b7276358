"""Published versions of all that a hotel knows, and the questions that each has to pass."""

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

from frontdesk.kit.db import Base, Tenant


class KnowledgeRelease(Tenant):
    """One published version: which version of each document and fact turns may use."""

    __tablename__ = "knowledge_releases"
    __table_args__ = (
        UniqueConstraint("hotel_id", "number"),
        CheckConstraint("status IN ('published','superseded')", name="status"),
        Index(
            "uq_knowledge_releases_published",
            "hotel_id",
            unique=True,
            postgresql_where=text("status = 'published'"),
        ),
    )
    hotel_id: Mapped[UUID] = mapped_column(ForeignKey("hotels.id"), primary_key=True)
    number: Mapped[int]
    status: Mapped[str]
    forced: Mapped[bool] = mapped_column(server_default="false")
    restores: Mapped[int | None]
    """The number of the one that it brings back."""
    cases: Mapped[int] = mapped_column(server_default="0")
    failing: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")
    made_by: Mapped[str]


class KnowledgeReleaseItem(Base):
    __tablename__ = "knowledge_release_items"
    __table_args__ = (
        ForeignKeyConstraint(
            ["hotel_id", "release_id"],
            ["knowledge_releases.hotel_id", "knowledge_releases.id"],
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["hotel_id", "document_id"],
            ["knowledge_documents.hotel_id", "knowledge_documents.id"],
            ondelete="CASCADE",
        ),
        Index("ix_knowledge_release_items_document", "hotel_id", "document_id"),
    )
    hotel_id: Mapped[UUID] = mapped_column(primary_key=True)
    release_id: Mapped[UUID] = mapped_column(primary_key=True)
    document_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]


class KnowledgeCase(Tenant):
    """A question with what has to answer it: the hotel's own measure of its bot."""

    __tablename__ = "knowledge_cases"
    __table_args__ = (
        ForeignKeyConstraint(
            ["hotel_id", "document_id"],
            ["knowledge_documents.hotel_id", "knowledge_documents.id"],
            ondelete="CASCADE",
        ),
        CheckConstraint("expect IN ('document','not','fact','none')", name="expect"),
        CheckConstraint("(expect IN ('document','not')) = (document_id IS NOT NULL)", name="which"),
        CheckConstraint("(expect = 'fact') = (fact_key IS NOT NULL)", name="fact"),
        CheckConstraint("status IN ('active','proposed')", name="status"),
        CheckConstraint("audience IN ('guest','in_house','staff')", name="audience"),
        UniqueConstraint("hotel_id", "message_id", "made_by"),
        Index("ix_knowledge_cases_recent", "hotel_id", "created_at", "id"),
    )
    hotel_id: Mapped[UUID] = mapped_column(ForeignKey("hotels.id"), primary_key=True)
    question: Mapped[str]
    language: Mapped[str]
    audience: Mapped[str] = mapped_column(server_default="guest")
    expect: Mapped[str]
    """A document, anything but that one, a fact, or no answer at all."""
    document_id: Mapped[UUID | None]
    fact_key: Mapped[str | None]
    status: Mapped[str] = mapped_column(server_default="active")
    """What a guest said is proposed until somebody of the hotel agrees."""
    origin: Mapped[str] = mapped_column(server_default="staff")
    """staff, gap or feedback."""
    message_id: Mapped[UUID | None]
    """Of the bot's answer that the feedback was about."""
    verdict: Mapped[str | None]
    """up or down."""
    made_by: Mapped[str]
    passed: Mapped[bool | None]
    tried_at: Mapped[datetime | None]
