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

LEADER = 7_305_041
"""The advisory lock's number; any fixed one will do."""
WEEK = DAYS * 24 * 60
LISTENING = timedelta(seconds=5)
"""After this long the relay listens; what is rung before would be lost."""
MOST = 500
"""Rings a sweep and kind. Any of those that wait may be next: where many cannot be helped now
(their number is blocked, their hotel's rules fail), the rest still get their turn."""
SWEEPS: tuple[tuple[Job, str], ...] = (
    (
        Job.TAKE_TURN,
        "SELECT DISTINCT hotel_id, instance_id || '|' || chat FROM inbound_events"
        " WHERE state = 'waiting' AND lane = 'turn' AND received_at < :before",
    ),
    (
        Job.TAKE_TURN,
        "SELECT c.hotel_id, c.instance_id || '|' || c.chat FROM conversations c"
        " WHERE c.owner = 'bot' AND (c.lease_until IS NULL OR c.lease_until < now())"
        " AND EXISTS (SELECT FROM messages m WHERE m.hotel_id = c.hotel_id"
        " AND m.conversation_id = c.id AND m.direction = 'in' AND m.handled_at IS NULL"
        " AND m.created_at < :before)",
    ),
    (
        Job.APPLY_EVENTS,
        "SELECT DISTINCT hotel_id, instance_id::text FROM inbound_events"
        " WHERE state = 'waiting' AND lane = 'apply' AND received_at < :before",
    ),
    (
        Job.DELIVER,
        "SELECT DISTINCT hotel_id, instance_id::text FROM outbound_messages"
        " WHERE status IN ('queued', 'sending', 'unknown') AND not_before < :before",
    ),
    (
        Job.LINK_GUEST,
        "SELECT hotel_id, id::text FROM guest_identities WHERE look_at < :before",
    ),
    (
        Job.RUN_TRIGGERS,
        "SELECT DISTINCT hotel_id, '' FROM outbox_events"
        " WHERE processed_at IS NULL AND dead_at IS NULL AND created_at < :before",
    ),
    (
        Job.PLAN_RULES,
        "SELECT DISTINCT hotel_id, '' FROM rule_plannings"
        " WHERE finished_at IS NULL AND started_at < :before",
    ),
    (
        Job.SEND_PLANNED,
        "SELECT DISTINCT hotel_id, '' FROM planned_sends"
        " WHERE state = 'planned' AND try_at <= :now",
    ),
    (
        Job.RUN_STEPS,
        "SELECT DISTINCT hotel_id, '' FROM trigger_steps WHERE try_at <= :now",
    ),
    (
        Job.SEND_BROADCAST,
        "SELECT DISTINCT hotel_id, '' FROM broadcasts"
        " WHERE state = 'sending' AND next_at < :before",
    ),
    (
        Job.TELL_STAFF,
        "SELECT DISTINCT hotel_id, '' FROM notification_deliveries"
        " WHERE status IN ('waiting', 'held') AND next_try_at < :before",
    ),
    (
        Job.CLIMB_LADDER,
        "SELECT DISTINCT hotel_id, '' FROM alert_steps"
        " WHERE state = 'waiting' AND try_at < :before",
    ),
    (
        Job.TEND_DESK,
        "SELECT hotel_id, '' FROM conversations WHERE snoozed_until < :before"
        " UNION SELECT hotel_id, '' FROM conversations WHERE unassigned_due < :before"
        " UNION SELECT hotel_id, '' FROM scheduled_messages"
        " WHERE state = 'waiting' AND send_at < :before"
        " UNION SELECT hotel_id, '' FROM tasks WHERE overdue_at < :before"
        " UNION SELECT c.hotel_id, '' FROM conversations c WHERE c.status = 'escalated'"
        " AND c.assignee_id IS NULL AND c.unassigned_since < :before"
        " AND EXISTS (SELECT FROM desk_seats s WHERE s.hotel_id = c.hotel_id"
        " AND s.available AND s.load < s.capacity)",
    ),
    (
        Job.SEND_WEBHOOKS,
        "SELECT DISTINCT hotel_id, '' FROM webhook_deliveries"
        " WHERE status IN ('waiting', 'sending') AND next_try_at < :before",
    ),
    (
        Job.WATCH_SLA,
        "SELECT DISTINCT hotel_id, '' FROM sla_clocks WHERE look_at < :before",
    ),
    (
        Job.OFFER_WAITLIST,  # stock comes back in many ways: who waits is looked at every time
        "SELECT DISTINCT hotel_id, '' FROM waitlist_entries"
        " WHERE status = 'waiting' AND created_at < :before"
        " OR status = 'offered' AND offer_until < :before",
    ),
    (
        Job.INGEST_DOCUMENT,
        "SELECT hotel_id, id::text FROM knowledge_documents"
        " WHERE status = 'queued' AND updated_at < :before"
        " AND (lease_until IS NULL OR lease_until < now())",
    ),
    (
        Job.INDEX_KNOWLEDGE,
        "SELECT hotel_id, '' FROM knowledge_indexes"
        " WHERE status IN ('building', 'retired') AND updated_at < :before",
    ),
    (
        Job.SEND_MAIL,
        "SELECT DISTINCT hotel_id, '' FROM mails"
        " WHERE sent_at IS NULL AND dead_at IS NULL AND next_try_at < :before",
    ),
    (
        Job.TELL_SIGN_INS,
        f"SELECT '{NOBODY}'::uuid, '' WHERE EXISTS"  # noqa: S608 - ours
        " (SELECT FROM sign_in_events WHERE created_at < :before)",
    ),
    (
        Job.SEAL_AUDIT,
        "SELECT DISTINCT hotel_id, '' FROM audit_log WHERE seq IS NULL AND created_at < :before",
    ),
    (
        Job.SETTLE_PAYMENTS,
        "SELECT DISTINCT hotel_id, '' FROM payment_events"
        " WHERE state = 'waiting' AND created_at < :before",
    ),
    (
        Job.SETTLE_PAYMENTS,
        "SELECT DISTINCT hotel_id, '' FROM payments WHERE look_at < :before",
    ),
    (
        Job.RUN_IMPORT,
        "SELECT hotel_id, id::text FROM imports"
        " WHERE status IN ('checking', 'applying') AND updated_at < :before",
    ),
    (
        Job.READ_CALENDAR,
        "SELECT hotel_id, id::text FROM calendar_sources"
        " WHERE removed_at IS NULL AND next_fetch_at < :before",
    ),
    (
        Job.READ_PMS,
        "SELECT hotel_id, '' FROM pms_links WHERE next_sync_at < :before",
    ),
    (
        Job.READ_FOR_SEARCH,
        "SELECT DISTINCT hotel_id, '' FROM search_queue WHERE queued_at < :before LIMIT 500",
    ),
)


SINK_SWEEP: tuple[Job, str] = (
    Job.FORWARD_EVENTS,
    "SELECT DISTINCT hotel_id, '' FROM outbox_events"
    " WHERE forwarded_at IS NULL AND created_at < :before",
)
"""Where the deployment has a broker."""


async def sweep(
    db: Database,
    clock: Clock,
    *,
    older_than: timedelta,
    most: int = MOST,
    sweeps: Sequence[tuple[Job, str]] = SWEEPS,
) -> int:
    """Ring for everything that has waited longer, or is due `now`; gives how many rings."""
    now = clock.now()
    said = {"before": now - older_than, "now": now}
    rung = 0
    async with db.platform() as session:
        for job, query in sweeps:
            waiting = text(f"SELECT * FROM ({query}) AS waiting ORDER BY random() LIMIT {most:d}")  # noqa: S608 - ours
            for hotel_id, key in (await session.execute(waiting, said)).all():
                await ring(session, job, hotel_id, key)
                rung += 1
    if rung:
        get_logger().info("swept", rings=rung)
    return rung


async def sweep_if_free(
    db: Database,
    clock: Clock,
    crowded: Callable[[], Awaitable[bool]],
    *,
    older_than: timedelta,
    sweeps: Sequence[tuple[Job, str]] = SWEEPS,
) -> int:
    """No ring comes on top of a crowd: what still waits when it is worked off is rung then."""
    if await crowded():
        return 0
    return await sweep(db, clock, older_than=older_than, sweeps=sweeps)


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
