"""everything of a hotel can be found"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0035"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for extension in ("pg_trgm", "btree_gin"):
        op.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}")
    now = sa.text("now()")
    op.create_table(
        "search_entries",
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.String(), server_default="", nullable=False),
        sa.Column("features", sa.String(), server_default="", nullable=False),
        sa.Column("body", sa.String(), server_default="", nullable=False),
        sa.Column("status", sa.String(), server_default="", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=now, nullable=False),
        sa.Column("words", postgresql.TSVECTOR(), server_default="", nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=now, nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=now, nullable=False),
        sa.ForeignKeyConstraint(
            ["hotel_id"], ["hotels.id"], name=op.f("fk_search_entries_hotel_id")
        ),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_search_entries")),
    )
    for name, which in (("things", "kind <> 'messages'"), ("said", "kind = 'messages'")):
        op.create_index(
            f"ix_search_entries_{name}",
            "search_entries",
            ["hotel_id", "words"],
            postgresql_using="gin",
            postgresql_where=sa.text(which),
        )
    op.create_index("ix_search_entries_newest", "search_entries", ["hotel_id", "kind", "at", "id"])
    op.create_table(
        "search_words",
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("word", sa.Text(collation="C"), nullable=False),
        sa.Column("slips", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.PrimaryKeyConstraint("hotel_id", "word", name=op.f("pk_search_words")),
    )
    op.create_index(
        "ix_search_words_near", "search_words", ["hotel_id", "slips"], postgresql_using="gin"
    )
    op.create_index(
        "ix_search_words_like",
        "search_words",
        ["hotel_id", "word"],
        postgresql_using="gin",
        postgresql_ops={"word": "gin_trgm_ops"},
    )
    op.create_table(
        "search_queue",
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("words", postgresql.ARRAY(sa.Text()), nullable=True),
        sa.Column("queued_at", sa.DateTime(timezone=True), server_default=now, nullable=False),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_search_queue")),
    )
    op.create_index("ix_search_queue_waiting", "search_queue", ["hotel_id", "queued_at"])
    # What hotels have already is read by the job.
    op.execute("INSERT INTO search_queue (hotel_id, kind) SELECT id, 'hotel' FROM hotels")


def downgrade() -> None:
    # Made by rls/7x_search*.sql; the triggers stand on other rooms' tables.
    op.execute("DROP FUNCTION IF EXISTS search_touch() CASCADE")
    op.execute("DROP FUNCTION IF EXISTS search_hotel_touch() CASCADE")
    op.drop_table("search_queue")
    op.drop_table("search_words")
    op.drop_table("search_entries")
