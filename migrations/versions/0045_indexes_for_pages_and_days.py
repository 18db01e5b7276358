"""indexes for pages and days"""

from alembic import op

revision = "0045"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_bookings_days",
        "bookings",
        ["hotel_id", "arrival", "departure", "room_type_id", "status"],
    )
    op.create_index("ix_bookings_recent", "bookings", ["hotel_id", "created_at", "id"])
    op.create_index(
        "ix_staff_notifications_recent", "staff_notifications", ["hotel_id", "created_at", "id"]
    )


def downgrade() -> None:
    op.drop_index("ix_staff_notifications_recent", "staff_notifications")
    op.drop_index("ix_bookings_recent", "bookings")
    op.drop_index("ix_bookings_days", "bookings")
