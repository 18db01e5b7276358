"""guests say who they are"""

import sqlalchemy as sa
from alembic import op

revision = "0080"
down_revision = "0067"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def _to(column: str, table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["hotel_id", column],
        [f"{table}.hotel_id", f"{table}.id"],
        name=op.f(f"fk_identity_tries_hotel_id_{column}"),
    )


def upgrade() -> None:
    now = sa.text("now()")
    op.create_table(
        "identity_tries",
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("booking_id", sa.Uuid(), nullable=True),
        sa.Column("succeeded", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("tried_at", INSTANT, nullable=False),
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, server_default=now, nullable=False),
        sa.Column("updated_at", INSTANT, server_default=now, nullable=False),
        _to("conversation_id", "conversations"),
        _to("booking_id", "bookings"),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_identity_tries")),
    )
    columns = {"chat": "conversation_id", "booking": "booking_id"}
    for name, column in columns.items():
        keys = ["hotel_id", column, "tried_at"]
        op.create_index(f"ix_identity_tries_{name}", "identity_tries", keys)


def downgrade() -> None:
    op.drop_table("identity_tries")
