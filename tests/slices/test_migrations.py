"""What operators do to the schema: up, down, the wall redrawn, lost indexes made again."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from frontdesk.kit.db import open_database, plain_url
from frontdesk.kit.settings import Settings
from frontdesk.local.indexes import LOCK
from frontdesk.operations.isolation import catalogue
from tests.conftest import Server, at

SCRIPT = Path(__file__).resolve().parents[2] / "scripts/run_migrations.py"
INDEXES = "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"


class Place:
    """A database of its own and the operator's script on it."""

    def __init__(self, settings: Settings, owner: asyncpg.Connection, root: str) -> None:
        self.settings, self.owner, self.root = settings, owner, root

    async def run(self, *arguments: str) -> tuple[int, str]:
        return await asyncio.to_thread(self._run, arguments)

    def _run(self, arguments: tuple[str, ...]) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, str(SCRIPT), *arguments],
            check=False,
            capture_output=True,
            text=True,
            timeout=120,
            env={
                "PATH": os.environ["PATH"],
                "DATABASE_URL": self.settings.database_url,
                "DATABASE_OWNER_URL": self.settings.database_owner_url,
            },
        )
        return done.returncode, done.stdout + done.stderr

    async def holes(self) -> list[str]:
        db = open_database(self.settings)
        async with db.nobody() as session:
            found = [f"{f.check}: {f.subject}" for f in await catalogue(session) if not f.holds]
        await db.close()
        return found

    async def indexes(self) -> dict[str, str]:
        return dict(await self.owner.fetch(INDEXES))


@pytest.fixture
async def place(server: Server, apart: Settings) -> AsyncIterator[Place]:
    owner = await asyncpg.connect(plain_url(apart.database_owner_url))
    database = apart.database_url.rpartition("/")[2]
    yield Place(apart, owner, at(server.superuser, database))
    await owner.close()


async def test_setup_rls_redraws_a_broken_wall(place: Place) -> None:
    await place.owner.execute(
        "DROP POLICY tenant ON bookings; DROP POLICY tenant_guard ON messages;"
        "CREATE POLICY careless ON guests USING (true);"
        "ALTER TABLE quotes DISABLE ROW LEVEL SECURITY;"
        "ALTER TABLE rooms NO FORCE ROW LEVEL SECURITY;"
        "GRANT TRUNCATE ON rooms TO hotel_bot_tenant; GRANT SELECT ON hotels TO PUBLIC;"
        "GRANT SELECT (text) ON messages TO frontdesk_platform;"
        "CREATE OR REPLACE FUNCTION get_current_tenant_id() RETURNS uuid LANGUAGE sql STABLE"
        " AS 'SELECT gen_random_uuid()'"
    )
    assert len(await place.holes()) >= 8
    code, said = await place.run("--setup-rls")
    assert (code, "30_policies.sql" in said) == (0, True), said
    assert await place.holes() == []


@pytest.mark.parametrize("to", ["-1", "base"])
async def test_what_needs_the_newest_revision_says_so(place: Place, to: str) -> None:
    assert (await place.run("--downgrade", to))[0] == 0
    for asked in ("--setup-rls", "--create-indexes"):
        code, said = await place.run(asked)
        assert (code, "--upgrade" in said, "Traceback" in said) == (1, True, False), said
    assert (await place.run("--upgrade"))[0] == 0
    assert (await place.run("--setup-rls"))[0] == 0
    assert await place.holes() == []
    assert "(head)" in (await place.run("--current"))[1]


ROWS = """
    SET session_replication_role = replica;
    INSERT INTO hotels (id, slug, name, timezone, currency)
        VALUES (gen_random_uuid(), 'h', 'H', 'Europe/Madrid', 'EUR');
    INSERT INTO memberships (hotel_id, id, user_id, email, name, role, departments)
        SELECT id, id, id, 'a@b.example', 'A', 'staff', '["spa"]' FROM hotels;
    INSERT INTO hotel_keys (hotel_id, id, wrapped) SELECT id, id, 'x' FROM hotels;
    INSERT INTO notification_deliveries (hotel_id, id, notification_id, channel, membership_id)
        SELECT id, id, id, 'email', id FROM hotels;
    INSERT INTO quotes (hotel_id, id, code, guest_id, room_type_id, arrival, departure, rooms,
            adults, nights, total, tax, currency, policy, policy_hash, expires_at, status)
        SELECT id, id, 'Q', id, id, '2027-01-01', '2027-01-02', 1, 1, '[]', 1, 0, 'EUR', '{}', 'x',
            now(), 'change' FROM hotels;
"""


async def test_the_way_down_sees_every_hotels_rows(place: Place) -> None:
    """As nobody's, the wall hides them: what is to be judged or rewritten would stay as it is."""
    root = await asyncpg.connect(plain_url(place.root))
    await root.execute(ROWS)
    for refused, way_out in (
        ("single departments", "UPDATE memberships SET departments = '[]'"),
        ("hotels have keys", "DELETE FROM hotel_keys"),
    ):
        code, said = await place.run("--downgrade", "base")
        assert (code, refused in said, "Traceback" in said) == (1, True, False), said
        assert "(head)" in (await place.run("--current"))[1]
        assert await place.holes() == []
        await root.execute(way_out)
    assert await place.run("--downgrade", "0020") == (0, "")
    assert await root.fetchval("SELECT status FROM quotes") == "superseded"
    assert await root.fetchval("SELECT count(*) FROM notification_deliveries") == 0
    assert await root.fetchval(
        "SELECT bool_and(relforcerowsecurity) FROM pg_class"
        " WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relrowsecurity"
    )
    await root.execute("TRUNCATE hotels, quotes CASCADE")
    await root.close()
    code, said = await place.run("--upgrade")
    assert code == 0, said
    assert await place.holes() == []


WORDS = """
    INSERT INTO search_words (hotel_id, word, slips)
        SELECT gen_random_uuid(), word, '{}'
        FROM unnest('{mhmd,khhn,khald,yvsf,ly,deluxe,204,a1}'::text[]) AS word
"""


async def test_words_that_are_there_are_found_by_their_bones_too(place: Place) -> None:
    root = await asyncpg.connect(plain_url(place.root))
    assert await place.run("--downgrade", "0233") == (0, "")
    await root.execute(WORDS)
    assert (await place.run("--upgrade"))[0] == 0
    wrong = "SELECT array_agg(word) FROM search_words WHERE slips <> search_slips(hotel_id, word)"
    assert await root.fetchval(wrong) is None
    bones = "SELECT array_agg(word ORDER BY word) FROM search_words WHERE"
    bones += " cardinality(slips) > length(word) + 1"
    assert await root.fetchval(bones) == ["khald", "khhn", "mhmd", "yvsf"]
    assert await place.run("--downgrade", "0233") == (0, "")
    assert await root.fetchval(bones) is None
    await root.execute("TRUNCATE search_words")
    await root.close()
    assert (await place.run("--upgrade"))[0] == 0
    assert await place.holes() == []


LISTENING = """
    SET session_replication_role = replica;
    INSERT INTO hotels (id, slug, name, timezone, currency)
        VALUES (gen_random_uuid(), 'h', 'H', 'Europe/Madrid', 'EUR');
    INSERT INTO triggers (hotel_id, id, name, event, actions)
        SELECT id, id, 'r', 'message.received', '[]' FROM hotels;
    INSERT INTO outbox_events (hotel_id, id, aggregate_id, event_type, payload)
        SELECT id, id, id, 'message.received', '{"intent": "question"}' FROM hotels;
    INSERT INTO webhook_subscriptions (hotel_id, id, name, url, events, conditions)
        SELECT id, gen_random_uuid(), v.name, 'https://a.example', v.events::jsonb,
            v.conditions::jsonb
        FROM hotels, (VALUES
            ('all', '[]', '{}'), ('other', '["booking.created"]', '{}'),
            ('heard', '["message.received", "booking.created"]', '{}'),
            ('judged', '["message.received"]', '{"field": "intent", "op": "eq", "value": "x"}'))
            AS v (name, events, conditions);
"""


async def test_rules_go_on_listening_to_what_the_bot_reads(place: Place) -> None:
    """Not to what merely came: that would have them speak in people's chats."""
    root = await asyncpg.connect(plain_url(place.root))
    heard = "SELECT name, events FROM webhook_subscriptions ORDER BY name"
    both = (
        "SELECT event, event_type FROM triggers t JOIN outbox_events e ON e.hotel_id = t.hotel_id"
    )
    assert await place.run("--downgrade", "0231") == (0, "")
    await root.execute(LISTENING)
    before = await root.fetch(heard)
    assert (await place.run("--upgrade"))[0] == 0
    assert tuple(await root.fetchrow(both)) == ("message.understood", "message.understood")
    assert dict(await root.fetch(heard)) == {
        "all": "[]",
        "heard": '["message.received", "booking.created", "message.understood"]',
        "judged": '["message.understood"]',
        "other": '["booking.created"]',
    }
    assert await place.run("--downgrade", "0231") == (0, "")
    assert tuple(await root.fetchrow(both)) == ("message.received", "message.received")
    assert await root.fetch(heard) == before
    await root.close()


CALLED = """
    SET session_replication_role = replica;
    INSERT INTO hotels (id, slug, name, timezone, currency)
        VALUES (gen_random_uuid(), 'h', 'H', 'Europe/Madrid', 'EUR');
    INSERT INTO alert_ladders (hotel_id, id, kind, levels)
        SELECT id, gen_random_uuid(), kind, '[]'
        FROM hotels, (VALUES ('complaint'), ('person_requested')) AS v (kind);
    INSERT INTO alert_templates (hotel_id, id, kind, language, title, body)
        SELECT id, gen_random_uuid(), kind, 'en', 't', 'b'
        FROM hotels, (VALUES ('*'), ('person_requested')) AS v (kind);
    INSERT INTO staff (hotel_id, id, name, preferences)
        SELECT id, gen_random_uuid(), v.name, v.preferences::jsonb FROM hotels, (VALUES
            ('a', '[{"kind": "vip"}, {"kind": "person_requested"}]'), ('b', '[{}]'))
            AS v (name, preferences);
"""


async def test_what_names_a_kind_that_no_alert_has_goes(place: Place) -> None:
    root = await asyncpg.connect(plain_url(place.root))
    assert await place.run("--downgrade", "0235") == (0, "")
    await root.execute(CALLED)
    assert (await place.run("--upgrade"))[0] == 0
    assert [r[0] for r in await root.fetch("SELECT kind FROM alert_ladders")] == ["complaint"]
    assert [r[0] for r in await root.fetch("SELECT kind FROM alert_templates")] == ["*"]
    wishes = await root.fetch("SELECT preferences FROM staff ORDER BY name")
    assert [r[0] for r in wishes] == ['[{"kind": "vip"}]', "[{}]"]
    await root.close()


async def test_create_indexes_makes_what_is_missing_or_broken(place: Place) -> None:
    before = await place.indexes()
    assert await place.run("--create-indexes") == (0, "every index is there\n")
    await place.owner.execute("DROP INDEX ix_messages_thread; DROP INDEX ix_holds_active")
    root = await asyncpg.connect(plain_url(place.root))
    await root.execute(
        "UPDATE pg_index SET indisvalid = false"
        " WHERE indexrelid = 'ix_inbound_events_sweep'::regclass"
    )
    code, said = await place.run("--create-indexes")
    assert (code, said.splitlines()) == (
        0,
        [
            "ix_holds_active: was missing, made",
            "ix_inbound_events_sweep: was broken, made again",
            "ix_messages_thread: was missing, made",
        ],
    )
    assert await place.indexes() == before
    assert await root.fetchval("SELECT count(*) FROM pg_index WHERE NOT indisvalid") == 0
    await root.close()
    assert await place.run("--create-indexes") == (0, "every index is there\n")


async def test_two_do_not_make_indexes_at_once(place: Place) -> None:
    await place.owner.execute("SELECT pg_advisory_lock($1)", LOCK)
    code, said = await place.run("--create-indexes")
    assert code == 1
    assert "Somebody else makes indexes" in said
