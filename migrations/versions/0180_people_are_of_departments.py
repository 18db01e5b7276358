"""people are of departments"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0180"
down_revision = "0171"
branch_labels = None
depends_on = None

TABLES = ("memberships", "api_keys")


def upgrade() -> None:
    # rls/40 and 41 make them anew with a column more.
    op.execute("DROP FUNCTION IF EXISTS find_api_key, find_member")
    for table in TABLES:
        op.add_column(table, sa.Column("departments", JSONB, nullable=False, server_default="[]"))
    op.create_check_constraint(
        "whole_admin", "memberships", "role <> 'admin' OR departments = '[]'::jsonb"
    )


def downgrade() -> None:
    """Whoever saw some departments alone would see the whole hotel: they have to leave before."""
    op.execute("""
        DO $$
        DECLARE
            p record;
        BEGIN
            IF EXISTS (SELECT FROM memberships WHERE departments <> '[]' AND status <> 'removed')
                OR EXISTS (SELECT FROM api_keys WHERE departments <> '[]' AND revoked_at IS NULL)
            THEN
                RAISE EXCEPTION 'people or keys are of single departments, which the version before '
                    'does not know: remove them, or give them the whole hotel, first';
            END IF;
            FOR p IN SELECT tablename FROM pg_policies
                WHERE schemaname = 'public' AND policyname = 'department'
            LOOP
                EXECUTE format('DROP POLICY department ON %I', p.tablename);
            END LOOP;
        END $$""")
    op.execute("DROP FUNCTION IF EXISTS find_api_key, find_member")
    op.drop_constraint("ck_memberships_whole_admin", "memberships")
    for table in TABLES:
        op.drop_column(table, "departments")
