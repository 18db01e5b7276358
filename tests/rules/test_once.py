"""The same job on the same thing: one at a time, none forgotten, and nobody waits in a queue."""

import asyncio

import pytest

from workers.once import Once


async def test_rings_that_come_meanwhile_are_one_more_go() -> None:
    once, goes, gate = Once(), [], asyncio.Event()

    async def work() -> None:
        goes.append(1)
        await gate.wait()

    first = asyncio.create_task(once("a", work))
    await asyncio.sleep(0)
    for _ in range(100):
        await asyncio.wait_for(once("a", work), 1)
    assert len(goes) == 1
    gate.set()
    await first
    assert len(goes) == 2


async def test_other_things_do_not_wait() -> None:
    once, gate, done = Once(), asyncio.Event(), []

    async def slow() -> None:
        await gate.wait()

    async def quick() -> None:
        done.append("b")

    waiting = asyncio.create_task(once("a", slow))
    await asyncio.sleep(0)
    await asyncio.wait_for(once("b", quick), 1)
    assert done == ["b"]
    gate.set()
    await waiting


async def test_a_failure_frees_the_place() -> None:
    once = Once()

    async def broken() -> None:
        raise ValueError("broken")

    for _ in range(2):
        with pytest.raises(ValueError, match="broken"):
            await once("a", broken)
