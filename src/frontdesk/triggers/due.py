"""Works what rules planned and is due, many in one go: each once, whoever else looks at it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.guests.models import Guest
from frontdesk.kit.clock import Clock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId, uuid7
from frontdesk.kit.logs import get_logger
from frontdesk.kit.open_hours import due_when_open
from frontdesk.messaging.models import OutboxEvent
from frontdesk.triggers.actions import MAX_TRIES, Answered, answer, keep
from frontdesk.triggers.addressed import payload_of
from frontdesk.triggers.broken import why_broken
from frontdesk.triggers.claim import Claim, Claims, claim
from frontdesk.triggers.facts import own_hotel
from frontdesk.triggers.late import STALE, Due, too_late
from frontdesk.triggers.models import Trigger
from frontdesk.triggers.moment import Moment
from frontdesk.triggers.plan_models import PlannedSend
from frontdesk.triggers.words import speaks

AGAIN = timedelta(seconds=15)
"""After a failure, twice as long each time."""
PLAN_NEXT = text("SELECT plan_next(:rule, :since)")
CALLED_OFF = {"cancelled": "its subject or its rule changed"}
STATES = {"fired": "sent", "running": "sent", "failed": "failed"}


async def work_due(db: Database, clock: Clock, hotel_id: HotelId) -> int:
    """Work some that are due, the earliest first; gives how many, 0 where all is done."""
    claims = await _together(db, clock, hotel_id)
    if claims.taken or not claims.seen:
        return len(claims.taken)
    return await _alone(db, clock, hotel_id, claims.seen[:1])


async def _together(db: Database, clock: Clock, hotel_id: HotelId) -> Claims:
    """All in one transaction; where one of them spoils it, each is worked alone."""
    claims = Claims()
    try:
        async with db.hotel(hotel_id) as session:
            claims = await claim(session, clock.now())
            await _work(session, claims.taken, clock)
    except Exception as error:
        if not claims.taken:
            raise
        get_logger().warning("planned_sends_spoilt", exc_info=error)
        await _alone(db, clock, hotel_id, claims.seen)
    return claims


async def _alone(db: Database, clock: Clock, hotel_id: HotelId, send_ids: Sequence[UUID]) -> int:
    for send_id in send_ids:
        await _one(db, clock, hotel_id, send_id)
    return len(send_ids)


async def _one(db: Database, clock: Clock, hotel_id: HotelId, send_id: UUID) -> None:
    """After whoever holds its chat, its stay or its guest."""
    try:
        async with db.hotel(hotel_id) as session:
            claims = await claim(session, clock.now(), only=send_id)
            await _work(session, claims.taken, clock)
    except Exception as error:  # noqa: BLE001 - counted, tried again later, then visibly failed
        get_logger().error("planned_send_failed", exc_info=error, row=str(send_id))
        async with db.hotel(hotel_id) as session:
            await _count_failure(session, send_id, error, now=clock.now())


@dataclass(frozen=True, slots=True)
class Done:
    """What becomes of a row, kept with all others of its transaction."""

    send: PlannedSend
    changes: Mapping[str, Any]
    event: OutboxEvent | None = None
    answered: Answered | None = None


async def _work(session: AsyncSession, claims: Sequence[Claim], clock: Clock) -> None:
    done = [await _one_of(session, each, now=clock.now()) for each in claims]
    session.add_all(each.event for each in done if each.event is not None)
    await session.flush()
    await keep(session, [each.answered for each in done if each.answered is not None])
    for each in done:
        for name, value in each.changes.items():
            setattr(each.send, name, value)
    await session.flush()
    for each in claims:
        if each.send.worked_at is not None and each.rule.event == "hotel.moment":
            since = max(each.send.due_at, each.send.worked_at)
            await session.execute(PLAN_NEXT, {"rule": each.rule.id, "since": since})


async def _one_of(session: AsyncSession, claimed: Claim, *, now: datetime) -> Done:
    """Whatever is to be written of it comes later, for many at once."""
    send, rule = claimed.send, claimed.rule
    if not_of_today(send, rule):
        return Done(send, {"state": "cancelled", "why": [CALLED_OFF], "worked_at": now})
    broken = why_broken(rule) is not None
    later = None if broken else await _still_closed(session, send, rule, now)
    if later is not None:
        return Done(send, {"due_at": later, "try_at": later})
    why = None if broken else held_back(send, rule, claimed.guest, now)
    if why is not None:
        return Done(send, {"state": "skipped", "why": [why], "worked_at": now})
    event = await _event(session, claimed, now=now)
    useful = send.until_at - now if send.until_at else STALE
    answered = await answer(session, Moment(event, rule, now, by_clock=True, useful=useful))
    run = answered.run
    run.planned_send_id = send.id
    told = {"why": run.reasons, "actions": run.actions, "worked_at": now}
    return Done(send, {"state": STATES.get(run.outcome, "skipped"), **told}, event, answered)


def not_of_today(send: PlannedSend, rule: Trigger) -> bool:
    """The rule was changed or turned off since, and its planning has not come to this row yet."""
    return not rule.enabled or (send.trigger_version != rule.version and send.decided_by is None)


async def _still_closed(
    session: AsyncSession, send: PlannedSend, rule: Trigger, now: datetime
) -> datetime | None:
    """Where only open hours count, it may be due later than the clock alone says."""
    schedule = rule.schedule or {}
    hours = schedule.get("open")
    if hours is None or send.decided_by is not None:
        return None
    since = datetime.fromtimestamp(float(send.occurrence), UTC)
    zone = (await own_hotel(session)).timezone
    due = due_when_open(since, int(schedule["minutes"]), hours, zone)
    return due if due > now else None


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


async def _event(session: AsyncSession, claimed: Claim, *, now: datetime) -> OutboxEvent:
    """What this one rule waited for; no other listens to it."""
    send, rule = claimed.send, claimed.rule
    told = await payload_of(session, send, claimed.guest, claimed.chat, rule.schedule or {})
    return OutboxEvent(
        hotel_id=send.hotel_id,
        id=uuid7(),
        aggregate_id=send.subject,
        event_type=rule.event,
        payload=told,
        depth=0,
        chain=[],
        processed_at=now,
    )


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
