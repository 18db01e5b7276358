"""lists are read by their narrowing"""

import sqlalchemy as sa
from alembic import op

revision = "0171"
down_revision = "0150"
branch_labels = None
depends_on = None

AGE = ["created_at", "id"]
INDEXES = (
    ("ix_webhook_deliveries_of", "webhook_deliveries", ["subscription_id", *AGE], None),
    ("ix_webhook_deliveries_status", "webhook_deliveries", ["status", *AGE], "status <> 'sent'"),
    ("ix_staff_notifications_status", "staff_notifications", ["status", *AGE], None),
    (
        "ix_notification_deliveries_status",
        "notification_deliveries",
        ["status", *AGE],
        "status <> 'sent'",
    ),
    ("ix_handovers_promised", "handovers", ["opened_at", "id"], "promised_until IS NOT NULL"),
)


def upgrade() -> None:
    for name, table, columns, where in INDEXES:
        op.create_index(
            name, table, ["hotel_id", *columns], postgresql_where=where and sa.text(where)
        )


def downgrade() -> None:
    for name, table, _, _ in reversed(INDEXES):
        op.drop_index(name, table)
