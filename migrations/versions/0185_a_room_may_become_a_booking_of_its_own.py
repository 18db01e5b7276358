"""a room may become a booking of its own"""

import sqlalchemy as sa
from alembic import op

revision = "0185"
down_revision = "0180"
branch_labels = None
depends_on = None

BOTH = ["hotel_id", "id"]
POINTERS = (("bookings", "split_from"), ("booking_changes", "split_id"))


def upgrade() -> None:
    for table, column in POINTERS:
        op.add_column(table, sa.Column(column, sa.Uuid(), nullable=True))
        name = op.f(f"fk_{table}_hotel_id_{column}")
        op.create_foreign_key(name, table, "bookings", ["hotel_id", column], BOTH)
    op.create_check_constraint(op.f("ck_bookings_split"), "bookings", "split_from <> id")
    op.create_index(
        "ix_bookings_split",
        "bookings",
        ["hotel_id", "split_from"],
        postgresql_where=sa.text("split_from IS NOT NULL"),
    )
    op.add_column(
        "booking_changes",
        sa.Column("apart", sa.ARRAY(sa.Uuid()), server_default="{}", nullable=False),
    )


def downgrade() -> None:
    for trigger in ("plan_split_made", "plan_split_changed"):
        op.execute(f"DROP TRIGGER IF EXISTS {trigger} ON bookings")
    op.execute("DROP FUNCTION IF EXISTS plan_split()")
    op.drop_column("booking_changes", "apart")
    for table, column in POINTERS:
        op.drop_column(table, column)
