"""Many scripts, one after another, in a temporary database that nobody else sees; and the table."""

import asyncio
import tempfile
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from frontdesk.kit.plain import connect_plainly
from frontdesk.kit.secrets import new_key
from frontdesk.kit.settings import Settings
from frontdesk.local.drop_root import forget
from frontdesk.local.migrate import upgrade_head
from frontdesk.local.postgres import start_postgres
from frontdesk.local.rehearsal.house import open_stage
from frontdesk.local.rehearsal.play import Played, play
from frontdesk.local.rehearsal.script import BadScript, Script
from frontdesk.local.roles import ensure_roles_and_database

Told = Callable[[Played], None]


async def rehearse(settings: Settings, scripts: Sequence[Script], told: Told) -> list[Played]:
    """Each in a hotel of its own; a script that breaks is told and the next one is played."""
    played: list[Played] = []
    async with open_stage(settings) as stage:
        for script in scripts:
            try:
                done = await play(stage, script)
            except (BadScript, TimeoutError) as broken:
                done = Played(script, [str(broken) or f"{script.place}: it hangs"])
                done.books, done.booked_right = True, False
            played.append(done)
            told(done)
    return played


@asynccontextmanager
async def temporary_database() -> AsyncGenerator[Settings]:
    """A PostgreSQL that is gone afterwards; nothing of this machine's settings is used."""
    with tempfile.TemporaryDirectory(prefix="frontdesk-rehearsal-") as temporary:
        folder = Path(temporary)
        postgres = start_postgres(folder / "postgres")
        try:
            urls = await ensure_roles_and_database(postgres)
            await _hurry(postgres.superuser_url, urls.owner)
            await asyncio.to_thread(upgrade_head, urls.owner)
            yield Settings(
                _env_file=None,  # pyright: ignore[reportCallIssue]
                DATABASE_URL=urls.app,
                DATABASE_PLATFORM_URL=urls.platform,
                DATABASE_OWNER_URL=urls.owner,
                FRONTDESK_SECRET_KEY=new_key(),
                FRONTDESK_LOG_LEVEL="ERROR",
            )
        finally:
            postgres.stop()
            forget(folder / "postgres")


async def _hurry(superuser: str, database: str) -> None:
    """What is thrown away in a minute need not reach the disk before the next step."""
    connection = await connect_plainly(superuser)
    name = database.rpartition("/")[2]
    await connection.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = off')
    await connection.close()


async def rehearse_apart(scripts: Sequence[Script], told: Told) -> tuple[list[Played], float]:
    """In a temporary database; gives the seconds that the scripts themselves took."""
    async with temporary_database() as settings:
        began = time.monotonic()
        played = await rehearse(settings, scripts, told)
        return played, time.monotonic() - began
