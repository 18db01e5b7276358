"""handovers have a cause"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0111"
down_revision = "0110"
branch_labels = None
depends_on = None

TABLES = ("escalation_causes", "handovers", "shift_reports")


def _text(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.String(), nullable=nullable)


def _at(name: str, *, nullable: bool = False, default: bool = False) -> sa.Column:
    now = sa.text("now()") if default else None
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable, server_default=now)


def _json(name: str, default: str | None = None) -> sa.Column:
    return sa.Column(name, JSONB(), nullable=False, server_default=default)


def _create(table: str, *parts: sa.Column | sa.Constraint, of_hotel: bool = False) -> None:
    hotel = sa.ForeignKeyConstraint(["hotel_id"], ["hotels.id"], name=f"fk_{table}_hotel_id")
    op.create_table(
        table,
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        *parts,
        _at("created_at", default=True),
        _at("updated_at", default=True),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f(f"pk_{table}")),
        *([hotel] if of_hotel else []),
    )


def upgrade() -> None:
    _create(
        "escalation_causes",
        _text("cause"),
        sa.Column("enabled", sa.Boolean(), nullable=False, server_default="true"),
        sa.Column("threshold", sa.Double(), nullable=False),
        _text("action"),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.UniqueConstraint("hotel_id", "cause", name="uq_escalation_causes_hotel_id_cause"),
        sa.CheckConstraint("action IN ('tell','hand_over')", name="ck_escalation_causes_action"),
        sa.CheckConstraint("priority BETWEEN 0 AND 100", name="ck_escalation_causes_priority"),
        of_hotel=True,
    )
    _create(
        "handovers",
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        *(_text(name) for name in ("cause", "reason", "by_whom")),
        _at("opened_at"),
        _json("evidence", "{}"),
        sa.ForeignKeyConstraint(
            ["hotel_id", "conversation_id"],
            ["conversations.hotel_id", "conversations.id"],
            name="fk_handovers_hotel_id_conversation_id",
        ),
    )
    _create(
        "shift_reports",
        _at("since"),
        _at("until"),
        _json("document"),
        _text("digest"),
        _text("outgoing_by"),
        _at("outgoing_at"),
        _text("incoming_by", nullable=True),
        _at("incoming_at", nullable=True),
        of_hotel=True,
    )
    of_chat = ["hotel_id", "conversation_id", "created_at", "id"]
    op.create_index("ix_handovers_conversation", "handovers", of_chat)
    recent = ["hotel_id", "created_at", "id"]
    op.create_index("ix_shift_reports_recent", "shift_reports", recent)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
