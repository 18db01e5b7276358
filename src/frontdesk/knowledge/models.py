"""What a hotel knows, cut into chunks that can be found and cited, and what it does not know."""

from datetime import date, datetime
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

DIMENSIONS = 384
AUDIENCES = "audience IN ('guest','in_house','staff')"


class KnowledgeDocument(Tenant):
    """A text, or a typed fact, as the hotel last wrote it; what turns read of it are chunks."""

    __tablename__ = "knowledge_documents"
    __table_args__ = (
        CheckConstraint("status IN ('queued','ready','failed','draft')", name="status"),
        CheckConstraint(AUDIENCES, name="audience"),
        CheckConstraint(
            "source IN ('text','markdown','pdf','docx','html','csv','fact')", name="source"
        ),
        CheckConstraint("(source = 'fact') = (fact_key IS NOT NULL)", name="fact"),
        Index("ix_knowledge_documents_recent", "hotel_id", "created_at", "id"),
        Index(
            "uq_knowledge_documents_fact",
            "hotel_id",
            "fact_key",
            "variant",
            unique=True,
            postgresql_where=text("fact_key IS NOT NULL"),
        ),
    )
    hotel_id: Mapped[UUID] = mapped_column(ForeignKey("hotels.id"), primary_key=True)
    title: Mapped[str]
    body: Mapped[str]
    """Text or Markdown; a blank line ends a paragraph, `#` opens a section."""
    language: Mapped[str]
    audience: Mapped[str] = mapped_column(server_default="guest")
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]
    """Last day; expired text is never used."""
    owner: Mapped[str] = mapped_column(server_default="")
    """Who at the hotel answers for it: a desk or a department."""
    source: Mapped[str] = mapped_column(server_default="text")
    url: Mapped[str | None]
    """Where it is fetched from."""
    fact_key: Mapped[str | None]
    variant: Mapped[str] = mapped_column(server_default="main")
    """A fact may say another thing in winter, or to staff."""
    value: Mapped[dict[str, Any] | None]
    """A fact's, under `value`, as its type has it."""
    status: Mapped[str] = mapped_column(server_default="queued")
    error: Mapped[str | None]
    tries: Mapped[int] = mapped_column(server_default="0")
    lease_until: Mapped[datetime | None]
    chunks_done: Mapped[int] = mapped_column(server_default="0")
    chunks_total: Mapped[int] = mapped_column(server_default="0")
    version: Mapped[int] = mapped_column(server_default="1")
    ready_version: Mapped[int | None]
    """The version whose chunks are whole; the one before it answers until then."""


class KnowledgeUpload(Tenant):
    """A file as it came, until it has been read."""

    __tablename__ = "knowledge_uploads"
    __table_args__ = (
        ForeignKeyConstraint(
            ["hotel_id", "document_id"],
            ["knowledge_documents.hotel_id", "knowledge_documents.id"],
            ondelete="CASCADE",
        ),
        UniqueConstraint("hotel_id", "document_id"),
    )
    document_id: Mapped[UUID]
    body: Mapped[bytes]


class KnowledgeRevision(Tenant):
    """What a document or a fact said in each of its versions."""

    __tablename__ = "knowledge_revisions"
    __table_args__ = (
        ForeignKeyConstraint(
            ["hotel_id", "document_id"],
            ["knowledge_documents.hotel_id", "knowledge_documents.id"],
            ondelete="CASCADE",
        ),
        UniqueConstraint("hotel_id", "document_id", "version"),
    )
    document_id: Mapped[UUID]
    version: Mapped[int]
    title: Mapped[str]
    body: Mapped[str]
    language: Mapped[str]
    audience: Mapped[str]
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]
    owner: Mapped[str]
    value: Mapped[dict[str, Any] | None]
    made_by: Mapped[str]


class KnowledgeChunk(Tenant):
    """A piece of one version, with all that decides who may be told it and when."""

    __tablename__ = "knowledge_chunks"
    __table_args__ = (
        ForeignKeyConstraint(
            ["hotel_id", "document_id"],
            ["knowledge_documents.hotel_id", "knowledge_documents.id"],
            ondelete="CASCADE",
        ),
        CheckConstraint(AUDIENCES, name="audience"),
        UniqueConstraint("hotel_id", "document_id", "version", "ordinal"),
    )
    document_id: Mapped[UUID]
    version: Mapped[int] = mapped_column(server_default="1")
    ordinal: Mapped[int]
    title: Mapped[str] = mapped_column(server_default="")
    heading: Mapped[str] = mapped_column(server_default="")
    body: Mapped[str]
    language: Mapped[str]
    audience: Mapped[str] = mapped_column(server_default="guest")
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]
    fact_key: Mapped[str | None]
    value: Mapped[dict[str, Any] | None]
    length: Mapped[int]
    """Words after stemming, for BM25."""


class KnowledgeTerm(Base):
    """How often a stemmed word stands in a chunk: the postings of BM25, under the same wall."""

    __tablename__ = "knowledge_terms"
    __table_args__ = (
        ForeignKeyConstraint(
            ["hotel_id", "chunk_id"],
            ["knowledge_chunks.hotel_id", "knowledge_chunks.id"],
            ondelete="CASCADE",
        ),
        Index("ix_knowledge_terms_chunk", "hotel_id", "chunk_id"),
    )
    hotel_id: Mapped[UUID] = mapped_column(primary_key=True)
    term: Mapped[str] = mapped_column(primary_key=True)
    chunk_id: Mapped[UUID] = mapped_column(primary_key=True)
    count: Mapped[int]


class KnowledgeGap(Tenant):
    """A question nobody could answer from the hotel's knowledge, counted."""

    __tablename__ = "knowledge_gaps"
    __table_args__ = (
        UniqueConstraint("hotel_id", "fingerprint"),
        CheckConstraint("status IN ('open','closed')", name="status"),
    )
    hotel_id: Mapped[UUID] = mapped_column(ForeignKey("hotels.id"), primary_key=True)
    question: Mapped[str]
    fingerprint: Mapped[str]
    """The question folded: case, accents and punctuation gone."""
    language: Mapped[str]
    count: Mapped[int] = mapped_column(server_default="1")
    last_asked_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(server_default="open")
