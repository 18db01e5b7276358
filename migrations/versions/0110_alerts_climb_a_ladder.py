"""alerts climb a ladder"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0110"
down_revision = "0120"
branch_labels = None
depends_on = None

DELIVERIES = "notification_deliveries"
OLD_TARGET = "uq_notification_deliveries_hotel_id_notification_id_cha_3665"
TARGET = "uq_notification_deliveries_target"
CHECKS = {
    "channel": (
        "channel IN ('whatsapp','webhook')",
        "channel IN ('whatsapp','webhook','email','apprise')",
    ),
    "status": (
        "status IN ('waiting','sent','dead')",
        "status IN ('waiting','held','sent','dead','skipped')",
    ),
    "target": (
        "(staff_id IS NULL) <> (webhook_id IS NULL)",
        "num_nonnulls(staff_id, webhook_id, channel_id, membership_id) >= 1",
    ),
}
DUE = ("status = 'waiting'", "status IN ('waiting', 'held')")


def _text(name: str, *, nullable: bool = False, default: str | None = None) -> sa.Column:
    return sa.Column(name, sa.String(), nullable=nullable, server_default=default)


def _number(name: str, default: str | None = None, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Integer(), nullable=nullable, server_default=default)


def _flag(name: str, default: str) -> sa.Column:
    return sa.Column(name, sa.Boolean(), nullable=False, server_default=default)


def _id(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Uuid(), nullable=nullable)


def _at(name: str, *, nullable: bool = False, default: bool = False) -> sa.Column:
    now = sa.text("now()") if default else None
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable, server_default=now)


def _json(name: str, default: str | None = None) -> sa.Column:
    return sa.Column(name, JSONB(), nullable=False, server_default=default)


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["hotel_id", column],
        [f"{other}.hotel_id", f"{other}.id"],
        name=op.f(f"fk_{table}_hotel_id_{column}"),
    )


def _check(table: str, name: str, says: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(says, name=op.f(f"ck_{table}_{name}"))


def _unique(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns, name=op.f(f"uq_{table}_{'_'.join(columns)}"))


def _create(table: str, *parts: sa.Column | sa.Constraint, of_hotel: bool = False) -> None:
    hotel = sa.ForeignKeyConstraint(["hotel_id"], ["hotels.id"], name=f"fk_{table}_hotel_id")
    op.create_table(
        table,
        _id("hotel_id"),
        _id("id"),
        *parts,
        _at("created_at", default=True),
        _at("updated_at", default=True),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f(f"pk_{table}")),
        *([hotel] if of_hotel else []),
    )


def _staff() -> list[sa.Column]:
    return [
        _id("user_id", nullable=True),
        *(_text(n, nullable=True) for n in ("email", "quiet_from", "quiet_until")),
        _json("preferences", "[]"),
        _number("digest_below", "0"),
        _json("digest_at", "[]"),
    ]


def _told() -> list[sa.Column]:
    return [
        _text("department", nullable=True),
        _text("acknowledged_via", nullable=True),
        _number("tellings", "1"),
        _flag("unattended", "false"),
        _number("depth", "0"),
    ]


def upgrade() -> None:
    for column in _staff():
        op.add_column("staff", column)
    for column in _told():
        op.add_column("staff_notifications", column)
    _ladders()
    _channels()
    for column in (_number("level", "0"), _id("channel_id", nullable=True)):
        op.add_column(DELIVERIES, column)
    op.add_column(DELIVERIES, _id("membership_id", nullable=True))
    for column, other in (("channel_id", "staff_channels"), ("membership_id", "memberships")):
        name = op.f(f"fk_{DELIVERIES}_hotel_id_{column}")
        op.create_foreign_key(name, DELIVERIES, other, ["hotel_id", column], ["hotel_id", "id"])
    _judge(1)
    op.drop_constraint(op.f(OLD_TARGET), DELIVERIES)
    target = ["staff_id", "webhook_id", "channel_id", "membership_id"]
    columns = ["hotel_id", "notification_id", "level", "channel", *target]
    op.create_unique_constraint(TARGET, DELIVERIES, columns, postgresql_nulls_not_distinct=True)
    recent = ["hotel_id", "created_at", "id"]
    op.create_index("ix_notification_deliveries_recent", DELIVERIES, recent)
    _attempts()


def _ladders() -> None:
    table = "alert_ladders"
    what = ("hotel_id", "kind", "department", "min_priority")
    _create(
        table,
        _text("kind", default="*"),
        _text("department", nullable=True),
        _number("min_priority", "0"),
        _json("levels"),
        _flag("enabled", "true"),
        _check(table, "priority", "min_priority BETWEEN 0 AND 100"),
        sa.UniqueConstraint(
            *what, name="uq_alert_ladders_hotel_id_what", postgresql_nulls_not_distinct=True
        ),
        of_hotel=True,
    )
    table = "staff_shifts"
    _create(
        table,
        _id("staff_id"),
        _number("weekday"),
        _text("starts"),
        _text("ends"),
        _to(table, "staff_id", "staff"),
        _unique(table, "hotel_id", "staff_id", "weekday", "starts"),
        _check(table, "weekday", "weekday BETWEEN 0 AND 6"),
    )
    table = "alert_steps"
    _create(
        table,
        _id("notification_id"),
        _number("level"),
        _json("plan", "{}"),
        _at("due_at"),
        _at("try_at"),
        _number("tries", "0"),
        _text("state", default="waiting"),
        _number("reached", nullable=True),
        _at("worked_at", nullable=True),
        _to(table, "notification_id", "staff_notifications"),
        _unique(table, "hotel_id", "notification_id", "level"),
        _check(table, "state", "state IN ('waiting','done','cancelled','dead')"),
    )
    waiting = sa.text("state = 'waiting'")
    due = ["hotel_id", "try_at"]
    op.create_index("ix_alert_steps_due", table, due, postgresql_where=waiting)
    op.create_index("ix_alert_steps_sweep", table, ["try_at"], postgresql_where=waiting)


def _channels() -> None:
    table = "staff_channels"
    _create(
        table,
        _id("staff_id", nullable=True),
        _text("name"),
        _text("service"),
        sa.Column("url", sa.LargeBinary(), nullable=False),
        _flag("enabled", "true"),
        _to(table, "staff_id", "staff"),
        _unique(table, "hotel_id", "name"),
        of_hotel=True,
    )
    table = "alert_templates"
    _create(
        table,
        *(_text(name) for name in ("kind", "language", "title", "body")),
        _unique(table, "hotel_id", "kind", "language"),
        of_hotel=True,
    )


def _attempts() -> None:
    table = "delivery_attempts"
    _create(
        table,
        _id("delivery_id"),
        _text("result"),
        _text("error", nullable=True),
        _at("attempted_at"),
        _at("next_try_at", nullable=True),
        _to(table, "delivery_id", DELIVERIES),
        _check(table, "result", "result IN ('sent','failed')"),
    )
    columns = ["hotel_id", "delivery_id", "created_at", "id"]
    op.create_index("ix_delivery_attempts_delivery", table, columns)


def _judge(now: int) -> None:
    for name, says in CHECKS.items():
        op.drop_constraint(op.f(f"ck_{DELIVERIES}_{name}"), DELIVERIES)
        op.create_check_constraint(op.f(f"ck_{DELIVERIES}_{name}"), DELIVERIES, says[now])
    op.drop_index("ix_notification_deliveries_due", table_name=DELIVERIES)
    where = sa.text(DUE[now])
    columns = ["hotel_id", "next_try_at"]
    op.create_index("ix_notification_deliveries_due", DELIVERIES, columns, postgresql_where=where)


def downgrade() -> None:
    """What went, or should go, by a way that there is no more is forgotten."""
    op.drop_table("delivery_attempts")
    op.drop_index("ix_notification_deliveries_recent", table_name=DELIVERIES)
    op.drop_constraint(TARGET, DELIVERIES)
    op.execute("DELETE FROM notification_deliveries WHERE channel IN ('email', 'apprise')")
    op.execute("DELETE FROM notification_deliveries WHERE level > 0")
    op.execute(
        "UPDATE notification_deliveries SET status = 'dead' WHERE status IN ('held', 'skipped')"
    )
    _judge(0)
    for column in ("membership_id", "channel_id"):
        op.drop_constraint(op.f(f"fk_{DELIVERIES}_hotel_id_{column}"), DELIVERIES)
    for column in ("membership_id", "channel_id", "level"):
        op.drop_column(DELIVERIES, column)
    old = ["hotel_id", "notification_id", "channel", "staff_id", "webhook_id"]
    op.create_unique_constraint(
        op.f(OLD_TARGET), DELIVERIES, old, postgresql_nulls_not_distinct=True
    )
    for table in ("alert_templates", "staff_channels"):
        op.drop_table(table)
    for table in ("alert_steps", "staff_shifts", "alert_ladders"):
        op.drop_table(table)
    for column in _told():
        op.drop_column("staff_notifications", column.name)
    for column in _staff():
        op.drop_column("staff", column.name)
