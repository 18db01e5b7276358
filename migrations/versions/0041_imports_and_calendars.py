"""imports and calendars"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "external_ids",
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("wrote", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "kind IN ('rooms','rates','guests','bookings')", name=op.f("ck_external_ids_kind")
        ),
        sa.ForeignKeyConstraint(["hotel_id"], ["hotels.id"], name=op.f("fk_external_ids_hotel_id")),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_external_ids")),
        sa.UniqueConstraint(
            "hotel_id",
            "kind",
            "source",
            "external_id",
            name=op.f("uq_external_ids_hotel_id_kind_source_external_id"),
        ),
    )
    op.create_table(
        "imports",
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("overwrite", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("rows", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("next_row", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created", sa.Integer(), server_default="0", nullable=False),
        sa.Column("updated", sa.Integer(), server_default="0", nullable=False),
        sa.Column("unchanged", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "conflicts",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default="[]",
            nullable=False,
        ),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "kind IN ('rooms','rates','guests','bookings')", name=op.f("ck_imports_kind")
        ),
        sa.CheckConstraint(
            "status IN ('checking','preview','applying','done','undone','failed')",
            name=op.f("ck_imports_status"),
        ),
        sa.ForeignKeyConstraint(["hotel_id"], ["hotels.id"], name=op.f("fk_imports_hotel_id")),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_imports")),
    )
    op.create_index(
        "ix_imports_waiting",
        "imports",
        ["hotel_id", "updated_at"],
        unique=False,
        postgresql_where=sa.text("status IN ('checking','applying')"),
    )
    op.create_table(
        "import_changes",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("old", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("new", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("line > 0", name=op.f("ck_import_changes_line")),
        sa.ForeignKeyConstraint(
            ["hotel_id", "import_id"],
            ["imports.hotel_id", "imports.id"],
            name=op.f("fk_import_changes_hotel_id_import_id"),
        ),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_import_changes")),
        sa.UniqueConstraint(
            "hotel_id", "import_id", "line", name=op.f("uq_import_changes_hotel_id_import_id_line")
        ),
    )
    op.create_table(
        "calendar_feeds",
        sa.Column("room_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "room_id"],
            ["rooms.hotel_id", "rooms.id"],
            name=op.f("fk_calendar_feeds_hotel_id_room_id"),
        ),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_calendar_feeds")),
        sa.UniqueConstraint("hotel_id", "digest", name=op.f("uq_calendar_feeds_hotel_id_digest")),
    )
    op.create_table(
        "calendar_sources",
        sa.Column("room_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("url", sa.LargeBinary(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("etag", sa.String(), nullable=True),
        sa.Column("last_modified", sa.String(), nullable=True),
        sa.Column("next_fetch_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "room_id"],
            ["rooms.hotel_id", "rooms.id"],
            name=op.f("fk_calendar_sources_hotel_id_room_id"),
        ),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_calendar_sources")),
    )
    op.create_index(
        "ix_calendar_sources_due",
        "calendar_sources",
        ["hotel_id", "next_fetch_at"],
        unique=False,
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.create_table(
        "calendar_events",
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("block_id", sa.Uuid(), nullable=True),
        sa.Column(
            "conflict", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "status IN ('blocked','conflict','gone')", name=op.f("ck_calendar_events_status")
        ),
        sa.CheckConstraint("until > first", name=op.f("ck_calendar_events_dates")),
        sa.ForeignKeyConstraint(
            ["hotel_id", "block_id"],
            ["room_blocks.hotel_id", "room_blocks.id"],
            name=op.f("fk_calendar_events_hotel_id_block_id"),
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "source_id"],
            ["calendar_sources.hotel_id", "calendar_sources.id"],
            name=op.f("fk_calendar_events_hotel_id_source_id"),
        ),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_calendar_events")),
        sa.UniqueConstraint(
            "hotel_id", "source_id", "uid", name=op.f("uq_calendar_events_hotel_id_source_id_uid")
        ),
    )
    op.create_index(
        "ix_calendar_events_status",
        "calendar_events",
        ["hotel_id", "status", "created_at"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_index("ix_calendar_events_status", table_name="calendar_events")
    op.drop_table("calendar_events")
    op.drop_index(
        "ix_calendar_sources_due",
        table_name="calendar_sources",
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.drop_table("calendar_sources")
    op.drop_table("calendar_feeds")
    op.drop_table("import_changes")
    op.drop_index(
        "ix_imports_waiting",
        table_name="imports",
        postgresql_where=sa.text("status IN ('checking','applying')"),
    )
    op.drop_table("imports")
    op.drop_table("external_ids")
