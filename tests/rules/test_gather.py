"""Groups that gather by themselves: nobody waits for a timer, everybody gets their own answer."""

import asyncio
from collections.abc import Sequence

import pytest

from frontdesk.kit.gather import MAX_GROUP, Gatherings


async def test_what_comes_during_a_write_goes_with_the_next_and_each_hears_their_own() -> None:
    groups = Gatherings()
    written: list[list[int]] = []
    may_end = asyncio.Event()

    async def write(group: Sequence[int]) -> list[int]:
        written.append(list(group))
        await may_end.wait()
        return [-n for n in group]

    first = asyncio.create_task(groups.join("a", 0, write))
    await asyncio.sleep(0.01)
    rest = [asyncio.create_task(groups.join("a", n, write)) for n in range(1, MAX_GROUP + 3)]
    other = asyncio.create_task(groups.join("b", 7, write))
    await asyncio.sleep(0.01)
    rest[4].cancel()
    may_end.set()
    answers = await asyncio.gather(first, *rest, other, return_exceptions=True)
    assert isinstance(answers.pop(5), asyncio.CancelledError)
    assert answers == [0, *(-n for n in range(1, MAX_GROUP + 3) if n != 5), -7]
    assert written == [[0], [7], list(range(1, MAX_GROUP + 1)), [MAX_GROUP + 1, MAX_GROUP + 2]]
    await groups.close()


async def test_a_refusal_is_heard_by_all_of_its_group_and_by_nobody_else() -> None:
    groups = Gatherings()

    async def write(group: Sequence[int]) -> list[int]:
        await asyncio.sleep(0)
        if 1 in group:
            raise ValueError
        return list(group)

    tries = [groups.join("a", n, write) for n in (1, 2)]
    assert [type(e) for e in await asyncio.gather(*tries, return_exceptions=True)] == [
        ValueError,
        ValueError,
    ]
    assert await groups.join("a", 3, write) == 3
    with pytest.raises(ValueError, match="shorter"):
        await groups.join("a", 4, lambda _: asyncio.sleep(0, []))
