"""a stay keeps its ages and plan"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0060"
down_revision = "0045"
branch_labels = None
depends_on = None

PLAN = "fk_waitlist_entries_hotel_id_rate_plan_id"


def upgrade() -> None:
    # rls/62_stays.sql makes them anew with other parameters.
    op.execute("DROP FUNCTION IF EXISTS swap_nights, lock_swap")
    for table in ("booking_rooms", "waitlist_entries"):
        op.add_column(table, _ages())
    op.add_column("waitlist_entries", sa.Column("rate_plan_id", sa.Uuid(), nullable=True))
    here, there = ["hotel_id", "rate_plan_id"], ["hotel_id", "id"]
    op.create_foreign_key(op.f(PLAN), "waitlist_entries", "rate_plans", here, there)
    op.add_column(
        "booking_changes",
        sa.Column("more_quotes", sa.ARRAY(sa.Uuid()), server_default="{}", nullable=False),
    )
    op.add_column(
        "booking_changes",
        sa.Column("rooms", postgresql.JSONB(), server_default="[]", nullable=False),
    )


def _ages() -> sa.Column[object]:
    return sa.Column("children_ages", postgresql.JSONB(), server_default="[]", nullable=False)


def downgrade() -> None:
    op.execute("DROP FUNCTION IF EXISTS swap_nights, lock_stay, nights_of_parts")
    op.drop_column("booking_changes", "rooms")
    op.drop_column("booking_changes", "more_quotes")
    op.drop_constraint(op.f(PLAN), "waitlist_entries")
    op.drop_column("waitlist_entries", "rate_plan_id")
    for table in ("waitlist_entries", "booking_rooms"):
        op.drop_column(table, "children_ages")
