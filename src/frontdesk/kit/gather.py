"""Natural group commit: what comes while a group is being written goes with the next one."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Any

MAX_GROUP = 64


class Gatherings:
    """Groups of one kind each, written one after another and never waited for by a timer."""

    def __init__(self) -> None:
        self._waiting: defaultdict[Hashable, list[tuple[Any, asyncio.Future[Any]]]]
        self._waiting = defaultdict(list)
        self._writers: dict[Hashable, asyncio.Task[None]] = {}

    async def join(
        self, kind: Hashable, item: Any, write: Callable[[Sequence[Any]], Awaitable[Sequence[Any]]]
    ) -> Any:
        """The answer to `item`: `write` takes a group and gives an answer to each, in order.

        What it raises, all of the group hear. Whoever no longer listens is written all the same.
        """
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting[kind].append((item, answer))
        if kind not in self._writers:
            self._writers[kind] = asyncio.create_task(self._write_all(kind, write))
        return await answer

    async def _write_all(
        self, kind: Hashable, write: Callable[[Sequence[Any]], Awaitable[Sequence[Any]]]
    ) -> None:
        waiting = self._waiting[kind]
        try:
            while waiting:
                await _settled(waiting)
                group = waiting[:MAX_GROUP]
                del waiting[:MAX_GROUP]
                await _answer(group, write)
        finally:
            for _, answer in waiting:
                answer.cancel()
            del self._writers[kind], self._waiting[kind]

    async def close(self) -> None:
        """Waits for what is being written."""
        await asyncio.gather(*self._writers.values())


async def _settled(waiting: Sequence[object]) -> None:
    """Wait for as long as each turn of the loop brings more."""
    known = 0
    while known < len(waiting) < MAX_GROUP:
        known = len(waiting)
        await asyncio.sleep(0)


async def _answer(
    group: Sequence[tuple[Any, asyncio.Future[Any]]],
    write: Callable[[Sequence[Any]], Awaitable[Sequence[Any]]],
) -> None:
    try:
        given = await write([item for item, _ in group])
        for (_, answer), one in zip(group, given, strict=True):
            if not answer.done():
                answer.set_result(one)
    except Exception as refused:  # noqa: BLE001 - whoever waits hears it, whatever it was
        for _, answer in group:
            if not answer.done():
                answer.set_exception(refused)
    except BaseException:
        for _, answer in group:
            answer.cancel()
        raise
