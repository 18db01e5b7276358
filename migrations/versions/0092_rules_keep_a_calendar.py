"""rules keep a calendar"""

from alembic import op

revision = "0092"
down_revision = "0091"
branch_labels = None
depends_on = None

FUNCTIONS = ("plan_payment", "plan_next", "wanted_of_hotel", "stay_dues", "calendar_days")


def upgrade() -> None:
    op.alter_column("planned_sends", "guest_id", nullable=True)


def downgrade() -> None:
    for name in FUNCTIONS:
        op.execute(f"DROP FUNCTION IF EXISTS {name} CASCADE")
    op.alter_column("planned_sends", "guest_id", nullable=False)
