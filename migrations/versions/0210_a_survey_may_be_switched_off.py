"""a survey may be switched off"""

import sqlalchemy as sa
from alembic import op

revision = "0210"
down_revision = "0200"
branch_labels = None
depends_on = None


def upgrade() -> None:
    on = sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true())
    op.add_column("surveys", on)


def downgrade() -> None:
    op.drop_column("surveys", "active")
