"""Ends whoever waits too long: one timer for all, where one for each would cost as much as JSON."""

import asyncio
import itertools
from types import TracebackType

EVERY = 0.5
"""Seconds between two looks, and so the most by which a wait may be longer than it should."""


class Patience:
    """`with patience:` raises TimeoutError in a task that is still inside after `seconds`."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._inside: dict[asyncio.Task[object] | None, float] = {}
        self._looking = False

    def __enter__(self) -> None:
        loop = asyncio.get_running_loop()
        self._inside[asyncio.current_task()] = loop.time()
        if not self._looking:
            self._looking = True
            loop.call_later(EVERY, self._look, loop)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        task = asyncio.current_task()
        ended = self._inside.pop(task, None) is None
        if ended and task is not None and task.uncancel() == 0 and kind is asyncio.CancelledError:
            raise TimeoutError from error

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        """Those who came first stand first."""
        latest = loop.time() - self._seconds
        overdue = list(itertools.takewhile(lambda entry: entry[1] < latest, self._inside.items()))
        for task, _ in overdue:
            del self._inside[task]
            if task is not None:
                task.cancel()
        self._looking = bool(self._inside)
        if self._looking:
            loop.call_later(EVERY, self._look, loop)
