"""a chat has an owner and a priority"""

import sqlalchemy as sa
from alembic import op

revision = "0133"
down_revision = "0132"
branch_labels = None
depends_on = None

STATES = "status IN ('active','escalated','pending','snoozed','resolved','closed')"
CHECKS = {
    "priority": "priority IN ('low','normal','high','urgent')",
    "snoozed": "(status = 'snoozed') = (snoozed_until IS NOT NULL)",
}
TIDY = (
    "UPDATE conversations SET status = 'active' WHERE status = 'snoozed' AND snoozed_until IS NULL",
    "UPDATE conversations SET snoozed_until = NULL WHERE status <> 'snoozed'",
    "UPDATE conversations SET status = 'escalated' WHERE status = 'active' AND owner = 'staff'",
    "UPDATE conversations SET status = 'active' WHERE status = 'escalated' AND owner = 'bot'",
)
"""Nobody could snooze a chat before; an open one is with whoever answers it."""
LABELS = (
    "INSERT INTO labels (hotel_id, id, name) SELECT DISTINCT ON (hotel_id, t) hotel_id,"
    " gen_random_uuid(), t FROM conversations, jsonb_array_elements_text(tags) AS t",
    "INSERT INTO conversation_labels (hotel_id, id, conversation_id, label_id, by)"
    " SELECT DISTINCT ON (c.hotel_id, c.id, l.id) c.hotel_id, gen_random_uuid(), c.id, l.id,"
    " 'migration' FROM conversations c CROSS JOIN jsonb_array_elements_text(c.tags) AS t"
    " JOIN labels l ON l.hotel_id = c.hotel_id AND l.name = t",
)
"""What were tags become labels."""


def upgrade() -> None:
    op.execute("ALTER TABLE conversations DISABLE TRIGGER USER")
    op.drop_constraint(op.f("ck_conversations_status"), "conversations", type_="check")
    for statement in TIDY:
        op.execute(statement)
    op.create_check_constraint(op.f("ck_conversations_status"), "conversations", STATES)
    op.add_column(
        "conversations", sa.Column("priority", sa.String(), server_default="normal", nullable=False)
    )
    op.add_column("conversations", sa.Column("department_id", sa.Uuid(), nullable=True))
    op.add_column("conversations", sa.Column("assignee_id", sa.Uuid(), nullable=True))
    op.add_column(
        "conversations", sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column("conversations", sa.Column("served_by", sa.Uuid(), nullable=True))
    op.add_column(
        "conversations", sa.Column("unassigned_since", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column(
        "conversations", sa.Column("unassigned_due", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column(
        "conversations", sa.Column("waiting_since", sa.DateTime(timezone=True), nullable=True)
    )
    op.drop_index(op.f("ix_conversations_status"), table_name="conversations")
    op.create_index(
        "ix_conversations_status",
        "conversations",
        ["hotel_id", "status", "last_message_at", "id"],
        unique=False,
        postgresql_where=None,
    )
    op.create_index(
        "ix_conversations_assignee",
        "conversations",
        ["hotel_id", "assignee_id", "last_message_at", "id"],
        unique=False,
        postgresql_where=sa.text("assignee_id IS NOT NULL"),
    )
    op.create_index(
        "ix_conversations_department",
        "conversations",
        ["hotel_id", "department_id", "last_message_at", "id"],
        unique=False,
        postgresql_where=sa.text("department_id IS NOT NULL"),
    )
    op.create_index(
        "ix_conversations_guest",
        "conversations",
        ["hotel_id", "guest_id", "last_message_at"],
        unique=False,
    )
    op.create_index(
        "ix_conversations_priority",
        "conversations",
        ["hotel_id", "priority", "last_message_at", "id"],
        unique=False,
        postgresql_where=sa.text("priority <> 'normal'"),
    )
    op.create_index(
        "ix_conversations_snoozed_until",
        "conversations",
        ["snoozed_until"],
        unique=False,
        postgresql_where=sa.text("snoozed_until IS NOT NULL"),
    )
    op.create_index(
        "ix_conversations_unassigned_due",
        "conversations",
        ["unassigned_due"],
        unique=False,
        postgresql_where=sa.text("unassigned_due IS NOT NULL"),
    )
    op.create_index(
        "ix_conversations_unread",
        "conversations",
        ["hotel_id", "last_message_at", "id"],
        unique=False,
        postgresql_where=sa.text("last_inbound_at > coalesce(read_at, '-infinity')"),
    )
    op.create_index(
        "ix_conversations_waiting",
        "conversations",
        ["hotel_id", "waiting_since", "id"],
        unique=False,
        postgresql_where=sa.text("waiting_since IS NOT NULL"),
    )
    op.create_foreign_key(
        op.f("fk_conversations_hotel_id_department_id"),
        "conversations",
        "departments",
        ["hotel_id", "department_id"],
        ["hotel_id", "id"],
    )
    op.create_foreign_key(
        op.f("fk_conversations_hotel_id_served_by"),
        "conversations",
        "memberships",
        ["hotel_id", "served_by"],
        ["hotel_id", "id"],
    )
    op.create_foreign_key(
        op.f("fk_conversations_hotel_id_assignee_id"),
        "conversations",
        "memberships",
        ["hotel_id", "assignee_id"],
        ["hotel_id", "id"],
    )
    for name, rule in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_conversations_{name}"), "conversations", rule)
    for statement in LABELS:
        op.execute(statement)
    op.execute("ALTER TABLE conversations ENABLE TRIGGER USER")


def downgrade() -> None:
    op.execute("DROP FUNCTION IF EXISTS conversation_moves, count_load, counts_for CASCADE")
    op.execute("ALTER TABLE conversations DISABLE TRIGGER USER")
    for name in (*CHECKS, "status"):
        op.drop_constraint(op.f(f"ck_conversations_{name}"), "conversations", type_="check")
    op.execute("UPDATE conversations SET status = 'closed' WHERE status IN ('pending','resolved')")
    op.create_check_constraint(
        op.f("ck_conversations_status"),
        "conversations",
        "status IN ('active','escalated','closed','snoozed')",
    )
    op.drop_constraint(
        op.f("fk_conversations_hotel_id_assignee_id"), "conversations", type_="foreignkey"
    )
    op.drop_constraint(
        op.f("fk_conversations_hotel_id_served_by"), "conversations", type_="foreignkey"
    )
    op.drop_constraint(
        op.f("fk_conversations_hotel_id_department_id"), "conversations", type_="foreignkey"
    )
    op.drop_index(
        "ix_conversations_waiting",
        table_name="conversations",
        postgresql_where=sa.text("waiting_since IS NOT NULL"),
    )
    op.drop_index(
        "ix_conversations_unread",
        table_name="conversations",
        postgresql_where=sa.text("last_inbound_at > coalesce(read_at, '-infinity')"),
    )
    op.drop_index(
        "ix_conversations_unassigned_due",
        table_name="conversations",
        postgresql_where=sa.text("unassigned_due IS NOT NULL"),
    )
    op.drop_index(
        "ix_conversations_snoozed_until",
        table_name="conversations",
        postgresql_where=sa.text("snoozed_until IS NOT NULL"),
    )
    op.drop_index(
        "ix_conversations_priority",
        table_name="conversations",
        postgresql_where=sa.text("priority <> 'normal'"),
    )
    op.drop_index("ix_conversations_guest", table_name="conversations")
    op.drop_index(
        "ix_conversations_department",
        table_name="conversations",
        postgresql_where=sa.text("department_id IS NOT NULL"),
    )
    op.drop_index(
        "ix_conversations_assignee",
        table_name="conversations",
        postgresql_where=sa.text("assignee_id IS NOT NULL"),
    )
    op.drop_index("ix_conversations_status", table_name="conversations", postgresql_where=None)
    op.create_index(
        op.f("ix_conversations_status"),
        "conversations",
        ["hotel_id", "status", "last_message_at"],
        unique=False,
    )
    op.drop_column("conversations", "waiting_since")
    op.drop_column("conversations", "unassigned_due")
    op.drop_column("conversations", "unassigned_since")
    op.drop_column("conversations", "served_by")
    op.drop_column("conversations", "assigned_at")
    op.drop_column("conversations", "assignee_id")
    op.drop_column("conversations", "department_id")
    op.drop_column("conversations", "priority")
    op.execute("ALTER TABLE conversations ENABLE TRIGGER USER")
