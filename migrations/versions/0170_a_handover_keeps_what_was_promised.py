"""a handover keeps what was promised"""

import sqlalchemy as sa
from alembic import op

revision = "0170"
down_revision = "0160"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("handovers", sa.Column("promised_until", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("handovers", "promised_until")
