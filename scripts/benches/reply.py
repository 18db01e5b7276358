"""Idle webhook to reply at the gateway, through relay and Celery, over the same turn in process."""

import asyncio
import time

import httpx

from benches.common import Ground, ground, hotel_with_number, median
from benches.running import api, workers
from frontdesk.conversations.turn import take_turn
from frontdesk.kit.ids import HotelId
from frontdesk.local.simulator.app import running_simulator
from frontdesk.local.simulator.client import Phones
from frontdesk.messaging.connect import connect
from frontdesk.messaging.sending import deliver_next
from frontdesk.runtime import Runtime, open_runtime
from frontdesk.tenancy.models import WhatsAppInstance

MESSAGES = 40


async def run() -> dict[str, object]:
    async with ground() as at, running_simulator() as (simulator, _), api(at.settings) as (url, _):
        hotel, number = await hotel_with_number(at, 1, api_url=simulator)
        async with open_runtime(at.settings) as runtime, httpx.AsyncClient() as client:
            await asyncio.to_thread(runtime.engine.warm_up)
            phones = Phones(client, simulator)
            await join(at, runtime, phones, hotel, number, "bench", url)
            near = [await _in_process(runtime, phones, hotel, number, n) for n in range(MESSAGES)]
            far = await _through_workers(at, phones)
        return {
            "ratio": round(median(far) / median(near), 2),
            "reply_p50_ms": round(median(far) * 1000, 1),
            "in_process_p50_ms": round(median(near) * 1000, 1),
            "unanswered": MESSAGES - len(far),
        }


async def join(
    at: Ground,
    runtime: Runtime,
    phones: Phones,
    hotel: HotelId,
    number: WhatsAppInstance,
    slug: str,
    url: str,
) -> None:
    """The number at the simulator, its webhooks sent to the API at `url`."""
    await phones.add_instance(
        number.id_instance, "bench-token", f"{number.id_instance}@c.us", label=slug, slug=slug
    )
    now = runtime.clock.now()
    await connect(at.db, at.vault, runtime.gateway, hotel, number.id, public_url=url, now=now)


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
    """One message at a time."""
    async with workers(at.settings):
        await answered(phones, "bench", "34600900000", within=60)
        guests = [f"346002{n:05d}" for n in range(MESSAGES)]
        times = [await answered(phones, "bench", guest, within=10) for guest in guests]
    return [took for took in times if took is not None]


async def answered(phones: Phones, slug: str, guest: str, *, within: float) -> float | None:
    """Seconds until this guest, who is new to this hotel, reads a reply."""
    start = time.perf_counter()
    await phones.guest_says(slug, guest, "thanks!")
    while time.perf_counter() - start < within:
        if len((await phones.chat(slug, guest))["messages"]) > 1:
            return time.perf_counter() - start
        await asyncio.sleep(0.001)
    return None
