"""guests are merged and erased"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

JSONB = postgresql.JSONB(astext_type=sa.Text())


def _times() -> list[sa.Column]:
    now = sa.text("now()")
    names = ("created_at", "updated_at")
    instant = sa.DateTime(timezone=True)
    return [sa.Column(name, instant, server_default=now, nullable=False) for name in names]


def _guest(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["hotel_id", column],
        ["guests.hotel_id", "guests.id"],
        name=op.f(f"fk_{table}_hotel_id_{column}"),
    )


def upgrade() -> None:
    op.add_column("guests", sa.Column("preferences", JSONB, server_default="{}", nullable=False))
    op.add_column("guests", sa.Column("consent_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("guests", sa.Column("merged_into", sa.Uuid(), nullable=True))
    op.add_column("guests", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    op.create_foreign_key(
        op.f("fk_guests_hotel_id_merged_into"),
        "guests",
        "guests",
        ["hotel_id", "merged_into"],
        ["hotel_id", "id"],
    )
    op.create_index("ix_guests_recent", "guests", ["hotel_id", "created_at", "id"])
    op.create_table(
        "guest_merges",
        sa.Column("kept_id", sa.Uuid(), nullable=False),
        sa.Column("gone_id", sa.Uuid(), nullable=False),
        sa.Column("moved", JSONB, server_default="{}", nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        *_times(),
        _guest("guest_merges", "kept_id"),
        _guest("guest_merges", "gone_id"),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_guest_merges")),
    )
    op.create_table(
        "erasures",
        sa.Column("guest_id", sa.Uuid(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("receipt", JSONB, server_default="{}", nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        *_times(),
        _guest("erasures", "guest_id"),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_erasures")),
    )


def downgrade() -> None:
    op.drop_table("erasures")
    op.drop_table("guest_merges")
    op.drop_index("ix_guests_recent", table_name="guests")
    op.drop_constraint(op.f("fk_guests_hotel_id_merged_into"), "guests", type_="foreignkey")
    for column in ("erased_at", "merged_into", "consent_at", "preferences"):
        op.drop_column("guests", column)
