"""a message goes to many guests"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0095"
down_revision = "0094"
branch_labels = None
depends_on = None

MANY, EACH = "broadcasts", "broadcast_sends"


def _instant(name: str, *, default: bool = False) -> sa.Column:
    now = sa.text("now()") if default else None
    return sa.Column(name, sa.DateTime(timezone=True), server_default=now, nullable=not default)


def _own(table: str) -> list:
    return [
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        _instant("created_at", default=True),
        _instant("updated_at", default=True),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f(f"pk_{table}")),
    ]


def _to(column: str, table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["hotel_id", column],
        [f"{table}.hotel_id", f"{table}.id"],
        name=op.f(f"fk_broadcast_sends_hotel_id_{column}"),
    )


def upgrade() -> None:
    op.create_table(
        MANY,
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("message", JSONB, nullable=False),
        sa.Column("audience", JSONB, server_default="{}", nullable=False),
        sa.Column("hold_out", sa.Integer(), server_default="0", nullable=False),
        sa.Column("per_minute", sa.Integer(), server_default="30", nullable=False),
        sa.Column("state", sa.String(), server_default="draft", nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        *(_instant(name) for name in ("next_at", "started_at", "ended_at")),
        *_own(MANY),
        sa.ForeignKeyConstraint(
            ["hotel_id"], ["hotels.id"], name=op.f("fk_broadcasts_hotel_id_hotels")
        ),
        sa.CheckConstraint(
            "state IN ('draft','sending','stopped','done')", name=op.f("ck_broadcasts_state")
        ),
        sa.CheckConstraint(
            "hold_out BETWEEN 0 AND 50 AND per_minute > 0", name=op.f("ck_broadcasts_pace")
        ),
        sa.UniqueConstraint("hotel_id", "name", name=op.f("uq_broadcasts_hotel_id_name")),
    )
    sending = sa.text("state = 'sending'")
    op.create_index("ix_broadcasts_sweep", MANY, ["next_at"], postgresql_where=sending)
    op.create_table(
        EACH,
        sa.Column("broadcast_id", sa.Uuid(), nullable=False),
        sa.Column("guest_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(), server_default="planned", nullable=False),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("why", JSONB, server_default="[]", nullable=False),
        _instant("worked_at"),
        *_own(EACH),
        _to("broadcast_id", "broadcasts"),
        _to("guest_id", "guests"),
        sa.CheckConstraint(
            "state IN ('planned','sent','held_out','skipped','stopped')",
            name=op.f("ck_broadcast_sends_state"),
        ),
        sa.UniqueConstraint(
            *("hotel_id", "broadcast_id", "guest_id"),
            name=op.f("uq_broadcast_sends_hotel_id_broadcast_id_guest_id"),
        ),
    )
    op.create_index("ix_broadcast_sends_next", EACH, ["hotel_id", "broadcast_id", "state", "id"])
    op.create_index("ix_broadcast_sends_guest", EACH, ["hotel_id", "guest_id"])


def downgrade() -> None:
    op.drop_table(EACH)
    op.drop_table(MANY)
