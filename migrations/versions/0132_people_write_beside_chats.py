"""people write beside chats"""

import sqlalchemy as sa
from alembic import op

revision = "0132"
down_revision = "0131"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "canned_replies",
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("shortcut", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
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
        sa.ForeignKeyConstraint(
            ["hotel_id"], ["hotels.id"], name=op.f("fk_canned_replies_hotel_id")
        ),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_canned_replies")),
        sa.UniqueConstraint(
            "hotel_id",
            "shortcut",
            "language",
            name=op.f("uq_canned_replies_hotel_id_shortcut_language"),
        ),
    )
    op.create_table(
        "composer_drafts",
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
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
        sa.ForeignKeyConstraint(
            ["hotel_id", "conversation_id"],
            ["conversations.hotel_id", "conversations.id"],
            name=op.f("fk_composer_drafts_hotel_id_conversation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "membership_id"],
            ["memberships.hotel_id", "memberships.id"],
            name=op.f("fk_composer_drafts_hotel_id_membership_id"),
        ),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_composer_drafts")),
        sa.UniqueConstraint(
            "hotel_id",
            "conversation_id",
            "membership_id",
            name=op.f("uq_composer_drafts_hotel_id_conversation_id_membership_id"),
        ),
    )
    op.create_table(
        "scheduled_messages",
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("send_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), server_default="waiting", nullable=False),
        sa.Column("unless_guest_writes", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
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
            "state IN ('waiting','sent','cancelled')", name=op.f("ck_scheduled_messages_state")
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "conversation_id"],
            ["conversations.hotel_id", "conversations.id"],
            name=op.f("fk_scheduled_messages_hotel_id_conversation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "message_id"],
            ["messages.hotel_id", "messages.id"],
            name=op.f("fk_scheduled_messages_hotel_id_message_id"),
        ),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_scheduled_messages")),
    )
    op.create_index(
        "ix_scheduled_messages_conversation",
        "scheduled_messages",
        ["hotel_id", "conversation_id", "send_at"],
        unique=False,
    )
    op.create_index(
        "ix_scheduled_messages_due",
        "scheduled_messages",
        ["send_at"],
        unique=False,
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "notes",
        sa.Column("conversation_id", sa.Uuid(), nullable=True),
        sa.Column("task_id", sa.Uuid(), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
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
            "num_nonnulls(conversation_id, task_id) = 1", name=op.f("ck_notes_subject")
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "conversation_id"],
            ["conversations.hotel_id", "conversations.id"],
            name=op.f("fk_notes_hotel_id_conversation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "task_id"],
            ["tasks.hotel_id", "tasks.id"],
            name=op.f("fk_notes_hotel_id_task_id"),
        ),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_notes")),
    )
    op.create_index(
        "ix_notes_conversation",
        "notes",
        ["hotel_id", "conversation_id", "created_at", "id"],
        unique=False,
    )
    op.create_index(
        "ix_notes_task", "notes", ["hotel_id", "task_id", "created_at", "id"], unique=False
    )
    op.create_table(
        "note_mentions",
        sa.Column("note_id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
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
        sa.ForeignKeyConstraint(
            ["hotel_id", "membership_id"],
            ["memberships.hotel_id", "memberships.id"],
            name=op.f("fk_note_mentions_hotel_id_membership_id"),
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "note_id"],
            ["notes.hotel_id", "notes.id"],
            name=op.f("fk_note_mentions_hotel_id_note_id"),
        ),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_note_mentions")),
        sa.UniqueConstraint(
            "hotel_id",
            "note_id",
            "membership_id",
            name=op.f("uq_note_mentions_hotel_id_note_id_membership_id"),
        ),
    )
    op.create_index(
        "ix_note_mentions_member",
        "note_mentions",
        ["hotel_id", "membership_id", "created_at", "id"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_table("note_mentions")
    op.drop_table("notes")
    op.drop_table("scheduled_messages")
    op.drop_table("composer_drafts")
    op.drop_table("canned_replies")
