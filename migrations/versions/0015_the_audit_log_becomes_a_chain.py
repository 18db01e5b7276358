"""the audit log becomes a chain"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0010"
branch_labels = None
depends_on = None

RECENT = ("hotel_id", "created_at", "id")


def upgrade() -> None:
    # A row of the log is never touched again but to be sealed: it has no time of change.
    op.execute("DROP TRIGGER IF EXISTS touch_updated_at ON audit_log")
    op.drop_column("audit_log", "updated_at")
    op.add_column("audit_log", sa.Column("seq", sa.BigInteger(), nullable=True))
    op.add_column("audit_log", sa.Column("prev_hash", sa.LargeBinary(), nullable=True))
    op.add_column("audit_log", sa.Column("hash", sa.LargeBinary(), nullable=True))
    op.create_index(
        "uq_audit_log_seq",
        "audit_log",
        ["hotel_id", "seq"],
        unique=True,
        postgresql_where=sa.text("seq IS NOT NULL"),
    )
    op.create_index(
        "ix_audit_log_unsealed", "audit_log", RECENT, postgresql_where=sa.text("seq IS NULL")
    )
    op.create_index("ix_audit_log_recent", "audit_log", RECENT)
    op.create_index("ix_audit_log_subject", "audit_log", ["hotel_id", "subject", "created_at"])
    op.create_table(
        "audit_heads",
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.BigInteger(), nullable=False),
        sa.Column("last_hash", sa.LargeBinary(), nullable=False),
        sa.Column("trimmed", sa.BigInteger(), nullable=False),
        sa.Column("trimmed_hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["hotel_id"], ["hotels.id"], name=op.f("fk_audit_heads_hotel_id")),
        sa.PrimaryKeyConstraint("hotel_id", name=op.f("pk_audit_heads")),
    )


def downgrade() -> None:
    op.execute("DROP FUNCTION IF EXISTS seal_audit, trim_audit, expire_rows, audit_line")
    op.execute("DROP FUNCTION IF EXISTS guard_audit CASCADE")
    op.drop_table("audit_heads")
    op.drop_index("ix_audit_log_subject", table_name="audit_log")
    op.drop_index("ix_audit_log_recent", table_name="audit_log")
    op.drop_index("ix_audit_log_unsealed", table_name="audit_log")
    op.drop_index("uq_audit_log_seq", table_name="audit_log")
    op.drop_column("audit_log", "hash")
    op.drop_column("audit_log", "prev_hash")
    op.drop_column("audit_log", "seq")
    op.add_column(
        "audit_log",
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
    )
