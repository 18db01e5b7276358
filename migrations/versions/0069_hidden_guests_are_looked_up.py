"""hidden guests are looked up"""

import sqlalchemy as sa
from alembic import op

revision = "0069"
down_revision = "0068"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("guest_identities", sa.Column("found_phone", sa.String(), nullable=True))
    op.add_column(
        "guest_identities", sa.Column("look_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.execute("UPDATE guest_identities SET look_at = now() WHERE kind = 'lid'")
    op.create_index(
        "ix_guest_identities_look_at",
        "guest_identities",
        ["look_at"],
        postgresql_where=sa.text("look_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_guest_identities_look_at", "guest_identities")
    op.drop_column("guest_identities", "look_at")
    op.drop_column("guest_identities", "found_phone")
