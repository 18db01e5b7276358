"""`frontdesk ...` as an operator types it: a process of its own, beside the test."""

import asyncio
import os
import sys

from frontdesk.kit.settings import Settings

LONGEST = 400
"""Seconds, on a busy machine too; two proofs of the wall in turn take 90 on a quiet one."""


async def frontdesk(settings: Settings, *arguments: str) -> tuple[int, str]:
    """Its exit code and what it printed; it is gone afterwards, in time or not."""
    env = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": settings.database_url,
        "DATABASE_PLATFORM_URL": settings.database_platform_url,
        "FRONTDESK_SECRET_KEY": settings.secret_key.get_secret_value(),
    }
    running = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "frontdesk.cli", *arguments, env=env, stdout=asyncio.subprocess.PIPE
    )
    try:
        said, _ = await asyncio.wait_for(running.communicate(), LONGEST)
    except TimeoutError:
        running.kill()
        await running.communicate()
        raise
    return running.returncode or 0, said.decode()
