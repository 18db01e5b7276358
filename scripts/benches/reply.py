"""Idle webhook to reply at the gateway, through relay and Celery, over the same turn in process."""

import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path

import httpx
import uvicorn

from benches.common import Ground, ground, hotel_with_number, median
from frontdesk.api.app import serve_app
from frontdesk.conversations.turn import take_turn
from frontdesk.local.simulator.app import running_simulator
from frontdesk.local.simulator.client import Phones
from frontdesk.local.valkey import start_valkey
from frontdesk.messaging.connect import connect
from frontdesk.messaging.sending import deliver_next
from frontdesk.runtime import open_runtime

MESSAGES = 40


async def run() -> dict[str, object]:
    async with ground() as at, running_simulator() as (simulator_url, _):
        settings = at.settings
        app = serve_app(settings)
        server = uvicorn.Server(
            uvicorn.Config(app, port=0, log_config=None, timeout_graceful_shutdown=1)
        )
        task = asyncio.create_task(server._serve())
        while not server.started:
            await asyncio.sleep(0.01)
        api = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        hotel, number = await hotel_with_number(at, 1, api_url=simulator_url)
        async with open_runtime(settings) as runtime, httpx.AsyncClient() as client:
            await asyncio.to_thread(runtime.engine.warm_up)
            phones = Phones(client, simulator_url)
            await phones.add_instance(
                number.id_instance, "bench-token", "349@c.us", label="B", slug="bench"
            )
            await connect(
                at.db,
                at.vault,
                runtime.gateway,
                hotel,
                number.id,
                public_url=api,
                now=runtime.clock.now(),
            )
            near = [await _in_process(runtime, phones, hotel, number, n) for n in range(MESSAGES)]
            far = await _through_workers(at, phones)
        server.should_exit = True
        await task
        return {
            "ratio": round(median(far) / median(near), 2),
            "reply_p50_ms": round(median(far) * 1000, 1),
            "in_process_p50_ms": round(median(near) * 1000, 1),
            "unanswered": MESSAGES - len(far),
        }


async def _in_process(runtime, phones: Phones, hotel, number, n: int) -> float:
    """The same webhook and turn, but worked by a task of this process as soon as it is stored."""
    guest = f"346001{n:05d}"
    start = time.perf_counter()
    await phones.guest_says("bench", guest, "thanks!")
    while True:
        await take_turn(runtime.desk, hotel, number.id, f"{guest}@c.us")
        await deliver_next(runtime.post, hotel, number.id)
        said = (await phones.chat("bench", guest))["messages"]
        if len(said) > 1:
            return time.perf_counter() - start
        await asyncio.sleep(0.001)


async def _through_workers(at: Ground, phones: Phones) -> list[float]:
    """Worker and clock as they run in production, one message at a time."""
    with tempfile.TemporaryDirectory(prefix="frontdesk-bench-") as place:
        valkey = await asyncio.to_thread(start_valkey, Path(place))
        given = {
            "DATABASE_URL": at.settings.database_url,
            "DATABASE_PLATFORM_URL": at.settings.database_platform_url,
            "REDIS_URL": valkey.url,
            "FRONTDESK_SECRET_KEY": at.settings.secret_key.get_secret_value(),
            "FRONTDESK_BURST_SECONDS": "0",
            "FRONTDESK_LOG_LEVEL": "ERROR",
        }
        children = [
            await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "workers",
                name,
                env={**os.environ, **given},
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.DEVNULL,
            )
            for name in ("worker", "clock")
        ]
        try:
            await _answered(phones, "34600900000", within=60)
            return [
                took
                for n in range(MESSAGES)
                if (took := await _answered(phones, f"346002{n:05d}", within=10)) is not None
            ]
        finally:
            for child in children:
                child.terminate()
                await child.wait()
            await asyncio.to_thread(valkey.stop)


async def _answered(phones: Phones, guest: str, *, within: float) -> float | None:
    start = time.perf_counter()
    await phones.guest_says("bench", guest, "thanks!")
    while time.perf_counter() - start < within:
        if len((await phones.chat("bench", guest))["messages"]) > 1:
            return time.perf_counter() - start
        await asyncio.sleep(0.001)
    return None
