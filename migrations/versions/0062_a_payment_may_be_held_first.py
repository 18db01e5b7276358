"""a payment may be held first"""

import sqlalchemy as sa
from alembic import op

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None

METHODS = "method IN ('cash','card_terminal','bank_transfer','link'{})"
STATES = "status IN ('paid','pending','unknown','failed','refunded','partially_refunded'{})"


def _columns() -> list[sa.Column]:
    return [
        sa.Column("authorised_amount", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("authorised_until", sa.DateTime(timezone=True)),
        sa.Column("released_at", sa.DateTime(timezone=True)),
        sa.Column("ending", sa.String),
        sa.Column("ending_amount", sa.BigInteger),
    ]


def upgrade() -> None:
    for column in _columns():
        op.add_column("payments", column)
    _allow(",'authorisation'", ",'authorised','released'")
    op.create_check_constraint(
        op.f("ck_payments_ending"), "payments", "ending IN ('capture','release')"
    )
    op.create_check_constraint(
        op.f("ck_payments_held"), "payments", "authorised_amount >= 0 AND ending_amount > 0"
    )


def downgrade() -> None:
    """What was held and never taken brought no money: it is a link that was not paid."""
    op.execute("UPDATE payments SET method = 'link' WHERE method = 'authorisation'")
    op.execute("UPDATE payments SET status = 'failed' WHERE status IN ('authorised', 'released')")
    for name in ("held", "ending"):
        op.drop_constraint(op.f(f"ck_payments_{name}"), "payments")
    _allow("", "")
    for column in reversed(_columns()):
        op.drop_column("payments", column.name)


def _allow(methods: str, states: str) -> None:
    for name, check in (("method", METHODS.format(methods)), ("status", STATES.format(states))):
        op.drop_constraint(op.f(f"ck_payments_{name}"), "payments")
        op.create_check_constraint(op.f(f"ck_payments_{name}"), "payments", check)
