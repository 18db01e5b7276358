"""The product's own processes under a bench, as production starts them, gone afterwards."""

import asyncio
import os
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from frontdesk.kit.settings import Settings
from frontdesk.local.valkey import start_valkey

PATIENCE = 60.0
"""Seconds until a server must answer."""
GOING = 20.0
"""Seconds that a process may take to end."""
ENDLESS = dict.fromkeys(
    (
        *("FRONTDESK_RATE_PRINCIPAL", "FRONTDESK_RATE_HOTEL", "FRONTDESK_RATE_ADDRESS"),
        "FRONTDESK_RATE_REFUSED",
    ),
    "100000000/second",
)


@asynccontextmanager
async def api(settings: Settings, **more: str) -> AsyncIterator[tuple[str, int]]:
    """One process of the API, which limits nobody: its address and process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    given = _env(settings) | ENDLESS | {"FRONTDESK_PORT": str(port)} | more
    async with _child("frontdesk.api", env=given) as server:
        url = f"http://127.0.0.1:{port}"
        await _up(url)
        yield url, server.pid


@asynccontextmanager
async def workers(settings: Settings, **more: str) -> AsyncIterator[None]:
    """Worker and clock with a Valkey of their own."""
    with tempfile.TemporaryDirectory(prefix="frontdesk-bench-") as place:
        valkey = await asyncio.to_thread(start_valkey, Path(place))
        given = _env(settings) | {"REDIS_URL": valkey.url, "FRONTDESK_BURST_SECONDS": "0"} | more
        try:
            async with (
                _child("workers", "worker", env=given),
                _child("workers", "clock", env=given),
            ):
                yield
        finally:
            await asyncio.to_thread(valkey.stop)


def _env(settings: Settings) -> dict[str, str]:
    return {
        "DATABASE_URL": settings.database_url,
        "DATABASE_PLATFORM_URL": settings.database_platform_url,
        "REDIS_URL": settings.redis_url,
        "FRONTDESK_SECRET_KEY": settings.secret_key.get_secret_value(),
        "FRONTDESK_LOG_LEVEL": "ERROR",
    }


@asynccontextmanager
async def _child(
    module: str, *args: str, env: Mapping[str, str]
) -> AsyncIterator[asyncio.subprocess.Process]:
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        *args,
        env={**os.environ, **env},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        yield child
    finally:
        if child.returncode is None:
            child.terminate()
        try:
            await asyncio.wait_for(child.wait(), GOING)
        except TimeoutError:
            child.kill()
            await child.wait()


async def _up(url: str) -> None:
    async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
        async with asyncio.timeout(PATIENCE):
            while True:
                try:
                    await client.get("/healthz")
                except httpx.TransportError:
                    await asyncio.sleep(0.1)
                else:
                    return
