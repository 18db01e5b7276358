"""The clock looks: a warning before a promise breaks, a breach when it did, once each."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.clock import Clock, local_day
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.messaging.events import emit
from frontdesk.messaging.models import Conversation
from frontdesk.sla.hours import calendars, make_out, rewind
from frontdesk.sla.models import SlaClock
from frontdesk.tenancy.queries import the_hotel

BATCH = 100


async def watch_next(db: Database, clock: Clock, hotel_id: HotelId) -> bool:
    """Tell what is due, some at a time; false when nothing is."""
    async with db.hotel(hotel_id) as session:
        now = clock.now()
        due = select(SlaClock).where(SlaClock.look_at <= now).order_by(SlaClock.look_at)
        rows = (await session.scalars(due.limit(BATCH).with_for_update(skip_locked=True))).all()
        for row in rows:
            await _tell(session, row, now)
    return len(rows) == BATCH


async def _tell(session: AsyncSession, row: SlaClock, now: datetime) -> None:
    """In the transaction that marks it: a crash tells nothing, or all of it, once.

    Where nobody looked until after the breach, a warning would help nobody: there is none.
    """
    broken = row.due_at is not None and row.due_at <= now
    talk = (
        await session.scalars(select(Conversation).where(Conversation.id == row.conversation_id))
    ).one()
    if broken:
        row.breached_at, row.look_at = now, None
    else:
        row.warned_at, row.look_at = now, row.due_at
    name = "sla.breached" if broken else "sla.warning"
    told = facts(row, talk)
    await emit(session, row.hotel_id, name, talk.id, told)


def facts(row: SlaClock, talk: Conversation) -> dict[str, object]:
    return {
        "conversation_id": str(talk.id),
        "guest_id": str(talk.guest_id),
        "kind": row.kind,
        "minutes": row.target_minutes,
        "started_at": row.started_at.isoformat(),
        "due_at": row.due_at.isoformat() if row.due_at else None,
        "owner": talk.owner,
        "status": talk.status,
        "priority": talk.priority,
        "department_id": str(talk.department_id) if talk.department_id else None,
        "assignee_id": str(talk.assignee_id) if talk.assignee_id else None,
    }


async def new_day(db: Database, clock: Clock, hotel_id: HotelId) -> None:
    """Open hours are made out further each day, and anew where the hotel's zone changed."""
    async with db.hotel(hotel_id) as session:
        known = await calendars(session)
        if not known:
            return
        hotel = await the_hotel(session)
        today = local_day(clock.now(), hotel.timezone)
        stale = [c for c in known if (c.spans_zone, c.spans_from) != (hotel.timezone, today)]
        for calendar in stale:
            await make_out(session, calendar, now=clock.now())
        if stale:
            await rewind(session, UUID(str(hotel_id)))
