"""hotels have keys"""

import sqlalchemy as sa
from alembic import op

revision = "0068"
down_revision = "0062"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    now = sa.text("now()")
    op.create_table(
        "hotel_keys",
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("retired_at", INSTANT, nullable=True),
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, server_default=now, nullable=False),
        sa.Column("updated_at", INSTANT, server_default=now, nullable=False),
        sa.ForeignKeyConstraint(
            ["hotel_id"], ["hotels.id"], name=op.f("fk_hotel_keys_hotel_id_hotels")
        ),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_hotel_keys")),
    )
    op.create_index(
        "uq_hotel_keys_current",
        "hotel_keys",
        ["hotel_id"],
        unique=True,
        postgresql_where=sa.text("retired_at IS NULL"),
    )


def downgrade() -> None:
    """What is sealed under a hotel's key has no reader before this revision, and must not be lost."""
    op.execute(
        "DO $$ BEGIN IF EXISTS (SELECT FROM hotel_keys) THEN RAISE EXCEPTION"
        " 'hotels have keys: what they seal could not be opened any more'; END IF; END $$"
    )
    op.drop_table("hotel_keys")
