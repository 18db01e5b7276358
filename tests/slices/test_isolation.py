"""The wall is proven, and each way of breaking it turns the proof red."""

import asyncpg
import pytest

from frontdesk.kit.db import Database, open_database, plain_url
from frontdesk.kit.settings import Settings
from frontdesk.local.roles import DatabaseUrls
from frontdesk.operations.isolation import catalogue
from tests.conftest import Server, at

APP = "hotel_bot_tenant"
OURS = "(hotel_id = (SELECT get_current_tenant_id()))"
WALL = f"USING {OURS} WITH CHECK {OURS}"
MUTATIONS = {
    "a policy is dropped": ("policy for the app", "DROP POLICY tenant ON bookings"),
    "the guard is dropped": ("guard for everybody", "DROP POLICY tenant_guard ON messages"),
    "row security is off": (
        "row security on and forced",
        "ALTER TABLE quotes DISABLE ROW LEVEL SECURITY",
    ),
    "force is dropped": (
        "row security on and forced",
        "ALTER TABLE guests NO FORCE ROW LEVEL SECURITY",
    ),
    "a careless policy": ("no other policy", "CREATE POLICY open ON guests USING (true)"),
    "a policy that lets write anywhere": (
        "policy for the app",
        (
            "DROP POLICY tenant ON guests; CREATE POLICY tenant ON guests TO hotel_bot_tenant"
            " USING (hotel_id = (SELECT get_current_tenant_id())) WITH CHECK (true)"
        ),
    ),
    "a table without a hotel": ("belongs to a hotel", "CREATE TABLE loose (id int)"),
    "a table with a hotel and no wall": (
        "row security on and forced",
        "CREATE TABLE loose (hotel_id uuid NOT NULL, id int)",
    ),
    "a leaking definer function": (
        "definer function is listed, word for word",
        (
            "CREATE FUNCTION all_guests() RETURNS SETOF guests LANGUAGE sql SECURITY DEFINER"
            " SET search_path = public AS 'SELECT * FROM guests'"
        ),
    ),
    "a function with an open path": (
        "function pins its search path",
        ("CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1'"),
    ),
    "a single-column foreign key": (
        "foreign key carries the hotel",
        (
            "ALTER TABLE guests ADD CONSTRAINT uq_guests_id UNIQUE (id);"
            "ALTER TABLE bookings ADD CONSTRAINT loose"
            " FOREIGN KEY (guest_id) REFERENCES guests (id)"
        ),
    ),
    "a global unique key": (
        "unique key leads with the hotel",
        "CREATE UNIQUE INDEX loose ON guests (id)",
    ),
    "a nullable hotel": (
        "belongs to a hotel",
        (
            "CREATE TABLE loose (hotel_id uuid, id int);"
            "ALTER TABLE loose ENABLE ROW LEVEL SECURITY;"
            "ALTER TABLE loose FORCE ROW LEVEL SECURITY;"
            f"CREATE POLICY tenant ON loose TO {APP} {WALL};"
            f"CREATE POLICY tenant_guard ON loose AS RESTRICTIVE {WALL}"
        ),
    ),
    "a foreign key that swaps the hotel": (
        "foreign key carries the hotel",
        (
            "ALTER TABLE bookings ADD CONSTRAINT loose"
            " FOREIGN KEY (hotel_id, quote_id) REFERENCES quotes (id, hotel_id)"
        ),
    ),
    "an exclusion across hotels": (
        "unique key leads with the hotel",
        ("ALTER TABLE rooms ADD CONSTRAINT loose EXCLUDE USING btree (id WITH =)"),
    ),
    "the app deletes bookings": (
        "grant is one of ours",
        "GRANT DELETE ON bookings TO hotel_bot_tenant",
    ),
    "the app opens hotels": ("grant is one of ours", "GRANT INSERT ON hotels TO hotel_bot_tenant"),
    "the platform deletes hotels": (
        "grant is one of ours",
        "GRANT DELETE ON hotels TO frontdesk_platform",
    ),
    "the platform reads replies": (
        "column grant is one of ours",
        ("GRANT SELECT (buttons) ON outbound_messages TO frontdesk_platform"),
    ),
    "the platform reads states": (
        "column grant is one of ours",
        "GRANT SELECT (state) ON conversations TO frontdesk_platform",
    ),
    "the platform's policy is opened": (
        "platform's policy is the platform's",
        ("ALTER POLICY platform ON idempotency_keys USING (true) WITH CHECK (true)"),
    ),
    "a department's policy opens": (
        "a department's policy only narrows",
        "DROP POLICY department ON notes; CREATE POLICY department ON notes TO hotel_bot_tenant"
        " USING (true) WITH CHECK (true)",
    ),
    "a table in another schema": (
        "nothing lies in another schema",
        "CREATE SCHEMA aside; CREATE TABLE aside.loose (id int)",
    ),
    "a grant for whatever comes": (
        "nothing is granted by default",
        ("ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT TRUNCATE ON TABLES TO hotel_bot_tenant"),
    ),
    "the policies ask another question": (
        "the policies' question is the one we wrote",
        (
            "CREATE OR REPLACE FUNCTION get_current_tenant_id() RETURNS uuid LANGUAGE sql STABLE"
            " SET search_path = pg_catalog"
            " AS $$ SELECT coalesce(nullif(current_setting('app.hotel_id', true), ''),"
            " '00000000-0000-0000-0000-000000000001')::uuid $$"
        ),
    ),
    "a rule copies rows aside": (
        "no rule rewrites a statement",
        ("CREATE RULE aside AS ON INSERT TO guests DO ALSO NOTIFY aside"),
    ),
    "a partition is granted": (
        "grant is one of ours",
        (
            "CREATE TABLE loose (hotel_id uuid NOT NULL) PARTITION BY HASH (hotel_id);"
            "CREATE TABLE loose_0 PARTITION OF loose FOR VALUES WITH (MODULUS 1, REMAINDER 0);"
            + "".join(
                f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY;"
                f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY;"
                f"CREATE POLICY tenant ON {name} TO {APP} {WALL};"
                f"CREATE POLICY tenant_guard ON {name} AS RESTRICTIVE {WALL};"
                for name in ("loose", "loose_0")
            )
            + f"GRANT SELECT ON loose_0 TO {APP}"
        ),
    ),
    "truncate is granted": (
        "grant is one of ours",
        "GRANT TRUNCATE ON bookings TO hotel_bot_tenant",
    ),
    "the audit log can be changed": (
        "grant is one of ours",
        "GRANT UPDATE ON audit_log TO hotel_bot_tenant",
    ),
    "the platform reads guests": (
        "grant is one of ours",
        "GRANT SELECT ON guests TO frontdesk_platform",
    ),
    "the platform reads words": (
        "column grant is one of ours",
        "GRANT SELECT (text) ON messages TO frontdesk_platform",
    ),
    "a search reads titles": (
        "column grant is one of ours",
        "GRANT SELECT (title) ON search_entries TO frontdesk_search",
    ),
    "a search reads past another table's wall": (
        "no other policy",
        "CREATE POLICY search ON guests FOR SELECT TO frontdesk_search USING (true)",
    ),
    "everybody is let in as a search is": (
        "search's policy is the look-ups'",
        "ALTER POLICY search ON search_entries TO PUBLIC",
    ),
    "the guard of what can be found lets the app by": (
        "guard for everybody",
        "ALTER POLICY tenant_guard ON search_entries TO frontdesk_platform",
    ),
    "everybody reads": ("grant is one of ours", "GRANT SELECT ON hotels TO PUBLIC"),
    "a view that runs as its owner": (
        "view runs as its reader",
        "CREATE VIEW everyone AS SELECT * FROM guests",
    ),
    "a materialized view": (
        "no materialized or foreign table",
        "CREATE MATERIALIZED VIEW everyone AS SELECT * FROM guests",
    ),
    "the app creates tables": (
        "role creates nothing",
        "GRANT CREATE ON SCHEMA public TO hotel_bot_tenant",
    ),
}
AS_SUPERUSER = {
    "the app bypasses": ("role cannot pass row security", "ALTER ROLE hotel_bot_tenant BYPASSRLS"),
    "the app makes schemas": (
        "role creates nothing",
        (
            "DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO hotel_bot_tenant',"
            " current_database()); END $$"
        ),
    ),
    "a function is believed before the policy": (
        "function waits for the policy",
        "ALTER FUNCTION touch_updated_at() LEAKPROOF",
    ),
    "another database is in reach": ("extension is one of ours", "CREATE EXTENSION dblink"),
    "the app may turn foreign keys off": (
        "nobody may set what a superuser sets",
        "GRANT SET ON PARAMETER session_replication_role TO hotel_bot_tenant",
    ),
    "the app replicates": (
        "role cannot pass row security",
        "ALTER ROLE hotel_bot_tenant REPLICATION",
    ),
    "the app is the platform": (
        "role is a member of no other",
        "GRANT frontdesk_platform TO hotel_bot_tenant",
    ),
    "the app is the owner": (
        "role is a member of no other",
        "GRANT frontdesk_owner TO hotel_bot_tenant",
    ),
    "the app is bound to a hotel by default": (
        "nobody is bound by a default setting",
        ("ALTER ROLE hotel_bot_tenant SET app.hotel_id = '00000000-0000-0000-0000-000000000001'"),
    ),
    "the platform owns a table": (
        "role owns no table",
        (
            "GRANT CREATE ON SCHEMA public TO frontdesk_platform;"
            "ALTER TABLE taxes OWNER TO frontdesk_platform;"
            "REVOKE CREATE ON SCHEMA public FROM frontdesk_platform"
        ),
    ),
    "a look-up forgets what it was asked": (
        "definer function is listed, word for word",
        (
            "CREATE OR REPLACE FUNCTION find_api_key(wanted_digest bytea) RETURNS TABLE (hotel_id"
            " uuid, key_id uuid, scopes jsonb, narrowed boolean, departments uuid[])"
            " LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp"
            " AS 'SELECT k.hotel_id, k.id, k.scopes, false, NULL::uuid[] FROM public.api_keys k'"
        ),
    ),
    "a search forgets its hotel": (
        "definer function is listed, word for word",
        (
            "CREATE OR REPLACE FUNCTION search_like(wanted text, most int) RETURNS SETOF text"
            " LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp"
            " AS 'SELECT w.word FROM public.search_words w LIMIT most'"
        ),
    ),
    "somebody logs in to look up": (
        "nobody logs in to look up",
        "ALTER ROLE frontdesk_search LOGIN",
    ),
    "a look-up's namesake": (
        "definer function is listed, word for word",
        (
            "CREATE FUNCTION find_api_key() RETURNS SETOF uuid LANGUAGE sql SECURITY DEFINER"
            " SET search_path = pg_catalog, pg_temp AS 'SELECT hotel_id FROM public.api_keys';"
            "ALTER FUNCTION find_api_key() OWNER TO frontdesk_platform;"
            "REVOKE ALL ON FUNCTION find_api_key() FROM PUBLIC"
        ),
    ),
    "anybody looks up": (
        "definer function is the app's alone",
        "GRANT EXECUTE ON FUNCTION find_api_key(bytea) TO PUBLIC",
    ),
    "a look-up's path is open": (
        "definer function is narrow",
        "ALTER FUNCTION find_api_key(bytea) SET search_path = public",
    ),
}


async def holes(db: Database) -> list[str]:
    async with db.nobody() as session:
        return [f"{f.check}: {f.subject}" for f in await catalogue(session) if not f.holds]


@pytest.mark.parametrize("name", MUTATIONS)
async def test_each_break_is_seen(db: Database, owner: asyncpg.Connection, name: str) -> None:
    assert await holes(db) == []
    await _break(owner, *MUTATIONS[name])


async def _break(connection: asyncpg.Connection, check: str, statement: str) -> None:
    """The check that is there for it must see it, not just any."""
    change = connection.transaction()
    await change.start()
    try:
        assert await _holes_inside(connection) == []
        await connection.execute(statement)
        assert check in await _holes_inside(connection)
    finally:
        await change.rollback()


async def _holes_inside(owner: asyncpg.Connection) -> list[str]:
    """The same checks, run inside the transaction that broke the wall."""

    class Looking:
        async def execute(self, query: object) -> "Looking":
            self.rows = await owner.fetch(str(query))
            return self

        def all(self) -> list[object]:
            return [_Row(row) for row in self.rows]

    return [f.check for f in await catalogue(Looking()) if not f.holds]  # type: ignore[arg-type]


class _Row(tuple):
    """An asyncpg record that reads like SQLAlchemy's rows."""

    def __new__(cls, record: asyncpg.Record) -> "_Row":
        row = super().__new__(cls, tuple(record))
        row.__dict__.update(dict(record))
        return row


@pytest.mark.parametrize("name", AS_SUPERUSER)
async def test_a_break_by_a_superuser_is_seen(
    server: Server, database_urls: DatabaseUrls, name: str
) -> None:
    database = database_urls.owner.rpartition("/")[2]
    root = await asyncpg.connect(plain_url(at(server.superuser, database)))
    try:
        await _break(root, *AS_SUPERUSER[name])
    finally:
        await root.close()


async def test_a_view_that_runs_as_its_reader_is_no_hole(owner: asyncpg.Connection) -> None:
    change = owner.transaction()
    await change.start()
    await owner.execute("CREATE VIEW mine WITH (security_invoker=true) AS SELECT * FROM guests")
    seen = await _holes_inside(owner)
    await change.rollback()
    assert seen == []


async def test_the_app_refuses_to_start_as_an_owner(settings: Settings) -> None:
    wrong = settings.model_copy(update={"database_url": settings.database_owner_url})
    db = open_database(wrong)
    with pytest.raises(Exception, match="row-level security"):
        await db.refuse_to_bypass()
    await db.close()
