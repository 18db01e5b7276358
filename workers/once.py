"""The same job on the same thing runs once at a time; a ring meanwhile is one more go."""

from collections.abc import Awaitable, Callable, Hashable


class Once:
    """Within one process and its one loop.

    A hundred rings for a slow number hold one place among the workers, not a hundred: nobody
    waits behind the one that runs.
    """

    def __init__(self) -> None:
        self._running: set[Hashable] = set()
        self._again: set[Hashable] = set()

    async def __call__(self, name: Hashable, work: Callable[[], Awaitable[None]]) -> None:
        if name in self._running:
            self._again.add(name)
            return
        self._running.add(name)
        try:
            self._again.add(name)
            while name in self._again:
                self._again.discard(name)
                await work()
        finally:
            self._running.discard(name)
            self._again.discard(name)
