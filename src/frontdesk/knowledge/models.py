"""What a hotel knows, cut into chunks that can be found and cited, and what it does not know."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pgvector.sqlalchemy import Vector
from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from frontdesk.kit.db import Base, Tenant

DIMENSIONS = 384


class KnowledgeDocument(Tenant):
    __tablename__ = "knowledge_documents"
    __table_args__ = (
        CheckConstraint("status IN ('queued','ready','failed')", name="status"),
        CheckConstraint("audience IN ('guest','staff')", name="audience"),
        Index("ix_knowledge_documents_recent", "hotel_id", "created_at", "id"),
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
    status: Mapped[str] = mapped_column(server_default="queued")
    error: Mapped[str | None]
    tries: Mapped[int] = mapped_column(server_default="0")
    version: Mapped[int] = mapped_column(server_default="1")


class KnowledgeChunk(Tenant):
    __tablename__ = "knowledge_chunks"
    __table_args__ = (
        ForeignKeyConstraint(
            ["hotel_id", "document_id"],
            ["knowledge_documents.hotel_id", "knowledge_documents.id"],
            ondelete="CASCADE",
        ),
        UniqueConstraint("hotel_id", "document_id", "ordinal"),
    )
    document_id: Mapped[UUID]
    ordinal: Mapped[int]
    heading: Mapped[str] = mapped_column(server_default="")
    body: Mapped[str]
    language: Mapped[str]
    embedder: Mapped[str]
    """The model's name: cosines of two models do not compare."""
    embedding: Mapped[Any] = mapped_column(Vector(DIMENSIONS))
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
