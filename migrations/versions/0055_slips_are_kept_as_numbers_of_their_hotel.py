"""Slips are kept as numbers that are their hotel's own: their index is small and asks one key each."""

from alembic import op

revision = "0055"
down_revision = "0070"
branch_labels = None
depends_on = None

# A rewrite of the column, so that no policy stands between it and a hotel's rows.
NUMBERS = """
CREATE FUNCTION pg_temp.slips_anew(hotel uuid, word text) RETURNS bigint[]
LANGUAGE sql IMMUTABLE AS $$
    SELECT array_agg(hashtextextended(
        left(word, n - 1) || substr(word, n + 1), hashtextextended(hotel::text, 0)) ORDER BY n)
    FROM generate_series(1, length(word) + 1) n
$$"""
LETTERS = """
CREATE FUNCTION pg_temp.slips_anew(hotel uuid, word text) RETURNS text[]
LANGUAGE sql IMMUTABLE AS $$
    SELECT array_agg(left(word, n - 1) || substr(word, n + 1) ORDER BY n)
    FROM generate_series(1, length(word) + 1) n
$$"""


def _rewrite(function: str, kind: str, index: str) -> None:
    op.drop_index("ix_search_words_near", "search_words")
    op.execute(function)
    op.execute("ALTER TABLE search_words ALTER COLUMN slips DROP DEFAULT")
    op.execute(
        f"ALTER TABLE search_words ALTER COLUMN slips TYPE {kind}[]"
        " USING pg_temp.slips_anew(hotel_id, word)"
    )
    op.execute("ALTER TABLE search_words ALTER COLUMN slips SET DEFAULT '{}'")
    op.execute("DROP FUNCTION pg_temp.slips_anew(uuid, text)")
    op.execute(f"CREATE INDEX ix_search_words_near ON search_words USING gin ({index})")


def upgrade() -> None:
    op.execute("DROP FUNCTION IF EXISTS search_near(text[], int)")
    op.execute("DROP FUNCTION IF EXISTS search_terms(uuid, text, boolean)")
    op.execute("DROP FUNCTION IF EXISTS search_slips(text)")
    _rewrite(NUMBERS, "bigint", "slips")


def downgrade() -> None:
    op.execute("DROP FUNCTION IF EXISTS search_near(text, int)")
    op.execute("DROP FUNCTION IF EXISTS search_slips(uuid, text)")
    _rewrite(LETTERS, "text", "hotel_id, slips")
