"""The clock: one leader by advisory lock; it rings for rows that wait, and does no work."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

import asyncpg
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy import text

from frontdesk.kit.clock import Clock
from frontdesk.kit.db import NOBODY, Database, connect_plainly, ring
from frontdesk.kit.ids import HotelId
from frontdesk.kit.jobs import Job
from frontdesk.kit.logs import get_logger
from frontdesk.messaging.reconcile import DAYS, reconcile_key
from workers.sweeps import SWEEPS, sweep_if_free

LEADER = 7_305_041
"""The advisory lock's number; any fixed one will do."""
WEEK = DAYS * 24 * 60
LISTENING = timedelta(seconds=5)
"""After this long the relay listens; what is rung before would be lost."""


async def look_back(db: Database, *, minutes: int) -> None:
    """Ring every number's journal to be read: a webhook that never came is found there."""
    async with db.platform() as session:
        numbers = await session.execute(text("SELECT hotel_id, id FROM whatsapp_instances"))
        for hotel_id, instance_id in numbers.all():
            key = reconcile_key(instance_id, minutes=minutes)
            await ring(session, Job.RECONCILE, hotel_id, key)


async def let_go(db: Database) -> None:
    """Every hotel, and nobody's rows, are to let go of what is too old."""
    await _ring_every(db, Job.EXPIRE, NOBODY)


async def end_day(db: Database) -> None:
    """Every hotel is to post the nights that are over there; posting again posts nothing."""
    await _ring_every(db, Job.NIGHT_AUDIT)


async def _ring_every(db: Database, job: Job, *others: HotelId) -> None:
    async with db.platform() as session:
        for hotel_id in [*await session.scalars(text("SELECT id FROM hotels")), *others]:
            await ring(session, job, hotel_id)


async def run_clock(
    db: Database,
    clock: Clock,
    database_url: str,
    *,
    every: float,
    stop: asyncio.Event,
    crowded: Callable[[], Awaitable[bool]],
    sweeps: Sequence[tuple[Job, str]] = SWEEPS,
) -> None:
    """Be the leader as long as the lock is ours; else wait to become it."""
    ring_again = partial(
        sweep_if_free, db, clock, crowded, older_than=timedelta(seconds=every), sweeps=sweeps
    )
    schedule = partial(_schedule, db, clock, ring_again, every=every)
    while not stop.is_set():
        try:
            await _lead(schedule, database_url, stop=stop)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as lost:
            get_logger().warning("clock_lost_database", exc_info=lost)
            await asyncio.sleep(1)


async def _lead(schedule: Callable[[], Any], database_url: str, *, stop: asyncio.Event) -> None:
    connection = await connect_plainly(database_url)
    try:
        while not await connection.fetchval("SELECT pg_try_advisory_lock($1)", LEADER):
            if await _stopped(stop, 1):
                return
        get_logger().info("clock_leads")
        scheduler = schedule()
        scheduler.start()
        try:
            while not await _stopped(stop, 1):
                await connection.fetchval("SELECT 1")  # the lock is gone when this raises
        finally:
            scheduler.shutdown(wait=False)
    finally:
        connection.terminate()


def _schedule(
    db: Database, clock: Clock, ring_again: Callable[[], Awaitable[object]], *, every: float
) -> Any:
    scheduler: Any = AsyncIOScheduler(
        timezone="UTC", job_defaults={"max_instances": 1, "coalesce": True}
    )
    scheduler.add_job(ring_again, "interval", seconds=every)
    soon = clock.now() + LISTENING
    scheduler.add_job(look_back, "date", run_date=soon, args=[db], kwargs={"minutes": WEEK})
    scheduler.add_job(look_back, "interval", hours=1, args=[db], kwargs={"minutes": 120})
    scheduler.add_job(let_go, "interval", hours=1, args=[db])
    scheduler.add_job(end_day, "interval", hours=1, args=[db])
    return scheduler


async def _stopped(stop: asyncio.Event, seconds: float) -> bool:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return False
    return True
