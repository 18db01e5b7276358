"""who waits for a seat is found"""

import sqlalchemy as sa
from alembic import op

revision = "0230"
down_revision = "0220"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_conversations_nobodys",
        "conversations",
        ["hotel_id", "unassigned_since"],
        postgresql_where=sa.text(
            "status = 'escalated' AND assignee_id IS NULL AND unassigned_since IS NOT NULL"
        ),
    )


def downgrade() -> None:
    op.drop_index("ix_conversations_nobodys", "conversations")
