"""folios payments invoices and reviews"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0030"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "invoice_counters",
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["hotel_id"], ["hotels.id"], name=op.f("fk_invoice_counters_hotel_id")
        ),
        sa.PrimaryKeyConstraint("hotel_id", "year", name=op.f("pk_invoice_counters")),
    )
    op.create_table(
        "payment_accounts",
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("provider", sa.String(), server_default="stripe", nullable=False),
        sa.Column("api_url", sa.String(), nullable=False),
        sa.Column("secret_key", sa.LargeBinary(), nullable=False),
        sa.Column("webhook_secret", sa.LargeBinary(), nullable=True),
        sa.Column("webhook_key", sa.String(), nullable=False),
        sa.Column("deposit_share", sa.Integer(), server_default="10000", nullable=False),
        sa.Column("return_url", sa.String(), nullable=True),
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
        sa.CheckConstraint("provider IN ('stripe')", name=op.f("ck_payment_accounts_provider")),
        sa.CheckConstraint(
            "deposit_share BETWEEN 0 AND 10000", name=op.f("ck_payment_accounts_deposit")
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id"], ["hotels.id"], name=op.f("fk_payment_accounts_hotel_id")
        ),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_payment_accounts")),
        sa.UniqueConstraint("hotel_id", name=op.f("uq_payment_accounts_hotel_id")),
    )
    op.create_table(
        "payment_events",
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), server_default="waiting", nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("error", sa.String(), nullable=True),
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
            "state IN ('waiting','done','ignored','dead')", name=op.f("ck_payment_events_state")
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id"], ["hotels.id"], name=op.f("fk_payment_events_hotel_id")
        ),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_payment_events")),
        sa.UniqueConstraint(
            "hotel_id", "event_id", name=op.f("uq_payment_events_hotel_id_event_id")
        ),
    )
    op.create_index(
        "ix_payment_events_waiting",
        "payment_events",
        ["created_at"],
        unique=False,
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "review_scores",
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("room_type_id", sa.Uuid(), nullable=True),
        sa.Column("reviews", sa.Integer(), server_default="0", nullable=False),
        sa.Column("rating_sum", sa.BigInteger(), server_default="0", nullable=False),
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
            "reviews >= 0 AND rating_sum >= 0", name=op.f("ck_review_scores_counts")
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "room_type_id"],
            ["room_types.hotel_id", "room_types.id"],
            name=op.f("fk_review_scores_hotel_id_room_type_id"),
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id"], ["hotels.id"], name=op.f("fk_review_scores_hotel_id")
        ),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_review_scores")),
        sa.UniqueConstraint(
            "hotel_id",
            "room_type_id",
            name=op.f("uq_review_scores_hotel_id_room_type_id"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_table(
        "folios",
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
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
        sa.CheckConstraint("number > 0", name=op.f("ck_folios_number")),
        sa.ForeignKeyConstraint(
            ["hotel_id", "booking_id"],
            ["bookings.hotel_id", "bookings.id"],
            name=op.f("fk_folios_hotel_id_booking_id"),
        ),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_folios")),
        sa.UniqueConstraint(
            "hotel_id", "booking_id", "number", name=op.f("uq_folios_hotel_id_booking_id_number")
        ),
    )
    op.create_table(
        "reviews",
        sa.Column("guest_id", sa.Uuid(), nullable=False),
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("room_type_id", sa.Uuid(), nullable=False),
        sa.Column("rating", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), server_default="", nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("status", sa.String(), server_default="pending", nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("moderated_by", sa.String(), nullable=True),
        sa.Column("moderated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reply", sa.String(), nullable=True),
        sa.Column("replied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("helpful", sa.Integer(), server_default="0", nullable=False),
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
            "status IN ('pending','published','rejected')", name=op.f("ck_reviews_status")
        ),
        sa.CheckConstraint("helpful >= 0", name=op.f("ck_reviews_helpful")),
        sa.CheckConstraint("rating BETWEEN 1 AND 5", name=op.f("ck_reviews_rating")),
        sa.ForeignKeyConstraint(
            ["hotel_id", "booking_id"],
            ["bookings.hotel_id", "bookings.id"],
            name=op.f("fk_reviews_hotel_id_booking_id"),
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "guest_id"],
            ["guests.hotel_id", "guests.id"],
            name=op.f("fk_reviews_hotel_id_guest_id"),
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "room_type_id"],
            ["room_types.hotel_id", "room_types.id"],
            name=op.f("fk_reviews_hotel_id_room_type_id"),
        ),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_reviews")),
        sa.UniqueConstraint(
            "hotel_id",
            "guest_id",
            "booking_id",
            name=op.f("uq_reviews_hotel_id_guest_id_booking_id"),
        ),
    )
    op.create_index(
        "ix_reviews_status", "reviews", ["hotel_id", "status", "created_at"], unique=False
    )
    op.create_index(
        "ix_reviews_type", "reviews", ["hotel_id", "room_type_id", "status"], unique=False
    )
    op.create_table(
        "invoices",
        sa.Column("folio_id", sa.Uuid(), nullable=False),
        sa.Column("corrects_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("tax", sa.BigInteger(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by", sa.String(), nullable=False),
        sa.Column("document", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
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
            "(kind = 'credit_note') = (corrects_id IS NOT NULL)", name=op.f("ck_invoices_corrects")
        ),
        sa.CheckConstraint("kind IN ('invoice','credit_note')", name=op.f("ck_invoices_kind")),
        sa.ForeignKeyConstraint(
            ["hotel_id", "corrects_id"],
            ["invoices.hotel_id", "invoices.id"],
            name=op.f("fk_invoices_hotel_id_corrects_id"),
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "folio_id"],
            ["folios.hotel_id", "folios.id"],
            name=op.f("fk_invoices_hotel_id_folio_id"),
        ),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_invoices")),
        sa.UniqueConstraint(
            "hotel_id", "corrects_id", name=op.f("uq_invoices_hotel_id_corrects_id")
        ),
        sa.UniqueConstraint(
            "hotel_id", "year", "sequence", name=op.f("uq_invoices_hotel_id_year_sequence")
        ),
    )
    op.create_index("ix_invoices_folio", "invoices", ["hotel_id", "folio_id"], unique=False)
    op.create_table(
        "payments",
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("folio_id", sa.Uuid(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("paid_amount", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("refunded_amount", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("disputed_amount", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("attention", sa.String(), nullable=True),
        sa.Column("reference", sa.String(), nullable=True),
        sa.Column("provider_id", sa.String(), nullable=True),
        sa.Column("intent_id", sa.String(), nullable=True),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.String(), nullable=True),
        sa.Column("look_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("looks", sa.Integer(), server_default="0", nullable=False),
        sa.Column("taken_by", sa.String(), nullable=False),
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
            "method IN ('cash','card_terminal','bank_transfer','link')",
            name=op.f("ck_payments_method"),
        ),
        sa.CheckConstraint(
            "purpose IN ('deposit','balance','other')", name=op.f("ck_payments_purpose")
        ),
        sa.CheckConstraint(
            "status IN ('paid','pending','unknown','failed','refunded','partially_refunded')",
            name=op.f("ck_payments_status"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payments_amount")),
        sa.CheckConstraint(
            "refunded_amount >= 0 AND refunded_amount <= paid_amount AND disputed_amount >= 0",
            name=op.f("ck_payments_never_more_than_paid"),
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "booking_id"],
            ["bookings.hotel_id", "bookings.id"],
            name=op.f("fk_payments_hotel_id_booking_id"),
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "folio_id"],
            ["folios.hotel_id", "folios.id"],
            name=op.f("fk_payments_hotel_id_folio_id"),
        ),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_payments")),
        sa.UniqueConstraint(
            "hotel_id", "provider_id", name=op.f("uq_payments_hotel_id_provider_id")
        ),
    )
    op.create_index(
        "ix_payments_attention",
        "payments",
        ["hotel_id", "created_at"],
        unique=False,
        postgresql_where=sa.text("attention IS NOT NULL"),
    )
    op.create_index(
        "ix_payments_booking", "payments", ["hotel_id", "booking_id", "created_at"], unique=False
    )
    op.create_index("ix_payments_intent", "payments", ["hotel_id", "intent_id"], unique=False)
    op.create_index(
        "ix_payments_look",
        "payments",
        ["look_at"],
        unique=False,
        postgresql_where=sa.text("look_at IS NOT NULL"),
    )
    op.create_index(
        "ix_payments_status", "payments", ["hotel_id", "status", "created_at"], unique=False
    )
    op.create_table(
        "review_votes",
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("guest_id", sa.Uuid(), nullable=False),
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
            ["hotel_id", "guest_id"],
            ["guests.hotel_id", "guests.id"],
            name=op.f("fk_review_votes_hotel_id_guest_id"),
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "review_id"],
            ["reviews.hotel_id", "reviews.id"],
            name=op.f("fk_review_votes_hotel_id_review_id"),
        ),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_review_votes")),
        sa.UniqueConstraint(
            "hotel_id",
            "review_id",
            "guest_id",
            name=op.f("uq_review_votes_hotel_id_review_id_guest_id"),
        ),
    )
    op.create_table(
        "folio_lines",
        sa.Column("folio_id", sa.Uuid(), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("night", sa.Date(), nullable=True),
        sa.Column("reverses_id", sa.Uuid(), nullable=True),
        sa.Column("payment_id", sa.Uuid(), nullable=True),
        sa.Column("posted_by", sa.String(), nullable=False),
        sa.Column("position", sa.BigInteger(), sa.Identity(always=False), nullable=False),
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
            "(kind IN ('payment','refund','chargeback')) = (payment_id IS NOT NULL) OR reverses_id IS NOT NULL",
            name=op.f("ck_folio_lines_payment"),
        ),
        sa.CheckConstraint(
            "kind IN ('room','tax','fee','addon','adjustment','payment','refund','chargeback')",
            name=op.f("ck_folio_lines_kind"),
        ),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_folio_lines_amount")),
        sa.ForeignKeyConstraint(
            ["hotel_id", "folio_id"],
            ["folios.hotel_id", "folios.id"],
            name=op.f("fk_folio_lines_hotel_id_folio_id"),
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "payment_id"],
            ["payments.hotel_id", "payments.id"],
            name=op.f("fk_folio_lines_hotel_id_payment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "reverses_id"],
            ["folio_lines.hotel_id", "folio_lines.id"],
            name=op.f("fk_folio_lines_hotel_id_reverses_id"),
        ),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_folio_lines")),
        sa.UniqueConstraint(
            "hotel_id", "reverses_id", name=op.f("uq_folio_lines_hotel_id_reverses_id")
        ),
    )
    op.create_index(
        "ix_folio_lines_day", "folio_lines", ["hotel_id", "business_date", "kind"], unique=False
    )
    op.create_index(
        "ix_folio_lines_folio", "folio_lines", ["hotel_id", "folio_id", "position"], unique=False
    )
    op.create_index(
        "ix_folio_lines_payment",
        "folio_lines",
        ["hotel_id", "payment_id"],
        unique=False,
        postgresql_where=sa.text("payment_id IS NOT NULL"),
    )
    op.create_table(
        "refunds",
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("provider_id", sa.String(), nullable=True),
        sa.Column("failure", sa.String(), nullable=True),
        sa.Column("asked_by", sa.String(), nullable=False),
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
            "status IN ('paid','pending','unknown','failed')", name=op.f("ck_refunds_status")
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_refunds_amount")),
        sa.ForeignKeyConstraint(
            ["hotel_id", "payment_id"],
            ["payments.hotel_id", "payments.id"],
            name=op.f("fk_refunds_hotel_id_payment_id"),
        ),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_refunds")),
        sa.UniqueConstraint(
            "hotel_id", "provider_id", name=op.f("uq_refunds_hotel_id_provider_id")
        ),
    )
    op.create_index("ix_refunds_payment", "refunds", ["hotel_id", "payment_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_refunds_payment", table_name="refunds")
    op.drop_table("refunds")
    op.drop_index(
        "ix_folio_lines_payment",
        table_name="folio_lines",
        postgresql_where=sa.text("payment_id IS NOT NULL"),
    )
    op.drop_index("ix_folio_lines_folio", table_name="folio_lines")
    op.drop_index("ix_folio_lines_day", table_name="folio_lines")
    op.drop_table("folio_lines")
    op.drop_table("review_votes")
    op.drop_index("ix_payments_status", table_name="payments")
    op.drop_index(
        "ix_payments_look", table_name="payments", postgresql_where=sa.text("look_at IS NOT NULL")
    )
    op.drop_index("ix_payments_intent", table_name="payments")
    op.drop_index("ix_payments_booking", table_name="payments")
    op.drop_index(
        "ix_payments_attention",
        table_name="payments",
        postgresql_where=sa.text("attention IS NOT NULL"),
    )
    op.drop_table("payments")
    op.drop_index("ix_invoices_folio", table_name="invoices")
    op.drop_table("invoices")
    op.drop_index("ix_reviews_type", table_name="reviews")
    op.drop_index("ix_reviews_status", table_name="reviews")
    op.drop_table("reviews")
    op.drop_table("folios")
    op.drop_table("review_scores")
    op.drop_index(
        "ix_payment_events_waiting",
        table_name="payment_events",
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.drop_table("payment_events")
    op.drop_table("payment_accounts")
    op.drop_table("invoice_counters")
