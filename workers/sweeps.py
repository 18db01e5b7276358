"""The sweeps: whatever waits too long in the tables is rung for again."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

from sqlalchemy import text

from frontdesk.kit.clock import Clock
from frontdesk.kit.db import NOBODY, Database, ring
from frontdesk.kit.jobs import Job
from frontdesk.kit.logs import get_logger

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
