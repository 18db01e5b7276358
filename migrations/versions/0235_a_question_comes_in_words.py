"""a search is asked for words, which the app has folded"""

from alembic import op

revision = "0235"
down_revision = "0234"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # rls/73_search_find.sql makes it anew, asked otherwise.
    op.execute("DROP FUNCTION IF EXISTS search_find")


def downgrade() -> None:
    op.execute("DROP FUNCTION IF EXISTS search_find")
