"""guests have links"""

import sqlalchemy as sa
from alembic import op

revision = "0067"
down_revision = "0066"
branch_labels = None
depends_on = None


def _time(name: str) -> sa.Column:
    now = sa.text("now()")
    return sa.Column(name, sa.DateTime(timezone=True), server_default=now, nullable=False)


def upgrade() -> None:
    op.create_table(
        "guest_links",
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        _time("created_at"),
        _time("updated_at"),
        sa.ForeignKeyConstraint(
            ["hotel_id", "booking_id"],
            ["bookings.hotel_id", "bookings.id"],
            name=op.f("fk_guest_links_hotel_id_booking_id"),
        ),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_guest_links")),
        sa.UniqueConstraint("hotel_id", "digest", name=op.f("uq_guest_links_hotel_id_digest")),
    )
    op.create_index(
        "ix_guest_links_booking", "guest_links", ["hotel_id", "booking_id", "created_at"]
    )


def downgrade() -> None:
    op.drop_table("guest_links")
