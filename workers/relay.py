"""The relay: what a commit rang, it hands to Celery; the web process never meets the broker."""

import asyncio
import json
from typing import Any
from uuid import UUID

import asyncpg
from celery import Celery
from kombu.exceptions import OperationalError

from frontdesk.kit.db import RING_CHANNEL, connect_plainly
from frontdesk.kit.jobs import Job
from frontdesk.kit.logs import get_logger

PAUSE = 1.0
"""Seconds before a lost connection is tried again; the clock sweeps what was missed."""


def read_ring(payload: str) -> tuple[Job, UUID, str] | None:
    """A notice is `[job, hotel_id, key]`; anything else is nobody's."""
    try:
        job, hotel_id, key = json.loads(payload)
        return Job(job), UUID(hotel_id), str(key)
    except (ValueError, TypeError):
        return None


async def relay(database_url: str, app: Celery, stop: asyncio.Event) -> None:
    """Listen until `stop`; a lost database is listened to again as soon as it is back."""
    while not stop.is_set():
        try:
            await _listen(database_url, app, stop)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as lost:
            get_logger().warning("relay_lost_database", exc_info=lost)
            await asyncio.sleep(PAUSE)


async def _listen(database_url: str, app: Celery, stop: asyncio.Event) -> None:
    rings: asyncio.Queue[str] = asyncio.Queue()
    lost = asyncio.Event()
    connection = await connect_plainly(database_url)

    def heard(*notice: Any) -> None:
        rings.put_nowait(str(notice[3]))

    def ended(*_: Any) -> None:
        lost.set()

    connection.add_termination_listener(ended)
    await connection.add_listener(RING_CHANNEL, heard)
    get_logger().info("relay_listens")
    try:
        while not stop.is_set() and not lost.is_set():
            try:
                first = await asyncio.wait_for(rings.get(), timeout=0.5)
            except TimeoutError:
                continue
            batch = {first: None}
            while not rings.empty():
                batch[rings.get_nowait()] = None
            await asyncio.to_thread(_send, app, list(batch))
    finally:
        if not lost.is_set():
            await connection.close(timeout=2)


def _send(app: Celery, rings: list[str]) -> None:
    """Lost here is delayed, not lost: the row waits and the clock rings again."""
    celery: Any = app
    for payload in rings:
        found = read_ring(payload)
        if found is None:
            get_logger().error("ring_unreadable")
            continue
        job, hotel_id, key = found
        try:
            celery.send_task(f"frontdesk.{job}", args=[str(hotel_id), key], retry=False)
        except (OperationalError, OSError) as lost:
            get_logger().warning("broker_unreachable", exc_info=lost)
            return
