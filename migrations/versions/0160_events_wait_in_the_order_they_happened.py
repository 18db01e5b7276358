"""events wait in the order they happened"""

import sqlalchemy as sa
from alembic import op

revision = "0160"
down_revision = "0100"
branch_labels = None
depends_on = None
WAITING = sa.text("processed_at IS NULL AND dead_at IS NULL")


def upgrade() -> None:
    _by("seq")


def downgrade() -> None:
    _by("created_at")


def _by(column: str) -> None:
    name = "ix_outbox_events_waiting"
    op.drop_index(name, table_name="outbox_events", postgresql_where=WAITING)
    op.create_index(
        name, "outbox_events", ["hotel_id", column], unique=False, postgresql_where=WAITING
    )
