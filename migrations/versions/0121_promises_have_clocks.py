"""promises have clocks"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0121"
down_revision = "0095"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
FUNCTIONS = (
    *("sla_message", "sla_conversation", "sla_rewind", "sla_guest_waits", "sla_answered"),
    *("sla_start", "sla_wind", "sla_due", "sla_used", "sla_calendar_of", "sla_policy_of"),
)


def _row(*, of_hotel: bool = False) -> tuple[sa.schema.SchemaItem, ...]:
    now = sa.text("now()")
    hotel = (sa.ForeignKeyConstraint(["hotel_id"], ["hotels.id"]),) if of_hotel else ()
    return (
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, server_default=now, nullable=False),
        sa.Column("updated_at", INSTANT, server_default=now, nullable=False),
        sa.PrimaryKeyConstraint("hotel_id", "id"),
        *hotel,
    )


def _to(table: str, column: str, parent: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["hotel_id", column],
        [f"{parent}.hotel_id", f"{parent}.id"],
        name=op.f(f"fk_{table}_hotel_id_{column}"),
    )


def _one(table: str, *columns: str, nulls: bool = False) -> sa.UniqueConstraint:
    name = op.f(f"uq_{table}_hotel_id_{'_'.join(columns)}")
    more = {"postgresql_nulls_not_distinct": True} if nulls else {}
    return sa.UniqueConstraint("hotel_id", *columns, name=name, **more)


def _instants(*names: str, nullable: bool = True) -> list[sa.Column]:
    return [sa.Column(name, INSTANT, nullable=nullable) for name in names]


def upgrade() -> None:
    _calendars()
    _policies()
    _clocks()


def _calendars() -> None:
    table = "sla_calendars"
    op.create_table(
        table,
        *_row(of_hotel=True),
        sa.Column("department_id", sa.Uuid(), nullable=True),
        sa.Column("week", JSONB, server_default="{}", nullable=False),
        *(sa.Column(n, sa.String(), nullable=True) for n in ("country", "subdivision")),
        sa.Column("spans_zone", sa.String(), nullable=True),
        sa.Column("spans_from", sa.Date(), nullable=True),
        _to(table, "department_id", "departments"),
        _one(table, "department_id", nulls=True),
    )
    op.create_table(
        "sla_days",
        *_row(),
        sa.Column("calendar_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("periods", JSONB, server_default="[]", nullable=False),
        _to("sla_days", "calendar_id", table),
        _one("sla_days", "calendar_id", "day"),
    )
    op.create_table(
        "sla_spans",
        *_row(),
        sa.Column("calendar_id", sa.Uuid(), nullable=False),
        *_instants("starts_at", "ends_at", nullable=False),
        _to("sla_spans", "calendar_id", table),
        _one("sla_spans", "calendar_id", "ends_at"),
    )


def _policies() -> None:
    table = "sla_policies"
    yes = [
        sa.Column(n, sa.Boolean(), server_default="true", nullable=False)
        for n in ("open_hours", "bot_counts", "enabled")
    ]
    minutes = [f"{kind}_minutes" for kind in ("first", "next", "resolution")]
    op.create_table(
        table,
        *_row(of_hotel=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("department_id", sa.Uuid(), nullable=True),
        *(sa.Column(name, sa.Integer(), nullable=True) for name in minutes),
        sa.Column("warn_percent", sa.Integer(), server_default="75", nullable=False),
        *yes,
        sa.CheckConstraint("warn_percent BETWEEN 1 AND 99", name=op.f(f"ck_{table}_warn_percent")),
        _to(table, "department_id", "departments"),
        _one(table, "department_id", nulls=True),
    )


def _clocks() -> None:
    table = "sla_clocks"
    kinds, states = "'first','next','resolution'", "'running','paused','met','over'"
    op.create_table(
        table,
        *_row(),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("cycle", sa.Integer(), server_default="1", nullable=False),
        *_instants("started_at", nullable=False),
        sa.Column("used_seconds", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("target_minutes", sa.Integer(), nullable=False),
        *_instants("warn_at", "due_at", "warned_at", "breached_at", "met_at", "look_at"),
        sa.CheckConstraint(f"kind IN ({kinds})", name=op.f(f"ck_{table}_kind")),
        sa.CheckConstraint(f"state IN ({states})", name=op.f(f"ck_{table}_state")),
        _to(table, "conversation_id", "conversations"),
        _one(table, "conversation_id", "kind"),
    )
    due = sa.text("look_at IS NOT NULL")
    op.create_index("ix_sla_clocks_due", table, ["look_at"], postgresql_where=due)
    runs = sa.text("state='running'")
    op.create_index("ix_sla_clocks_running", table, ["hotel_id", "due_at"], postgresql_where=runs)


def downgrade() -> None:
    for name in FUNCTIONS:
        op.execute(f"DROP FUNCTION IF EXISTS {name} CASCADE")
    for table in ("sla_clocks", "sla_policies", "sla_spans", "sla_days", "sla_calendars"):
        op.drop_table(table)
