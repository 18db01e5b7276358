"""a search answers in columns"""

from alembic import op

revision = "0200"
down_revision = "0192"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # rls/73_search_find.sql makes it anew with another answer.
    op.execute("DROP FUNCTION IF EXISTS search_find")


def downgrade() -> None:
    op.execute("DROP FUNCTION IF EXISTS search_find, search_talk")
