"""`frontdesk up`: the whole of frontdesk on one machine, from nothing to a guest's phone."""

import asyncio
import hashlib
import signal
import subprocess
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from frontdesk.kit.plain import connect_plainly
from frontdesk.kit.settings import Settings
from frontdesk.local.children import answers, child, logged
from frontdesk.local.place import CHECKOUT, data_folder, forget_running, keys, note_running
from frontdesk.local.postgres import RunningPostgres, start_postgres
from frontdesk.local.processes import Child, Household, only_one, stop_signals
from frontdesk.local.roles import DatabaseUrls, ensure_roles_and_database
from frontdesk.local.screen import Addresses, Screen, last_screen
from frontdesk.local.spawn import (
    HOST,
    DidNotStart,
    free_port,
    kept_port,
    port_is_free,
)
from frontdesk.local.valkey import start_valkey
from frontdesk.local.vectors import VECTORS_KEY
from frontdesk.operations.broker import BadAnswer, ping

SIMULATOR_PORT = 8090
SERVERS = ("PostgreSQL", "Valkey")


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything runs: under which settings, kept by whom, with which hotels."""

    settings: Settings
    household: Household
    hotels: tuple[str, ...]


async def up(settings: Settings, screen: Screen) -> int:
    """Run until Ctrl-C or SIGTERM; gives the exit code."""
    folder = data_folder(settings)
    me = asyncio.current_task()
    assert me is not None  # noqa: S101 - a coroutine that runs has a task
    asked = asyncio.Event()

    def stop() -> None:
        asked.set()
        me.cancel()

    with only_one(folder), stop_signals(stop):
        try:
            async with standing(settings, folder, screen) as house:
                screen.line(last_screen(_addresses(house, folder), screen.elapsed))
                await house.household.keep_alive(asyncio.Event())
        except asyncio.CancelledError:
            if not asked.is_set():
                raise
    screen.event("Stopped; nothing is left running.")
    return 0


def _addresses(house: Standing, folder: Path) -> Addresses:
    command = Path(sys.executable).with_name("frontdesk")
    near = Path.cwd()
    return Addresses(
        api=house.settings.public_url,
        simulator=house.settings.simulator_url,
        folder=_from(near, folder),
        command=_from(near, command) if command.exists() else f"{sys.executable} -m frontdesk.cli",
        hotels=house.hotels,
    )


def _from(near: Path, path: Path) -> str:
    return str(path.relative_to(near)) if path.is_relative_to(near) else str(path)


@asynccontextmanager
async def standing(
    settings: Settings, folder: Path, screen: Screen, *, preferred_ports: bool = True
) -> AsyncGenerator[Standing]:
    """Everything runs inside the block, and nothing of it afterwards."""
    household = Household(screen.event)
    screen.line(f"Starting frontdesk in {folder}")
    try:
        urls, redis_url = await _servers(settings, folder, household, screen)
        environment = _environment(settings, folder, urls, redis_url, preferred_ports)
        here = Settings(**environment)  # pyright: ignore[reportArgumentType]
        await _migrate(urls.owner, folder, screen)
        hotels = await _processes(here, folder, household, screen, environment)
        note_running(folder, environment)
        yield Standing(here, household, hotels)
    finally:
        forget_running(folder)
        if household.kept:
            screen.event("Stopping")
        await household.stop([k.child.name for k in household.kept if k.child.name not in SERVERS])
        await household.stop()


async def _servers(
    settings: Settings, folder: Path, household: Household, screen: Screen
) -> tuple[DatabaseUrls, str]:
    """PostgreSQL and Valkey, each only where no address was given."""
    logs = folder / "logs"
    urls = DatabaseUrls(
        settings.database_url,
        settings.database_owner_url,
        settings.database_platform_url or settings.database_url,
    )
    if not settings.database_url:
        with screen.step("PostgreSQL"):
            running: list[RunningPostgres] = []

            def postgres() -> subprocess.Popen[bytes]:
                running[:] = [start_postgres(folder / "postgres", log=logs / "postgres.log")]
                return running[0].process

            await household.start([Child("PostgreSQL", postgres, _at_once, signal.SIGINT, 30)])
            urls = await ensure_roles_and_database(running[0])
    else:
        await _reach("DATABASE_URL", _greet_postgres(settings.database_url))
    redis_url = [settings.redis_url]
    if not settings.redis_url:
        with screen.step("Valkey"):

            def valkey() -> subprocess.Popen[bytes]:
                started = start_valkey(folder / "valkey", log=logs / "valkey.log")
                redis_url[0] = started.url
                return started.process

            await household.start([Child("Valkey", valkey, _at_once)])
    else:
        await _reach("REDIS_URL", ping(settings.redis_url))
    return urls, redis_url[0]


async def _greet_postgres(url: str) -> None:
    connection = await connect_plainly(url)
    await connection.close()


async def _reach(setting: str, greeting: Awaitable[None]) -> None:
    """A server of the user's own: better missed now than in a child's log."""
    try:
        await greeting
    except (OSError, ValueError, asyncpg.PostgresError, BadAnswer) as e:
        raise DidNotStart(f"{setting} leads to no server that lets us in: {e}") from e


async def _at_once() -> bool:
    return True


def _environment(
    settings: Settings, folder: Path, urls: DatabaseUrls, redis_url: str, preferred: bool
) -> dict[str, str]:
    """What every child is told, and what another shell needs to know."""
    ours = keys(folder, settings)
    port = _api_port(settings, folder, preferred)
    simulator = kept_port(folder / "simulator.port", SIMULATOR_PORT if preferred else 0)
    simulator_url = settings.simulator_url or f"http://{HOST}:{simulator}"
    own_url = "public_url" in settings.model_fields_set
    return {
        "DATABASE_URL": urls.app,
        "DATABASE_OWNER_URL": urls.owner,
        "DATABASE_PLATFORM_URL": urls.platform,
        "REDIS_URL": redis_url,
        "FRONTDESK_SECRET_KEY": ours.secret_key,
        "FRONTDESK_PLATFORM_KEY": ours.platform_key,
        "FRONTDESK_DATA": str(folder),
        "FRONTDESK_HOST": settings.host,
        "FRONTDESK_PORT": str(port),
        "FRONTDESK_PUBLIC_URL": settings.public_url if own_url else f"http://{HOST}:{port}",
        "FRONTDESK_SIMULATOR_URL": simulator_url,
        "FRONTDESK_STRIPE_URL": settings.stripe_url
        if "stripe_url" in settings.model_fields_set
        else f"{simulator_url}/stripe",
        "PINECONE_INDEX_HOST": settings.pinecone_host or f"{simulator_url}/pinecone",
        "PINECONE_API_KEY": settings.pinecone_api_key.get_secret_value() or VECTORS_KEY,
    }


def _api_port(settings: Settings, folder: Path, preferred: bool) -> int:
    """The one that was asked for, or none; where none was, 8000 or any free one, then kept."""
    if not preferred:
        return free_port()
    if "port" not in settings.model_fields_set:
        return kept_port(folder / "api.port", settings.port)
    if settings.port and not port_is_free(settings.port):
        raise DidNotStart(f"port {settings.port} (FRONTDESK_PORT) is taken by another program")
    return free_port(settings.port)


async def _migrate(owner_url: str, folder: Path, screen: Screen) -> None:
    """Skipped where this very set of revisions and walls was applied to this folder's database."""
    stamp = folder / "postgres" / "migrated"
    shape = hashlib.sha256()
    for path in sorted([*CHECKOUT.glob("migrations/**/*.py"), *CHECKOUT.glob("rls/*.sql")]):
        shape.update(path.read_bytes())
    if not owner_url or (stamp.exists() and stamp.read_text() == shape.hexdigest()):
        return
    with screen.step("Tables and the wall between hotels"):
        from frontdesk.local.prepare import upgrade_head  # noqa: PLC0415 - 1 s, rarely needed

        await asyncio.to_thread(upgrade_head, owner_url)
    if stamp.parent.exists():
        stamp.write_text(shape.hexdigest())


async def _processes(
    settings: Settings,
    folder: Path,
    household: Household,
    screen: Screen,
    environment: dict[str, str],
) -> tuple[str, ...]:
    """All start at once; the demo hotels are looked after while the slower ones open."""
    api, port = settings.port, int(settings.simulator_url.rpartition(":")[2])
    quick = [
        child("simulator", folder, environment, answers(port, "/healthz"), port=port),
        child("api", folder, environment, answers(api, "/readyz"), port=api),
    ]
    slow = [
        child("worker", folder, environment, logged(folder, "worker", '"worker_ready"')),
        child("clock", folder, environment, logged(folder, "clock", '"relay_listens"')),
    ]
    opening = asyncio.gather(household.start(slow), asyncio.to_thread(_import_demo))
    try:
        with screen.step("Simulator and API"):
            await household.start(quick)
        with screen.step("Two demo hotels"):
            open_demo = await asyncio.to_thread(_import_demo)
            hotels = await open_demo(settings)
        with screen.step("Worker and clock"):
            await opening
    finally:
        opening.cancel()
        await asyncio.gather(opening, return_exceptions=True)
    return hotels


def _import_demo() -> Callable[[Settings], Awaitable[tuple[str, ...]]]:
    from frontdesk.local.prepare import open_demo  # noqa: PLC0415 - 1 s, while others start

    return open_demo
