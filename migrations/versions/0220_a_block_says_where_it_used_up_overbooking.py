"""a block says where it used up overbooking"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0220"
down_revision = "0210"
branch_labels = None
depends_on = None


def _all_hotels(statement: str) -> None:
    """The wall of rls/ is drawn again at head."""
    op.execute("ALTER TABLE room_blocks NO FORCE ROW LEVEL SECURITY, DISABLE TRIGGER USER")
    op.execute(statement)
    op.execute("ALTER TABLE room_blocks FORCE ROW LEVEL SECURITY, ENABLE TRIGGER USER")


def upgrade() -> None:
    untaken = sa.Column("untaken", postgresql.JSONB, nullable=False, server_default="[]")
    op.add_column("room_blocks", untaken)
    _all_hotels("UPDATE room_blocks SET untaken = short WHERE short <> '[]'")
    op.execute("DROP FUNCTION IF EXISTS take_block, give_back_block")


def downgrade() -> None:
    op.execute("DROP FUNCTION IF EXISTS take_block, give_back_block")
    _all_hotels("UPDATE room_blocks SET short = untaken WHERE short <> untaken")
    op.drop_column("room_blocks", "untaken")
