"""The Celery app: JSON only, no results, one event loop a process."""

from typing import Any, cast

from celery import Celery
from celery.signals import worker_init, worker_shutdown

from frontdesk.kit.logs import configure_logging
from frontdesk.kit.settings import Settings
from workers.loop import Loop
from workers.rings import QUEUE


def make_app(settings: Settings) -> Celery:
    app = Celery("frontdesk", broker=settings.redis_url, include=["workers.tasks"])
    conf = cast("Any", app).conf
    conf.update(
        task_serializer="json",
        accept_content=["json"],
        task_ignore_result=True,
        task_acks_late=True,  # with a prefetch of 1: a worker takes no more than it works on
        worker_prefetch_multiplier=1,
        task_store_errors_even_if_ignored=False,
        broker_transport="workers.rings:RingTransport",
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        worker_hijack_root_logger=False,
        worker_send_task_events=False,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        task_default_queue=QUEUE,
        enable_utc=True,
    )
    return app


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
