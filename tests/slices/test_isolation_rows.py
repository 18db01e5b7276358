"""A row of each kind for two hotels: neither SQL nor a route reaches the other's."""

# ruff: noqa: S608 - names come from our own metadata and ids from uuid7

import re
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass

import asyncpg
import httpx
import pytest

from frontdesk.api.app import api_routes, create_app
from frontdesk.kit.db import open_database, plain_url
from frontdesk.kit.ids import HotelId
from frontdesk.kit.settings import Settings
from frontdesk.operations.probe import probe_rows, tenant_tables
from frontdesk.tenancy.actions import add_key
from frontdesk.tenancy.schemas import KeyIn
from tests.conftest import Server, _clone, _drop, at, new_hotel

TABLES = [t.name for t in tenant_tables() if t.name != "hotels"]
HOME = {
    "key_id": "api_keys",
    "instance_id": "whatsapp_instances",
    "room_type_id": "room_types",
    "quote_id": "quotes",
    "booking_id": "bookings",
    "document_id": "knowledge_documents",
    "trigger_id": "triggers",
    "conversation_id": "conversations",
    "notification_id": "staff_notifications",
}
"""Where the ids in our paths live; a route with another name fails here until it is listed."""
COLUMNS = """
    SELECT attname AS name, format_type(atttypid, atttypmod) AS type FROM pg_attribute
    WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped
      AND attgenerated = '' AND attidentity = '' ORDER BY attnum"""
LITERALS = {
    "uuid": "gen_random_uuid()",
    "text": "gen_random_uuid()::text",
    "character varying": "gen_random_uuid()::text",
    "bytea": "gen_random_uuid()::text::bytea",
    "boolean": "true",
    "date": "DATE '2027-01-01'",
    "timestamp with time zone": "now()",
    "jsonb": "'{}'",
    "daterange": "'[2027-01-01,2027-01-02)'",
}


FORMATS = {"date": "2027-05-03", "uuid": str(uuid.uuid4()), "uri": "https://hooks.example.org/x"}


@dataclass
class Town:
    """A database of its own, its checks and references dropped so that any row may stand."""

    settings: Settings
    owner: asyncpg.Connection
    mine: HotelId
    other: HotelId
    keys: dict[HotelId, str]


@pytest.fixture
async def town(server: Server, settings: Settings) -> AsyncIterator[Town]:
    name = f"r_{uuid.uuid4().hex[:12]}"
    await _clone(server, name)
    here = settings.model_copy(
        update={
            field: at(getattr(settings, field), name)
            for field in ("database_url", "database_platform_url", "database_owner_url")
        }
    )
    root = await asyncpg.connect(plain_url(at(server.superuser, name)))
    db = open_database(here)
    mine, other = await new_hotel(db), await new_hotel(db)
    await _populate(root, (mine, other))
    keys = {}
    for hotel_id in (mine, other):
        async with db.hotel(hotel_id) as session:
            wanted = KeyIn(name="probe", scopes=None)
            keys[hotel_id] = (await add_key(session, hotel_id, wanted, by="test"))[1]
    await db.close()
    yield Town(here, root, mine, other, keys)
    await root.close()
    await _drop(server, name)


async def _populate(root: asyncpg.Connection, hotels: tuple[HotelId, ...]) -> None:
    bounds = await root.fetch(
        "SELECT conrelid::regclass::text AS at, conname AS name FROM pg_constraint"
        " WHERE connamespace = 'public'::regnamespace AND contype IN ('c', 'f', 'x')"
    )
    for bound in bounds:
        await root.execute(f'ALTER TABLE {bound["at"]} DROP CONSTRAINT "{bound["name"]}"')
    for table in TABLES:
        columns = await root.fetch(COLUMNS, table)
        names = ", ".join(f'"{c["name"]}"' for c in columns)
        for hotel_id in hotels:
            values = ", ".join(_literal(c["name"], c["type"], hotel_id) for c in columns)
            await root.execute(f"INSERT INTO {table} ({names}) VALUES ({values})")


def _literal(name: str, kind: str, hotel_id: HotelId) -> str:
    if name == "hotel_id":
        return f"'{hotel_id}'"
    vector = re.fullmatch(r"(?:\w+\.)?(halfvec|vector)\((\d+)\)", kind)
    if vector:
        return f"array_fill(0.1::real, ARRAY[{vector[2]}])::{kind}"
    if kind.endswith("[]"):
        return "'{}'"
    return LITERALS.get(kind, "1")


async def _outcome(connection: asyncpg.Connection, statement: str, *values: object) -> str:
    """How many rows it touched, or the code it was refused with; nothing stays changed."""
    change = connection.transaction()
    await change.start()
    try:
        return (await connection.execute(statement, *values)).rpartition(" ")[2]
    except asyncpg.PostgresError as e:
        return e.sqlstate
    finally:
        await change.rollback()


async def _reached(town: Town) -> list[tuple[str, str, str]]:
    """Every way in which the one hotel gets at the other's rows."""
    app = await asyncpg.connect(plain_url(town.settings.database_url))
    await app.execute("SELECT set_config('app.hotel_id', $1, false)", str(town.mine))
    found = []
    for table in TABLES:
        columns = [c["name"] for c in await town.owner.fetch(COLUMNS, table)]
        names = ", ".join(f'"{c}"' for c in columns)
        fresh = {"hotel_id": f"'{town.other}'", "id": "gen_random_uuid()"}
        copy = ", ".join(fresh.get(c, f'"{c}"') for c in columns)
        mine = f"SELECT FROM {table} WHERE hotel_id = '{town.mine}'"
        assert await _outcome(app, mine) != "0", table
        theirs = f"WHERE hotel_id = '{town.other}'"
        tries = {
            "read": (f"SELECT FROM {table} {theirs}", {"0"}),
            "change": (f"UPDATE {table} SET hotel_id = hotel_id {theirs}", {"0", "42501"}),
            "delete": (f"DELETE FROM {table} {theirs}", {"0", "42501"}),
            "move": (f"UPDATE {table} SET hotel_id = '{town.other}'", {"42501"}),
            "plant": (f"INSERT INTO {table} ({names}) SELECT {copy} FROM {table}", {"42501"}),
        }
        for name, (statement, refused) in tries.items():
            outcome = await _outcome(app, statement)
            if outcome not in refused:
                found.append((table, name, outcome))
    await app.close()
    return found


async def test_no_row_of_another_hotel_is_read_changed_deleted_or_planted(town: Town) -> None:
    assert await _reached(town) == []
    for table in TABLES:
        await town.owner.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    reached = await _reached(town)
    assert {table for table, name, _ in reached if name == "read"} == set(TABLES)
    assert {table for table, name, _ in reached if name == "plant"} == set(TABLES)


async def test_the_probe_of_empty_hotels_sees_a_wall_that_is_down(town: Town) -> None:
    db = open_database(town.settings)
    assert [f for f in await probe_rows(db, town.mine, town.other) if not f.holds] == []
    for table in TABLES:
        await town.owner.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    holes = await probe_rows(db, await new_hotel(db), await new_hotel(db))
    planted = {f.subject for f in holes if f.check == "no row is planted" and not f.holds}
    await db.close()
    assert planted == set(TABLES)


async def test_no_route_finds_another_hotels_id_under_its_own(town: Town) -> None:
    ids = {
        (hotel_id, name): await town.owner.fetchval(
            f"SELECT id FROM {table} WHERE hotel_id = $1 ORDER BY id LIMIT 1", hotel_id
        )
        for name, table in HOME.items()
        for hotel_id in (town.mine, town.other)
    }
    app = create_app(town.settings)
    bodies = app.openapi()
    wrong, asked = [], 0
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app, raise_app_exceptions=False), base_url="http://probe"
        ) as client,
    ):
        for route in api_routes(app):
            if len(re.findall(r"\{\w+\}", route.path)) < 2:
                continue
            for method in sorted(route.methods):
                path = re.sub(
                    r"\{(\w+)\}",
                    lambda m: str(town.mine if m[1] == "hotel_id" else ids[town.other, m[1]]),
                    route.path,
                )
                answer = await client.request(
                    method,
                    path,
                    headers={"Authorization": f"Bearer {town.keys[town.mine]}"},
                    json=_body(bodies, route.path, method),
                )
                asked += 1
                if answer.status_code != 404:
                    wrong.append((method, route.path, answer.status_code, answer.text[:300]))
    assert wrong == []
    assert asked >= 20


def _body(api: dict, path: str, method: str) -> object:
    """What the description gives as an example, so that a refusal is not about the body."""
    asked = api["paths"][path][method.lower()].get("requestBody")
    return _example(api, asked["content"]["application/json"]["schema"]) if asked else None


def _example(api: dict, schema: dict) -> object:
    if "$ref" in schema:
        schema = api["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if "example" in schema:
        return schema["example"]
    if "default" in schema:
        return schema["default"]
    if schema.get("format") in FORMATS:
        return FORMATS[schema["format"]]
    if "anyOf" in schema:
        return _example(api, schema["anyOf"][0])
    if schema.get("type") == "object":
        wanted = set(schema.get("required", ()))
        fields = schema.get("properties", {}).items()
        return {k: _example(api, v) for k, v in fields if k in wanted or v.get("examples")}
    if schema.get("type") == "array":
        return [_example(api, schema["items"])]
    return {"string": "en", "integer": 1, "boolean": True, "number": 1}.get(schema.get("type", ""))
