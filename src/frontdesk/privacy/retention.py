"""Nothing is kept for ever: each class of rows goes after its days, a batch a transaction."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    Executable,
    Table,
    delete,
    func,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.clock import Clock
from frontdesk.kit.db import NOBODY, Database, metadata
from frontdesk.kit.ids import HotelId
from frontdesk.kit.logs import get_logger
from frontdesk.privacy.desk_retention import forget_desk, let_go_of
from frontdesk.privacy.never_stayed import forget_strangers
from frontdesk.tenancy.audit import record
from frontdesk.tenancy.models import Hotel

BATCH = 500
MOST = 200
"""Batches of one class in one run; the next run goes on."""
DAYS: Mapping[str, int] = {
    "raw_events": 30,
    "media_links": 90,
    "desk": 1095,
    "messages": 1095,
    "notifications": 365,
    "webhook_calls": 30,
    "happenings": 90,
    "journeys": 180,
    "counts": 35,
    "broadcasts": 365,
    "surveys": 1095,
    "statuses": 90,
    "answers": 2,
    "questions": 365,
    "mails": 30,
    "model_calls": 400,
    "imports": 90,
    "guests": 1095,
    "audit": 1095,
}
"""Where a hotel says nothing else in `settings.retention`."""
SIGNED_OUT = timedelta(days=30)
"""How long an ended session, a used link and a throttle of sign-ins are kept; of no hotel."""
LIVE = timedelta(days=2)
"""What changed is told again to whoever was away for a day; ids, and nobody's words."""
Go = Callable[[AsyncSession, datetime], Awaitable[int]]


async def expire(db: Database, clock: Clock, hotel_id: HotelId) -> dict[str, int]:
    """Let go of what is too old by the hotel's own days; gives how many rows a class.

    `guests` are those who never stayed, erased; a run that let go of anything is in the audit log.

    The nil hotel's rows are the installation's own, and people's sessions go with them.
    """
    async with db.hotel(hotel_id) as session:
        hotel = await session.scalar(select(Hotel))
    said: dict[str, int | None] = (hotel.settings.get("retention") if hotel else None) or {}
    before = {name: clock.now() - timedelta(days=said.get(name) or DAYS[name]) for name in DAYS}
    gone = {name: await _all_of(db, hotel_id, go, before[name]) for name, go in CLASSES.items()}
    gone["guests"] = await forget_strangers(db, clock, hotel_id, before["guests"])
    await _all_of(db, hotel_id, _live, clock.now() - LIVE)
    if hotel_id == NOBODY:
        gone["sessions"] = await _sessions(db, clock.now() - SIGNED_OUT)
    if any(gone.values()):
        get_logger().info("expired", hotel=str(hotel_id), **gone)
        await _note(db, hotel, gone)
    return gone


async def _note(db: Database, hotel: Hotel | None, gone: Mapping[str, int]) -> None:
    if hotel is not None:
        new = {name: count for name, count in gone.items() if count}
        async with db.hotel(hotel.id) as session:
            record(session, hotel.id, "retention.run", f"hotel:{hotel.id}", by="system", new=new)


async def _all_of(db: Database, hotel_id: HotelId, go: Go, before: datetime) -> int:
    gone = 0
    for _ in range(MOST):
        async with db.hotel(hotel_id) as session:
            done = await go(session, before)
        gone += done
        if done < BATCH:
            break
    return gone


async def _sessions(db: Database, before: datetime) -> int:
    """A session's refresh tokens go with it."""
    gone = 0
    for name, column in (
        ("user_sessions", "expires_at"),
        ("user_links", "expires_at"),
        ("sign_in_throttles", "since"),
        ("sign_in_events", "created_at"),
    ):
        table = metadata.tables[name]
        key = next(iter(table.primary_key.columns))
        some = select(key).where(table.c[column] < before).limit(BATCH * MOST)
        async with db.platform() as session:
            gone += await _count(session, delete(table).where(key.in_(some)))
    return gone


def _by_keeper(name: str) -> Go:
    """What the app itself may not delete; the keeper's function has the last word on how old."""

    async def go(session: AsyncSession, before: datetime) -> int:
        return await session.scalar(select(func.expire_rows(name, before, BATCH))) or 0

    return go


async def _messages(session: AsyncSession, before: datetime) -> int:
    """First what was sent of them, then themselves."""
    o, m = metadata.tables["outbound_messages"], metadata.tables["messages"]
    await let_go_of(session, m.c.occurred_at < before)
    old = select(m.c.id).where(m.c.occurred_at < before)
    done = ~o.c.status.in_(("queued", "sending", "unknown"))
    await _delete(session, o, o.c.message_id.in_(old) & done)
    return await session.scalar(select(func.expire_rows("messages", before, BATCH))) or 0


async def _desk(session: AsyncSession, before: datetime) -> int:
    return await forget_desk(session, before, BATCH)


async def _media(session: AsyncSession, before: datetime) -> int:
    m = metadata.tables["messages"]
    old = (m.c.occurred_at < before) & m.c.content.has_key("media")
    some = select(m.c.id).where(old).limit(BATCH)
    bare = m.c.content.op("-")("media")
    return await _count(session, update(m).where(m.c.id.in_(some)).values(content=bare))


async def _journeys(session: AsyncSession, before: datetime) -> int:
    """The ledger of rules: runs with their steps, and what was planned."""
    plans = metadata.tables["planned_sends"]
    runs = await session.scalar(select(func.expire_rows("happenings", before, BATCH))) or 0
    return max(runs, await _delete(session, plans, plans.c.worked_at < before))


async def _counts(session: AsyncSession, before: datetime) -> int:
    """But for a latch that nobody has lifted."""
    c = metadata.tables["send_counts"]
    fallen = c.c.tripped_at.is_not(None) & c.c.lifted_at.is_(None)
    return await _delete(session, c, (c.c.since < before) & ~fallen)


async def _happenings(session: AsyncSession, before: datetime) -> int:
    """But for those that the ledger points at."""
    e, r = metadata.tables["outbox_events"], metadata.tables["trigger_runs"]
    over = or_(e.c.processed_at.is_not(None), e.c.dead_at.is_not(None))
    free = ~select(r.c.id).where(r.c.event_id == e.c.id).exists()
    old = (e.c.created_at < before) & over & free
    query = select(e.c.id).where(old).limit(BATCH)
    ids = (await session.scalars(query)).all()
    await forget_deliveries(session, metadata.tables["webhook_deliveries"].c.event_id.in_(ids))
    return await _count(session, delete(e).where(e.c.id.in_(ids)))


async def _webhook_calls(session: AsyncSession, before: datetime) -> int:
    """What was sent or given up long ago, and how each call went."""
    d = metadata.tables["webhook_deliveries"]
    over = d.c.status.in_(("sent", "skipped", "dead")) & (d.c.done_at < before)
    ids = (await session.scalars(select(d.c.id).where(over).limit(BATCH))).all()
    await forget_deliveries(session, d.c.id.in_(ids))
    return len(ids)


async def forget_deliveries(session: AsyncSession, some: ColumnElement[bool]) -> None:
    """The calls first: they point at them."""
    d, a = metadata.tables["webhook_deliveries"], metadata.tables["webhook_attempts"]
    await session.execute(delete(a).where(a.c.delivery_id.in_(select(d.c.id).where(some))))
    await session.execute(delete(d).where(some))


async def _notifications(session: AsyncSession, before: datetime) -> int:
    """With their deliveries, and the words that were sent to staff."""
    n, d = metadata.tables["staff_notifications"], metadata.tables["notification_deliveries"]
    o, a = metadata.tables["outbound_messages"], metadata.tables["delivery_attempts"]
    s = metadata.tables["alert_steps"]
    query = select(n.c.id).where(n.c.created_at < before).limit(BATCH)
    ids = (await session.scalars(query)).all()
    owed = select(d.c.id).where(d.c.notification_id.in_(ids))
    await session.execute(delete(a).where(a.c.delivery_id.in_(owed)))
    await session.execute(delete(s).where(s.c.notification_id.in_(ids)))
    gone = delete(d).where(d.c.notification_id.in_(ids)).returning(d.c.outbound_id)
    sent = [i for i in (await session.scalars(gone)).all() if i is not None]
    await session.execute(delete(o).where(o.c.id.in_(sent)))
    return await _count(session, delete(n).where(n.c.id.in_(ids)))


async def _imports(session: AsyncSession, before: datetime) -> int:
    """The lines of a preview that nobody applied, and what would take an import back."""
    i, c = metadata.tables["imports"], metadata.tables["import_changes"]
    stale = i.c.status.in_(("preview", "failed")) & (i.c.updated_at < before) & (i.c.rows != [])
    some = select(i.c.id).where(stale).limit(BATCH)
    left = update(i).where(i.c.id.in_(some)).values(rows=[], status="failed")
    done = select(i.c.id).where(i.c.finished_at < before)
    return max(await _count(session, left), await _delete(session, c, c.c.import_id.in_(done)))


async def _live(session: AsyncSession, before: datetime) -> int:
    of = metadata.tables["live_changes"]
    key = (of.c.xact, of.c.seq)
    some = select(*key).where(of.c.created_at < before).order_by(*key).limit(BATCH)
    return await _count(session, delete(of).where(tuple_(*key).in_(some)))


async def _audit(session: AsyncSession, before: datetime) -> int:
    return await session.scalar(select(func.trim_audit(before, BATCH))) or 0


def _older(table: str, column: str) -> Go:
    async def go(session: AsyncSession, before: datetime) -> int:
        of = metadata.tables[table]
        return await _delete(session, of, of.c[column] < before)

    return go


async def _delete(session: AsyncSession, table: Table, where: ColumnElement[bool]) -> int:
    some = select(table.c.id).where(where).limit(BATCH)
    return await _count(session, delete(table).where(table.c.id.in_(some)))


async def _count(session: AsyncSession, statement: Executable) -> int:
    done = await session.execute(statement)
    assert isinstance(done, CursorResult)  # noqa: S101 - for the type checker: it wrote
    return done.rowcount


CLASSES: Mapping[str, Go] = {
    "raw_events": _by_keeper("raw_events"),
    "media_links": _media,
    "desk": _desk,
    "messages": _messages,
    "notifications": _notifications,
    "webhook_calls": _webhook_calls,
    "journeys": _journeys,
    "happenings": _happenings,
    "counts": _counts,
    "broadcasts": _older("broadcast_sends", "worked_at"),
    "surveys": _older("survey_asks", "created_at"),
    "statuses": _older("delivery_statuses", "updated_at"),
    "answers": _older("idempotency_keys", "created_at"),
    "questions": _older("knowledge_gaps", "last_asked_at"),
    "mails": _older("mails", "sent_at"),
    "model_calls": _older("assistant_calls", "created_at"),
    "imports": _imports,
    "audit": _audit,
}
"""In this order: what points at others first."""
