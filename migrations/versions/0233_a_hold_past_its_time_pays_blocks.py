"""a hold past its time pays the blocks it is owed to, and stands in the way of none"""

from alembic import op

revision = "0233"
down_revision = "0232"
branch_labels = None
depends_on = None


def _drop_what_asks_for_stock() -> None:
    """Their parameters changed; rls/64 makes them anew."""
    op.execute("DROP FUNCTION IF EXISTS take_block, shift_capacity")


def upgrade() -> None:
    _drop_what_asks_for_stock()


def downgrade() -> None:
    _drop_what_asks_for_stock()
    op.execute("DROP FUNCTION IF EXISTS free_held")
