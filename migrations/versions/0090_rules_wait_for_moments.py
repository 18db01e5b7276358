"""rules wait for moments"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0090"
down_revision = "0069"
branch_labels = None
depends_on = None

TABLE = "planned_sends"
PARENTS = {
    "trigger_id": "triggers",
    "guest_id": "guests",
    "booking_id": "bookings",
    "hold_id": "holds",
    "conversation_id": "conversations",
}
FUNCTIONS = (
    *("plan_booking", "plan_hold", "plan_conversation", "plan_rule", "plan_wanted"),
    *("wanted_of_stay", "wanted_of_hold", "wanted_of_conversation", "moment_at", "stay_moment"),
    "stay_due",
)


def _instant(name: str, *, default: bool = False, nullable: bool = False) -> sa.Column:
    now = sa.text("now()") if default else None
    return sa.Column(name, sa.DateTime(timezone=True), server_default=now, nullable=nullable)


def _to(column: str, table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["hotel_id", column],
        [f"{table}.hotel_id", f"{table}.id"],
        name=op.f(f"fk_planned_sends_hotel_id_{column}"),
    )


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("trigger_id", sa.Uuid(), nullable=False),
        sa.Column("trigger_version", sa.Integer(), nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=False),
        sa.Column("occurrence", sa.String(), server_default="", nullable=False),
        *(sa.Column(n, sa.Uuid(), nullable=n != "guest_id") for n in list(PARENTS)[1:]),
        _instant("due_at"),
        _instant("until_at", nullable=True),
        _instant("planned_at", default=True),
        sa.Column("state", sa.String(), server_default="planned", nullable=False),
        sa.Column("why", JSONB, server_default="[]", nullable=False),
        sa.Column("actions", JSONB, server_default="[]", nullable=False),
        sa.Column("decided_by", sa.String(), nullable=True),
        _instant("worked_at", nullable=True),
        _instant("try_at"),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        _instant("created_at", default=True),
        _instant("updated_at", default=True),
        *(_to(column, table) for column, table in PARENTS.items()),
        sa.ForeignKeyConstraint(
            ["hotel_id"], ["hotels.id"], name=op.f("fk_planned_sends_hotel_id_hotels")
        ),
        sa.CheckConstraint(
            "state IN ('planned','sent','skipped','cancelled','failed')",
            name=op.f("ck_planned_sends_state"),
        ),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_planned_sends")),
        sa.UniqueConstraint(
            *("hotel_id", "trigger_id", "trigger_version", "subject", "occurrence"),
            name=op.f("uq_planned_sends_hotel_id_trigger_id_trigger_version_subject_occurrence"),
        ),
    )
    waiting = sa.text("state = 'planned'")
    op.create_index("ix_planned_sends_subject", TABLE, ["hotel_id", "subject", "due_at"])
    op.create_index("ix_planned_sends_guest", TABLE, ["hotel_id", "guest_id", "worked_at"])
    due = ["hotel_id", "try_at"]
    op.create_index("ix_planned_sends_due", TABLE, due, postgresql_where=waiting)
    op.create_index("ix_planned_sends_sweep", TABLE, ["try_at"], postgresql_where=waiting)


def downgrade() -> None:
    for name in FUNCTIONS:
        op.execute(f"DROP FUNCTION IF EXISTS {name} CASCADE")
    op.drop_table(TABLE)
