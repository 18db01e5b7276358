"""A person's words that go out at a time by the hotel's clock: once, unless they are called off."""

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.conversations.find import conversation
from frontdesk.conversations.note_models import ScheduledMessage
from frontdesk.conversations.staff import queue_as_staff
from frontdesk.guests.models import Guest
from frontdesk.kit.errors import Conflict, Invalid, NotFound
from frontdesk.kit.ids import uuid7
from frontdesk.messaging.models import Conversation
from frontdesk.tenancy.audit import record
from frontdesk.tenancy.queries import the_hotel

AHEAD = timedelta(days=366)
LATE = timedelta(hours=12)
"""What could not go out by then, because nothing ran, is not sent any more."""


class NotWaiting(Conflict):
    """This message was sent or called off already"""

    code = "not_waiting"


async def schedule(
    session: AsyncSession,
    conversation_id: UUID,
    text: str,
    send_at: datetime,
    *,
    unless_guest_writes: bool,
    by: str,
    now: datetime,
) -> ScheduledMessage:
    """`send_at` without a zone is by the hotel's clock. Raises Invalid."""
    talk = await conversation(session, conversation_id)
    zone = (await the_hotel(session)).timezone
    at = send_at if send_at.tzinfo else send_at.replace(tzinfo=ZoneInfo(zone))
    if not now < at <= now + AHEAD:
        raise Invalid("send_at lies ahead, by a year at most")
    row = ScheduledMessage(
        hotel_id=talk.hotel_id,
        id=uuid7(),
        conversation_id=talk.id,
        text=text,
        send_at=at.astimezone(now.tzinfo),
        state="waiting",
        unless_guest_writes=unless_guest_writes,
        by=by,
        created_at=now,
    )
    session.add(row)
    await session.flush()
    subject, new = f"scheduled:{row.id}", {"conversation": talk.id, "send_at": row.send_at}
    record(session, talk.hotel_id, "scheduled.add", subject, by=by, new=new)
    return row


async def call_off(session: AsyncSession, scheduled_id: UUID, *, by: str) -> ScheduledMessage:
    """Raises NotFound and NotWaiting."""
    query = select(ScheduledMessage).where(ScheduledMessage.id == scheduled_id)
    row = await session.scalar(query.with_for_update())
    if row is None:
        raise NotFound("there is no such scheduled message")
    if row.state != "waiting":
        raise NotWaiting
    row.state, row.ended_by = "cancelled", by
    record(session, row.hotel_id, "scheduled.cancel", f"scheduled:{row.id}", by=by)
    await session.flush()
    return row


async def guest_wrote(session: AsyncSession, talk: Conversation) -> None:
    """What was to be said only to a silent guest is not said."""
    waiting = (
        update(ScheduledMessage)
        .where(
            ScheduledMessage.conversation_id == talk.id,
            ScheduledMessage.state == "waiting",
            ScheduledMessage.unless_guest_writes,
        )
        .values(state="cancelled", ended_by=f"guest:{talk.guest_id}")
    )
    await session.execute(waiting)


async def send_next(session: AsyncSession, *, now: datetime) -> bool:
    """One that is due; the chat is locked before the row, as where the guest writes."""
    due = (ScheduledMessage.state == "waiting", ScheduledMessage.send_at <= now)
    query = select(ScheduledMessage).where(*due).order_by(ScheduledMessage.send_at).limit(1)
    seen = await session.scalar(query)
    if seen is None:
        return False
    talk = await conversation(session, seen.conversation_id, lock=True)
    again = select(ScheduledMessage).where(ScheduledMessage.id == seen.id, *due)
    row = await session.scalar(again.with_for_update().execution_options(populate_existing=True))
    if row is None:
        return True
    guest = (await session.scalars(select(Guest).where(Guest.id == talk.guest_id))).one()
    if guest.opted_out_at is not None or row.send_at < now - LATE:
        row.state = "cancelled"
        row.ended_by = "opted_out" if guest.opted_out_at else "too_late"
        return True
    meta, key = {"by": row.by, "scheduled": str(row.id)}, f"scheduled:{row.id}"
    message = await queue_as_staff(session, talk, row.text, meta=meta, now=now, key=key)
    row.state, row.message_id = "sent", message.id
    subject, new = f"scheduled:{row.id}", {"message": message.id}
    record(session, row.hotel_id, "scheduled.send", subject, by="clock", new=new)
    await session.flush()
    return True
