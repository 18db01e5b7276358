"""rules have limits"""

import sqlalchemy as sa
from alembic import op

revision = "0093"
down_revision = "0092"
branch_labels = None
depends_on = None

TABLE, PLANS, DUE = "send_counts", "planned_sends", "ix_planned_sends_due"
WAITING = sa.text("state = 'planned'")


def _instant(name: str, *, default: bool = False, nullable: bool = False) -> sa.Column:
    now = sa.text("now()") if default else None
    return sa.Column(name, sa.DateTime(timezone=True), server_default=now, nullable=nullable)


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("guest_id", sa.Uuid(), nullable=True),
        _instant("since"),
        sa.Column("count", sa.Integer(), nullable=False),
        _instant("tripped_at", nullable=True),
        _instant("lifted_at", nullable=True),
        sa.Column("lifted_by", sa.String(), nullable=True),
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        _instant("created_at", default=True),
        _instant("updated_at", default=True),
        sa.ForeignKeyConstraint(
            ["hotel_id"], ["hotels.id"], name=op.f("fk_send_counts_hotel_id_hotels")
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "guest_id"],
            ["guests.hotel_id", "guests.id"],
            name=op.f("fk_send_counts_hotel_id_guest_id"),
        ),
        sa.CheckConstraint("count >= 0", name=op.f("ck_send_counts_count")),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_send_counts")),
        sa.UniqueConstraint(
            *("hotel_id", "guest_id", "since"),
            name=op.f("uq_send_counts_hotel_id_guest_id_since"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    fallen = sa.text("tripped_at IS NOT NULL AND lifted_at IS NULL")
    op.create_index("ix_send_counts_fallen", TABLE, ["hotel_id"], postgresql_where=fallen)
    op.add_column(PLANS, sa.Column("rank", sa.Integer(), server_default="0", nullable=False))
    op.drop_index(DUE)
    due = ["hotel_id", "try_at", "rank", "id"]
    op.create_index(DUE, PLANS, due, postgresql_where=WAITING)


def downgrade() -> None:
    op.drop_index(DUE)
    op.create_index(DUE, PLANS, ["hotel_id", "try_at"], postgresql_where=WAITING)
    op.drop_column(PLANS, "rank")
    op.drop_table(TABLE)
