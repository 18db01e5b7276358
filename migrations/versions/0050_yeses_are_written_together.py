"""yeses are written together"""

from alembic import op

revision = "0050"
down_revision = "0055"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The function itself is in rls/60_bookings.sql."""


def downgrade() -> None:
    op.execute("DROP FUNCTION IF EXISTS reserve_stays")
