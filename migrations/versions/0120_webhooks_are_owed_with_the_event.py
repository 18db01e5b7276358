"""webhooks are owed with the event"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0120"
down_revision = "0133"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
OPEN = sa.text("status IN ('waiting','sending')")
FUNCTIONS = ("owe_webhooks", "event_subject", "tell_sending", "tell_guest")


def _instant(name: str, default: str | None = None) -> sa.Column:
    said = None if default is None else sa.text(default)
    return sa.Column(name, INSTANT, server_default=said, nullable=default is None)


def _row() -> tuple[sa.Column, ...]:
    return (
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        _instant("created_at", "now()"),
        _instant("updated_at", "now()"),
    )


def _to(table: str, column: str, parent: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["hotel_id", column],
        [f"{parent}.hotel_id", f"{parent}.id"],
        name=op.f(f"fk_{table}_hotel_id_{column}"),
    )


def _text(name: str, *, nullable: bool = False, default: str | None = None) -> sa.Column:
    return sa.Column(name, sa.String(), server_default=default, nullable=nullable)


def _count(name: str) -> sa.Column:
    return sa.Column(name, sa.Integer(), server_default="0", nullable=False)


def upgrade() -> None:
    op.add_column(
        "outbox_events", sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False)
    )
    op.add_column("outbox_events", _instant("forwarded_at"))
    op.create_index(
        "ix_outbox_events_unforwarded",
        "outbox_events",
        ["hotel_id", "seq"],
        postgresql_where=sa.text("forwarded_at IS NULL"),
    )
    _subscriptions()
    _deliveries()
    _attempts()


def _subscriptions() -> None:
    table = "webhook_subscriptions"
    op.create_table(
        table,
        *_row(),
        _text("name"),
        _text("url"),
        sa.Column("events", JSONB, server_default="[]", nullable=False),
        sa.Column("conditions", JSONB, server_default="{}", nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
        sa.Column("old_secret", sa.LargeBinary(), nullable=True),
        _instant("old_secret_until"),
        sa.Column("enabled", sa.Boolean(), server_default="true", nullable=False),
        _count("failures"),
        _instant("rest_until"),
        _instant("removed_at"),
        sa.ForeignKeyConstraint(["hotel_id"], ["hotels.id"], name=op.f(f"fk_{table}_hotel_id")),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f(f"pk_{table}")),
    )


def _deliveries() -> None:
    table = "webhook_deliveries"
    op.create_table(
        table,
        *_row(),
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        _text("event_type"),
        sa.Column("subject", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        _text("status", default="waiting"),
        _count("tries"),
        _count("calls"),
        _instant("first_try_at"),
        _instant("next_try_at", "'-infinity'"),
        _instant("done_at"),
        _text("error", nullable=True),
        _to(table, "subscription_id", "webhook_subscriptions"),
        _to(table, "event_id", "outbox_events"),
        sa.CheckConstraint(
            "status IN ('waiting','sending','sent','skipped','dead')",
            name=op.f(f"ck_{table}_status"),
        ),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint(
            *("hotel_id", "subscription_id", "event_id"),
            name=op.f(f"uq_{table}_hotel_id_subscription_id_event_id"),
        ),
    )
    for name, columns in (
        ("due", ["hotel_id", "subscription_id", "next_try_at", "seq"]),
        ("open", ["hotel_id", "subscription_id", "subject", "seq"]),
        ("sweep", ["next_try_at"]),
    ):
        op.create_index(f"ix_{table}_{name}", table, columns, postgresql_where=OPEN)
    op.create_index(f"ix_{table}_recent", table, ["hotel_id", "created_at", "id"])
    op.create_index(f"ix_{table}_event", table, ["hotel_id", "event_id"])


def _attempts() -> None:
    table = "webhook_attempts"
    op.create_table(
        table,
        *_row(),
        sa.Column("delivery_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("status_code", sa.Integer(), nullable=True),
        _text("error", nullable=True),
        sa.Column("ms", sa.Integer(), nullable=False),
        _text("answer", default=""),
        _to(table, "delivery_id", "webhook_deliveries"),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint(
            *("hotel_id", "delivery_id", "number"),
            name=op.f(f"uq_{table}_hotel_id_delivery_id_number"),
        ),
    )
    op.create_index(f"ix_{table}_old", table, ["hotel_id", "at"])


def downgrade() -> None:
    for name in FUNCTIONS:
        op.execute(f"DROP FUNCTION IF EXISTS {name} CASCADE")
    for table in ("webhook_attempts", "webhook_deliveries", "webhook_subscriptions"):
        op.drop_table(table)
    op.drop_index("ix_outbox_events_unforwarded", "outbox_events")
    op.drop_column("outbox_events", "forwarded_at")
    op.drop_column("outbox_events", "seq")
