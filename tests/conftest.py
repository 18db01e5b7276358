"""One real PostgreSQL a run; each worker gets a database cloned from the migrated template."""

import asyncio
import contextlib
import shutil
import tempfile
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import pytest

from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database, open_database, plain_url
from frontdesk.kit.ids import HotelId
from frontdesk.kit.loop import new_loop
from frontdesk.kit.secrets import Vault, new_key
from frontdesk.kit.settings import Settings
from frontdesk.local.migrate import upgrade_head
from frontdesk.local.postgres import RunningPostgres, start_postgres
from frontdesk.local.roles import DatabaseUrls, ensure_roles_and_database
from frontdesk.messaging.shapes import SHAPES
from frontdesk.runtime import import_models
from frontdesk.tenancy.actions import open_hotel
from frontdesk.tenancy.schemas import HotelIn

import_models()  # any file of tests runs alone: foreign keys lead to tables it does not name
TEMPLATE = "frontdesk_template"
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
"""A Saturday."""
KEY = new_key()


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """The loop that the product runs on."""
    return {"uvloop": new_loop}


@dataclass
class Server:
    """The run's PostgreSQL, started by the first process, and where every role reaches it."""

    folder: Path
    postgres: RunningPostgres | None
    superuser: str
    urls: DatabaseUrls


def _start() -> Server:
    folder = Path(tempfile.mkdtemp(prefix="frontdesk-tests-"))
    folder.chmod(0o755)
    postgres = start_postgres(folder / "postgres")
    asyncio.run(_trust_the_machine(postgres.superuser_url))
    urls = asyncio.run(ensure_roles_and_database(postgres, database=TEMPLATE))
    upgrade_head(urls.owner)
    return Server(folder, postgres, postgres.superuser_url, urls)


async def _trust_the_machine(superuser: str) -> None:
    """A killed process loses nothing without fsync, a dead machine all: no test is about that."""
    connection = await asyncpg.connect(superuser)
    for setting in ("fsync", "full_page_writes"):
        await connection.execute(f"ALTER SYSTEM SET {setting} = off")
    await connection.execute("SELECT pg_reload_conf()")
    await connection.close()


def pytest_configure(config: pytest.Config) -> None:
    """The process that others hang on starts the server; they are told its addresses."""
    told = getattr(config, "workerinput", None)
    if told is None:
        config.stash[SERVER] = _start()
        return
    urls = DatabaseUrls(told["app"], told["owner"], told["platform"])
    config.stash[SERVER] = Server(Path(told["folder"]), None, told["superuser"], urls)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node) -> None:
    server = node.config.stash[SERVER]
    node.workerinput.update(
        app=server.urls.app,
        owner=server.urls.owner,
        platform=server.urls.platform,
        superuser=server.superuser,
        folder=str(server.folder),
    )


def pytest_unconfigure(config: pytest.Config) -> None:
    server = config.stash.get(SERVER, None)
    if server is not None and server.postgres is not None:
        server.postgres.stop()
        shutil.rmtree(server.folder, ignore_errors=True)


SERVER = pytest.StashKey[Server]()


async def _clone(server: Server, name: str) -> None:
    """Two workers may not clone one template at once: the loser of that race waits."""
    connection = await asyncpg.connect(server.superuser)
    try:
        for _ in range(200):
            with contextlib.suppress(asyncpg.ObjectInUseError):
                await connection.execute(
                    f'CREATE DATABASE "{name}" TEMPLATE {TEMPLATE} OWNER frontdesk_owner'
                )
                return
            await asyncio.sleep(0.1)
    finally:
        await connection.close()
    raise TimeoutError("the template is never free")


async def _drop(server: Server, name: str) -> None:
    connection = await asyncpg.connect(server.superuser)
    await connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    await connection.close()


def at(url: str, database: str) -> str:
    return f"{url.rpartition('/')[0]}/{database}"


@pytest.fixture(scope="session")
def server(pytestconfig: pytest.Config) -> Server:
    return pytestconfig.stash[SERVER]


@contextlib.contextmanager
def cloned(server: Server) -> Iterator[DatabaseUrls]:
    name = f"t_{uuid.uuid4().hex[:12]}"
    asyncio.run(_clone(server, name))
    yield DatabaseUrls(
        at(server.urls.app, name), at(server.urls.owner, name), at(server.urls.platform, name)
    )
    asyncio.run(_drop(server, name))


@pytest.fixture(scope="session")
def database_urls(server: Server) -> Iterator[DatabaseUrls]:
    """This worker's own database, for all its tests; at its end every event kept its shape."""
    with cloned(server) as urls:
        yield urls
        asyncio.run(_look_at_events(at(server.superuser, urls.app.rpartition("/")[2])))


async def _look_at_events(database: str) -> None:
    connection = await asyncpg.connect(database)
    query = "SELECT DISTINCT ON (event_type, octet_length(payload::text)) event_type, payload"
    rows = await connection.fetch(f"{query} FROM outbox_events WHERE payload != '{{}}'")
    await connection.close()
    for row in rows:
        SHAPES[row["event_type"]].model_validate_json(row["payload"])


@pytest.fixture
def settings(database_urls: DatabaseUrls) -> Settings:
    return Settings(
        _env_file=None,
        DATABASE_URL=database_urls.app,
        DATABASE_PLATFORM_URL=database_urls.platform,
        DATABASE_OWNER_URL=database_urls.owner,
        FRONTDESK_SECRET_KEY=KEY,
        FRONTDESK_PLATFORM_KEY="platform-key-of-the-tests",
        FRONTDESK_BURST_SECONDS=0,
        DATABASE_POOL_SIZE=5,
    )


@pytest.fixture
async def apart(server: Server, settings: Settings) -> AsyncIterator[Settings]:
    """A database of its own, for tests that break it or need it empty."""
    name = f"a_{uuid.uuid4().hex[:12]}"
    await _clone(server, name)
    fields = ("database_url", "database_platform_url", "database_owner_url")
    yield settings.model_copy(update={f: at(getattr(settings, f), name) for f in fields})
    await _drop(server, name)


@pytest.fixture
async def db(settings: Settings) -> AsyncIterator[Database]:
    """The app role and the platform role; never the owner."""
    opened = open_database(settings)
    yield opened
    await opened.close()


@pytest.fixture
async def owner(database_urls: DatabaseUrls) -> AsyncIterator[asyncpg.Connection]:
    """For looking at the schema, and for breaking it on purpose."""
    connection = await asyncpg.connect(plain_url(database_urls.owner))
    yield connection
    await connection.close()


@pytest.fixture
def vault() -> Vault:
    return Vault((KEY,))


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOON)


async def new_hotel(db: Database, **changes: object) -> HotelId:
    wanted = {
        "slug": f"h-{uuid.uuid4().hex[:12]}",
        "name": "Hotel Test",
        "timezone": "Europe/Madrid",
        "currency": "EUR",
        "language": "en",
        **changes,
    }
    async with db.platform() as session:
        hotel = await open_hotel(session, HotelIn.model_validate(wanted))
        return HotelId(hotel.id)


@pytest.fixture
async def hotel(db: Database) -> HotelId:
    return await new_hotel(db)


@pytest.fixture
async def other_hotel(db: Database) -> HotelId:
    return await new_hotel(db, timezone="America/New_York", currency="USD")
