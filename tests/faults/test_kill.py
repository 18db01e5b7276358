"""A worker dies by kill -9 at 25 seeded points of a turn: every guest is answered once."""

import asyncio
import random

from tests.faults.conftest import Town

POINTS = 25
LONGEST = 0.25
"""Seconds; a whole turn, from the webhook to the gateway, takes less."""


async def test_a_killed_worker_loses_doubles_and_blocks_nothing(town: Town) -> None:
    chance = random.Random(20261121)  # noqa: S311 - the same points every time
    worker = await town.processes.start_worker()
    guests = [f"346001{n:05d}" for n in range(POINTS)]
    for guest in guests:
        await town.says(guest)
        await asyncio.sleep(chance.uniform(0, LONGEST))
        town.processes.kill(worker)
        worker = await town.processes.start_worker()
    await asyncio.sleep(3.2)
    await town.minutes_pass()
    await town.rests(30)
    answers = town.answers()
    assert answers == dict.fromkeys(guests, 1)
