"""Where a hotel's vectors lie and by which model they were made: one set serves at a time."""

from typing import Any
from uuid import UUID

from pgvector.sqlalchemy import Vector
from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from frontdesk.kit.db import Base, Tenant
from frontdesk.knowledge.models import DIMENSIONS


class KnowledgeIndex(Tenant):
    """One set of vectors of a hotel; the old one serves until a new one is whole."""

    __tablename__ = "knowledge_indexes"
    __table_args__ = (
        CheckConstraint("status IN ('building','serving','retired','failed')", name="status"),
        CheckConstraint("store IN ('pgvector','pinecone')", name="store"),
        Index(
            "uq_knowledge_indexes_serving",
            "hotel_id",
            unique=True,
            postgresql_where=text("status = 'serving'"),
        ),
        Index(
            "uq_knowledge_indexes_building",
            "hotel_id",
            unique=True,
            postgresql_where=text("status = 'building'"),
        ),
    )
    hotel_id: Mapped[UUID] = mapped_column(ForeignKey("hotels.id"), primary_key=True)
    store: Mapped[str]
    embedder: Mapped[str]
    """The model's name: cosines of two models do not compare."""
    status: Mapped[str]
    done: Mapped[int] = mapped_column(server_default="0")
    total: Mapped[int] = mapped_column(server_default="0")
    tries: Mapped[int] = mapped_column(server_default="0")
    error: Mapped[str | None]


class KnowledgeVector(Base):
    """A chunk as one model sees it; kept here also where the store is elsewhere, and may fail."""

    __tablename__ = "knowledge_vectors"
    __table_args__ = (
        ForeignKeyConstraint(
            ["hotel_id", "chunk_id"],
            ["knowledge_chunks.hotel_id", "knowledge_chunks.id"],
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["hotel_id", "index_id"],
            ["knowledge_indexes.hotel_id", "knowledge_indexes.id"],
            ondelete="CASCADE",
        ),
        Index("ix_knowledge_vectors_chunk", "hotel_id", "chunk_id"),
    )
    hotel_id: Mapped[UUID] = mapped_column(primary_key=True)
    index_id: Mapped[UUID] = mapped_column(primary_key=True)
    chunk_id: Mapped[UUID] = mapped_column(primary_key=True)
    embedding: Mapped[Any] = mapped_column(Vector(DIMENSIONS))
