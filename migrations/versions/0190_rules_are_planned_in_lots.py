"""rules are planned in lots"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0190"
down_revision = "0186"
branch_labels = None
depends_on = None

FUNCTIONS = (
    *("plan_step", "plan_fence", "plan_lot", "plan_known", "plan_subjects", "plan_calls_off"),
    "plan_kept",
)


def upgrade() -> None:
    op.create_table(
        "rule_plannings",
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("trigger_id", sa.Uuid(), nullable=False),
        sa.Column("trigger_version", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fenced", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("past", sa.Uuid(), nullable=True),
        sa.Column("busy", ARRAY(sa.Uuid()), server_default="{}", nullable=False),
        sa.Column("done", sa.Integer(), server_default="0", nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False
        ),
        sa.Column(
            "updated_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False
        ),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_rule_plannings")),
        sa.ForeignKeyConstraint(
            ["hotel_id"], ["hotels.id"], name=op.f("fk_rule_plannings_hotel_id")
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "trigger_id"],
            ["triggers.hotel_id", "triggers.id"],
            name=op.f("fk_rule_plannings_hotel_id_trigger_id"),
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint(
            "hotel_id", "trigger_id", name=op.f("uq_rule_plannings_hotel_id_trigger_id")
        ),
    )
    op.create_index(
        "ix_rule_plannings_open",
        "rule_plannings",
        ["started_at"],
        postgresql_where=sa.text("finished_at IS NULL"),
    )
    op.create_index(
        "ix_planned_sends_rule",
        "planned_sends",
        ["hotel_id", "trigger_id", "trigger_version"],
        postgresql_where=sa.text("state = 'planned'"),
    )


def downgrade() -> None:
    for name in FUNCTIONS:
        op.execute(f"DROP FUNCTION IF EXISTS {name} CASCADE")
    op.drop_index("ix_planned_sends_rule", "planned_sends")
    op.drop_table("rule_plannings")
