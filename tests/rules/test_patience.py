"""Patience: who waits too long is ended, and only they."""

import asyncio

import pytest

from frontdesk.kit.patience import Patience


async def test_who_is_in_time_is_left_alone_and_who_is_not_gets_a_timeout() -> None:
    patience = Patience(0.2)

    async def wait(seconds: float) -> str:
        with patience:
            await asyncio.sleep(seconds)
        return "done"

    async with asyncio.timeout(5):
        answers = await asyncio.gather(wait(0), wait(30), wait(0.1), return_exceptions=True)
    assert [answers[0], answers[2]] == ["done", "done"]
    assert isinstance(answers[1], TimeoutError)


async def test_a_cancelled_task_stays_cancelled() -> None:
    patience = Patience(30)

    async def wait() -> None:
        with patience:
            await asyncio.sleep(30)

    task = asyncio.create_task(wait())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_an_error_inside_is_the_one_that_is_told() -> None:
    with pytest.raises(KeyError), Patience(1):
        raise KeyError("inside")
