"""rates: plans, rules, supplements, restrictions, allotments; a version of it all"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rate_plans",
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("meal", sa.String(), server_default="", nullable=False),
        sa.Column("inclusions", sa.String(), server_default="", nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("percent", sa.Integer(), server_default="0", nullable=False),
        sa.Column("amount", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("refundable", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("free_hours", sa.Integer(), nullable=True),
        sa.Column("fee_kind", sa.String(), server_default="first_night", nullable=False),
        sa.Column("fee_value", sa.Integer(), server_default="0", nullable=False),
        sa.Column("deposit", sa.Integer(), server_default="0", nullable=False),
        sa.Column("hold_minutes", sa.Integer(), nullable=True),
        sa.Column("is_default", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("active", sa.Boolean(), server_default="true", nullable=False),
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
        sa.CheckConstraint(
            "fee_kind IN ('first_night','nights','percent','full')",
            name=op.f("ck_rate_plans_fee_kind"),
        ),
        sa.CheckConstraint("NOT is_default OR active", name=op.f("ck_rate_plans_default")),
        sa.CheckConstraint("deposit BETWEEN 0 AND 10000", name=op.f("ck_rate_plans_deposit")),
        sa.CheckConstraint(
            "fee_value >= 0 AND free_hours >= 0 AND hold_minutes > 0",
            name=op.f("ck_rate_plans_terms"),
        ),
        sa.CheckConstraint("parent_id <> id", name=op.f("ck_rate_plans_parent")),
        sa.CheckConstraint("percent > -10000", name=op.f("ck_rate_plans_percent")),
        sa.ForeignKeyConstraint(
            ["hotel_id", "parent_id"],
            ["rate_plans.hotel_id", "rate_plans.id"],
            name=op.f("fk_rate_plans_hotel_id_parent_id"),
        ),
        sa.ForeignKeyConstraint(["hotel_id"], ["hotels.id"], name=op.f("fk_rate_plans_hotel_id")),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_rate_plans")),
        sa.UniqueConstraint("hotel_id", "code", name=op.f("uq_rate_plans_hotel_id_code")),
    )
    op.create_index(
        "uq_rate_plans_default",
        "rate_plans",
        ["hotel_id"],
        unique=True,
        postgresql_where=sa.text("is_default"),
    )
    op.create_table(
        "rate_allotments",
        sa.Column("rooms", sa.Integer(), nullable=False),
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("room_type_id", sa.Uuid(), nullable=False),
        sa.Column("first", sa.Date(), nullable=True),
        sa.Column("last", sa.Date(), nullable=True),
        sa.Column("weekdays", sa.SmallInteger(), server_default="127", nullable=False),
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
        sa.CheckConstraint("last >= first", name=op.f("ck_rate_allotments_days")),
        sa.CheckConstraint("rooms >= 0", name=op.f("ck_rate_allotments_rooms")),
        sa.CheckConstraint("weekdays BETWEEN 1 AND 127", name=op.f("ck_rate_allotments_weekdays")),
        sa.ForeignKeyConstraint(
            ["hotel_id", "plan_id"],
            ["rate_plans.hotel_id", "rate_plans.id"],
            name=op.f("fk_rate_allotments_hotel_id_plan_id"),
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "room_type_id"],
            ["room_types.hotel_id", "room_types.id"],
            name=op.f("fk_rate_allotments_hotel_id_room_type_id"),
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id"], ["hotels.id"], name=op.f("fk_rate_allotments_hotel_id")
        ),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_rate_allotments")),
    )
    op.create_index(
        "ix_rate_allotments_plan",
        "rate_allotments",
        ["hotel_id", "plan_id", "room_type_id"],
        unique=False,
    )
    op.create_table(
        "rate_nights",
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("room_type_id", sa.Uuid(), nullable=False),
        sa.Column("night", sa.Date(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("price > 0", name=op.f("ck_rate_nights_price")),
        sa.ForeignKeyConstraint(
            ["hotel_id", "plan_id"],
            ["rate_plans.hotel_id", "rate_plans.id"],
            name=op.f("fk_rate_nights_hotel_id_plan_id"),
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "room_type_id"],
            ["room_types.hotel_id", "room_types.id"],
            name=op.f("fk_rate_nights_hotel_id_room_type_id"),
        ),
        sa.PrimaryKeyConstraint(
            "hotel_id", "plan_id", "room_type_id", "night", name=op.f("pk_rate_nights")
        ),
    )
    op.create_table(
        "rate_restrictions",
        sa.Column("min_stay", sa.Integer(), nullable=True),
        sa.Column("max_stay", sa.Integer(), nullable=True),
        sa.Column("min_stay_through", sa.Integer(), nullable=True),
        sa.Column("min_ahead", sa.Integer(), nullable=True),
        sa.Column("max_ahead", sa.Integer(), nullable=True),
        sa.Column("closed", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("closed_to_arrival", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("closed_to_departure", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=True),
        sa.Column("room_type_id", sa.Uuid(), nullable=True),
        sa.Column("first", sa.Date(), nullable=True),
        sa.Column("last", sa.Date(), nullable=True),
        sa.Column("weekdays", sa.SmallInteger(), server_default="127", nullable=False),
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
        sa.CheckConstraint("last >= first", name=op.f("ck_rate_restrictions_days")),
        sa.CheckConstraint(
            "min_ahead >= 0 AND max_ahead >= 0", name=op.f("ck_rate_restrictions_ahead")
        ),
        sa.CheckConstraint(
            "min_stay > 0 AND max_stay > 0 AND min_stay_through > 0",
            name=op.f("ck_rate_restrictions_stay"),
        ),
        sa.CheckConstraint(
            "weekdays BETWEEN 1 AND 127", name=op.f("ck_rate_restrictions_weekdays")
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "plan_id"],
            ["rate_plans.hotel_id", "rate_plans.id"],
            name=op.f("fk_rate_restrictions_hotel_id_plan_id"),
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "room_type_id"],
            ["room_types.hotel_id", "room_types.id"],
            name=op.f("fk_rate_restrictions_hotel_id_room_type_id"),
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id"], ["hotels.id"], name=op.f("fk_rate_restrictions_hotel_id")
        ),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_rate_restrictions")),
    )
    op.create_table(
        "rate_rules",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("layer", sa.String(), nullable=False),
        sa.Column("effect", sa.String(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("priority", sa.Integer(), server_default="0", nullable=False),
        sa.Column("min_nights", sa.Integer(), server_default="1", nullable=False),
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=True),
        sa.Column("room_type_id", sa.Uuid(), nullable=True),
        sa.Column("first", sa.Date(), nullable=True),
        sa.Column("last", sa.Date(), nullable=True),
        sa.Column("weekdays", sa.SmallInteger(), server_default="127", nullable=False),
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
            "effect <> 'percent' OR value > -10000", name=op.f("ck_rate_rules_percent")
        ),
        sa.CheckConstraint("effect <> 'price' OR value > 0", name=op.f("ck_rate_rules_price")),
        sa.CheckConstraint(
            "effect IN ('price','percent','amount')", name=op.f("ck_rate_rules_effect")
        ),
        sa.CheckConstraint(
            "layer IN ('special','season','weekday','length')", name=op.f("ck_rate_rules_layer")
        ),
        sa.CheckConstraint("last >= first", name=op.f("ck_rate_rules_days")),
        sa.CheckConstraint("min_nights > 0", name=op.f("ck_rate_rules_nights")),
        sa.CheckConstraint("weekdays BETWEEN 1 AND 127", name=op.f("ck_rate_rules_weekdays")),
        sa.ForeignKeyConstraint(
            ["hotel_id", "plan_id"],
            ["rate_plans.hotel_id", "rate_plans.id"],
            name=op.f("fk_rate_rules_hotel_id_plan_id"),
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "room_type_id"],
            ["room_types.hotel_id", "room_types.id"],
            name=op.f("fk_rate_rules_hotel_id_room_type_id"),
        ),
        sa.ForeignKeyConstraint(["hotel_id"], ["hotels.id"], name=op.f("fk_rate_rules_hotel_id")),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_rate_rules")),
    )
    op.create_table(
        "rate_supplements",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("above", sa.Integer(), server_default="0", nullable=False),
        sa.Column("age_from", sa.Integer(), server_default="0", nullable=False),
        sa.Column("age_to", sa.Integer(), server_default="17", nullable=False),
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=True),
        sa.Column("room_type_id", sa.Uuid(), nullable=True),
        sa.Column("first", sa.Date(), nullable=True),
        sa.Column("last", sa.Date(), nullable=True),
        sa.Column("weekdays", sa.SmallInteger(), server_default="127", nullable=False),
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
        sa.CheckConstraint("kind IN ('adult','child')", name=op.f("ck_rate_supplements_kind")),
        sa.CheckConstraint(
            "age_from >= 0 AND age_to >= age_from", name=op.f("ck_rate_supplements_ages")
        ),
        sa.CheckConstraint("amount >= 0 AND above >= 0", name=op.f("ck_rate_supplements_amount")),
        sa.CheckConstraint("last >= first", name=op.f("ck_rate_supplements_days")),
        sa.CheckConstraint("weekdays BETWEEN 1 AND 127", name=op.f("ck_rate_supplements_weekdays")),
        sa.ForeignKeyConstraint(
            ["hotel_id", "plan_id"],
            ["rate_plans.hotel_id", "rate_plans.id"],
            name=op.f("fk_rate_supplements_hotel_id_plan_id"),
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "room_type_id"],
            ["room_types.hotel_id", "room_types.id"],
            name=op.f("fk_rate_supplements_hotel_id_room_type_id"),
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id"], ["hotels.id"], name=op.f("fk_rate_supplements_hotel_id")
        ),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_rate_supplements")),
    )
    op.add_column("booking_nights", sa.Column("rate_plan_id", sa.Uuid(), nullable=True))
    op.add_column(
        "booking_nights",
        sa.Column(
            "rules", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False
        ),
    )
    op.add_column(
        "booking_nights",
        sa.Column(
            "taxes", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False
        ),
    )
    op.create_index(
        "ix_booking_nights_plan",
        "booking_nights",
        ["hotel_id", "rate_plan_id", "night"],
        unique=False,
        postgresql_where=sa.text("rate_plan_id IS NOT NULL"),
    )
    op.create_foreign_key(
        op.f("fk_booking_nights_hotel_id_rate_plan_id"),
        "booking_nights",
        "rate_plans",
        ["hotel_id", "rate_plan_id"],
        ["hotel_id", "id"],
    )
    op.add_column(
        "hotels",
        sa.Column(
            "rates_version", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False
        ),
    )
    op.add_column("quotes", sa.Column("rate_plan_id", sa.Uuid(), nullable=True))
    op.add_column("quotes", sa.Column("rates_version", sa.Uuid(), nullable=True))
    op.add_column(
        "quotes",
        sa.Column(
            "children_ages",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default="[]",
            nullable=False,
        ),
    )
    op.add_column(
        "quotes", sa.Column("deposit", sa.BigInteger(), server_default="0", nullable=False)
    )
    op.create_foreign_key(
        op.f("fk_quotes_hotel_id_rate_plan_id"),
        "quotes",
        "rate_plans",
        ["hotel_id", "rate_plan_id"],
        ["hotel_id", "id"],
    )
    op.add_column("taxes", sa.Column("exempt_under", sa.Integer(), nullable=True))
    op.add_column("taxes", sa.Column("max_nights", sa.Integer(), nullable=True))
    op.create_check_constraint(
        op.f("ck_taxes_limits"), "taxes", "exempt_under >= 0 AND max_nights > 0"
    )
    op.create_check_constraint(
        op.f("ck_nightly_inventory_price_cap"), "nightly_inventory", "price <= 1000000000000"
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_nightly_inventory_price_cap"), "nightly_inventory", type_="check")
    # Made by rls/61_rates.sql on tables that stay.
    for table in ("taxes", "room_types", "nightly_inventory", "hotels"):
        op.execute(f"DROP TRIGGER IF EXISTS rates_change ON {table}")
    op.drop_constraint(op.f("ck_taxes_limits"), "taxes", type_="check")
    op.drop_column("taxes", "max_nights")
    op.drop_column("taxes", "exempt_under")
    op.drop_constraint(op.f("fk_quotes_hotel_id_rate_plan_id"), "quotes", type_="foreignkey")
    op.drop_column("quotes", "deposit")
    op.drop_column("quotes", "children_ages")
    op.drop_column("quotes", "rates_version")
    op.drop_column("quotes", "rate_plan_id")
    op.drop_column("hotels", "rates_version")
    op.drop_constraint(
        op.f("fk_booking_nights_hotel_id_rate_plan_id"), "booking_nights", type_="foreignkey"
    )
    op.drop_index(
        "ix_booking_nights_plan",
        table_name="booking_nights",
        postgresql_where=sa.text("rate_plan_id IS NOT NULL"),
    )
    op.drop_column("booking_nights", "taxes")
    op.drop_column("booking_nights", "rules")
    op.drop_column("booking_nights", "rate_plan_id")
    op.drop_table("rate_supplements")
    op.drop_table("rate_rules")
    op.drop_table("rate_restrictions")
    op.drop_table("rate_nights")
    op.drop_index("ix_rate_allotments_plan", table_name="rate_allotments")
    op.drop_table("rate_allotments")
    op.drop_index(
        "uq_rate_plans_default", table_name="rate_plans", postgresql_where=sa.text("is_default")
    )
    op.drop_table("rate_plans")
    op.execute(
        "DROP FUNCTION IF EXISTS change_rates, change_hotel_rates, keep_allotment, plan_sales,"
        " rate_book"
    )
