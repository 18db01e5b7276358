"""The database server itself goes down and comes back, while guests go on writing."""

import asyncio
import signal
from collections.abc import Iterator

import pytest

from frontdesk.local.migrate import upgrade_head
from frontdesk.local.postgres import RunningPostgres, start_postgres
from frontdesk.local.roles import DatabaseUrls, ensure_roles_and_database
from tests.faults.conftest import Town

GUESTS = [f"346003{n:05d}" for n in range(9)]


@pytest.fixture(scope="module")
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[RunningPostgres]]:
    """A server that no other test needs; the list's one member is the one that runs now."""
    folder = tmp_path_factory.mktemp("postgres")
    for above in (folder, *folder.parents[:2]):
        above.chmod(0o755)
    running = [start_postgres(folder / "server")]
    yield running
    running[0].stop()


@pytest.fixture(scope="module")
def database_urls(own_server: list[RunningPostgres]) -> DatabaseUrls:
    urls = asyncio.run(ensure_roles_and_database(own_server[0], database="frontdesk"))
    upgrade_head(urls.owner)
    return urls


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGQUIT], ids=["fast stop", "crash"])
async def test_what_is_said_while_the_database_is_away_is_answered_once(
    town: Town, own_server: list[RunningPostgres], end: signal.Signals
) -> None:
    await town.processes.start_worker()
    for guest in GUESTS[:3]:
        await town.says(guest)
    await asyncio.sleep(0.1)
    old = own_server[0]
    old.process.send_signal(end)
    for guest in GUESTS[3:6]:
        await town.says(guest)
    await asyncio.to_thread(old.process.wait, 30)
    await asyncio.sleep(1)
    own_server[0] = start_postgres(old.folder)  # dies with the thread that started it
    assert own_server[0].port == old.port
    for guest in GUESTS[6:]:
        await town.says(guest)
    await asyncio.sleep(3.2)
    await town.minutes_pass()
    await town.rests(90)
    assert town.answers() == dict.fromkeys(GUESTS, 1)
