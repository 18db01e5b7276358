"""A hotel's reply while another hotel's guests flood the same worker, over its reply when idle."""

import asyncio
import time

import httpx
from sqlalchemy import func, select

from benches.common import Ground, ground, hotel_with_number, median, percentile
from benches.reply import answered, join
from benches.running import api, workers
from frontdesk.kit.ids import HotelId
from frontdesk.local.simulator.app import running_simulator
from frontdesk.local.simulator.client import Phones
from frontdesk.messaging.models import Message
from frontdesk.runtime import open_runtime

MESSAGES = 12
GUESTS = 30
"""Of the loud hotel, each of whom writes again as soon as an answer is there."""
SECONDS = 30.0


async def run() -> dict[str, object]:
    async with ground() as at, running_simulator() as (simulator, _), api(at.settings) as (url, _):
        loud, quiet = [await hotel_with_number(at, n, api_url=simulator) for n in (1, 2)]
        async with open_runtime(at.settings) as runtime, httpx.AsyncClient(timeout=60) as client:
            phones = Phones(client, simulator)
            for slug, (hotel, number) in (("loud", loud), ("quiet", quiet)):
                await join(at, runtime, phones, hotel, number, slug, url)
            async with workers(at.settings):
                await answered(phones, "quiet", "34600900000", within=60)
                idle = await _times(phones, 0)
                flood = [
                    asyncio.create_task(_shout(phones, f"346008{n:05d}")) for n in range(GUESTS)
                ]
                await asyncio.sleep(2)
                start, before = time.perf_counter(), await _written(at, loud[0])
                among = await _times(phones, 1)
                rate = (await _written(at, loud[0]) - before) / (time.perf_counter() - start)
                for guest in flood:
                    guest.cancel()
                await asyncio.gather(*flood, return_exceptions=True)
        if not idle or not among:
            raise RuntimeError("the quiet hotel got no answer at all")
        return {
            "ratio": round(median(among) / median(idle), 2),
            "idle_p50_ms": round(median(idle) * 1000, 1),
            "flooded_p50_ms": round(median(among) * 1000, 1),
            "flooded_p95_ms": round(percentile(among, 0.95) * 1000, 1),
            "unanswered": 2 * MESSAGES - len(idle) - len(among),
            "flood_messages_per_second": round(rate, 1),
        }


async def _times(phones: Phones, turn: int) -> list[float]:
    guests = [f"34600{turn + 1}{n:05d}" for n in range(MESSAGES)]
    times = [
        await answered(phones, "quiet", guest, within=SECONDS / MESSAGES * 2) for guest in guests
    ]
    return [took for took in times if took is not None]


async def _shout(phones: Phones, guest: str) -> None:
    """Ends when it is cancelled, and anyway in time."""
    said, start = 0, time.perf_counter()
    while time.perf_counter() - start < SECONDS:
        for _ in range(3):
            await phones.guest_says("loud", guest, "thanks!")
            said += 1
        while len((await phones.chat("loud", guest))["messages"]) <= said:
            await asyncio.sleep(0.5)


async def _written(at: Ground, hotel: HotelId) -> int:
    """Messages in the loud hotel's chats, both ways."""
    async with at.db.hotel(hotel) as session:
        return await session.scalar(select(func.count()).select_from(Message)) or 0
