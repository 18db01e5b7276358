"""guests are asked how it was"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0094"
down_revision = "0093"
branch_labels = None
depends_on = None

SURVEYS, ASKS = "surveys", "survey_asks"
PARENTS = {
    "survey_id": "surveys",
    "conversation_id": "conversations",
    "guest_id": "guests",
    "booking_id": "bookings",
}


def _instant(name: str, *, default: bool = False, nullable: bool = False) -> sa.Column:
    now = sa.text("now()") if default else None
    return sa.Column(name, sa.DateTime(timezone=True), server_default=now, nullable=nullable)


def _own(table: str) -> list:
    return [
        sa.Column("hotel_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        _instant("created_at", default=True),
        _instant("updated_at", default=True),
        sa.PrimaryKeyConstraint("hotel_id", "id", name=op.f(f"pk_{table}")),
    ]


def upgrade() -> None:
    op.create_table(
        SURVEYS,
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("questions", JSONB, nullable=False),
        sa.Column("low", sa.Integer(), server_default="3", nullable=False),
        sa.Column("department", sa.String(), server_default="management", nullable=False),
        *_own(SURVEYS),
        sa.ForeignKeyConstraint(
            ["hotel_id"], ["hotels.id"], name=op.f("fk_surveys_hotel_id_hotels")
        ),
        sa.CheckConstraint("low BETWEEN 1 AND 4", name=op.f("ck_surveys_low")),
        sa.UniqueConstraint("hotel_id", "name", name=op.f("uq_surveys_hotel_id_name")),
    )
    op.create_table(
        ASKS,
        *(sa.Column(n, sa.Uuid(), nullable=n == "booking_id") for n in PARENTS),
        sa.Column("state", sa.String(), server_default="open", nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("answers", JSONB, server_default="[]", nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        _instant("expires_at"),
        _instant("done_at", nullable=True),
        *_own(ASKS),
        *(
            sa.ForeignKeyConstraint(
                ["hotel_id", column],
                [f"{table}.hotel_id", f"{table}.id"],
                name=op.f(f"fk_survey_asks_hotel_id_{column}"),
            )
            for column, table in PARENTS.items()
        ),
        sa.CheckConstraint("state IN ('open','done','expired')", name=op.f("ck_survey_asks_state")),
        sa.CheckConstraint("score BETWEEN 1 AND 5", name=op.f("ck_survey_asks_score")),
    )
    op.create_index("ix_survey_asks_recent", ASKS, ["hotel_id", "created_at", "id"])
    op.create_index("ix_survey_asks_survey", ASKS, ["hotel_id", "survey_id", "created_at", "id"])
    op.create_index("ix_survey_asks_guest", ASKS, ["hotel_id", "guest_id"])
    only = {"unique": True, "postgresql_where": sa.text("state = 'open'")}
    op.create_index("uq_survey_asks_open", ASKS, ["hotel_id", "conversation_id"], **only)


def downgrade() -> None:
    op.drop_table(ASKS)
    op.drop_table(SURVEYS)
