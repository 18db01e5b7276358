"""a night knows the blocks it owes a room"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0231"
down_revision = "0230"
branch_labels = None
depends_on = None
OWED = """
    UPDATE nightly_inventory n SET owed = b.many FROM (
        SELECT hotel_id, room_type_id, night, count(*) AS many
        FROM room_blocks, jsonb_array_elements_text(untaken) AS night
        WHERE ended_at IS NULL GROUP BY 1, 2, 3) b
    WHERE n.hotel_id = b.hotel_id AND n.room_type_id = b.room_type_id
        AND n.night = b.night::date"""
UNTAKEN = """
    UPDATE room_blocks r SET untaken = b.nights FROM (
        SELECT hotel_id, id, jsonb_agg(night) AS nights FROM (
            SELECT b.hotel_id, b.id, n.night, n.owed, row_number() OVER (
                PARTITION BY b.hotel_id, b.room_type_id, n.night ORDER BY b.id DESC) AS place
            FROM room_blocks b JOIN nightly_inventory n
                ON n.hotel_id = b.hotel_id AND n.room_type_id = b.room_type_id
                AND n.night >= b.first AND n.night < b.until
            WHERE b.ended_at IS NULL AND n.owed > 0) one
        WHERE place <= owed GROUP BY hotel_id, id) b
    WHERE r.hotel_id = b.hotel_id AND r.id = b.id"""


def _unseen(table: str, statement: str) -> None:
    """By the triggers, which are for what people do."""
    op.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    op.execute(statement)
    op.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def upgrade() -> None:
    owed = sa.Column("owed", sa.Integer(), nullable=False, server_default="0")
    op.add_column("nightly_inventory", owed)
    op.create_check_constraint("owed", "nightly_inventory", "owed >= 0")
    _unseen("nightly_inventory", OWED)
    op.execute("DROP FUNCTION IF EXISTS take_block, give_back_block")
    op.drop_column("room_blocks", "untaken")


def downgrade() -> None:
    op.execute("DROP TRIGGER IF EXISTS pay_owed_blocks ON nightly_inventory")
    op.execute("DROP FUNCTION IF EXISTS take_block, give_back_block, pay_owed_blocks")
    untaken = sa.Column("untaken", postgresql.JSONB, nullable=False, server_default="[]")
    op.add_column("room_blocks", untaken)
    _unseen("room_blocks", UNTAKEN)
    op.drop_column("nightly_inventory", "owed")
