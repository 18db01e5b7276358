"""what rules do is kept step by step"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0091"
down_revision = "0111"
branch_labels = None
depends_on = None

STEPS, RUNS = "trigger_steps", "trigger_runs"
SUBJECTS = {
    "booking_id": "bookings",
    "conversation_id": "conversations",
    "guest_id": "guests",
    "planned_send_id": "planned_sends",
}
CAUSED = ("outbox_events", "outbound_messages", "staff_notifications")
OUTCOME = "ck_trigger_runs_outcome"


def _instant(name: str, *, default: bool = False) -> sa.Column:
    now = sa.text("now()") if default else None
    return sa.Column(name, sa.DateTime(timezone=True), server_default=now, nullable=not default)


def _outcomes(*words: str) -> str:
    return f"outcome IN ({','.join(repr(w) for w in words)})"


def upgrade() -> None:
    for column, table in SUBJECTS.items():
        op.add_column(RUNS, sa.Column(column, sa.Uuid(), nullable=True))
        op.create_foreign_key(
            op.f(f"fk_trigger_runs_hotel_id_{column}"),
            *(RUNS, table, ["hotel_id", column], ["hotel_id", "id"]),
            ondelete=f"SET NULL ({column})" if table == "planned_sends" else None,
        )
        op.create_index(f"ix_trigger_runs_{column.removesuffix('_id')}", RUNS, ["hotel_id", column])
    op.add_column(RUNS, sa.Column("facts", JSONB, server_default="{}", nullable=False))
    op.create_index("ix_trigger_runs_ledger", RUNS, ["hotel_id", "created_at", "id"])
    op.drop_constraint(op.f(OUTCOME), RUNS)
    said = _outcomes("fired", "not_matched", "failed", "stopped", "running")
    op.create_check_constraint(op.f(OUTCOME), RUNS, said)
    op.create_index("ix_planned_sends_ledger", "planned_sends", ["hotel_id", "due_at", "id"])
    for table in CAUSED:
        op.add_column(table, sa.Column("chain", JSONB, server_default="[]", nullable=False))
    op.create_table(
        STEPS,
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("action", JSONB, nullable=False),
        sa.Column("state", sa.String(), server_default="waiting", nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        _instant("try_at"),
        _instant("done_at"),
        sa.Column("result", JSONB, server_default="{}", nullable=False),
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        _instant("created_at", default=True),
        _instant("updated_at", default=True),
        sa.ForeignKeyConstraint(
            ["hotel_id", "run_id"],
            ["trigger_runs.hotel_id", "trigger_runs.id"],
            name=op.f("fk_trigger_steps_hotel_id_run_id"),
            ondelete="CASCADE",
        ),
        sa.CheckConstraint(
            "state IN ('waiting','done','failed','skipped')", name=op.f("ck_trigger_steps_state")
        ),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_trigger_steps")),
        sa.UniqueConstraint(
            *("hotel_id", "run_id", "place"), name=op.f("uq_trigger_steps_hotel_id_run_id_place")
        ),
    )
    due = {"postgresql_where": sa.text("try_at IS NOT NULL")}
    op.create_index("ix_trigger_steps_due", STEPS, ["hotel_id", "try_at"], **due)
    op.create_index("ix_trigger_steps_sweep", STEPS, ["try_at"], **due)


def downgrade() -> None:
    op.drop_table(STEPS)
    for table in CAUSED:
        op.drop_column(table, "chain")
    op.drop_index("ix_planned_sends_ledger")
    op.drop_constraint(op.f(OUTCOME), RUNS)
    op.create_check_constraint(
        op.f(OUTCOME),
        RUNS,
        _outcomes("fired", "not_matched", "failed", "stopped"),
        postgresql_not_valid=True,  # the wall hides rows that still run from its owner too
    )
    op.drop_column(RUNS, "facts")
    op.drop_index("ix_trigger_runs_ledger")
    for column in SUBJECTS:
        op.drop_column(RUNS, column)
