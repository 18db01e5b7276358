"""the ledger is read by its narrowing"""

import sqlalchemy as sa
from alembic import op

revision = "0192"
down_revision = "0191"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_planned_sends_of", "planned_sends", ["hotel_id", "trigger_id", "due_at", "id"]
    )
    op.create_index(
        "ix_planned_sends_state",
        "planned_sends",
        ["hotel_id", "state", "due_at", "id"],
        postgresql_where=sa.text("state <> 'planned'"),
    )
    op.create_index(
        "ix_trigger_runs_outcome", "trigger_runs", ["hotel_id", "outcome", "created_at", "id"]
    )


def downgrade() -> None:
    op.drop_index("ix_trigger_runs_outcome", "trigger_runs")
    op.drop_index("ix_planned_sends_state", "planned_sends")
    op.drop_index("ix_planned_sends_of", "planned_sends")
