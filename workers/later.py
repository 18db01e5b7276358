"""Work that is due in a moment: no thread waits for it, and a stop does not."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable

from frontdesk.kit.logs import get_logger

TASK_SECONDS = 300


class Later:
    """Within one process and its one loop. The same name waits once: the last word counts."""

    def __init__(self) -> None:
        self._waiting: dict[Hashable, asyncio.TimerHandle] = {}
        self._begun: set[asyncio.Task[None]] = set()
        self._closed = False

    def __call__(self, name: Hashable, seconds: float, work: Callable[[], Awaitable[None]]) -> None:
        known = self._waiting.pop(name, None)
        if known is not None:
            known.cancel()
        if not self._closed:
            loop = asyncio.get_running_loop()
            self._waiting[name] = loop.call_later(seconds, self._begin, name, work)

    def _begin(self, name: Hashable, work: Callable[[], Awaitable[None]]) -> None:
        del self._waiting[name]
        task = asyncio.get_running_loop().create_task(_bounded(work))
        self._begun.add(task)
        task.add_done_callback(self._begun.discard)

    async def close(self) -> None:
        """What has begun is finished; what only waits is left to the next process."""
        self._closed = True
        for handle in self._waiting.values():
            handle.cancel()
        await asyncio.gather(*self._begun)


async def _bounded(work: Callable[[], Awaitable[None]]) -> None:
    try:
        await asyncio.wait_for(work(), TASK_SECONDS)
    except Exception as error:  # noqa: BLE001 - the row waits, and is rung again
        get_logger().error("task_failed", exc_info=error)
