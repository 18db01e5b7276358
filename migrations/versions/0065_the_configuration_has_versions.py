"""the configuration has versions"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0065"
down_revision = "0060"
branch_labels = None
depends_on = None

JSONB = postgresql.JSONB(astext_type=sa.Text())


def _hotel(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["hotel_id"], ["hotels.id"], name=op.f(f"fk_{table}_hotel_id"))


def _time(name: str) -> sa.Column:
    now = sa.text("now()")
    return sa.Column(name, sa.DateTime(timezone=True), server_default=now, nullable=False)


def upgrade() -> None:
    op.create_table(
        "configuration_versions",
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("sections", JSONB, nullable=False),
        sa.Column("changes", JSONB, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        _time("created_at"),
        _time("updated_at"),
        _hotel("configuration_versions"),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_configuration_versions")),
        sa.UniqueConstraint(
            "hotel_id", "number", name=op.f("uq_configuration_versions_hotel_id_number")
        ),
    )
    op.create_table(
        "configuration_sections",
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("body", JSONB, nullable=False),
        _hotel("configuration_sections"),
        sa.PrimaryKeyConstraint("hotel_id", "digest", name=op.f("pk_configuration_sections")),
    )


def downgrade() -> None:
    op.drop_table("configuration_sections")
    op.drop_table("configuration_versions")
