"""knowledge is published and tried"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0076"
down_revision = "0075"
branch_labels = None
depends_on = None


def _stamped() -> list[sa.Column]:
    at = {"server_default": sa.text("now()"), "nullable": False}
    return [
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), **at),
        sa.Column("updated_at", sa.DateTime(timezone=True), **at),
    ]


def _of(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["hotel_id", column],
        [f"{other}.hotel_id", f"{other}.id"],
        name=op.f(f"fk_{table}_hotel_id_{column}"),
        ondelete="CASCADE",
    )


def upgrade() -> None:
    releases, items, cases = "knowledge_releases", "knowledge_release_items", "knowledge_cases"
    op.create_table(
        releases,
        *_stamped(),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("forced", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("restores", sa.Integer(), nullable=True),
        sa.Column("cases", sa.Integer(), server_default="0", nullable=False),
        sa.Column("failing", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.CheckConstraint(
            "status IN ('published','superseded')", name=op.f(f"ck_{releases}_status")
        ),
        sa.ForeignKeyConstraint(["hotel_id"], ["hotels.id"], name=op.f(f"fk_{releases}_hotel_id")),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f(f"pk_{releases}")),
        sa.UniqueConstraint("hotel_id", "number", name=op.f(f"uq_{releases}_hotel_id_number")),
    )
    op.create_index(
        f"uq_{releases}_published",
        releases,
        ["hotel_id"],
        unique=True,
        postgresql_where=sa.text("status = 'published'"),
    )
    op.create_table(
        items,
        *(
            sa.Column(name, sa.Uuid(), nullable=False)
            for name in ("hotel_id", "release_id", "document_id")
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        _of(items, "release_id", releases),
        _of(items, "document_id", "knowledge_documents"),
        sa.PrimaryKeyConstraint("hotel_id", "release_id", "document_id", name=op.f(f"pk_{items}")),
    )
    op.create_index(f"ix_{items}_document", items, ["hotel_id", "document_id"])
    op.create_table(
        cases,
        *_stamped(),
        *(sa.Column(n, sa.String(), nullable=False) for n in ("question", "language", "expect")),
        sa.Column("audience", sa.String(), server_default="guest", nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("fact_key", sa.String(), nullable=True),
        sa.Column("status", sa.String(), server_default="active", nullable=False),
        sa.Column("origin", sa.String(), server_default="staff", nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("verdict", sa.String(), nullable=True),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        *(
            sa.CheckConstraint(rule, name=op.f(f"ck_{cases}_{name}"))
            for name, rule in (
                ("expect", "expect IN ('document','not','fact','none')"),
                ("which", "(expect IN ('document','not')) = (document_id IS NOT NULL)"),
                ("fact", "(expect = 'fact') = (fact_key IS NOT NULL)"),
                ("status", "status IN ('active','proposed')"),
                ("audience", "audience IN ('guest','in_house','staff')"),
            )
        ),
        _of(cases, "document_id", "knowledge_documents"),
        sa.ForeignKeyConstraint(["hotel_id"], ["hotels.id"], name=op.f(f"fk_{cases}_hotel_id")),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f(f"pk_{cases}")),
        sa.UniqueConstraint(
            "hotel_id",
            "message_id",
            "made_by",
            name=op.f(f"uq_{cases}_hotel_id_message_id_made_by"),
        ),
    )
    op.create_index(f"ix_{cases}_recent", cases, ["hotel_id", "created_at", "id"])


def downgrade() -> None:
    for table in ("knowledge_cases", "knowledge_release_items", "knowledge_releases"):
        op.drop_table(table)
