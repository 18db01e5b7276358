"""a broadcast may try two wordings"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0191"
down_revision = "0190"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("broadcasts", sa.Column("second", JSONB(), nullable=True))
    op.create_index(
        "ix_broadcast_sends_turn",
        "broadcast_sends",
        ["hotel_id", "broadcast_id", "id"],
        postgresql_where=sa.text("worked_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_broadcast_sends_turn", "broadcast_sends")
    op.drop_column("broadcasts", "second")
