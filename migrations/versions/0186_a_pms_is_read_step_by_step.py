"""a PMS is read step by step"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0186"
down_revision = "0185"
branch_labels = None
depends_on = None


def upgrade() -> None:
    now = sa.text("now()")
    op.add_column("pms_links", sa.Column("asked", postgresql.JSONB(), nullable=True))
    op.add_column(
        "pms_links",
        sa.Column("told_to_wait", sa.Integer(), server_default="0", nullable=False),
    )
    op.create_table(
        "pms_pages",
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        *(
            sa.Column(name, sa.DateTime(timezone=True), server_default=now, nullable=False)
            for name in ("created_at", "updated_at")
        ),
        sa.ForeignKeyConstraint(["hotel_id"], ["hotels.id"], name=op.f("fk_pms_pages_hotel_id")),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_pms_pages")),
        sa.UniqueConstraint("hotel_id", "question", name=op.f("uq_pms_pages_hotel_id_question")),
    )


def downgrade() -> None:
    op.drop_table("pms_pages")
    for column in ("told_to_wait", "asked"):
        op.drop_column("pms_links", column)
