"""One event loop in a thread of its own: tasks of several threads share its pools."""

import asyncio
import threading
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from typing import Any

from frontdesk.kit.loop import new_loop
from frontdesk.kit.settings import Settings
from frontdesk.runtime import Runtime, open_runtime, warm_up
from workers.later import TASK_SECONDS, Later


class Loop:
    def __init__(self) -> None:
        self._loop = new_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._stack = AsyncExitStack()
        self.later = Later()
        self.runtime: Runtime | None = None

    def start(self, settings: Settings) -> None:
        self._thread.start()
        runtime: Runtime = self.run(self._stack.enter_async_context(open_runtime(settings)))
        warm_up(runtime)
        self.runtime = runtime

    def opened(self) -> Runtime:
        if self.runtime is None:
            raise RuntimeError("this process was not opened")
        return self.runtime

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        """From any thread; a job that takes too long is cancelled, its row is rung again."""
        bounded = asyncio.wait_for(work, TASK_SECONDS)
        return asyncio.run_coroutine_threadsafe(bounded, self._loop).result()

    def stop(self) -> None:
        """What is being done is finished; what only waits is left to the next process."""
        if self.runtime is not None:
            self.run(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)

    async def _close(self) -> None:
        await self.later.close()
        await self._stack.aclose()
