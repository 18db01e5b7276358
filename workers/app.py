"""The Celery app: JSON only, late acknowledgement, no results, one event loop a process."""

import asyncio
import threading
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from typing import Any, cast

from celery import Celery
from celery.signals import worker_init, worker_shutdown

from frontdesk.kit.logs import configure_logging
from frontdesk.kit.settings import Settings
from frontdesk.runtime import Runtime, open_runtime

TASK_SECONDS = 300
VISIBILITY_SECONDS = 900
"""Above the longest task, or the broker would hand a running one to somebody else."""


def make_app(settings: Settings) -> Celery:
    app = Celery("frontdesk", broker=settings.redis_url, include=["workers.tasks"])
    conf = cast("Any", app).conf
    conf.update(
        task_serializer="json",
        accept_content=["json"],
        task_ignore_result=True,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=1,
        task_store_errors_even_if_ignored=False,
        broker_transport_options={"visibility_timeout": VISIBILITY_SECONDS},
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        worker_hijack_root_logger=False,
        worker_send_task_events=False,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        task_default_queue="frontdesk",
        enable_utc=True,
    )
    return app


class Loop:
    """One event loop in a thread of its own: tasks of several threads share its pools."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._stack = AsyncExitStack()
        self.runtime: Runtime | None = None

    def start(self, settings: Settings) -> None:
        self._thread.start()
        runtime: Runtime = self.run(self._stack.enter_async_context(open_runtime(settings)))
        runtime.engine.warm_up()
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
        if self.runtime is not None:
            self.run(self._stack.aclose())
        self._loop.call_soon_threadsafe(self._loop.stop)


settings = Settings()  # pyright: ignore[reportCallIssue]
app = make_app(settings)
loop = Loop()


def open_process(**_: object) -> None:
    configure_logging(settings.log_level, settings.log_format)
    loop.start(settings)


def close_process(**_: object) -> None:
    loop.stop()


starts: Any = worker_init
stops: Any = worker_shutdown
starts.connect(open_process)
stops.connect(close_process)
