"""folios close and groups have one"""

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision = "0076"
branch_labels = None
depends_on = None

CLOSING = ("closed_by", "close_reason")
POINTERS = {"booking_id": "bookings", "moved_id": "folio_lines"}
BOTH = ["hotel_id", "id"]


def upgrade() -> None:
    op.add_column("folios", sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))
    for column in CLOSING:
        op.add_column("folios", sa.Column(column, sa.String(), nullable=True))
    op.add_column("folio_lines", sa.Column("tax_id", sa.Uuid(), nullable=True))
    for column, table in POINTERS.items():
        op.add_column("folio_lines", sa.Column(column, sa.Uuid(), nullable=True))
        name = op.f(f"fk_folio_lines_hotel_id_{column}")
        op.create_foreign_key(name, "folio_lines", table, ["hotel_id", column], BOTH)
    op.create_unique_constraint(
        op.f("uq_folio_lines_hotel_id_moved_id"), "folio_lines", ["hotel_id", "moved_id"]
    )
    op.create_index(
        "ix_folio_lines_booking",
        "folio_lines",
        ["hotel_id", "booking_id"],
        postgresql_where=sa.text("booking_id IS NOT NULL"),
    )
    _routes()


def _routes() -> None:
    now = sa.text("now()")
    op.create_table(
        "folio_routes",
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("folio_id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        *(
            sa.Column(name, sa.DateTime(timezone=True), server_default=now, nullable=False)
            for name in ("created_at", "updated_at")
        ),
        sa.CheckConstraint("what IN ('nights','all')", name=op.f("ck_folio_routes_what")),
        *(
            sa.ForeignKeyConstraint(
                ["hotel_id", column],
                [f"{table}.hotel_id", f"{table}.id"],
                name=op.f(f"fk_folio_routes_hotel_id_{column}"),
            )
            for column, table in (("booking_id", "bookings"), ("folio_id", "folios"))
        ),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_folio_routes")),
        sa.UniqueConstraint(
            "hotel_id", "booking_id", name=op.f("uq_folio_routes_hotel_id_booking_id")
        ),
    )
    op.create_index("ix_folio_routes_folio", "folio_routes", ["hotel_id", "folio_id"])


def downgrade() -> None:
    op.execute("DROP FUNCTION IF EXISTS refuse_closed() CASCADE")
    op.drop_table("folio_routes")
    op.drop_index("ix_folio_lines_booking", "folio_lines")
    op.drop_constraint(op.f("uq_folio_lines_hotel_id_moved_id"), "folio_lines")
    for column in POINTERS:
        op.drop_constraint(op.f(f"fk_folio_lines_hotel_id_{column}"), "folio_lines")
    for column in (*POINTERS, "tax_id"):
        op.drop_column("folio_lines", column)
    for column in (*CLOSING, "closed_at"):
        op.drop_column("folios", column)
