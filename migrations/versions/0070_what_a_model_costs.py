"""what a language model costs a hotel, call by call"""

import sqlalchemy as sa
from alembic import op

revision = "0070"
down_revision = "0080"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "assistant_limits",
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("model_enabled", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("tokens_per_day", sa.BigInteger(), nullable=True),
        sa.Column("tokens_per_month", sa.BigInteger(), nullable=True),
        sa.Column("micros_per_day", sa.BigInteger(), nullable=True),
        sa.Column("micros_per_month", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "tokens_per_day >= 0 AND tokens_per_month >= 0"
            " AND micros_per_day >= 0 AND micros_per_month >= 0",
            name=op.f("ck_assistant_limits_not_negative"),
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id"], ["hotels.id"], name=op.f("fk_assistant_limits_hotel_id")
        ),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_assistant_limits")),
        sa.UniqueConstraint("hotel_id", name=op.f("uq_assistant_limits_hotel_id")),
    )
    op.create_table(
        "assistant_spending",
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("calls", sa.Integer(), server_default="0", nullable=False),
        sa.Column("tokens", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("micros", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "calls >= 0 AND tokens >= 0 AND micros >= 0",
            name=op.f("ck_assistant_spending_not_negative"),
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id"], ["hotels.id"], name=op.f("fk_assistant_spending_hotel_id")
        ),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_assistant_spending")),
        sa.UniqueConstraint(
            "hotel_id", "period", name=op.f("uq_assistant_spending_hotel_id_period")
        ),
    )
    op.create_table(
        "assistant_calls",
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("turn_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("state", sa.String(), server_default="reserved", nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("tokens", sa.BigInteger(), nullable=False),
        sa.Column("micros", sa.BigInteger(), nullable=False),
        sa.Column("tokens_in", sa.BigInteger(), nullable=True),
        sa.Column("tokens_out", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("purpose IN ('read','phrase')", name=op.f("ck_assistant_calls_purpose")),
        sa.CheckConstraint(
            "state IN ('reserved','settled')", name=op.f("ck_assistant_calls_state")
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id"], ["hotels.id"], name=op.f("fk_assistant_calls_hotel_id")
        ),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_assistant_calls")),
    )
    op.create_index(
        "ix_assistant_calls_recent", "assistant_calls", ["hotel_id", "created_at", "id"]
    )


def downgrade() -> None:
    op.drop_table("assistant_calls")
    op.drop_table("assistant_spending")
    op.drop_table("assistant_limits")
