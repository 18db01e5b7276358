"""The proof of the wall: what the catalogue says of every relation, grant, function and role."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

APP, PLATFORM = "hotel_bot_tenant", "frontdesk_platform"
UNWALLED = frozenset({"alembic_version"})
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
DEFINERS = frozenset({"find_instance", "find_api_key"})
APPEND_ONLY = frozenset({"audit_log"})
PLATFORM_WRITES = frozenset({"hotels", "idempotency_keys"})
GUARD = "(hotel_id = ( SELECT get_current_tenant_id() AS get_current_tenant_id))"
GUARD_HOTELS = "(id = ( SELECT get_current_tenant_id() AS get_current_tenant_id))"
EXEMPT = "((CURRENT_USER = 'frontdesk_platform'::name) OR {})"
PLATFORM_TABLES = frozenset(
    {
        "hotels",
        "whatsapp_instances",
        "api_keys",
        "idempotency_keys",
        "inbound_events",
        "outbound_messages",
        "outbox_events",
        "notification_deliveries",
        "knowledge_documents",
        "conversations",
        "messages",
    }
)


@dataclass(frozen=True, slots=True)
class Finding:
    check: str
    subject: str
    holds: bool
    detail: str = ""


async def catalogue(session: AsyncSession) -> list[Finding]:
    """Every check over the catalogue of the database that `session` is in."""
    found: list[Finding] = []
    for check in CHECKS:
        found += [finding async for finding in check(session)]
    return found


async def _rows(session: AsyncSession, query: str) -> Sequence[Any]:
    return (await session.execute(text(query))).all()


async def _relations(session: AsyncSession) -> AsyncIterator[Finding]:
    """Every table is walled: a hotel_id that cannot be null, row security on and forced."""
    query = """
        SELECT c.relname AS name, c.relkind AS kind, c.relrowsecurity AS enabled,
               c.relforcerowsecurity AS forced, a.attnotnull AS not_null,
               c.reloptions::text AS options
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
        LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND NOT a.attisdropped
            AND a.attname = CASE WHEN c.relname = 'hotels' THEN 'id' ELSE 'hotel_id' END
        WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') ORDER BY c.relname"""
    for row in await _rows(session, query):
        if row.name in UNWALLED:
            continue
        if row.kind == "v":
            open_view = "security_invoker=true" not in (row.options or "")
            yield Finding("view runs as its reader", row.name, not open_view)
            continue
        if row.kind in ("m", "f"):
            yield Finding("no materialized or foreign table", row.name, holds=False)
            continue
        yield Finding("belongs to a hotel", row.name, row.not_null is True)
        yield Finding("row security on and forced", row.name, row.enabled and row.forced)


async def _policies(session: AsyncSession) -> AsyncIterator[Finding]:
    """Exactly our policies, word for word: one for the app, a guard for all, listed others."""
    query = """
        SELECT tablename AS name, policyname AS policy, permissive, roles::text[] AS roles,
               cmd, qual, with_check
        FROM pg_policies WHERE schemaname = 'public' ORDER BY tablename, policyname"""
    policies: dict[str, dict[str, Any]] = {}
    for row in await _rows(session, query):
        policies.setdefault(row.name, {})[row.policy] = row
    tables = await _rows(
        session,
        "SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = 'public' AND relkind IN ('r', 'p') ORDER BY relname",
    )
    for (name,) in tables:
        if name in UNWALLED:
            continue
        mine = policies.get(name, {})
        wall = GUARD_HOTELS if name == "hotels" else GUARD
        guard = EXEMPT.format(wall) if name in PLATFORM_TABLES else wall
        yield Finding("policy for the app", name, _is(mine.get("tenant"), [APP], wall, True))
        guarded = _is(mine.get("tenant_guard"), ["public"], guard, False)
        yield Finding("guard for everybody", name, guarded)
        allowed = {"tenant", "tenant_guard", *(["platform"] if name in PLATFORM_TABLES else [])}
        extra = ", ".join(sorted(set(mine) - allowed))
        yield Finding("no other policy", name, not extra, extra)
        platform = mine.get("platform")
        if platform is not None:
            yield Finding("platform's policy is the platform's", name, platform.roles == [PLATFORM])


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
        WHERE x.indisunique ORDER BY i.relname"""
    for row in await _rows(session, query):
        led = row.first == "hotel_id" or row.name in GLOBAL_KEYS
        yield Finding("unique key leads with the hotel", row.name, led, row.first or "expression")


async def _references(session: AsyncSession) -> AsyncIterator[Finding]:
    """Foreign keys carry the hotel: their checks run past row security."""
    query = """
        SELECT con.conname AS name, t.relname AS table_name, r.relname AS target,
               (SELECT array_agg(a.attname ORDER BY k.n) FROM unnest(con.conkey)
                WITH ORDINALITY AS k(att, n)
                JOIN pg_attribute a ON a.attrelid = con.conrelid AND a.attnum = k.att) AS columns
        FROM pg_constraint con JOIN pg_class t ON t.oid = con.conrelid
        JOIN pg_class r ON r.oid = con.confrelid
        JOIN pg_namespace n ON n.oid = t.relnamespace AND n.nspname = 'public'
        WHERE con.contype = 'f' ORDER BY con.conname"""
    for row in await _rows(session, query):
        carried = row.columns[0] == "hotel_id" and (row.target == "hotels" or len(row.columns) > 1)
        yield Finding("foreign key carries the hotel", row.name, carried)


async def _grants(session: AsyncSession) -> AsyncIterator[Finding]:
    """What each role may do, and nobody else anything at all."""
    query = """
        SELECT c.relname AS name, coalesce(r.rolname, 'PUBLIC') AS role, g.privilege_type AS may
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
        CROSS JOIN LATERAL aclexplode(c.relacl) g LEFT JOIN pg_roles r ON r.oid = g.grantee
        WHERE c.relkind IN ('r', 'p', 'v', 'm') AND g.grantee <> c.relowner
        ORDER BY 1, 2, 3"""
    for row in await _rows(session, query):
        yield Finding("grant is one of ours", f"{row.name} to {row.role}", _granted(row), row.may)
    columns = """
        SELECT c.relname || '.' || a.attname AS name, coalesce(r.rolname, 'PUBLIC') AS role,
               g.privilege_type AS may, c.relname AS relation
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
        CROSS JOIN LATERAL aclexplode(a.attacl) g LEFT JOIN pg_roles r ON r.oid = g.grantee
        WHERE a.attacl IS NOT NULL ORDER BY 1, 2, 3"""
    for row in await _rows(session, columns):
        ours = row.role == PLATFORM and row.may == "SELECT" and row.relation in PLATFORM_TABLES
        secret = row.name.rpartition(".")[2] in ("api_token", "webhook_token", "raw", "text")
        yield Finding(
            "column grant is one of ours", f"{row.name} to {row.role}", ours and not secret
        )


def _granted(row: Any) -> bool:
    if row.role == APP:
        if row.name in APPEND_ONLY:
            return row.may in ("SELECT", "INSERT")
        return row.may in ("SELECT", "INSERT", "UPDATE", "DELETE") and row.name not in UNWALLED
    writes = ("SELECT", "INSERT", "UPDATE", "DELETE")
    return row.role == PLATFORM and row.name in PLATFORM_WRITES and row.may in writes


async def _functions(session: AsyncSession) -> AsyncIterator[Finding]:
    """Only the listed functions run as somebody else, as the narrow role, with a pinned path."""
    query = """
        SELECT p.proname AS name, o.rolname AS owner, p.prosecdef AS definer,
               coalesce(p.proconfig::text, '') AS config
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace AND n.nspname = 'public'
        JOIN pg_roles o ON o.oid = p.proowner
        WHERE NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
        ORDER BY 1"""
    for row in await _rows(session, query):
        if row.definer:
            narrow = row.name in DEFINERS and row.owner == PLATFORM
            yield Finding("definer function is listed and narrow", row.name, narrow, row.owner)
        yield Finding("function pins its search path", row.name, "search_path=" in row.config)


async def _roles(session: AsyncSession) -> AsyncIterator[Finding]:
    """Neither role can look past row security, own anything, or become somebody else."""
    query = """
        SELECT r.rolname AS name, r.rolsuper OR r.rolbypassrls AS past,
               r.rolcreaterole OR r.rolcreatedb AS creates,
               EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                       WHERE n.nspname = 'public' AND c.relowner = r.oid) AS owns,
               EXISTS (SELECT FROM pg_auth_members m WHERE m.member = r.oid) AS belongs,
               has_schema_privilege(r.oid, 'public', 'CREATE') AS makes
        FROM pg_roles r WHERE r.rolname IN ('hotel_bot_tenant', 'frontdesk_platform')"""
    rows = await _rows(session, query)
    yield Finding("both roles are there", "roles", len(rows) == 2)
    for row in rows:
        yield Finding("role cannot pass row security", row.name, not row.past)
        yield Finding("role creates no roles or databases", row.name, not row.creates)
        yield Finding("role owns no table", row.name, not row.owns)
        yield Finding("role is a member of no other", row.name, not row.belongs)
        yield Finding("role creates nothing in the schema", row.name, not row.makes)


CHECKS = (_relations, _policies, _keys, _references, _grants, _functions, _roles)
