"""what changes is told live"""

import sqlalchemy as sa
from alembic import op

revision = "0100"
down_revision = "0121"
branch_labels = None
depends_on = None

TRIGGERS = (
    ("live_new", "messages"),
    ("live_changed", "messages"),
    ("live_changed", "conversations"),
    ("live_new", "staff_notifications"),
    ("live_changed", "staff_notifications"),
    ("live_new", "outbox_events"),
)
FUNCTIONS = (
    "message_went_live()",
    "conversation_went_live()",
    "notification_went_live()",
    "event_went_live()",
    "live_since(uuid, text, text, bigint, int)",
)


def _time(name: str) -> sa.Column:
    now = sa.text("now()")
    return sa.Column(name, sa.DateTime(timezone=True), server_default=now, nullable=False)


def upgrade() -> None:
    op.create_table(
        "live_changes",
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column(
            "xact",
            sa.BigInteger(),
            server_default=sa.text("pg_current_xact_id()::text::bigint"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=True),
        _time("created_at"),
        sa.CheckConstraint(
            "kind IN ('message','tick','conversation','thinking','notification','event')",
            name=op.f("ck_live_changes_kind"),
        ),
        sa.PrimaryKeyConstraint("hotel_id", "xact", "seq", name=op.f("pk_live_changes")),
    )
    op.create_table(
        "reply_locks",
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        _time("created_at"),
        _time("updated_at"),
        sa.ForeignKeyConstraint(
            ["hotel_id", "conversation_id"],
            ["conversations.hotel_id", "conversations.id"],
            name=op.f("fk_reply_locks_hotel_id_conversation_id"),
        ),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_reply_locks")),
        sa.UniqueConstraint(
            "hotel_id", "conversation_id", name=op.f("uq_reply_locks_hotel_id_conversation_id")
        ),
    )


def downgrade() -> None:
    for name, table in TRIGGERS:
        op.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
    for function in FUNCTIONS:
        op.execute(f"DROP FUNCTION IF EXISTS {function}")
    op.drop_table("reply_locks")
    op.drop_table("live_changes")
