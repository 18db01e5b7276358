"""What is due in a moment: the last word counts, and a stop waits only for what has begun."""

import asyncio

from workers.later import Later


async def test_the_same_name_waits_once_and_the_last_word_counts() -> None:
    later, done = Later(), []

    async def note(word: str) -> None:
        done.append(word)

    later("a", 0.01, lambda: note("first"))
    later("a", 0.02, lambda: note("second"))
    later("b", 0.01, lambda: note("other"))
    await asyncio.sleep(0.1)
    assert done == ["other", "second"]


async def test_a_stop_finishes_what_has_begun_and_leaves_what_waits() -> None:
    later, gate, done = Later(), asyncio.Event(), []

    async def slow() -> None:
        await gate.wait()
        done.append("slow")

    async def never() -> None:
        done.append("never")

    later("slow", 0, slow)
    await asyncio.sleep(0.01)
    later("waits", 0.02, never)
    closing = asyncio.create_task(later.close())
    await asyncio.sleep(0.05)
    assert not closing.done()
    gate.set()
    await closing
    later("late", 0, never)
    await asyncio.sleep(0.01)
    assert done == ["slow"]


async def test_what_fails_harms_nothing_else() -> None:
    later, done = Later(), []

    async def fails() -> None:
        raise ValueError("no")

    async def works() -> None:
        done.append("works")

    later("a", 0, fails)
    later("b", 0, works)
    await asyncio.sleep(0.01)
    await later.close()
    assert done == ["works"]
