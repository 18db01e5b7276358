"""Processes killed in the middle of a turn: nothing lost, nothing doubled, nothing stuck."""

import asyncio
import random

from tests.faults.conftest import Town

POINTS = 25
LONGEST = 0.25
"""Seconds; a whole turn, from the webhook to the gateway, takes less."""


async def test_a_killed_worker_loses_doubles_and_blocks_nothing(town: Town) -> None:
    """The clock, which is the relay too, dies with every fifth worker."""
    chance = random.Random(20261121)  # noqa: S311 - the same points every time
    worker, clock = await town.processes.start_worker(), town.processes.clock
    guests = [f"346001{n:05d}" for n in range(POINTS)]
    for n, guest in enumerate(guests):
        await town.says(guest)
        await asyncio.sleep(chance.uniform(0, LONGEST))
        town.processes.kill(worker)
        if n % 5 == 4:
            town.processes.kill(clock)
            clock = town.processes.start("clock")
        worker = await town.processes.start_worker()
    await asyncio.sleep(3.2)
    await town.minutes_pass()
    await town.rests(90)
    assert town.answers() == dict.fromkeys(guests, 1)


async def test_two_clocks_ring_no_more_than_one_does_work(town: Town) -> None:
    """The second waits to lead, and leads when the first is killed."""
    second = town.processes.start("clock")
    await town.processes.start_worker()
    await town.says("34600200001")
    await town.rests(90)
    town.processes.kill(town.processes.clock)
    await town.says("34600200002")
    await town.rests(90)
    assert town.answers() == {"34600200001": 1, "34600200002": 1}
    assert second.poll() is None
