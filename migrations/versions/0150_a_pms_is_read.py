"""a PMS is read"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0150"
down_revision = "0170"
branch_labels = None
depends_on = None


def _kept() -> list[sa.Column[object]]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        *(
            sa.Column(
                name,
                sa.DateTime(timezone=True),
                server_default=sa.text("now()"),
                nullable=False,
            )
            for name in ("created_at", "updated_at")
        ),
    ]


def _of_an_import(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["hotel_id", "import_id"],
        ["imports.hotel_id", "imports.id"],
        name=op.f(f"fk_{table}_hotel_id_import_id"),
    )


def upgrade() -> None:
    op.create_table(
        "pms_links",
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("tokens", sa.LargeBinary(), nullable=False),
        sa.Column("service_id", sa.String(), nullable=False),
        sa.Column("room_types", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("automatic", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reading", sa.DateTime(timezone=True), nullable=True),
        sa.Column("import_id", sa.Uuid(), nullable=True),
        sa.Column("busy_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_sync_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("synced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("error", sa.String(), nullable=True),
        *_kept(),
        sa.CheckConstraint("kind IN ('mews')", name=op.f("ck_pms_links_kind")),
        sa.ForeignKeyConstraint(["hotel_id"], ["hotels.id"], name=op.f("fk_pms_links_hotel_id")),
        _of_an_import("pms_links"),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_pms_links")),
        sa.UniqueConstraint("hotel_id", name=op.f("uq_pms_links_hotel_id")),
    )
    op.create_index("ix_pms_links_due", "pms_links", ["next_sync_at"])
    op.create_table(
        "pms_conflicts",
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("problem", sa.String(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=True),
        sa.Column("try_at", sa.DateTime(timezone=True), nullable=False),
        *_kept(),
        sa.ForeignKeyConstraint(
            ["hotel_id"], ["hotels.id"], name=op.f("fk_pms_conflicts_hotel_id")
        ),
        _of_an_import("pms_conflicts"),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_pms_conflicts")),
        sa.UniqueConstraint(
            "hotel_id", "external_id", name=op.f("uq_pms_conflicts_hotel_id_external_id")
        ),
    )
    op.create_index("ix_pms_conflicts_recent", "pms_conflicts", ["hotel_id", "created_at", "id"])


def downgrade() -> None:
    op.drop_table("pms_conflicts")
    op.drop_table("pms_links")
