"""`python -m workers worker` takes rings; `python -m workers clock` rings: relay and sweeps."""

import asyncio
import signal
import sys
import warnings
from typing import Any

from celery.exceptions import SecurityWarning
from celery.signals import worker_ready

from frontdesk.kit.clock import SystemClock
from frontdesk.kit.db import open_database
from frontdesk.kit.logs import configure_logging, get_logger
from frontdesk.kit.loop import run
from workers.app import app, settings
from workers.backlog import crowd_at
from workers.clock import run_clock
from workers.relay import relay
from workers.sweeps import SINK_SWEEP, SWEEPS


def say_ready(**_: object) -> None:
    get_logger().info("worker_ready")


def work() -> None:
    """Threads: a task only waits for the process's one loop, which `workers.app` opens."""
    warnings.simplefilter("ignore", SecurityWarning)  # root's danger is pickle; we take JSON only
    ready: Any = worker_ready
    celery: Any = app
    ready.connect(say_ready)
    celery.worker_main(
        [
            "--quiet",
            "worker",
            "--pool=threads",
            f"--concurrency={settings.worker_concurrency}",
            f"--loglevel={settings.log_level}",
            "--without-gossip",
            "--without-mingle",
        ]
    )


async def ring() -> None:
    """Until SIGTERM or SIGINT."""
    configure_logging(settings.log_level, settings.log_format)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    db = open_database(settings)
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(relay(settings.database_url, app, stop))
            group.create_task(
                run_clock(
                    db,
                    SystemClock(),
                    settings.database_platform_url or settings.database_url,
                    every=settings.sweep_seconds,
                    stop=stop,
                    crowded=crowd_at(settings.redis_url),
                    sweeps=(*SWEEPS, SINK_SWEEP) if settings.sink else SWEEPS,
                )
            )
    finally:
        await db.close()


def main() -> None:
    match sys.argv[1:]:
        case ["worker"]:
            work()
        case ["clock"]:
            run(ring())
        case _:
            sys.exit("usage: python -m workers worker|clock")


if __name__ == "__main__":
    main()
