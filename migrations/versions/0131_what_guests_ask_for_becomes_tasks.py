"""what guests ask for becomes tasks"""

import sqlalchemy as sa
from alembic import op

revision = "0131"
down_revision = "0130"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tasks",
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Uuid(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("text", sa.String(), server_default="", nullable=False),
        sa.Column("state", sa.String(), server_default="open", nullable=False),
        sa.Column("priority", sa.String(), server_default="normal", nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("overdue_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("room_id", sa.Uuid(), nullable=True),
        sa.Column("conversation_id", sa.Uuid(), nullable=True),
        sa.Column("guest_id", sa.Uuid(), nullable=True),
        sa.Column("booking_id", sa.Uuid(), nullable=True),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("assignee_id", sa.Uuid(), nullable=True),
        sa.Column("opened_by", sa.String(), nullable=False),
        sa.Column("tell_guest", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("photo_url", sa.String(), nullable=True),
        sa.Column("dedupe_key", sa.String(), nullable=True),
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
            "priority IN ('low','normal','high','urgent')", name=op.f("ck_tasks_priority")
        ),
        sa.CheckConstraint(
            "state IN ('open','in_progress','done','cancelled')", name=op.f("ck_tasks_state")
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "assignee_id"],
            ["memberships.hotel_id", "memberships.id"],
            name=op.f("fk_tasks_hotel_id_assignee_id"),
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "booking_id"],
            ["bookings.hotel_id", "bookings.id"],
            name=op.f("fk_tasks_hotel_id_booking_id"),
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "conversation_id"],
            ["conversations.hotel_id", "conversations.id"],
            name=op.f("fk_tasks_hotel_id_conversation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "department_id"],
            ["departments.hotel_id", "departments.id"],
            name=op.f("fk_tasks_hotel_id_department_id"),
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "guest_id"],
            ["guests.hotel_id", "guests.id"],
            name=op.f("fk_tasks_hotel_id_guest_id"),
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "message_id"],
            ["messages.hotel_id", "messages.id"],
            name=op.f("fk_tasks_hotel_id_message_id"),
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "room_id"],
            ["rooms.hotel_id", "rooms.id"],
            name=op.f("fk_tasks_hotel_id_room_id"),
        ),
        sa.ForeignKeyConstraint(["hotel_id"], ["hotels.id"], name=op.f("fk_tasks_hotel_id")),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_tasks")),
        sa.UniqueConstraint("hotel_id", "dedupe_key", name=op.f("uq_tasks_hotel_id_dedupe_key")),
        sa.UniqueConstraint("hotel_id", "number", name=op.f("uq_tasks_hotel_id_number")),
    )
    op.create_index(
        "ix_tasks_assignee",
        "tasks",
        ["hotel_id", "assignee_id", "created_at", "id"],
        unique=False,
        postgresql_where=sa.text("assignee_id IS NOT NULL"),
    )
    op.create_index(
        "ix_tasks_board",
        "tasks",
        ["hotel_id", "department_id", "state", "created_at", "id"],
        unique=False,
    )
    op.create_index(
        "ix_tasks_conversation",
        "tasks",
        ["hotel_id", "conversation_id", "created_at"],
        unique=False,
    )
    op.create_index(
        "ix_tasks_overdue",
        "tasks",
        ["overdue_at"],
        unique=False,
        postgresql_where=sa.text("overdue_at IS NOT NULL"),
    )
    op.create_index("ix_tasks_recent", "tasks", ["hotel_id", "created_at", "id"], unique=False)
    op.create_index(
        "ix_tasks_state", "tasks", ["hotel_id", "state", "created_at", "id"], unique=False
    )


def downgrade() -> None:
    op.execute("DROP FUNCTION IF EXISTS task_moves CASCADE")
    op.drop_table("tasks")
