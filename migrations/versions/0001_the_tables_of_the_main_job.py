"""the tables of the main job"""

import pgvector.sqlalchemy
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    for extension in ("vector", "btree_gist"):
        op.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}")

    op.create_table(
        "hotels",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("language", sa.String(), server_default="en", nullable=False),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("emergency_number", sa.String(), server_default="112", nullable=False),
        sa.Column("cancel_free_hours", sa.Integer(), server_default="24", nullable=False),
        sa.Column("quote_minutes", sa.Integer(), server_default="30", nullable=False),
        sa.Column(
            "settings", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
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
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hotels")),
        sa.UniqueConstraint("slug", name=op.f("uq_hotels_slug")),
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("request_digest", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("answer", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
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
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_idempotency_keys")),
        sa.UniqueConstraint(
            "hotel_id", "scope", "key", name=op.f("uq_idempotency_keys_hotel_id_scope_key")
        ),
    )
    op.create_table(
        "api_keys",
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("hint", sa.String(), nullable=False),
        sa.Column("scopes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
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
        sa.ForeignKeyConstraint(["hotel_id"], ["hotels.id"], name=op.f("fk_api_keys_hotel_id")),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("digest", name=op.f("uq_api_keys_digest")),
    )
    op.create_table(
        "audit_log",
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("old", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("new", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("ip", sa.String(), nullable=True),
        sa.Column("user_agent", sa.String(), nullable=True),
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
        sa.ForeignKeyConstraint(["hotel_id"], ["hotels.id"], name=op.f("fk_audit_log_hotel_id")),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_audit_log")),
    )
    op.create_table(
        "guests",
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("vip", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("opted_out_at", sa.DateTime(timezone=True), nullable=True),
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
        sa.ForeignKeyConstraint(["hotel_id"], ["hotels.id"], name=op.f("fk_guests_hotel_id")),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_guests")),
    )
    op.create_table(
        "knowledge_documents",
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("audience", sa.String(), server_default="guest", nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("status", sa.String(), server_default="queued", nullable=False),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
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
            "audience IN ('guest','staff')", name=op.f("ck_knowledge_documents_audience")
        ),
        sa.CheckConstraint(
            "status IN ('queued','ready','failed')", name=op.f("ck_knowledge_documents_status")
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id"], ["hotels.id"], name=op.f("fk_knowledge_documents_hotel_id")
        ),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_knowledge_documents")),
    )
    op.create_index(
        "ix_knowledge_documents_recent",
        "knowledge_documents",
        ["hotel_id", "created_at", "id"],
        unique=False,
    )
    op.create_table(
        "knowledge_gaps",
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), server_default="1", nullable=False),
        sa.Column("last_asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(), server_default="open", nullable=False),
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
        sa.CheckConstraint("status IN ('open','closed')", name=op.f("ck_knowledge_gaps_status")),
        sa.ForeignKeyConstraint(
            ["hotel_id"], ["hotels.id"], name=op.f("fk_knowledge_gaps_hotel_id")
        ),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_knowledge_gaps")),
        sa.UniqueConstraint(
            "hotel_id", "fingerprint", name=op.f("uq_knowledge_gaps_hotel_id_fingerprint")
        ),
    )
    op.create_table(
        "outbox_events",
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("aggregate_id", sa.Uuid(), nullable=False),
        sa.Column("event_type", sa.String(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("depth", sa.Integer(), server_default="0", nullable=False),
        sa.Column("processed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("dead_at", sa.DateTime(timezone=True), nullable=True),
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
        sa.ForeignKeyConstraint(
            ["hotel_id"], ["hotels.id"], name=op.f("fk_outbox_events_hotel_id")
        ),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_outbox_events")),
    )
    op.create_index(
        "ix_outbox_events_waiting",
        "outbox_events",
        ["hotel_id", "created_at"],
        unique=False,
        postgresql_where=sa.text("processed_at IS NULL AND dead_at IS NULL"),
    )
    op.create_table(
        "room_types",
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("description", sa.String(), server_default="", nullable=False),
        sa.Column("max_adults", sa.Integer(), nullable=False),
        sa.Column("max_children", sa.Integer(), server_default="0", nullable=False),
        sa.Column("max_guests", sa.Integer(), nullable=False),
        sa.Column("beds", sa.String(), server_default="", nullable=False),
        sa.Column(
            "features", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False
        ),
        sa.Column("base_price", sa.BigInteger(), nullable=False),
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
        sa.CheckConstraint("base_price > 0", name=op.f("ck_room_types_price")),
        sa.CheckConstraint(
            "max_adults > 0 AND max_children >= 0", name=op.f("ck_room_types_capacity")
        ),
        sa.CheckConstraint("max_guests > 0", name=op.f("ck_room_types_guests")),
        sa.ForeignKeyConstraint(["hotel_id"], ["hotels.id"], name=op.f("fk_room_types_hotel_id")),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_room_types")),
        sa.UniqueConstraint("hotel_id", "code", name=op.f("uq_room_types_hotel_id_code")),
    )
    op.create_table(
        "staff",
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("language", sa.String(), server_default="en", nullable=False),
        sa.Column("role", sa.String(), server_default="reception", nullable=False),
        sa.Column("on_duty", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("min_priority", sa.Integer(), server_default="0", nullable=False),
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
        sa.ForeignKeyConstraint(["hotel_id"], ["hotels.id"], name=op.f("fk_staff_hotel_id")),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_staff")),
        sa.UniqueConstraint("hotel_id", "phone", name=op.f("uq_staff_hotel_id_phone")),
    )
    op.create_table(
        "staff_webhooks",
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("enabled", sa.Boolean(), server_default="true", nullable=False),
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
            ["hotel_id"], ["hotels.id"], name=op.f("fk_staff_webhooks_hotel_id")
        ),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_staff_webhooks")),
    )
    op.create_table(
        "taxes",
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
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
            "kind IN ('percent','person_night','night','stay')", name=op.f("ck_taxes_kind")
        ),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_taxes_amount")),
        sa.ForeignKeyConstraint(["hotel_id"], ["hotels.id"], name=op.f("fk_taxes_hotel_id")),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_taxes")),
        sa.UniqueConstraint("hotel_id", "name", name=op.f("uq_taxes_hotel_id_name")),
    )
    op.create_table(
        "triggers",
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column(
            "conditions",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default="{}",
            nullable=False,
        ),
        sa.Column("actions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("priority", sa.Integer(), server_default="0", nullable=False),
        sa.Column("schedule", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("enabled", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
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
        sa.ForeignKeyConstraint(["hotel_id"], ["hotels.id"], name=op.f("fk_triggers_hotel_id")),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_triggers")),
        sa.UniqueConstraint("hotel_id", "name", name=op.f("uq_triggers_hotel_id_name")),
    )
    op.create_index(
        "ix_triggers_event", "triggers", ["hotel_id", "event", "priority"], unique=False
    )
    op.create_table(
        "whatsapp_instances",
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("instance_key", sa.String(), nullable=False),
        sa.Column("id_instance", sa.String(), nullable=False),
        sa.Column("api_url", sa.String(), nullable=False),
        sa.Column("api_token", sa.LargeBinary(), nullable=False),
        sa.Column("webhook_token", sa.LargeBinary(), nullable=True),
        sa.Column("webhook_token_digest", sa.LargeBinary(), nullable=True),
        sa.Column("wid", sa.String(), nullable=True),
        sa.Column("state", sa.String(), server_default="unknown", nullable=False),
        sa.Column("state_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pause_reason", sa.String(), nullable=True),
        sa.Column(
            "next_send_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("last_chat", sa.String(), nullable=True),
        sa.Column("sent_on", sa.String(), nullable=True),
        sa.Column("sent_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("daily_cap", sa.Integer(), server_default="1000", nullable=False),
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
            ["hotel_id"], ["hotels.id"], name=op.f("fk_whatsapp_instances_hotel_id")
        ),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_whatsapp_instances")),
        sa.UniqueConstraint(
            "hotel_id", "id_instance", name=op.f("uq_whatsapp_instances_hotel_id_id_instance")
        ),
        sa.UniqueConstraint("instance_key", name=op.f("uq_whatsapp_instances_instance_key")),
    )
    op.create_table(
        "conversations",
        sa.Column("instance_id", sa.Uuid(), nullable=False),
        sa.Column("guest_id", sa.Uuid(), nullable=False),
        sa.Column("chat", sa.String(), nullable=False),
        sa.Column("status", sa.String(), server_default="active", nullable=False),
        sa.Column("owner", sa.String(), server_default="bot", nullable=False),
        sa.Column("fence", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("lease_owner", sa.Uuid(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "state", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column(
            "tags", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False
        ),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("snoozed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "last_message_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("last_inbound_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
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
        sa.CheckConstraint("owner IN ('bot','staff')", name=op.f("ck_conversations_owner")),
        sa.CheckConstraint(
            "status IN ('active','escalated','closed','snoozed')",
            name=op.f("ck_conversations_status"),
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "guest_id"],
            ["guests.hotel_id", "guests.id"],
            name=op.f("fk_conversations_hotel_id_guest_id"),
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "instance_id"],
            ["whatsapp_instances.hotel_id", "whatsapp_instances.id"],
            name=op.f("fk_conversations_hotel_id_instance_id"),
        ),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_conversations")),
        sa.UniqueConstraint(
            "hotel_id",
            "instance_id",
            "chat",
            name=op.f("uq_conversations_hotel_id_instance_id_chat"),
        ),
    )
    op.create_index(
        "ix_conversations_recent",
        "conversations",
        ["hotel_id", "last_message_at", "id"],
        unique=False,
    )
    op.create_index(
        "ix_conversations_status",
        "conversations",
        ["hotel_id", "status", "last_message_at"],
        unique=False,
    )
    op.create_table(
        "delivery_statuses",
        sa.Column("instance_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("description", sa.String(), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
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
            ["hotel_id", "instance_id"],
            ["whatsapp_instances.hotel_id", "whatsapp_instances.id"],
            name=op.f("fk_delivery_statuses_hotel_id_instance_id"),
        ),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_delivery_statuses")),
        sa.UniqueConstraint(
            "hotel_id",
            "instance_id",
            "provider_id",
            name=op.f("uq_delivery_statuses_hotel_id_instance_id_provider_id"),
        ),
    )
    op.create_table(
        "guest_identities",
        sa.Column("guest_id", sa.Uuid(), nullable=False),
        sa.Column("instance_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
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
            name=op.f("fk_guest_identities_hotel_id_guest_id"),
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "instance_id"],
            ["whatsapp_instances.hotel_id", "whatsapp_instances.id"],
            name=op.f("fk_guest_identities_hotel_id_instance_id"),
        ),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_guest_identities")),
        sa.UniqueConstraint(
            "hotel_id",
            "kind",
            "instance_id",
            "value",
            name=op.f("uq_guest_identities_hotel_id_kind_instance_id_value"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_table(
        "inbound_events",
        sa.Column("instance_id", sa.Uuid(), nullable=False),
        sa.Column("event_key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("lane", sa.String(), nullable=False),
        sa.Column("chat", sa.String(), nullable=True),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "received_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("state", sa.String(), server_default="waiting", nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
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
        sa.CheckConstraint("lane IN ('turn','apply','none')", name=op.f("ck_inbound_events_lane")),
        sa.CheckConstraint(
            "state IN ('waiting','done','kept','dead')", name=op.f("ck_inbound_events_state")
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "instance_id"],
            ["whatsapp_instances.hotel_id", "whatsapp_instances.id"],
            name=op.f("fk_inbound_events_hotel_id_instance_id"),
        ),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_inbound_events")),
        sa.UniqueConstraint(
            "hotel_id", "event_key", name=op.f("uq_inbound_events_hotel_id_event_key")
        ),
    )
    op.create_index(
        "ix_inbound_events_dead",
        "inbound_events",
        ["hotel_id", "received_at"],
        unique=False,
        postgresql_where=sa.text("state='dead'"),
    )
    op.create_index(
        "ix_inbound_events_sweep",
        "inbound_events",
        ["received_at"],
        unique=False,
        postgresql_where=sa.text("state='waiting'"),
    )
    op.create_index(
        "ix_inbound_events_waiting",
        "inbound_events",
        ["hotel_id", "lane", "instance_id", "chat", "received_at"],
        unique=False,
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "knowledge_chunks",
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("heading", sa.String(), server_default="", nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("embedder", sa.String(), nullable=False),
        sa.Column("embedding", pgvector.sqlalchemy.vector.VECTOR(dim=384), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
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
            ["hotel_id", "document_id"],
            ["knowledge_documents.hotel_id", "knowledge_documents.id"],
            name=op.f("fk_knowledge_chunks_hotel_id_document_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_knowledge_chunks")),
        sa.UniqueConstraint(
            "hotel_id",
            "document_id",
            "ordinal",
            name=op.f("uq_knowledge_chunks_hotel_id_document_id_ordinal"),
        ),
    )
    op.create_table(
        "nightly_inventory",
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("room_type_id", sa.Uuid(), nullable=False),
        sa.Column("night", sa.Date(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("allowance", sa.Integer(), server_default="0", nullable=False),
        sa.Column("sold", sa.Integer(), server_default="0", nullable=False),
        sa.Column("held", sa.Integer(), server_default="0", nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("closed", sa.Boolean(), server_default="false", nullable=False),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("price > 0", name=op.f("ck_nightly_inventory_price")),
        sa.CheckConstraint(
            "sold + held <= capacity + allowance", name=op.f("ck_nightly_inventory_not_oversold")
        ),
        sa.CheckConstraint(
            "sold >= 0 AND held >= 0 AND capacity >= 0", name=op.f("ck_nightly_inventory_counters")
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "room_type_id"],
            ["room_types.hotel_id", "room_types.id"],
            name=op.f("fk_nightly_inventory_hotel_id_room_type_id"),
        ),
        sa.PrimaryKeyConstraint(
            "hotel_id", "room_type_id", "night", name=op.f("pk_nightly_inventory")
        ),
    )
    op.create_table(
        "rooms",
        sa.Column("room_type_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("floor", sa.String(), nullable=True),
        sa.Column("status", sa.String(), server_default="clean", nullable=False),
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
            "status IN ('clean','dirty','inspected','out_of_order','occupied')",
            name=op.f("ck_rooms_status"),
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "room_type_id"],
            ["room_types.hotel_id", "room_types.id"],
            name=op.f("fk_rooms_hotel_id_room_type_id"),
        ),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_rooms")),
        sa.UniqueConstraint("hotel_id", "number", name=op.f("uq_rooms_hotel_id_number")),
    )
    op.create_table(
        "trigger_runs",
        sa.Column("trigger_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("trigger_version", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column(
            "reasons", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False
        ),
        sa.Column(
            "actions", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False
        ),
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
            "outcome IN ('fired','not_matched','failed','stopped')",
            name=op.f("ck_trigger_runs_outcome"),
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "event_id"],
            ["outbox_events.hotel_id", "outbox_events.id"],
            name=op.f("fk_trigger_runs_hotel_id_event_id"),
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "trigger_id"],
            ["triggers.hotel_id", "triggers.id"],
            name=op.f("fk_trigger_runs_hotel_id_trigger_id"),
        ),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_trigger_runs")),
        sa.UniqueConstraint(
            "hotel_id",
            "trigger_id",
            "event_id",
            name=op.f("uq_trigger_runs_hotel_id_trigger_id_event_id"),
        ),
    )
    op.create_index(
        "ix_trigger_runs_recent",
        "trigger_runs",
        ["hotel_id", "trigger_id", "created_at"],
        unique=False,
    )
    op.create_table(
        "knowledge_terms",
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("term", sa.String(), nullable=False),
        sa.Column("chunk_id", sa.Uuid(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["hotel_id", "chunk_id"],
            ["knowledge_chunks.hotel_id", "knowledge_chunks.id"],
            name=op.f("fk_knowledge_terms_hotel_id_chunk_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("hotel_id", "term", "chunk_id", name=op.f("pk_knowledge_terms")),
    )
    op.create_index(
        "ix_knowledge_terms_chunk", "knowledge_terms", ["hotel_id", "chunk_id"], unique=False
    )
    op.create_table(
        "messages",
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column(
            "content", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
        sa.Column("provider_id", sa.String(), nullable=True),
        sa.Column("quoted_id", sa.String(), nullable=True),
        sa.Column("choice_id", sa.String(), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status", sa.String(), nullable=True),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("intent", sa.String(), nullable=True),
        sa.Column("sentiment", sa.String(), nullable=True),
        sa.Column("sentiment_score", sa.Double(), nullable=True),
        sa.Column("urgency", sa.String(), nullable=True),
        sa.Column(
            "metadata", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
        sa.Column("turn_id", sa.Uuid(), nullable=True),
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
            "author IN ('guest','bot','staff','phone','system')", name=op.f("ck_messages_author")
        ),
        sa.CheckConstraint("direction IN ('in','out')", name=op.f("ck_messages_direction")),
        sa.ForeignKeyConstraint(
            ["hotel_id", "conversation_id"],
            ["conversations.hotel_id", "conversations.id"],
            name=op.f("fk_messages_hotel_id_conversation_id"),
        ),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_messages")),
        sa.UniqueConstraint(
            "hotel_id",
            "conversation_id",
            "provider_id",
            name=op.f("uq_messages_hotel_id_conversation_id_provider_id"),
        ),
    )
    op.create_index("ix_messages_provider", "messages", ["hotel_id", "provider_id"], unique=False)
    op.create_index(
        "ix_messages_thread",
        "messages",
        ["hotel_id", "conversation_id", "occurred_at", "id"],
        unique=False,
    )
    op.create_index(
        "ix_messages_unread",
        "messages",
        ["hotel_id", "conversation_id", "occurred_at"],
        unique=False,
        postgresql_where=sa.text("direction = 'in' AND handled_at IS NULL"),
    )
    op.create_table(
        "quotes",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("guest_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=True),
        sa.Column("room_type_id", sa.Uuid(), nullable=False),
        sa.Column("arrival", sa.Date(), nullable=False),
        sa.Column("departure", sa.Date(), nullable=False),
        sa.Column("rooms", sa.Integer(), nullable=False),
        sa.Column("adults", sa.Integer(), nullable=False),
        sa.Column("children", sa.Integer(), server_default="0", nullable=False),
        sa.Column("nights", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("tax", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("policy", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("policy_hash", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(), server_default="open", nullable=False),
        sa.Column("dedupe_key", sa.String(), nullable=True),
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
            "status IN ('open','booked','superseded')", name=op.f("ck_quotes_status")
        ),
        sa.CheckConstraint(
            "adults > 0 AND children >= 0 AND rooms > 0", name=op.f("ck_quotes_party")
        ),
        sa.CheckConstraint("departure > arrival", name=op.f("ck_quotes_dates")),
        sa.CheckConstraint("total > 0 AND tax >= 0", name=op.f("ck_quotes_money")),
        sa.ForeignKeyConstraint(
            ["hotel_id", "conversation_id"],
            ["conversations.hotel_id", "conversations.id"],
            name=op.f("fk_quotes_hotel_id_conversation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "guest_id"],
            ["guests.hotel_id", "guests.id"],
            name=op.f("fk_quotes_hotel_id_guest_id"),
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "room_type_id"],
            ["room_types.hotel_id", "room_types.id"],
            name=op.f("fk_quotes_hotel_id_room_type_id"),
        ),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_quotes")),
        sa.UniqueConstraint("hotel_id", "code", name=op.f("uq_quotes_hotel_id_code")),
        sa.UniqueConstraint("hotel_id", "dedupe_key", name=op.f("uq_quotes_hotel_id_dedupe_key")),
    )
    op.create_table(
        "staff_notifications",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=True),
        sa.Column("priority_score", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("status", sa.String(), server_default="open", nullable=False),
        sa.Column("acknowledged_by", sa.Uuid(), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dedupe_key", sa.String(), nullable=False),
        sa.Column(
            "details", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
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
            "status IN ('open','acknowledged','closed')", name=op.f("ck_staff_notifications_status")
        ),
        sa.CheckConstraint(
            "priority_score BETWEEN 0 AND 100", name=op.f("ck_staff_notifications_priority")
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "acknowledged_by"],
            ["staff.hotel_id", "staff.id"],
            name=op.f("fk_staff_notifications_hotel_id_acknowledged_by"),
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "conversation_id"],
            ["conversations.hotel_id", "conversations.id"],
            name=op.f("fk_staff_notifications_hotel_id_conversation_id"),
        ),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_staff_notifications")),
        sa.UniqueConstraint(
            "hotel_id", "dedupe_key", name=op.f("uq_staff_notifications_hotel_id_dedupe_key")
        ),
    )
    op.create_index(
        "ix_staff_notifications_open",
        "staff_notifications",
        ["hotel_id", "status", "priority_score", "created_at"],
        unique=False,
    )
    op.create_table(
        "bookings",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("guest_id", sa.Uuid(), nullable=False),
        sa.Column("quote_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=True),
        sa.Column("room_type_id", sa.Uuid(), nullable=False),
        sa.Column("room_id", sa.Uuid(), nullable=True),
        sa.Column("arrival", sa.Date(), nullable=False),
        sa.Column("departure", sa.Date(), nullable=False),
        sa.Column("rooms", sa.Integer(), nullable=False),
        sa.Column("adults", sa.Integer(), nullable=False),
        sa.Column("children", sa.Integer(), server_default="0", nullable=False),
        sa.Column("status", sa.String(), server_default="confirmed", nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("tax", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("policy", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("special_requests", sa.String(), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_reason", sa.String(), nullable=True),
        sa.Column("cancel_fee", sa.BigInteger(), server_default="0", nullable=False),
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
            (sa.text("daterange(arrival, departure)"), "&&"),
            where=sa.text("room_id IS NOT NULL AND status IN ('confirmed','checked_in')"),
            using="gist",
            name="ex_bookings_room",
        ),
        sa.CheckConstraint(
            "(status = 'cancelled') = (cancelled_at IS NOT NULL)",
            name=op.f("ck_bookings_cancelled"),
        ),
        sa.CheckConstraint(
            "status IN ('confirmed','cancelled','checked_in','checked_out','no_show')",
            name=op.f("ck_bookings_status"),
        ),
        sa.CheckConstraint(
            "adults > 0 AND children >= 0 AND rooms > 0", name=op.f("ck_bookings_party")
        ),
        sa.CheckConstraint("departure > arrival", name=op.f("ck_bookings_dates")),
        sa.CheckConstraint(
            "total > 0 AND tax >= 0 AND cancel_fee >= 0", name=op.f("ck_bookings_money")
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "conversation_id"],
            ["conversations.hotel_id", "conversations.id"],
            name=op.f("fk_bookings_hotel_id_conversation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "guest_id"],
            ["guests.hotel_id", "guests.id"],
            name=op.f("fk_bookings_hotel_id_guest_id"),
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "quote_id"],
            ["quotes.hotel_id", "quotes.id"],
            name=op.f("fk_bookings_hotel_id_quote_id"),
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "room_id"],
            ["rooms.hotel_id", "rooms.id"],
            name=op.f("fk_bookings_hotel_id_room_id"),
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "room_type_id"],
            ["room_types.hotel_id", "room_types.id"],
            name=op.f("fk_bookings_hotel_id_room_type_id"),
        ),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_bookings")),
        sa.UniqueConstraint("hotel_id", "code", name=op.f("uq_bookings_hotel_id_code")),
        sa.UniqueConstraint("hotel_id", "quote_id", name=op.f("uq_bookings_hotel_id_quote_id")),
    )
    op.create_index(
        "ix_bookings_guest",
        "bookings",
        ["hotel_id", "guest_id", "status", "created_at"],
        unique=False,
    )
    op.create_index(
        "ix_bookings_status",
        "bookings",
        ["hotel_id", "status", "arrival", "departure"],
        unique=False,
    )
    op.create_index(
        "ix_bookings_type",
        "bookings",
        ["hotel_id", "room_type_id", "arrival", "departure"],
        unique=False,
    )
    op.create_table(
        "holds",
        sa.Column("quote_id", sa.Uuid(), nullable=False),
        sa.Column("room_type_id", sa.Uuid(), nullable=False),
        sa.Column("arrival", sa.Date(), nullable=False),
        sa.Column("departure", sa.Date(), nullable=False),
        sa.Column("rooms", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(), server_default="active", nullable=False),
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
        sa.CheckConstraint("status IN ('active','taken','released')", name=op.f("ck_holds_status")),
        sa.CheckConstraint("departure > arrival AND rooms > 0", name=op.f("ck_holds_stay")),
        sa.ForeignKeyConstraint(
            ["hotel_id", "quote_id"],
            ["quotes.hotel_id", "quotes.id"],
            name=op.f("fk_holds_hotel_id_quote_id"),
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "room_type_id"],
            ["room_types.hotel_id", "room_types.id"],
            name=op.f("fk_holds_hotel_id_room_type_id"),
        ),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_holds")),
    )
    op.create_index(
        "ix_holds_active",
        "holds",
        ["hotel_id", "room_type_id", "arrival"],
        unique=False,
        postgresql_where=sa.text("status = 'active'"),
    )
    op.create_index(
        "uq_holds_quote",
        "holds",
        ["hotel_id", "quote_id"],
        unique=True,
        postgresql_where=sa.text("status = 'active'"),
    )
    op.create_table(
        "outbound_messages",
        sa.Column("instance_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=True),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("chat", sa.String(), nullable=False),
        sa.Column("lane", sa.String(), server_default="reply", nullable=False),
        sa.Column("author", sa.String(), server_default="bot", nullable=False),
        sa.Column("fence", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column(
            "buttons", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False
        ),
        sa.Column("quoted_id", sa.String(), nullable=True),
        sa.Column("dedupe_key", sa.String(), nullable=False),
        sa.Column("status", sa.String(), server_default="queued", nullable=False),
        sa.Column(
            "not_before",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_owner", sa.Uuid(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("sending_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("provider_id", sa.String(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("turn_id", sa.Uuid(), nullable=True),
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
            "lane IN ('reply','proactive','urgent','staff')", name=op.f("ck_outbound_messages_lane")
        ),
        sa.CheckConstraint(
            "status IN ('queued','sending','sent','delivered','read','failed','unknown','expired','cancelled')",
            name=op.f("ck_outbound_messages_status"),
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "conversation_id"],
            ["conversations.hotel_id", "conversations.id"],
            name=op.f("fk_outbound_messages_hotel_id_conversation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "instance_id"],
            ["whatsapp_instances.hotel_id", "whatsapp_instances.id"],
            name=op.f("fk_outbound_messages_hotel_id_instance_id"),
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "message_id"],
            ["messages.hotel_id", "messages.id"],
            name=op.f("fk_outbound_messages_hotel_id_message_id"),
        ),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_outbound_messages")),
        sa.UniqueConstraint(
            "hotel_id", "dedupe_key", name=op.f("uq_outbound_messages_hotel_id_dedupe_key")
        ),
    )
    op.create_index(
        "ix_outbound_messages_due",
        "outbound_messages",
        ["hotel_id", "instance_id", "seq"],
        unique=False,
        postgresql_where=sa.text("status IN ('queued','sending','unknown')"),
    )
    op.create_index(
        "ix_outbound_messages_provider",
        "outbound_messages",
        ["hotel_id", "provider_id"],
        unique=False,
    )
    op.create_index(
        "ix_outbound_messages_sweep",
        "outbound_messages",
        ["not_before"],
        unique=False,
        postgresql_where=sa.text("status IN ('queued','sending','unknown')"),
    )
    op.create_table(
        "booking_nights",
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("night", sa.Date(), nullable=False),
        sa.Column("room_type_id", sa.Uuid(), nullable=False),
        sa.Column("rooms", sa.Integer(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("tax", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "price > 0 AND tax >= 0 AND rooms > 0", name=op.f("ck_booking_nights_money")
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "booking_id"],
            ["bookings.hotel_id", "bookings.id"],
            name=op.f("fk_booking_nights_hotel_id_booking_id"),
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "room_type_id"],
            ["room_types.hotel_id", "room_types.id"],
            name=op.f("fk_booking_nights_hotel_id_room_type_id"),
        ),
        sa.PrimaryKeyConstraint("hotel_id", "booking_id", "night", name=op.f("pk_booking_nights")),
    )
    op.create_table(
        "notification_deliveries",
        sa.Column("notification_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("webhook_id", sa.Uuid(), nullable=True),
        sa.Column("outbound_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.String(), server_default="waiting", nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "next_try_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("error", sa.String(), nullable=True),
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
            "channel IN ('whatsapp','webhook')", name=op.f("ck_notification_deliveries_channel")
        ),
        sa.CheckConstraint(
            "status IN ('waiting','sent','dead')", name=op.f("ck_notification_deliveries_status")
        ),
        sa.CheckConstraint(
            "(staff_id IS NULL) <> (webhook_id IS NULL)",
            name=op.f("ck_notification_deliveries_target"),
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "notification_id"],
            ["staff_notifications.hotel_id", "staff_notifications.id"],
            name=op.f("fk_notification_deliveries_hotel_id_notification_id"),
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "outbound_id"],
            ["outbound_messages.hotel_id", "outbound_messages.id"],
            name=op.f("fk_notification_deliveries_hotel_id_outbound_id"),
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "staff_id"],
            ["staff.hotel_id", "staff.id"],
            name=op.f("fk_notification_deliveries_hotel_id_staff_id"),
        ),
        sa.ForeignKeyConstraint(
            ["hotel_id", "webhook_id"],
            ["staff_webhooks.hotel_id", "staff_webhooks.id"],
            name=op.f("fk_notification_deliveries_hotel_id_webhook_id"),
        ),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f("pk_notification_deliveries")),
        sa.UniqueConstraint(
            "hotel_id",
            "notification_id",
            "channel",
            "staff_id",
            "webhook_id",
            name=op.f(
                "uq_notification_deliveries_hotel_id_notification_id_channel_staff_id_webhook_id"
            ),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index(
        "ix_notification_deliveries_due",
        "notification_deliveries",
        ["hotel_id", "next_try_at"],
        unique=False,
        postgresql_where=sa.text("status = 'waiting'"),
    )


def downgrade() -> None:
    # Made by rls/60_bookings.sql: they give rows of tables that are about to go.
    op.execute("DROP FUNCTION IF EXISTS reserve_stay, hold_stay, booking_of_quote, booking_facts")
    op.drop_index(
        "ix_notification_deliveries_due",
        table_name="notification_deliveries",
        postgresql_where=sa.text("status = 'waiting'"),
    )
    op.drop_table("notification_deliveries")
    op.drop_table("booking_nights")
    op.drop_index(
        "ix_outbound_messages_sweep",
        table_name="outbound_messages",
        postgresql_where=sa.text("status IN ('queued','sending','unknown')"),
    )
    op.drop_index("ix_outbound_messages_provider", table_name="outbound_messages")
    op.drop_index(
        "ix_outbound_messages_due",
        table_name="outbound_messages",
        postgresql_where=sa.text("status IN ('queued','sending','unknown')"),
    )
    op.drop_table("outbound_messages")
    op.drop_index(
        "uq_holds_quote", table_name="holds", postgresql_where=sa.text("status = 'active'")
    )
    op.drop_index(
        "ix_holds_active", table_name="holds", postgresql_where=sa.text("status = 'active'")
    )
    op.drop_table("holds")
    op.drop_index("ix_bookings_type", table_name="bookings")
    op.drop_index("ix_bookings_status", table_name="bookings")
    op.drop_index("ix_bookings_guest", table_name="bookings")
    op.drop_table("bookings")
    op.drop_index("ix_staff_notifications_open", table_name="staff_notifications")
    op.drop_table("staff_notifications")
    op.drop_table("quotes")
    op.drop_index(
        "ix_messages_unread",
        table_name="messages",
        postgresql_where=sa.text("direction = 'in' AND handled_at IS NULL"),
    )
    op.drop_index("ix_messages_thread", table_name="messages")
    op.drop_index("ix_messages_provider", table_name="messages")
    op.drop_table("messages")
    op.drop_index("ix_knowledge_terms_chunk", table_name="knowledge_terms")
    op.drop_table("knowledge_terms")
    op.drop_index("ix_trigger_runs_recent", table_name="trigger_runs")
    op.drop_table("trigger_runs")
    op.drop_table("rooms")
    op.drop_table("nightly_inventory")
    op.drop_table("knowledge_chunks")
    op.drop_index(
        "ix_inbound_events_waiting",
        table_name="inbound_events",
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.drop_index(
        "ix_inbound_events_sweep",
        table_name="inbound_events",
        postgresql_where=sa.text("state='waiting'"),
    )
    op.drop_index(
        "ix_inbound_events_dead",
        table_name="inbound_events",
        postgresql_where=sa.text("state='dead'"),
    )
    op.drop_table("inbound_events")
    op.drop_table("guest_identities")
    op.drop_table("delivery_statuses")
    op.drop_index("ix_conversations_status", table_name="conversations")
    op.drop_index("ix_conversations_recent", table_name="conversations")
    op.drop_table("conversations")
    op.drop_table("whatsapp_instances")
    op.drop_index("ix_triggers_event", table_name="triggers")
    op.drop_table("triggers")
    op.drop_table("taxes")
    op.drop_table("staff_webhooks")
    op.drop_table("staff")
    op.drop_table("room_types")
    op.drop_index(
        "ix_outbox_events_waiting",
        table_name="outbox_events",
        postgresql_where=sa.text("processed_at IS NULL AND dead_at IS NULL"),
    )
    op.drop_table("outbox_events")
    op.drop_table("knowledge_gaps")
    op.drop_index("ix_knowledge_documents_recent", table_name="knowledge_documents")
    op.drop_table("knowledge_documents")
    op.drop_table("guests")
    op.drop_table("audit_log")
    op.drop_table("api_keys")
    op.drop_table("idempotency_keys")
    op.drop_table("hotels")
