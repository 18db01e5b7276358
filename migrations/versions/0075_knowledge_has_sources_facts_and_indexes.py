"""knowledge has sources, facts and indexes"""

import sqlalchemy as sa
from alembic import op
from pgvector.sqlalchemy import Vector
from sqlalchemy.dialects import postgresql

revision = "0075"
down_revision = "0050"
branch_labels = None
depends_on = None

MOVED = ("knowledge_documents", "knowledge_chunks")


def _stamped() -> list[sa.Column]:
    at = {"server_default": sa.text("now()"), "nullable": False}
    return [
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), **at),
        sa.Column("updated_at", sa.DateTime(timezone=True), **at),
    ]


def _of_document(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["hotel_id", "document_id"],
        ["knowledge_documents.hotel_id", "knowledge_documents.id"],
        name=op.f(f"fk_{table}_hotel_id_document_id"),
        ondelete="CASCADE",
    )


def _move(*, begins: bool) -> None:
    """The owner's own hand is seen by no trigger while rows move."""
    for table in MOVED:
        op.execute(f"ALTER TABLE {table} {'DISABLE' if begins else 'ENABLE'} TRIGGER USER")


def upgrade() -> None:
    documents = "knowledge_documents"
    op.add_column(documents, sa.Column("owner", sa.String(), server_default="", nullable=False))
    op.add_column(
        documents, sa.Column("source", sa.String(), server_default="text", nullable=False)
    )
    op.add_column(documents, sa.Column("url", sa.String(), nullable=True))
    op.add_column(documents, sa.Column("fact_key", sa.String(), nullable=True))
    op.add_column(
        documents, sa.Column("variant", sa.String(), server_default="main", nullable=False)
    )
    op.add_column(documents, sa.Column("value", postgresql.JSONB(), nullable=True))
    op.add_column(documents, sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True))
    for count in ("chunks_done", "chunks_total"):
        op.add_column(documents, sa.Column(count, sa.Integer(), server_default="0", nullable=False))
    op.add_column(documents, sa.Column("ready_version", sa.Integer(), nullable=True))
    for name, rule in (
        ("status", "status IN ('queued','ready','failed','draft')"),
        ("audience", "audience IN ('guest','in_house','staff')"),
    ):
        op.drop_constraint(op.f(f"ck_{documents}_{name}"), documents)
        op.create_check_constraint(op.f(f"ck_{documents}_{name}"), documents, rule)
    op.create_check_constraint(
        op.f(f"ck_{documents}_source"),
        documents,
        "source IN ('text','markdown','pdf','docx','html','csv','fact')",
    )
    op.create_check_constraint(
        op.f(f"ck_{documents}_fact"), documents, "(source = 'fact') = (fact_key IS NOT NULL)"
    )
    op.create_index(
        "uq_knowledge_documents_fact",
        documents,
        ["hotel_id", "fact_key", "variant"],
        unique=True,
        postgresql_where=sa.text("fact_key IS NOT NULL"),
    )
    _chunks()
    op.create_table(
        "knowledge_uploads",
        *_stamped(),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        _of_document("knowledge_uploads"),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_knowledge_uploads")),
        sa.UniqueConstraint(
            "hotel_id", "document_id", name=op.f("uq_knowledge_uploads_hotel_id_document_id")
        ),
    )
    op.create_table(
        "knowledge_revisions",
        *_stamped(),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *(
            sa.Column(name, sa.String(), nullable=False)
            for name in ("title", "body", "language", "audience", "owner", "made_by")
        ),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("value", postgresql.JSONB(), nullable=True),
        _of_document("knowledge_revisions"),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_knowledge_revisions")),
        sa.UniqueConstraint(
            "hotel_id",
            "document_id",
            "version",
            name=op.f("uq_knowledge_revisions_hotel_id_document_id_version"),
        ),
    )
    _indexes()


def _chunks() -> None:
    chunks = "knowledge_chunks"
    op.add_column(chunks, sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.add_column(chunks, sa.Column("title", sa.String(), server_default="", nullable=False))
    op.add_column(
        chunks, sa.Column("audience", sa.String(), server_default="guest", nullable=False)
    )
    op.add_column(chunks, sa.Column("valid_from", sa.Date(), nullable=True))
    op.add_column(chunks, sa.Column("valid_until", sa.Date(), nullable=True))
    op.add_column(chunks, sa.Column("fact_key", sa.String(), nullable=True))
    op.add_column(chunks, sa.Column("value", postgresql.JSONB(), nullable=True))
    op.create_check_constraint(
        op.f("ck_knowledge_chunks_audience"), chunks, "audience IN ('guest','in_house','staff')"
    )
    op.drop_constraint(op.f("uq_knowledge_chunks_hotel_id_document_id_ordinal"), chunks)
    op.create_unique_constraint(
        op.f("uq_knowledge_chunks_hotel_id_document_id_version_ordinal"),
        chunks,
        ["hotel_id", "document_id", "version", "ordinal"],
    )


def _indexes() -> None:
    op.create_table(
        "knowledge_indexes",
        *_stamped(),
        sa.Column("store", sa.String(), nullable=False),
        sa.Column("embedder", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        *(
            sa.Column(name, sa.Integer(), server_default="0", nullable=False)
            for name in ("done", "total", "tries")
        ),
        sa.Column("error", sa.String(), nullable=True),
        sa.CheckConstraint(
            "status IN ('building','serving','retired','failed')",
            name=op.f("ck_knowledge_indexes_status"),
        ),
        sa.CheckConstraint(
            "store IN ('pgvector','pinecone')", name=op.f("ck_knowledge_indexes_store")
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id"], ["hotels.id"], name=op.f("fk_knowledge_indexes_hotel_id")
        ),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_knowledge_indexes")),
    )
    for status in ("serving", "building"):
        op.create_index(
            f"uq_knowledge_indexes_{status}",
            "knowledge_indexes",
            ["hotel_id"],
            unique=True,
            postgresql_where=sa.text(f"status = '{status}'"),
        )
    op.create_table(
        "knowledge_vectors",
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("index_id", sa.Uuid(), nullable=False),
        sa.Column("chunk_id", sa.Uuid(), nullable=False),
        sa.Column("embedding", Vector(384), nullable=False),
        sa.ForeignKeyConstraint(
            ["hotel_id", "index_id"],
            ["knowledge_indexes.hotel_id", "knowledge_indexes.id"],
            name=op.f("fk_knowledge_vectors_hotel_id_index_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "chunk_id"],
            ["knowledge_chunks.hotel_id", "knowledge_chunks.id"],
            name=op.f("fk_knowledge_vectors_hotel_id_chunk_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "hotel_id", "index_id", "chunk_id", name=op.f("pk_knowledge_vectors")
        ),
    )
    op.create_index("ix_knowledge_vectors_chunk", "knowledge_vectors", ["hotel_id", "chunk_id"])
    _move(begins=True)
    op.execute(
        "UPDATE knowledge_chunks c SET version = d.version, title = d.title,"
        " audience = d.audience, valid_from = d.valid_from, valid_until = d.valid_until"
        " FROM knowledge_documents d WHERE d.hotel_id = c.hotel_id AND d.id = c.document_id"
    )
    op.execute("UPDATE knowledge_documents SET ready_version = version WHERE status = 'ready'")
    op.execute(
        "INSERT INTO knowledge_indexes (hotel_id, id, store, embedder, status)"
        " SELECT hotel_id, gen_random_uuid(), 'pgvector', min(embedder), 'serving'"
        " FROM knowledge_chunks GROUP BY hotel_id"
    )
    op.execute(
        "INSERT INTO knowledge_vectors (hotel_id, index_id, chunk_id, embedding)"
        " SELECT c.hotel_id, i.id, c.id, c.embedding FROM knowledge_chunks c"
        " JOIN knowledge_indexes i ON i.hotel_id = c.hotel_id AND i.embedder = c.embedder"
    )
    _move(begins=False)
    op.drop_column("knowledge_chunks", "embedding")
    op.drop_column("knowledge_chunks", "embedder")


def downgrade() -> None:
    """Only what an older house understands stays: one version of each text, for guests or staff."""
    op.add_column("knowledge_chunks", sa.Column("embedder", sa.String(), nullable=True))
    op.add_column("knowledge_chunks", sa.Column("embedding", Vector(384), nullable=True))
    _move(begins=True)
    op.execute("DELETE FROM knowledge_documents WHERE source = 'fact' OR status = 'draft'")
    op.execute(
        "DELETE FROM knowledge_chunks c USING knowledge_documents d WHERE d.hotel_id = c.hotel_id"
        " AND d.id = c.document_id AND c.version IS DISTINCT FROM d.ready_version"
    )
    op.execute("UPDATE knowledge_documents SET audience = 'staff' WHERE audience = 'in_house'")
    op.execute(
        "UPDATE knowledge_chunks c SET embedder = i.embedder, embedding = v.embedding"
        " FROM knowledge_vectors v JOIN knowledge_indexes i ON i.hotel_id = v.hotel_id"
        " AND i.id = v.index_id AND i.status = 'serving'"
        " WHERE v.hotel_id = c.hotel_id AND v.chunk_id = c.id"
    )
    op.execute("DELETE FROM knowledge_chunks WHERE embedding IS NULL")
    _move(begins=False)
    op.alter_column("knowledge_chunks", "embedder", nullable=False)
    op.alter_column("knowledge_chunks", "embedding", nullable=False)
    for table in (
        "knowledge_vectors",
        "knowledge_indexes",
        "knowledge_revisions",
        "knowledge_uploads",
    ):
        op.drop_table(table)
    op.drop_constraint(
        op.f("uq_knowledge_chunks_hotel_id_document_id_version_ordinal"), "knowledge_chunks"
    )
    op.create_unique_constraint(
        op.f("uq_knowledge_chunks_hotel_id_document_id_ordinal"),
        "knowledge_chunks",
        ["hotel_id", "document_id", "ordinal"],
    )
    op.drop_constraint(op.f("ck_knowledge_chunks_audience"), "knowledge_chunks")
    for column in (
        "version",
        "title",
        "audience",
        "valid_from",
        "valid_until",
        "fact_key",
        "value",
    ):
        op.drop_column("knowledge_chunks", column)
    documents = "knowledge_documents"
    op.drop_index("uq_knowledge_documents_fact", documents)
    for name in ("fact", "source", "audience", "status"):
        op.drop_constraint(op.f(f"ck_{documents}_{name}"), documents)
    op.create_check_constraint(
        op.f(f"ck_{documents}_status"), documents, "status IN ('queued','ready','failed')"
    )
    op.create_check_constraint(
        op.f(f"ck_{documents}_audience"), documents, "audience IN ('guest','staff')"
    )
    for column in (
        *("owner", "source", "url", "fact_key", "variant", "value", "lease_until"),
        *("chunks_done", "chunks_total", "ready_version"),
    ):
        op.drop_column(documents, column)
