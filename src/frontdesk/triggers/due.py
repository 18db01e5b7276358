"""Works what rules planned and is due: each row once, whoever else looks at it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.guests.models import Guest
from frontdesk.kit.clock import Clock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId, uuid7
from frontdesk.kit.logs import get_logger
from frontdesk.kit.open_hours import due_when_open
from frontdesk.messaging.models import Conversation, OutboxEvent
from frontdesk.tenancy.queries import the_hotel
from frontdesk.triggers.actions import MAX_TRIES, answer
from frontdesk.triggers.addressed import chat_for, payload_of
from frontdesk.triggers.late import STALE, Due, too_late
from frontdesk.triggers.models import Trigger
from frontdesk.triggers.moment import Moment
from frontdesk.triggers.plan_models import PlannedSend
from frontdesk.triggers.words import speaks

AGAIN = timedelta(seconds=15)
"""After a failure, twice as long each time."""
PLAN_NEXT = text("SELECT plan_next(:rule, :since)")
STATES = {"fired": "sent", "running": "sent", "failed": "failed"}


async def work_due(db: Database, clock: Clock, hotel_id: HotelId) -> bool:
    """Work one row that is due; false when none is that nobody works."""
    async with db.hotel(hotel_id) as session:
        send_id = await session.scalar(_waiting(clock.now()))
    if send_id is None:
        return False
    try:
        async with db.hotel(hotel_id) as session:
            await _work(session, send_id, now=clock.now())
    except Exception as error:  # noqa: BLE001 - counted, tried again later, then visibly failed
        get_logger().error("planned_send_failed", exc_info=error, row=str(send_id))
        async with db.hotel(hotel_id) as session:
            await _count_failure(session, send_id, error, now=clock.now())
    return True


def _waiting(now: datetime) -> Select[UUID]:
    return (
        select(PlannedSend.id)
        .where(PlannedSend.state == "planned", PlannedSend.try_at <= now)
        .order_by(PlannedSend.try_at, PlannedSend.rank, PlannedSend.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


async def _work(session: AsyncSession, send_id: UUID, *, now: datetime) -> None:
    """The chat is locked before the row, as where a message of the chat moves the row."""
    seen = (await session.scalars(select(PlannedSend).where(PlannedSend.id == send_id))).one()
    thread = await chat_for(session, seen)
    again = select(PlannedSend).where(
        PlannedSend.id == send_id, PlannedSend.state == "planned", PlannedSend.try_at <= now
    )
    again = again.with_for_update(skip_locked=True).execution_options(populate_existing=True)
    send = await session.scalar(again)
    if send is None:
        return
    query = select(Trigger).where(Trigger.id == send.trigger_id)
    rule = (await session.scalars(query)).one()
    if await _still_closed(session, send, rule, now):
        return
    guest = await session.scalar(select(Guest).where(Guest.id == send.guest_id))
    send.worked_at = now
    why = held_back(send, rule, guest, now)
    if why is not None:
        send.state, send.why = "skipped", [why]
    else:
        await _answer(session, send, rule, guest, thread, now=now)
    if send.booking_id is None and rule.event == "hotel.moment":
        await session.flush()
        await session.execute(PLAN_NEXT, {"rule": rule.id, "since": max(send.due_at, now)})


async def _still_closed(
    session: AsyncSession, send: PlannedSend, rule: Trigger, now: datetime
) -> bool:
    """Where only open hours count, it may be due later than the clock alone says."""
    schedule = rule.schedule or {}
    hours = schedule.get("open")
    if hours is None or send.decided_by is not None:
        return False
    since = datetime.fromtimestamp(float(send.occurrence), UTC)
    zone = (await the_hotel(session)).timezone
    due = due_when_open(since, int(schedule["minutes"]), hours, zone)
    if due <= now:
        return False
    send.due_at = send.try_at = due
    return True


async def _answer(
    session: AsyncSession,
    send: PlannedSend,
    rule: Trigger,
    guest: Guest | None,
    thread: Conversation | None,
    *,
    now: datetime,
) -> None:
    event = await _event(session, send, guest, thread, rule, now=now)
    useful = send.until_at - now if send.until_at else STALE
    moment = Moment(event, rule, now, by_clock=True, useful=useful)
    ran = await answer(session, moment, planned_send_id=send.id)
    send.state = STATES.get(ran.outcome, "skipped")
    send.why, send.actions = ran.reasons, ran.actions


def held_back(
    send: PlannedSend, rule: Trigger, guest: Guest | None, now: datetime
) -> dict[str, Any] | None:
    """Why nothing goes out, whatever the conditions say; a person's word outdoes the hour."""
    if guest is not None and guest.opted_out_at is not None and speaks(rule.actions):
        return {"blocked": "the guest asked for no more messages"}
    if send.decided_by is not None:
        return None
    due = Due(send.due_at, send.planned_at, send.until_at)
    return too_late(rule.schedule or {}, due, now)


async def _event(
    session: AsyncSession,
    send: PlannedSend,
    guest: Guest | None,
    thread: Conversation | None,
    rule: Trigger,
    *,
    now: datetime,
) -> OutboxEvent:
    """What this one rule waited for; no other listens to it."""
    event = OutboxEvent(
        hotel_id=send.hotel_id,
        id=uuid7(),
        aggregate_id=send.subject,
        event_type=rule.event,
        payload=await payload_of(session, send, guest, thread, rule.schedule or {}),
        depth=0,
        chain=[],
        processed_at=now,
    )
    session.add(event)
    await session.flush()
    return event


async def _count_failure(
    session: AsyncSession, send_id: UUID, error: Exception, *, now: datetime
) -> None:
    query = select(PlannedSend).where(PlannedSend.id == send_id, PlannedSend.state == "planned")
    send = await session.scalar(query.with_for_update())
    if send is None:
        return
    send.tries += 1
    send.try_at = now + AGAIN * 2**send.tries
    if send.tries >= MAX_TRIES:
        send.state, send.worked_at = "failed", now
        send.why = [{"failed": type(error).__name__}]
