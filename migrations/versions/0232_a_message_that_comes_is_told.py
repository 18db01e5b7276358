"""a message that comes is told, whoever answers it

What was told as message.received until now was what the bot had read: that is message.understood,
and the rules that listened go on listening to it. Webhooks hear of both, those with conditions of
what they judged.
"""

from alembic import op

revision = "0232"
down_revision = "0231"
branch_labels = None
depends_on = None


def _rename(old: str, new: str) -> None:
    op.execute(f"UPDATE triggers SET event = '{new}' WHERE event = '{old}'")  # noqa: S608 - ours
    for table in ("outbox_events", "webhook_deliveries"):
        said = f"UPDATE {table} SET event_type = '{new}' WHERE event_type = '{old}'"  # noqa: S608
        op.execute(said)


def upgrade() -> None:
    _rename("message.received", "message.understood")
    op.execute(
        "UPDATE webhook_subscriptions SET events = CASE WHEN conditions = '{}' THEN events"
        " ELSE events - 'message.received' END || '[\"message.understood\"]'"
        " WHERE events ? 'message.received'"
    )


def downgrade() -> None:
    """What came and was not worked yet is no event of the version before."""
    op.execute(
        "UPDATE outbox_events SET processed_at = coalesce(processed_at, now())"
        " WHERE event_type = 'message.received'"
    )
    _rename("message.understood", "message.received")
    op.execute(
        "UPDATE webhook_subscriptions SET events = events - 'message.understood'"
        " || CASE WHEN events ? 'message.received' THEN '[]' ELSE '[\"message.received\"]' END"
        "::jsonb WHERE events ? 'message.understood'"
    )
