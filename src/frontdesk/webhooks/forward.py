"""Forwards a hotel's events to the deployment's broker: at least once, in order a subject.

Two processes may forward the same at the same time. Each goes in order and passes nothing over that
is not marked, so whoever drops what came before (by its id) has a subject's events in order.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.clock import Clock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.logs import get_logger
from frontdesk.messaging.models import OutboxEvent
from frontdesk.webhooks.body import body_of
from frontdesk.webhooks.sink import Record, Sink, SinkDown

BATCH = 200


async def forward(db: Database, clock: Clock, sink: Sink, hotel_id: HotelId) -> int:
    """Until nothing waits, or the broker is away; gives how many went."""
    gone = 0
    while True:
        async with db.hotel(hotel_id) as session:
            ids, records = await _next(session)
        if not ids:
            return gone
        try:
            await sink.publish(records)
        except SinkDown as down:
            get_logger().warning("sink_down", why=str(down), hotel=str(hotel_id))
            return gone
        async with db.hotel(hotel_id) as session:
            await _mark(session, ids, now=clock.now())
        gone += len(records)


async def _next(session: AsyncSession) -> tuple[list[UUID], list[Record]]:
    """What an erasure emptied is marked, and not forwarded."""
    of = OutboxEvent
    subject = func.event_subject(of.event_type, of.aggregate_id, of.payload)
    query = select(of, subject).where(of.forwarded_at.is_(None)).order_by(of.seq).limit(BATCH)
    rows = (await session.execute(query)).all()
    records = [_record(row[0], row[1]) for row in rows if row[0].payload]
    return [row[0].id for row in rows], records


def _record(event: OutboxEvent, subject: UUID) -> Record:
    hotel_id = str(event.hotel_id)
    return Record(event.event_type, str(subject), body_of(event), str(event.id), hotel_id)


async def _mark(session: AsyncSession, ids: Sequence[UUID], *, now: datetime) -> None:
    mine = update(OutboxEvent).where(OutboxEvent.id.in_(ids))
    await session.execute(mine.values(forwarded_at=now))
