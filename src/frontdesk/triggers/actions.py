"""Runs a hotel's rules on what happened: each rule at most once an event, and every why kept."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.clock import Clock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.logs import get_logger
from frontdesk.messaging.models import OutboxEvent
from frontdesk.triggers.act import Moment, act
from frontdesk.triggers.models import Trigger, TriggerRun
from frontdesk.triggers.rules import judge

MAX_DEPTH = 5
MAX_TRIES = 5


async def run_next(db: Database, clock: Clock, hotel_id: HotelId) -> bool:
    """Work one waiting event with every rule that listens to it; false when none waits."""
    async with db.hotel(hotel_id) as session:
        event_id = await session.scalar(_waiting())
    if event_id is None:
        return False
    try:
        async with db.hotel(hotel_id) as session:
            await _work(session, event_id, now=clock.now())
    except Exception as error:  # noqa: BLE001 - counted, retried, then visibly dead
        get_logger().error("event_failed", exc_info=error, event_id=str(event_id))
        async with db.hotel(hotel_id) as session:
            await _count_failure(session, event_id, error, now=clock.now())
    return True


def _waiting() -> Select[UUID]:
    """The oldest that nobody works just now."""
    return (
        select(OutboxEvent.id)
        .where(OutboxEvent.processed_at.is_(None), OutboxEvent.dead_at.is_(None))
        .order_by(OutboxEvent.tries, OutboxEvent.created_at, OutboxEvent.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


async def _work(session: AsyncSession, event_id: UUID, *, now: datetime) -> None:
    """One transaction: the actions of every rule, its ledger rows and the event's own mark."""
    event = await session.scalar(
        select(OutboxEvent)
        .where(OutboxEvent.id == event_id, OutboxEvent.processed_at.is_(None))
        .with_for_update(skip_locked=True)
    )
    if event is None:
        return
    event.processed_at = now
    rules = select(Trigger).where(Trigger.enabled, Trigger.event == event.event_type)
    rules = rules.order_by(Trigger.priority.desc(), Trigger.name)
    for trigger in (await session.scalars(rules)).all():
        await answer(session, Moment(event, trigger, now))


async def answer(session: AsyncSession, moment: Moment) -> TriggerRun:
    """Judge the rule, act where it holds, and keep why."""
    trigger, event = moment.trigger, moment.event
    held, reasons = judge(trigger.conditions, event.payload)
    outcome, done = "not_matched", list[dict[str, Any]]()
    if held and event.depth >= MAX_DEPTH:
        outcome = "stopped"
        reasons = [{"stopped": f"{MAX_DEPTH} rules already stand behind this event"}]
    elif held:
        done = [await act(session, moment, at, a) for at, a in enumerate(trigger.actions)]
        outcome = "failed" if any("error" in d for d in done) else "fired"
    ran = TriggerRun(
        hotel_id=event.hotel_id,
        trigger_id=trigger.id,
        event_id=event.id,
        trigger_version=trigger.version,
        outcome=outcome,
        reasons=reasons,
        actions=done,
    )
    session.add(ran)
    await session.flush()
    return ran


async def _count_failure(
    session: AsyncSession, event_id: UUID, error: Exception, *, now: datetime
) -> None:
    event = await session.scalar(
        select(OutboxEvent).where(OutboxEvent.id == event_id).with_for_update()
    )
    if event is None:
        return
    event.tries += 1
    event.error = type(error).__name__
    if event.tries >= MAX_TRIES:
        event.dead_at = now
