"""what happens to a booking after it was made: rooms, changes, waiting, overbooking, walking"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0025"
down_revision = "0020"
branch_labels = None
depends_on = None

MONEY = "total > 0 AND tax >= 0 AND cancel_fee >= 0"
ROOM_KEPT = "room_id IS NOT NULL AND status IN ('confirmed','checked_in')"
TABLES = ("walks", "overbooking_approvals", "waitlist_entries", "booking_changes", "booking_rooms")

FUNCTIONS = (
    *("booking_moves", "follow_booking", "give_back_nights", "lock_nights_of", "lend_nights"),
    *("lock_swap", "swap_nights", "uneven_nights", "reserve_group"),
)
"""Made by rls/62_stays.sql; the first two with their triggers."""


def upgrade() -> None:
    _bookings()
    _booking_rooms()
    _booking_changes()
    _waitlist()
    _overbooking()


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
    op.drop_constraint("pk_booking_nights", "booking_nights")
    op.create_primary_key(
        op.f("pk_booking_nights"), "booking_nights", ["hotel_id", "booking_id", "night"]
    )
    op.drop_column("booking_nights", "released_at")
    op.execute("UPDATE quotes SET status = 'superseded' WHERE status = 'change'")
    _check("quotes", "status", "status IN ('open','booked','superseded')")
    _check("bookings", "money", MONEY)
    for column in ("version", "no_show_fee", "early_fee", "checked_in_at", "checked_out_at"):
        op.drop_column("bookings", column)
    op.execute("DROP TRIGGER IF EXISTS booking_starts ON bookings")
    op.execute("DROP TRIGGER IF EXISTS booking_moves ON bookings")
    op.execute("DROP TRIGGER IF EXISTS booking_leads ON bookings")
    for function in FUNCTIONS:
        op.execute(f"DROP FUNCTION IF EXISTS {function}")
    op.add_column("bookings", sa.Column("room_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_bookings_hotel_id_room_id"),
        "bookings",
        "rooms",
        ["hotel_id", "room_id"],
        ["hotel_id", "id"],
    )
    op.execute(
        "ALTER TABLE bookings ADD CONSTRAINT ex_bookings_room EXCLUDE USING gist (hotel_id WITH =,"
        f" room_id WITH =, daterange(arrival, departure) WITH &&) WHERE ({ROOM_KEPT})"
    )


def _bookings() -> None:
    op.drop_constraint("ex_bookings_room", "bookings")
    op.drop_column("bookings", "room_id")
    op.add_column(
        "bookings", sa.Column("version", sa.Integer(), server_default="1", nullable=False)
    )
    for fee in ("no_show_fee", "early_fee"):
        op.add_column(
            "bookings", sa.Column(fee, sa.BigInteger(), server_default="0", nullable=False)
        )
    for at in ("checked_in_at", "checked_out_at"):
        op.add_column("bookings", sa.Column(at, sa.DateTime(timezone=True), nullable=True))
    _check("bookings", "money", f"{MONEY} AND no_show_fee >= 0 AND early_fee >= 0")
    _check("quotes", "status", "status IN ('open','booked','superseded','change')")
    op.drop_constraint("pk_booking_nights", "booking_nights")
    op.create_primary_key(
        op.f("pk_booking_nights"),
        "booking_nights",
        ["hotel_id", "booking_id", "night", "room_type_id"],
    )
    op.add_column(
        "booking_nights", sa.Column("released_at", sa.DateTime(timezone=True), nullable=True)
    )


def _check(table: str, name: str, condition: str) -> None:
    op.drop_constraint(op.f(f"ck_{table}_{name}"), table)
    op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition)


def _made() -> list[sa.Column[object]]:
    """What every row of a hotel has."""
    return [
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        *(
            sa.Column(
                at,
                sa.DateTime(timezone=True),
                server_default=sa.text("now()"),
                nullable=False,
            )
            for at in ("created_at", "updated_at")
        ),
    ]


def _keys(table: str, **to: str) -> list[sa.Constraint]:
    return [
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f(f"pk_{table}")),
        *(
            sa.ForeignKeyConstraint(
                ["hotel_id", column],
                [f"{target}.hotel_id", f"{target}.id"],
                name=op.f(f"fk_{table}_hotel_id_{column}"),
            )
            for column, target in to.items()
        ),
    ]


def _ck(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def _booking_rooms() -> None:
    op.create_table(
        "booking_rooms",
        *_made(),
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("room_type_id", sa.Uuid(), nullable=False),
        sa.Column("room_id", sa.Uuid(), nullable=True),
        sa.Column("arrival", sa.Date(), nullable=False),
        sa.Column("departure", sa.Date(), nullable=False),
        sa.Column("adults", sa.Integer(), nullable=False),
        sa.Column("children", sa.Integer(), server_default="0", nullable=False),
        sa.Column("guest_name", sa.String(), nullable=True),
        sa.Column("taken", sa.Boolean(), server_default="true", nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("hotel_id"), "="),
            (sa.column("room_id"), "="),
            (sa.text("daterange(arrival, departure)"), "&&"),
            where=sa.text("room_id IS NOT NULL AND taken"),
            using="gist",
            name="ex_booking_rooms_room",
        ),
        _ck("booking_rooms", "dates", "departure > arrival"),
        _ck("booking_rooms", "party", "adults >= 0 AND children >= 0 AND position > 0"),
        *_keys("booking_rooms", booking_id="bookings", room_type_id="room_types", room_id="rooms"),
        sa.UniqueConstraint(
            "hotel_id",
            "booking_id",
            "position",
            name=op.f("uq_booking_rooms_hotel_id_booking_id_position"),
        ),
    )


def _booking_changes() -> None:
    op.create_table(
        "booking_changes",
        *_made(),
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("quote_id", sa.Uuid(), nullable=False),
        sa.Column("booking_version", sa.Integer(), nullable=False),
        sa.Column("difference", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(), server_default="open", nullable=False),
        _ck("booking_changes", "status", "status IN ('open','done')"),
        *_keys("booking_changes", booking_id="bookings", quote_id="quotes"),
        sa.UniqueConstraint(
            "hotel_id", "quote_id", name=op.f("uq_booking_changes_hotel_id_quote_id")
        ),
    )
    op.create_index(
        "ix_booking_changes_booking", "booking_changes", ["hotel_id", "booking_id", "created_at"]
    )


def _waitlist() -> None:
    op.create_table(
        "waitlist_entries",
        *_made(),
        sa.Column("guest_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=True),
        sa.Column("room_type_id", sa.Uuid(), nullable=False),
        sa.Column("arrival", sa.Date(), nullable=False),
        sa.Column("departure", sa.Date(), nullable=False),
        sa.Column("rooms", sa.Integer(), nullable=False),
        sa.Column("adults", sa.Integer(), nullable=False),
        sa.Column("children", sa.Integer(), server_default="0", nullable=False),
        sa.Column("status", sa.String(), server_default="waiting", nullable=False),
        sa.Column("quote_id", sa.Uuid(), nullable=True),
        sa.Column("offer_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("booking_id", sa.Uuid(), nullable=True),
        _ck("waitlist_entries", "dates", "departure > arrival"),
        _ck("waitlist_entries", "party", "adults > 0 AND children >= 0 AND rooms > 0"),
        _ck(
            "waitlist_entries",
            "status",
            "status IN ('waiting','offered','accepted','declined','expired','withdrawn')",
        ),
        _ck(
            "waitlist_entries",
            "offer",
            "(status = 'offered') <= (quote_id IS NOT NULL AND offer_until IS NOT NULL)",
        ),
        *_keys(
            "waitlist_entries",
            guest_id="guests",
            conversation_id="conversations",
            room_type_id="room_types",
            quote_id="quotes",
            booking_id="bookings",
        ),
    )
    op.create_index(
        "ix_waitlist_entries_open",
        "waitlist_entries",
        ["hotel_id", "created_at", "id"],
        postgresql_where=sa.text("status IN ('waiting','offered')"),
    )


def _overbooking() -> None:
    op.create_table(
        "overbooking_approvals",
        *_made(),
        sa.Column("room_type_id", sa.Uuid(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("rooms", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("approved_by", sa.String(), nullable=False),
        _ck("overbooking_approvals", "nights", "until > first"),
        _ck("overbooking_approvals", "rooms", "rooms >= 0"),
        *_keys("overbooking_approvals", room_type_id="room_types"),
    )
    op.create_table(
        "walks",
        *_made(),
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("sent_to", sa.String(), nullable=False),
        sa.Column("nights", sa.Integer(), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        _ck("walks", "cost", "cost >= 0 AND nights > 0"),
        *_keys("walks", booking_id="bookings"),
        sa.UniqueConstraint("hotel_id", "booking_id", name=op.f("uq_walks_hotel_id_booking_id")),
    )
