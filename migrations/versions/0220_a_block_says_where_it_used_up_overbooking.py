"""a block says where it used up overbooking"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0220"
down_revision = "0210"
branch_labels = None
depends_on = None


def _unseen(statement: str) -> None:
    """By the triggers, which are for what people do."""
    op.execute("ALTER TABLE room_blocks DISABLE TRIGGER USER")
    op.execute(statement)
    op.execute("ALTER TABLE room_blocks ENABLE TRIGGER USER")


def upgrade() -> None:
    untaken = sa.Column("untaken", postgresql.JSONB, nullable=False, server_default="[]")
    op.add_column("room_blocks", untaken)
    _unseen("UPDATE room_blocks SET untaken = short WHERE short <> '[]'")
    op.execute("DROP FUNCTION IF EXISTS take_block, give_back_block")


def downgrade() -> None:
    op.execute("DROP FUNCTION IF EXISTS take_block, give_back_block")
    _unseen("UPDATE room_blocks SET short = untaken WHERE short <> untaken")
    op.drop_column("room_blocks", "untaken")
