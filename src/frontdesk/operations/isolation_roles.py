"""The proof of the wall: what the catalogue says of every grant, function and role."""

from collections.abc import AsyncIterator
from hashlib import sha256
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.operations.findings import (
    APP,
    KEEPER,
    KEEPER_MAY,
    PEOPLE,
    PLATFORM,
    PLATFORM_COLUMNS,
    SEALED_COLUMNS,
    UNWALLED,
    Finding,
    rows,
)
from frontdesk.operations.isolation_search import LOOKUPS, PLACED, SEARCH, SEARCHED

WRITES = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"})
KEPT = ("inbound_events", "messages", "bookings", "booking_nights", "trigger_runs")
MONEY = ("folios", "payments", "refunds", "payment_events", "invoice_counters")
APP_MAY_NOT: dict[str, frozenset[str]] = {
    "hotels": frozenset({"INSERT", "DELETE"}),
    "audit_log": frozenset({"UPDATE", "DELETE"}),
    "audit_heads": frozenset({"INSERT", "UPDATE", "DELETE"}),
    **dict.fromkeys(("folio_lines", "invoices"), frozenset({"UPDATE", "DELETE"})),
    **dict.fromkeys((*KEPT, *MONEY), frozenset({"DELETE"})),
}
PLATFORM_MAY = {
    "hotels": WRITES - {"DELETE"},
    "idempotency_keys": WRITES,
    **dict.fromkeys(PEOPLE, WRITES),
}
DEFINERS = {
    "find_instance(text)": "SELECT w.hotel_id, w.id, w.id_instance, w.webhook_token_digest"
    " FROM public.whatsapp_instances w WHERE w.instance_key = wanted_key",
    "find_api_key(bytea)": "SELECT k.hotel_id, k.id, k.scopes, k.departments <> '[]', ARRAY("
    " SELECT d.id FROM public.departments d WHERE d.hotel_id = k.hotel_id"
    " AND k.departments ? d.code) FROM public.api_keys k"
    " WHERE k.digest = wanted_digest AND k.revoked_at IS NULL",
    "find_member(uuid,uuid,uuid,timestamp with time zone)": "SELECT m.id, m.role, r.scopes,"
    " r.approval_limit, m.departments, ARRAY( SELECT d.id FROM public.departments d"
    " WHERE d.hotel_id = m.hotel_id AND m.departments ? d.code)"
    " FROM public.user_sessions s JOIN public.users u ON u.id = s.user_id"
    " LEFT JOIN public.memberships m ON m.user_id = s.user_id AND m.hotel_id = wanted_hotel"
    " AND m.status = 'active'"
    " LEFT JOIN public.roles r ON r.hotel_id = m.hotel_id AND r.name = m.role"
    " WHERE s.id = wanted_session AND s.user_id = wanted_user AND s.revoked_at IS NULL"
    " AND s.expires_at > at AND u.disabled_at IS NULL",
    "invite_person(uuid,text,text)": "INSERT INTO public.users (id, email, name)"
    " VALUES (new_id, wanted_email, wanted_name)"
    " ON CONFLICT (email) DO UPDATE SET email = EXCLUDED.email RETURNING id",
    **LOOKUPS,
}
"""The functions that run as somebody else, and the one question that each answers."""
KEEPERS = {
    "seal_audit(integer)": "5524b887980a75c4",
    "trim_audit(timestamp with time zone,integer)": "f6826ff811d03566",
    "expire_rows(text,timestamp with time zone,integer)": "90c5e1689a91ce04",
}
"""Those that run as the keeper, and how the SHA-256 of what each says begins, blanks made one."""
BOUND = (
    "DECLARE bound text := current_setting('app.hotel_id', true); BEGIN"
    " IF bound IS NULL OR bound = '' THEN RAISE EXCEPTION 'no hotel is bound to this transaction'"
    " USING ERRCODE = '42501'; END IF; RETURN bound::uuid; END"
)
"""What every policy asks: get_current_tenant_id(), word for word."""
COLUMNS = {PLATFORM: PLATFORM_COLUMNS, SEARCH: SEARCHED | PLACED}
"""Who reads single columns only."""
DEFINER_PATH = '{"search_path=pg_catalog, pg_temp"}'
LOGINS = "SELECT rolcanlogin AS may FROM pg_roles WHERE rolname = 'frontdesk_keeper'"
PARAMETERS = "SELECT parname AS name FROM pg_parameter_acl ORDER BY 1"
"""session_replication_role, for one, turns foreign keys off."""
DEFINER_CALLERS = frozenset({APP})


async def grants(session: AsyncSession) -> AsyncIterator[Finding]:
    """What each role may do, and nobody else anything at all, now or by default later."""
    query = """
        SELECT c.relname AS name, coalesce(r.rolname, 'PUBLIC') AS role, g.privilege_type AS may,
               c.relispartition AS part
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
        CROSS JOIN LATERAL aclexplode(c.relacl) g LEFT JOIN pg_roles r ON r.oid = g.grantee
        WHERE c.relkind IN ('r', 'p', 'v', 'm') AND g.grantee <> c.relowner
        ORDER BY 1, 2, 3"""
    for row in await rows(session, query):
        yield Finding("grant is one of ours", f"{row.name} to {row.role}", _granted(row), row.may)
    columns = """
        SELECT c.relname AS relation, a.attname AS name, coalesce(r.rolname, 'PUBLIC') AS role,
               g.privilege_type AS may
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
        CROSS JOIN LATERAL aclexplode(a.attacl) g LEFT JOIN pg_roles r ON r.oid = g.grantee
        WHERE a.attacl IS NOT NULL ORDER BY 1, 2, 3, 4"""
    for row in await rows(session, columns):
        listed = row.name in COLUMNS.get(row.role, {}).get(row.relation, ())
        ours = (listed and row.may == "SELECT") or _seals(row)
        subject = f"{row.relation}.{row.name} to {row.role}"
        yield Finding("column grant is one of ours", subject, ours, row.may)
    later = await rows(session, "SELECT defaclacl::text AS may FROM pg_default_acl")
    yield Finding("nothing is granted by default", "default privileges", not later)


def _granted(row: Any) -> bool:
    """A partition is reached through its table alone."""
    if row.part:
        return False
    if row.role == APP:
        denied = APP_MAY_NOT.get(row.name, frozenset[str]())
        return row.may in WRITES - denied and row.name not in UNWALLED | PEOPLE
    lent = {PLATFORM: PLATFORM_MAY, KEEPER: KEEPER_MAY}.get(row.role, {})
    return row.may in lent.get(row.name, ())


def _seals(row: Any) -> bool:
    what = (row.relation, row.role, row.may)
    return what == ("audit_log", KEEPER, "UPDATE") and row.name in SEALED_COLUMNS


async def functions(session: AsyncSession) -> AsyncIterator[Finding]:
    """Only the listed functions run as somebody else: word for word, narrow, for the app alone."""
    query = """
        SELECT p.oid::regprocedure::text AS name, o.rolname AS owner, p.prosecdef AS definer,
               p.proleakproof AS leakproof,
               coalesce(p.proconfig::text, '') AS config,
               btrim(regexp_replace(p.prosrc, '\\s+', ' ', 'g')) AS body,
               (SELECT array_agg(coalesce(r.rolname, 'PUBLIC')::text)
                FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) g
                LEFT JOIN pg_roles r ON r.oid = g.grantee) AS callers
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        JOIN pg_roles o ON o.oid = p.proowner
        WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
          AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
        ORDER BY 1"""
    for row in await rows(session, query):
        if row.definer:
            keeps = row.name in KEEPERS
            runs_as = KEEPER if keeps else SEARCH if row.name in LOOKUPS else PLATFORM
            narrow = row.owner == runs_as and row.config == DEFINER_PATH
            yield Finding("definer function is narrow", row.name, narrow, row.owner)
            said = sha256(row.body.encode()).hexdigest()[:16] if keeps else row.body
            word = said == (KEEPERS if keeps else DEFINERS).get(row.name)
            yield Finding("definer function is listed, word for word", row.name, word)
            callers = DEFINER_CALLERS.issuperset({*(row.callers or ())} - {row.owner})
            yield Finding("definer function is the app's alone", row.name, callers)
        yield Finding("function pins its search path", row.name, "search_path=" in row.config)
        yield Finding("function waits for the policy", row.name, not row.leakproof)
        if row.name == "get_current_tenant_id()":
            whole = row.body == BOUND and not row.definer
            yield Finding("the policies' question is the one we wrote", row.name, whole)


async def roles(session: AsyncSession) -> AsyncIterator[Finding]:
    """No role of ours can look past row security, own anything, or become somebody else."""
    query = """
        SELECT r.rolname AS name, r.rolsuper OR r.rolbypassrls OR r.rolreplication AS past,
               r.rolcreaterole OR r.rolcreatedb AS creates, r.rolcanlogin AS logs_in,
               EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                       WHERE n.nspname = 'public' AND c.relowner = r.oid) AS owns,
               EXISTS (SELECT FROM pg_auth_members m WHERE m.member = r.oid) AS belongs,
               has_schema_privilege(r.oid, 'public', 'CREATE')
                   OR has_database_privilege(r.oid, current_database(), 'CREATE') AS makes
        FROM pg_roles r
        WHERE r.rolname IN ('hotel_bot_tenant', 'frontdesk_platform', 'frontdesk_keeper',
                            'frontdesk_search')"""
    known = await rows(session, query)
    yield Finding("the roles are there", "roles", len(known) == 4)
    opened = await rows(session, LOGINS)
    yield Finding("nobody logs in as the keeper", KEEPER, not any(row.may for row in opened))
    for row in known:
        yield Finding("role cannot pass row security", row.name, not row.past)
        yield Finding("role creates no roles or databases", row.name, not row.creates)
        yield Finding("role owns no table", row.name, not row.owns)
        yield Finding("role is a member of no other", row.name, not row.belongs)
        yield Finding("role creates nothing", row.name, not row.makes)
        if row.name == SEARCH:
            yield Finding("nobody logs in to look up", row.name, not row.logs_in)
    lent = ", ".join(row.name for row in await rows(session, PARAMETERS))
    yield Finding("nobody may set what a superuser sets", "settings", not lent, lent)
    preset = """
        SELECT s.setconfig::text AS name FROM pg_db_role_setting s
        WHERE s.setconfig::text LIKE '%app.hotel_id=%'
           OR s.setconfig::text LIKE '%row_security=%'"""
    bound = ", ".join(row.name for row in await rows(session, preset))
    yield Finding("nobody is bound by a default setting", "settings", not bound, bound)
