"""The proof of the wall: what the catalogue says of every relation, policy and key."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.operations.findings import (
    APP,
    KEEPER,
    KEEPER_MAY,
    PEOPLE,
    PLATFORM,
    PLATFORM_COLUMNS,
    UNWALLED,
    Finding,
    rows,
)
from frontdesk.operations.isolation_roles import functions, grants, roles
from frontdesk.operations.isolation_search import PLACED, SEARCH, SEARCHED

GLOBAL_KEYS = frozenset(
    {
        "pk_hotels",
        "uq_hotels_slug",
        "uq_whatsapp_instances_instance_key",
        "uq_api_keys_digest",
        "alembic_version_pkc",
    }
)
"""Unique keys that may not lead with the hotel: given out by the platform, or unguessable."""
EXTENSIONS = frozenset(
    [
        *("plpgsql", "vector", "btree_gist", "btree_gin"),
        *("pg_trgm", "unaccent", "citext", "pg_stat_statements"),
    ]
)
"""None of them opens files, other databases or large objects."""
GUARD = "(hotel_id = ( SELECT get_current_tenant_id() AS get_current_tenant_id))"
GUARD_HOTELS = "(id = ( SELECT get_current_tenant_id() AS get_current_tenant_id))"
NO_HOTEL = "(hotel_id = '00000000-0000-0000-0000-000000000000'::uuid)"
EXEMPT = "((CURRENT_USER = 'frontdesk_platform'::name) OR {})"
PLATFORM_POLICIES = {
    "hotels": ("ALL", "true", "true"),
    "idempotency_keys": ("ALL", NO_HOTEL, NO_HOTEL),
}
"""What the platform role's policy says; where it is not listed, all may be read and no more."""


async def catalogue(session: AsyncSession) -> list[Finding]:
    """Every check over the catalogue of the database that `session` is in."""
    found: list[Finding] = []
    for check in CHECKS:
        found += [finding async for finding in check(session)]
    return found


async def _relations(session: AsyncSession) -> AsyncIterator[Finding]:
    """Every table is walled: a hotel_id that cannot be null, row security on and forced."""
    query = """
        SELECT c.relname AS name, c.relkind::text AS kind, c.relrowsecurity AS enabled,
               c.relforcerowsecurity AS forced, a.attnotnull AS not_null,
               c.reloptions::text AS options
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
        LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND NOT a.attisdropped
            AND a.attname = CASE WHEN c.relname = 'hotels' THEN 'id' ELSE 'hotel_id' END
        WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') ORDER BY c.relname"""
    for row in await rows(session, query):
        if row.name in UNWALLED:
            continue
        if row.kind == "v":
            open_view = "security_invoker=true" not in (row.options or "")
            yield Finding("view runs as its reader", row.name, not open_view)
            continue
        if row.kind in ("m", "f"):
            yield Finding("no materialized or foreign table", row.name, holds=False)
            continue
        if row.name not in PEOPLE:
            yield Finding("belongs to a hotel", row.name, row.not_null is True)
        yield Finding("row security on and forced", row.name, row.enabled and row.forced)


async def _policies(session: AsyncSession) -> AsyncIterator[Finding]:
    """Exactly our policies, word for word: one for the app, a guard for all, listed others."""
    query = """
        SELECT tablename AS name, policyname AS policy, permissive, roles::text[] AS roles,
               cmd, qual, with_check
        FROM pg_policies WHERE schemaname = 'public' ORDER BY tablename, policyname"""
    policies: dict[str, dict[str, Any]] = {}
    for row in await rows(session, query):
        policies.setdefault(row.name, {})[row.policy] = row
    tables = await rows(
        session,
        "SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = 'public' AND relkind IN ('r', 'p') ORDER BY relname",
    )
    for (name,) in tables:
        if name in UNWALLED:
            continue
        mine = policies.get(name, {})
        if name in PEOPLE:
            alone = set(mine) == {"platform"} and _whole(mine["platform"])
            yield Finding("the platform's alone", name, alone, ", ".join(sorted(mine)))
            continue
        wall = GUARD_HOTELS if name == "hotels" else GUARD
        guard = EXEMPT.format(wall) if name in PLATFORM_COLUMNS else wall
        yield Finding("policy for the app", name, _is(mine.get("tenant"), [APP], wall, True))
        everybody = [KEEPER, PLATFORM, APP] if name in SEARCHED else ["public"]
        guarded = _is(mine.get("tenant_guard"), everybody, guard, False)
        yield Finding("guard for everybody", name, guarded)
        extra = ", ".join(sorted(set(mine) - _allowed(name)))
        yield Finding("no other policy", name, not extra, extra)
        for finding in _others(name, mine, wall):
            yield finding


def _others(name: str, mine: dict[str, Any], wall: str) -> Iterator[Finding]:
    """What each policy beside the two of every table says."""
    for policy, said in mine.items():
        match policy:
            case "platform":
                yield Finding("platform's policy is the platform's", name, _platforms(name, said))
            case "keeper":
                walled = _is(said, [KEEPER], wall, True)
                yield Finding("the keeper is bound to a hotel", name, walled)
            case "department":
                yield Finding("a department's policy only narrows", name, _narrows(said))
            case "search":
                ours = (said.roles, said.cmd, said.permissive) == ([SEARCH], "SELECT", "PERMISSIVE")
                yield Finding("search's policy is the look-ups'", name, ours)
            case _:
                pass


def _allowed(table: str) -> set[str]:
    special = {"platform": PLATFORM_COLUMNS, "keeper": KEEPER_MAY, "search": SEARCHED | PLACED}
    known = {policy for policy, tables in special.items() if table in tables}
    return {"tenant", "tenant_guard", "department", *known}


def _narrows(policy: Any) -> bool:
    """Never opens anything, is asked of reading and writing alike, and of the app alone."""
    said = (policy.permissive, policy.roles, policy.cmd)
    alike = policy.qual == policy.with_check and "app.departments" in policy.qual
    return said == ("RESTRICTIVE", [APP], "ALL") and alike


def _platforms(name: str, policy: Any) -> bool:
    wanted = PLATFORM_POLICIES.get(name, ("SELECT", "true", None))
    said = (policy.cmd, policy.qual, policy.with_check)
    return policy.roles == [PLATFORM] and said == wanted


def _whole(policy: Any) -> bool:
    """For the platform role and nobody else, everything."""
    said = (policy.permissive, policy.roles, policy.cmd, policy.qual, policy.with_check)
    return said == ("PERMISSIVE", [PLATFORM], "ALL", "true", "true")


def _is(policy: Any, roles: list[str], wall: str, permissive: bool) -> bool:
    if policy is None:
        return False
    kind = "PERMISSIVE" if permissive else "RESTRICTIVE"
    return (
        (policy.permissive, policy.roles, policy.cmd) == (kind, roles, "ALL")
        and policy.qual == wall
        and policy.with_check == wall
    )


async def _keys(session: AsyncSession) -> AsyncIterator[Finding]:
    """Unique keys lead with the hotel: a global one tells that another hotel has the value."""
    query = """
        SELECT i.relname AS name, t.relname AS table_name, a.attname AS first
        FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
        JOIN pg_class t ON t.oid = x.indrelid
        JOIN pg_namespace n ON n.oid = t.relnamespace AND n.nspname = 'public'
        LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = x.indkey[0]
        WHERE x.indisunique OR x.indisexclusion ORDER BY i.relname"""
    for row in await rows(session, query):
        led = row.first == "hotel_id" or row.name in GLOBAL_KEYS or row.table_name in PEOPLE
        yield Finding("unique key leads with the hotel", row.name, led, row.first or "expression")


async def _references(session: AsyncSession) -> AsyncIterator[Finding]:
    """Foreign keys carry the hotel: their checks run past row security."""
    query = """
        SELECT con.conname AS name, t.relname AS source, r.relname AS target,
               cardinality(con.conkey) AS width,
               a.attname AS first, f.attname AS meets
        FROM pg_constraint con JOIN pg_class t ON t.oid = con.conrelid
        JOIN pg_class r ON r.oid = con.confrelid
        JOIN pg_namespace n ON n.oid = t.relnamespace AND n.nspname = 'public'
        JOIN pg_attribute a ON a.attrelid = con.conrelid AND a.attnum = con.conkey[1]
        JOIN pg_attribute f ON f.attrelid = con.confrelid AND f.attnum = con.confkey[1]
        WHERE con.contype = 'f' ORDER BY con.conname"""
    for row in await rows(session, query):
        wanted = ("hotel_id", "id") if row.target == "hotels" else ("hotel_id", "hotel_id")
        carried = (row.first, row.meets) == wanted and (row.target == "hotels" or row.width > 1)
        among_people = {row.source, row.target} <= PEOPLE
        yield Finding("foreign key carries the hotel", row.name, carried or among_people)


async def _additions(session: AsyncSession) -> AsyncIterator[Finding]:
    """Nothing that copies rows aside or reaches other databases."""
    query = """
        SELECT c.relname || '.' || w.rulename AS name FROM pg_rewrite w
        JOIN pg_class c ON c.oid = w.ev_class
        JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
        WHERE w.rulename <> '_RETURN'
          AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
        ORDER BY 1"""
    rules = ", ".join(row.name for row in await rows(session, query))
    yield Finding("no rule rewrites a statement", "rules", not rules, rules)
    for row in await rows(session, "SELECT extname AS name FROM pg_extension ORDER BY 1"):
        yield Finding("extension is one of ours", row.name, row.name in EXTENSIONS)


async def _elsewhere(session: AsyncSession) -> AsyncIterator[Finding]:
    """No relation lies in a schema that the other checks do not look at."""
    query = """
        SELECT n.nspname || '.' || c.relname AS name
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname <> 'public'
          AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
          AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
        ORDER BY 1"""
    strays = ", ".join(row.name for row in await rows(session, query))
    yield Finding("nothing lies in another schema", "schemas", not strays, strays)


CHECKS = (
    _relations,
    _policies,
    _keys,
    _references,
    _additions,
    _elsewhere,
    grants,
    functions,
    roles,
)
