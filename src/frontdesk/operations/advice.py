"""Advice on indexes, queries and the cache: what the database's own counters say."""

from collections.abc import Mapping, Sequence
from typing import Any

WHOLE_READS = """
    SELECT relname AS "table", n_live_tup AS rows, seq_scan AS whole_reads, idx_scan AS by_index
    FROM pg_stat_user_tables
    WHERE n_live_tup > 5000 AND seq_tup_read > 20 * n_live_tup
    ORDER BY seq_tup_read DESC LIMIT 20"""
NOT_LED = """
    SELECT t.relname AS "table", i.relname AS index
    FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
    JOIN pg_class t ON t.oid = x.indrelid AND t.relnamespace = 'public'::regnamespace
    JOIN pg_attribute h ON h.attrelid = t.oid AND h.attname = 'hotel_id'
    LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = x.indkey[0]
    WHERE a.attname IS DISTINCT FROM 'hotel_id' AND x.indpred IS NULL AND NOT x.indisunique
    ORDER BY 1, 2"""
"""Partial ones are the sweeps', which look over all hotels; unique ones are judged by the proof."""
STATEMENTS = """
    SELECT calls, round(mean_exec_time::numeric, 2)::float AS mean_ms,
           round(max_exec_time::numeric, 1)::float AS max_ms,
           round(total_exec_time::numeric)::bigint AS total_ms,
           round(rows::numeric / calls, 1)::float AS rows_each,
           round(100.0 * shared_blks_hit / nullif(shared_blks_hit + shared_blks_read, 0), 1)::float
               AS from_memory,
           left(regexp_replace(query, '\\s+', ' ', 'g'), 300) AS query
    FROM pg_stat_statements
    WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
    ORDER BY total_exec_time DESC LIMIT $1"""
HOME = """
    SELECT set_config('search_path', 'pg_catalog, ' || quote_ident(n.nspname), true)
    FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
    WHERE e.extname = 'pg_stat_statements'"""


class NotCounted(Exception):
    """This database does not count its statements"""


Table = list[dict[str, Any]]


def _plain(rows: Sequence[Mapping[str, Any]]) -> Table:
    return [dict(row) for row in rows]


async def index_advice(connection: Any) -> dict[str, Table]:
    """Asked as the owner: how often each index served, which never did, what is read whole."""
    return {
        "usage": _plain(await connection.fetch("SELECT * FROM analyze_index_usage()")),
        "unused": _plain(await connection.fetch("SELECT * FROM find_unused_indexes()")),
        "read_whole": _plain(await connection.fetch(WHOLE_READS)),
        "not_led_by_hotel": _plain(await connection.fetch(NOT_LED)),
    }


async def costly_statements(connection: Any, *, limit: int) -> Table:
    """The statements that took the most time in all, without their values. Raises NotCounted."""
    async with connection.transaction():
        if await connection.fetchval(HOME) is None:
            raise NotCounted(
                f"{NotCounted.__doc__}: put pg_stat_statements into shared_preload_libraries,"
                " restart it, and as a superuser CREATE EXTENSION pg_stat_statements"
            )
        return _plain(await connection.fetch(STATEMENTS, limit))


async def forget_statements(connection: Any) -> None:
    """Count from now on. Raises NotCounted."""
    async with connection.transaction():
        if await connection.fetchval(HOME) is None:
            raise NotCounted(NotCounted.__doc__)
        await connection.execute("SELECT pg_stat_statements_reset()")
