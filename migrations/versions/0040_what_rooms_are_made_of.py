"""what rooms are made of and who cares for them"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0040"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "addons",
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("description", sa.String(), server_default="", nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("pricing", sa.String(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("tax_rate", sa.Integer(), server_default="0", nullable=False),
        sa.Column("stock_per_day", sa.Integer(), nullable=True),
        sa.Column("available_from", sa.Date(), nullable=True),
        sa.Column("available_until", sa.Date(), nullable=True),
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
        sa.CheckConstraint(
            "category IN ('breakfast','meals','spa','tours','transport','parking','other')",
            name=op.f("ck_addons_category"),
        ),
        sa.CheckConstraint(
            "pricing IN ('stay','night','person','person_night')", name=op.f("ck_addons_pricing")
        ),
        sa.CheckConstraint("available_until > available_from", name=op.f("ck_addons_window")),
        sa.CheckConstraint(
            "price >= 0 AND tax_rate BETWEEN 0 AND 10000", name=op.f("ck_addons_money")
        ),
        sa.CheckConstraint("stock_per_day >= 0", name=op.f("ck_addons_stock")),
        sa.ForeignKeyConstraint(["hotel_id"], ["hotels.id"], name=op.f("fk_addons_hotel_id")),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_addons")),
        sa.UniqueConstraint("hotel_id", "code", name=op.f("uq_addons_hotel_id_code")),
    )
    op.create_index(
        "ix_addons_category", "addons", ["hotel_id", "active", "category", "name"], unique=False
    )
    op.create_table(
        "bed_types",
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sleeps", sa.Integer(), server_default="1", nullable=False),
        sa.Column("width_cm", sa.Integer(), nullable=True),
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
        sa.CheckConstraint("sleeps > 0", name=op.f("ck_bed_types_sleeps")),
        sa.CheckConstraint("width_cm > 0", name=op.f("ck_bed_types_width")),
        sa.ForeignKeyConstraint(["hotel_id"], ["hotels.id"], name=op.f("fk_bed_types_hotel_id")),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_bed_types")),
        sa.UniqueConstraint("hotel_id", "code", name=op.f("uq_bed_types_hotel_id_code")),
    )
    op.create_table(
        "features",
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("category", sa.String(), server_default="room", nullable=False),
        sa.Column("description", sa.String(), server_default="", nullable=False),
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
        sa.ForeignKeyConstraint(["hotel_id"], ["hotels.id"], name=op.f("fk_features_hotel_id")),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_features")),
        sa.UniqueConstraint("hotel_id", "name", name=op.f("uq_features_hotel_id_name")),
    )
    op.create_table(
        "floors",
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
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
        sa.ForeignKeyConstraint(["hotel_id"], ["hotels.id"], name=op.f("fk_floors_hotel_id")),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_floors")),
        sa.UniqueConstraint("hotel_id", "code", name=op.f("uq_floors_hotel_id_code")),
    )
    op.create_table(
        "addon_stock",
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("addon_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("stock", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.CheckConstraint("taken BETWEEN 0 AND stock", name=op.f("ck_addon_stock_not_oversold")),
        sa.ForeignKeyConstraint(
            ["hotel_id", "addon_id"],
            ["addons.hotel_id", "addons.id"],
            name=op.f("fk_addon_stock_hotel_id_addon_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("hotel_id", "addon_id", "day", name=op.f("pk_addon_stock")),
    )
    op.create_table(
        "room_type_beds",
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("room_type_id", sa.Uuid(), nullable=False),
        sa.Column("bed_type_id", sa.Uuid(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.CheckConstraint("count > 0", name=op.f("ck_room_type_beds_count")),
        sa.ForeignKeyConstraint(
            ["hotel_id", "bed_type_id"],
            ["bed_types.hotel_id", "bed_types.id"],
            name=op.f("fk_room_type_beds_hotel_id_bed_type_id"),
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "room_type_id"],
            ["room_types.hotel_id", "room_types.id"],
            name=op.f("fk_room_type_beds_hotel_id_room_type_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "hotel_id", "room_type_id", "bed_type_id", name=op.f("pk_room_type_beds")
        ),
    )
    op.create_table(
        "housekeeping_tasks",
        sa.Column("room_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("status", sa.String(), server_default="open", nullable=False),
        sa.Column("assignee", sa.String(), nullable=True),
        sa.Column("notes", sa.String(), server_default="", nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("inspected_at", sa.DateTime(timezone=True), nullable=True),
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
            "kind IN ('departure','stayover','deep','other')",
            name=op.f("ck_housekeeping_tasks_kind"),
        ),
        sa.CheckConstraint(
            "status IN ('open','assigned','started','done','inspected','cancelled')",
            name=op.f("ck_housekeeping_tasks_status"),
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "room_id"],
            ["rooms.hotel_id", "rooms.id"],
            name=op.f("fk_housekeeping_tasks_hotel_id_room_id"),
        ),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_housekeeping_tasks")),
        sa.UniqueConstraint(
            "hotel_id",
            "room_id",
            "day",
            "kind",
            name=op.f("uq_housekeeping_tasks_hotel_id_room_id_day_kind"),
        ),
    )
    op.create_index(
        "ix_housekeeping_tasks_day",
        "housekeeping_tasks",
        ["hotel_id", "day", "status"],
        unique=False,
    )
    op.create_table(
        "maintenance_jobs",
        sa.Column("room_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("description", sa.String(), server_default="", nullable=False),
        sa.Column("priority", sa.String(), server_default="normal", nullable=False),
        sa.Column("status", sa.String(), server_default="open", nullable=False),
        sa.Column("reported_by", sa.String(), nullable=False),
        sa.Column("resolution", sa.String(), server_default="", nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
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
            "priority IN ('low','normal','high','urgent')",
            name=op.f("ck_maintenance_jobs_priority"),
        ),
        sa.CheckConstraint(
            "status IN ('open','started','done','cancelled')",
            name=op.f("ck_maintenance_jobs_status"),
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "room_id"],
            ["rooms.hotel_id", "rooms.id"],
            name=op.f("fk_maintenance_jobs_hotel_id_room_id"),
        ),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_maintenance_jobs")),
    )
    op.create_index(
        "ix_maintenance_jobs_open",
        "maintenance_jobs",
        ["hotel_id", "status", "created_at"],
        unique=False,
    )
    op.create_table(
        "photos",
        sa.Column("room_type_id", sa.Uuid(), nullable=True),
        sa.Column("room_id", sa.Uuid(), nullable=True),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("caption", sa.String(), server_default="", nullable=False),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
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
        sa.CheckConstraint("url LIKE 'https://%'", name=op.f("ck_photos_url")),
        sa.CheckConstraint(
            "num_nonnulls(room_type_id, room_id) = 1", name=op.f("ck_photos_subject")
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "room_id"],
            ["rooms.hotel_id", "rooms.id"],
            name=op.f("fk_photos_hotel_id_room_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "room_type_id"],
            ["room_types.hotel_id", "room_types.id"],
            name=op.f("fk_photos_hotel_id_room_type_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_photos")),
        sa.UniqueConstraint(
            "hotel_id",
            "room_type_id",
            "room_id",
            "url",
            name=op.f("uq_photos_hotel_id_room_type_id_room_id_url"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_table(
        "room_claims",
        sa.Column("room_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
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
        postgresql.ExcludeConstraint(
            (sa.column("hotel_id"), "="),
            (sa.column("room_id"), "="),
            (sa.text("daterange(first, until)"), "&&"),
            using="gist",
            name="ex_room_claims_room",
        ),
        sa.CheckConstraint("kind IN ('stay','block')", name=op.f("ck_room_claims_kind")),
        sa.CheckConstraint("until > first", name=op.f("ck_room_claims_dates")),
        sa.ForeignKeyConstraint(
            ["hotel_id", "room_id"],
            ["rooms.hotel_id", "rooms.id"],
            name=op.f("fk_room_claims_hotel_id_room_id"),
        ),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_room_claims")),
    )
    op.create_table(
        "room_status_changes",
        sa.Column("room_id", sa.Uuid(), nullable=False),
        sa.Column("old", sa.String(), nullable=False),
        sa.Column("new", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
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
            ["hotel_id", "room_id"],
            ["rooms.hotel_id", "rooms.id"],
            name=op.f("fk_room_status_changes_hotel_id_room_id"),
        ),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_room_status_changes")),
    )
    op.create_index(
        "ix_room_status_changes_room",
        "room_status_changes",
        ["hotel_id", "room_id", "id"],
        unique=False,
    )
    op.create_table(
        "room_blocks",
        sa.Column("room_id", sa.Uuid(), nullable=False),
        sa.Column("room_type_id", sa.Uuid(), nullable=False),
        sa.Column("maintenance_job_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), server_default="", nullable=False),
        sa.Column(
            "short", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False
        ),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
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
        sa.CheckConstraint("kind IN ('maintenance','calendar')", name=op.f("ck_room_blocks_kind")),
        sa.CheckConstraint("until > first", name=op.f("ck_room_blocks_dates")),
        sa.ForeignKeyConstraint(
            ["hotel_id", "maintenance_job_id"],
            ["maintenance_jobs.hotel_id", "maintenance_jobs.id"],
            name=op.f("fk_room_blocks_hotel_id_maintenance_job_id"),
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "room_id"],
            ["rooms.hotel_id", "rooms.id"],
            name=op.f("fk_room_blocks_hotel_id_room_id"),
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "room_type_id"],
            ["room_types.hotel_id", "room_types.id"],
            name=op.f("fk_room_blocks_hotel_id_room_type_id"),
        ),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_room_blocks")),
    )
    op.create_index(
        "ix_room_blocks_active",
        "room_blocks",
        ["hotel_id", "room_type_id", "first", "until"],
        unique=False,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "booking_addons",
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("addon_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("pricing", sa.String(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("persons", sa.Integer(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("pieces_a_day", sa.Integer(), nullable=False),
        sa.Column("unit_price", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("tax", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("status", sa.String(), server_default="ordered", nullable=False),
        sa.Column("ordered_by", sa.String(), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
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
            "(status = 'cancelled') = (cancelled_at IS NOT NULL)",
            name=op.f("ck_booking_addons_cancelled"),
        ),
        sa.CheckConstraint(
            "status IN ('ordered','cancelled')", name=op.f("ck_booking_addons_status")
        ),
        sa.CheckConstraint("quantity > 0 AND persons > 0", name=op.f("ck_booking_addons_pieces")),
        sa.CheckConstraint(
            "unit_price >= 0 AND amount >= 0 AND tax >= 0", name=op.f("ck_booking_addons_money")
        ),
        sa.CheckConstraint("until > first", name=op.f("ck_booking_addons_dates")),
        sa.ForeignKeyConstraint(
            ["hotel_id", "addon_id"],
            ["addons.hotel_id", "addons.id"],
            name=op.f("fk_booking_addons_hotel_id_addon_id"),
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "booking_id"],
            ["bookings.hotel_id", "bookings.id"],
            name=op.f("fk_booking_addons_hotel_id_booking_id"),
        ),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_booking_addons")),
    )
    op.create_index(
        "ix_booking_addons_booking",
        "booking_addons",
        ["hotel_id", "booking_id", "status"],
        unique=False,
    )
    op.add_column(
        "nightly_inventory", sa.Column("blocked", sa.Integer(), server_default="0", nullable=False)
    )
    op.create_check_constraint(
        op.f("ck_nightly_inventory_blocked"), "nightly_inventory", "blocked >= 0"
    )
    op.add_column(
        "room_types", sa.Column("accessible", sa.Boolean(), server_default="false", nullable=False)
    )
    op.create_index(
        "ix_room_types_price",
        "room_types",
        ["hotel_id", "active", "base_price", "id"],
        unique=False,
    )
    op.add_column(
        "rooms",
        sa.Column(
            "features", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False
        ),
    )
    op.add_column("rooms", sa.Column("notes", sa.String(), server_default="", nullable=False))
    op.add_column("rooms", sa.Column("active", sa.Boolean(), server_default="true", nullable=False))
    op.add_column("rooms", sa.Column("cleaned_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("rooms", sa.Column("cleaned_by", sa.String(), nullable=True))
    op.create_index(
        "ix_rooms_type", "rooms", ["hotel_id", "room_type_id", "active", "status"], unique=False
    )


def downgrade() -> None:
    for function in (
        "know_blocks()",
        "claim_block()",
        "claim_stay()",
        "leave_room()",
        "addons_follow_booking()",
        "give_back_addon(booking_addons)",
    ):
        op.execute(f"DROP FUNCTION IF EXISTS {function} CASCADE")
    op.execute("DROP TRIGGER IF EXISTS search_touch ON rooms")  # of rls/72, which reads them
    op.drop_constraint(op.f("ck_nightly_inventory_blocked"), "nightly_inventory")
    op.drop_index("ix_rooms_type", table_name="rooms")
    op.drop_column("rooms", "cleaned_by")
    op.drop_column("rooms", "cleaned_at")
    op.drop_column("rooms", "active")
    op.drop_column("rooms", "notes")
    op.drop_column("rooms", "features")
    op.drop_index("ix_room_types_price", table_name="room_types")
    op.drop_column("room_types", "accessible")
    op.drop_column("nightly_inventory", "blocked")
    op.drop_index("ix_booking_addons_booking", table_name="booking_addons")
    op.drop_table("booking_addons")
    op.drop_index(
        "ix_room_blocks_active",
        table_name="room_blocks",
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_table("room_blocks")
    op.drop_index("ix_room_status_changes_room", table_name="room_status_changes")
    op.drop_table("room_status_changes")
    op.drop_table("room_claims")
    op.drop_table("photos")
    op.drop_index("ix_maintenance_jobs_open", table_name="maintenance_jobs")
    op.drop_table("maintenance_jobs")
    op.drop_index("ix_housekeeping_tasks_day", table_name="housekeeping_tasks")
    op.drop_table("housekeeping_tasks")
    op.drop_table("room_type_beds")
    op.drop_table("addon_stock")
    op.drop_table("floors")
    op.drop_table("features")
    op.drop_table("bed_types")
    op.drop_index("ix_addons_category", table_name="addons")
    op.drop_table("addons")
