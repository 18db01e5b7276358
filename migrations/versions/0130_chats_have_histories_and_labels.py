"""chats have histories and labels"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "0130"
down_revision = "0090"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "departments",
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default="true", nullable=False),
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
        sa.ForeignKeyConstraint(["hotel_id"], ["hotels.id"], name=op.f("fk_departments_hotel_id")),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_departments")),
        sa.UniqueConstraint("hotel_id", "code", name=op.f("uq_departments_hotel_id_code")),
    )
    op.create_table(
        "labels",
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("colour", sa.String(), server_default="#808080", nullable=False),
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
        sa.CheckConstraint("colour ~ '^#[0-9a-f]{6}$'", name=op.f("ck_labels_colour")),
        sa.ForeignKeyConstraint(["hotel_id"], ["hotels.id"], name=op.f("fk_labels_hotel_id")),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_labels")),
        sa.UniqueConstraint("hotel_id", "name", name=op.f("uq_labels_hotel_id_name")),
    )
    op.create_table(
        "desk_seats",
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("available", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("capacity", sa.Integer(), server_default="8", nullable=False),
        sa.Column("load", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "languages", postgresql.JSONB(astext_type=Text()), server_default="[]", nullable=False
        ),
        sa.Column(
            "skills", postgresql.JSONB(astext_type=Text()), server_default="[]", nullable=False
        ),
        sa.Column(
            "hours", postgresql.JSONB(astext_type=Text()), server_default="[]", nullable=False
        ),
        sa.Column("department_id", sa.Uuid(), nullable=True),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=True),
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
        sa.CheckConstraint("capacity BETWEEN 0 AND 1000", name=op.f("ck_desk_seats_capacity")),
        sa.ForeignKeyConstraint(
            ["hotel_id", "department_id"],
            ["departments.hotel_id", "departments.id"],
            name=op.f("fk_desk_seats_hotel_id_department_id"),
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "membership_id"],
            ["memberships.hotel_id", "memberships.id"],
            name=op.f("fk_desk_seats_hotel_id_membership_id"),
        ),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_desk_seats")),
        sa.UniqueConstraint(
            "hotel_id", "membership_id", name=op.f("uq_desk_seats_hotel_id_membership_id")
        ),
    )
    op.create_table(
        "conversation_changes",
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("old", sa.String(), nullable=True),
        sa.Column("new", sa.String(), nullable=True),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
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
            "kind IN ('state','assignee','priority','department','label')",
            name=op.f("ck_conversation_changes_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "conversation_id"],
            ["conversations.hotel_id", "conversations.id"],
            name=op.f("fk_conversation_changes_hotel_id_conversation_id"),
        ),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_conversation_changes")),
    )
    op.create_index(
        "ix_conversation_changes_recent",
        "conversation_changes",
        ["hotel_id", "conversation_id", "at", "id"],
        unique=False,
    )
    op.create_table(
        "conversation_labels",
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("label_id", sa.Uuid(), nullable=False),
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
        sa.ForeignKeyConstraint(
            ["hotel_id", "conversation_id"],
            ["conversations.hotel_id", "conversations.id"],
            name=op.f("fk_conversation_labels_hotel_id_conversation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "label_id"],
            ["labels.hotel_id", "labels.id"],
            name=op.f("fk_conversation_labels_hotel_id_label_id"),
        ),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_conversation_labels")),
        sa.UniqueConstraint(
            "hotel_id",
            "conversation_id",
            "label_id",
            name=op.f("uq_conversation_labels_hotel_id_conversation_id_label_id"),
        ),
    )
    op.create_index(
        "ix_conversation_labels_label",
        "conversation_labels",
        ["hotel_id", "label_id", "conversation_id"],
        unique=False,
    )
    op.create_table(
        "conversation_segments",
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("summary", sa.String(), nullable=True),
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
        sa.CheckConstraint("owner IN ('bot','staff')", name=op.f("ck_conversation_segments_owner")),
        sa.ForeignKeyConstraint(
            ["hotel_id", "conversation_id"],
            ["conversations.hotel_id", "conversations.id"],
            name=op.f("fk_conversation_segments_hotel_id_conversation_id"),
        ),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_conversation_segments")),
        sa.UniqueConstraint(
            "hotel_id",
            "conversation_id",
            "number",
            name=op.f("uq_conversation_segments_hotel_id_conversation_id_number"),
        ),
    )


def downgrade() -> None:
    op.execute("DROP FUNCTION IF EXISTS guard_history, begin_load CASCADE")
    op.drop_table("conversation_segments")
    op.drop_table("conversation_labels")
    op.drop_table("conversation_changes")
    op.drop_table("desk_seats")
    op.drop_table("labels")
    op.drop_table("departments")
