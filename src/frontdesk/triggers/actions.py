"""Runs a hotel's rules on what happened: each rule at most once an event, and every why kept."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.conversations.handover import conversation
from frontdesk.kit.clock import Clock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId, uuid7
from frontdesk.kit.logs import get_logger
from frontdesk.messaging.models import OutboxEvent
from frontdesk.triggers.addressed import chat_of_guest, latest_chat
from frontdesk.triggers.broken import tell_broken, why_broken
from frontdesk.triggers.facts import Subject, look_up, subject_of
from frontdesk.triggers.fields import PRIVATE
from frontdesk.triggers.models import Trigger, TriggerRun, TriggerStep
from frontdesk.triggers.moment import Moment
from frontdesk.triggers.plan_models import PlannedSend
from frontdesk.triggers.rules import fields_of, judge
from frontdesk.triggers.steps import judged, lay_out, steps_of, work_steps
from frontdesk.triggers.turns import next_event
from frontdesk.triggers.words import needs_chat, speaks

MAX_DEPTH = 5
MAX_TRIES = 5


async def run_next(db: Database, clock: Clock, hotel_id: HotelId) -> bool:
    """Work one waiting event with every rule that listens to it; false when none waits."""
    event_id: UUID | None = None
    try:
        async with db.hotel(hotel_id) as session:
            event = await session.scalar(next_event())
            if event is None:
                return False
            event_id = event.id
            await _work(session, event, now=clock.now())
    except Exception as error:
        if event_id is None:
            raise
        get_logger().error("event_failed", exc_info=error, event_id=str(event_id))
        async with db.hotel(hotel_id) as session:
            await _count_failure(session, event_id, error, now=clock.now())
    return True


async def _work(session: AsyncSession, event: OutboxEvent, *, now: datetime) -> None:
    """One transaction: the actions of every rule, its ledger rows and the event's own mark."""
    event.processed_at = now
    query = select(Trigger).where(Trigger.enabled, Trigger.event == event.event_type)
    query = query.order_by(Trigger.priority.desc(), Trigger.name)
    rules = (await session.scalars(query)).all()
    wanting = [r for r in rules if why_broken(r) is None and needs_chat(r.actions)]
    chat = await _lock_chat(session, event, latest=bool(wanting)) if rules else None
    moments = [Moment(event, r, now, chat_id=chat if r in wanting else None) for r in rules]
    await keep(session, [await answer(session, moment) for moment in moments])


@dataclass(frozen=True, slots=True)
class Answered:
    """What a rule did about an event, before it is kept."""

    run: TriggerRun
    steps: list[TriggerStep]


async def answer(session: AsyncSession, moment: Moment) -> Answered:
    """Judge the rule, and act where it holds; its chat is locked. Give why, for keep()."""
    trigger, event = moment.trigger, moment.event
    subject = await subject_of(session, event.payload, chat_id=moment.chat_id)
    broken = why_broken(trigger)
    if broken is not None:
        await tell_broken(session, moment, broken)
        return Answered(_run(moment, subject, "failed", [{"broken": broken}]), [])
    found = await look_up(session, subject, fields_of(trigger.conditions), now=moment.now)
    facts = judged(event.event_type, event.payload, found)
    held, reasons = judge(trigger.conditions, facts)
    looped = looping(event, trigger) if held else None
    outcome = "not_matched" if not held else "stopped" if looped else "running"
    if outcome == "running" and subject.conversation is None and speaks(trigger.actions):
        moment, subject = await _written_to(session, moment, subject)
    run = _run(moment, subject, outcome, reasons if looped is None else [looped])
    run.facts = {name: value for name, value in found.items() if name not in PRIVATE}
    if outcome != "running":
        return Answered(run, [])
    return Answered(run, await work_steps(session, run, moment, lay_out(run, trigger.actions)))


async def keep(session: AsyncSession, answers: Sequence[Answered]) -> None:
    """The ledger of what was done, in the transaction that did it."""
    session.add_all(answered.run for answered in answers)
    await session.flush()
    session.add_all(step for answered in answers for step in answered.steps)
    await session.flush()


def looping(event: OutboxEvent, trigger: Trigger) -> dict[str, Any] | None:
    """Why a chain of rules ends here, with the chain."""
    if event.depth >= MAX_DEPTH:
        why = f"{MAX_DEPTH} rules already stand behind this event"
    elif str(trigger.id) in event.chain:
        why = "this rule already stands behind this event"
    else:
        return None
    return {"stopped": why, "chain": event.chain}


def _run(
    moment: Moment, subject: Subject, outcome: str, reasons: list[dict[str, Any]]
) -> TriggerRun:
    trigger, event = moment.trigger, moment.event
    stay, chat, guest = subject.booking, subject.conversation, subject.guest
    return TriggerRun(
        hotel_id=event.hotel_id,
        id=uuid7(),
        trigger_id=trigger.id,
        event_id=event.id,
        trigger_version=trigger.version,
        booking_id=stay.id if stay else None,
        conversation_id=chat.id if chat else None,
        guest_id=guest.id if guest else None,
        outcome=outcome,
        facts={},
        reasons=reasons,
        actions=[],
        created_at=moment.now,
    )


async def _lock_chat(session: AsyncSession, event: OutboxEvent, *, latest: bool) -> UUID | None:
    """The event's own, else the guest's `latest`: a stay that was booked elsewhere has none."""
    subject = await subject_of(session, event.payload)
    chat, guest = subject.conversation, subject.guest
    if chat is None and guest is not None and latest:
        chat = await latest_chat(session, guest.id)
    return None if chat is None else (await conversation(session, chat.id, lock=True)).id


async def _written_to(
    session: AsyncSession, moment: Moment, subject: Subject
) -> tuple[Moment, Subject]:
    """With a new chat to the phone of a guest who has none."""
    if subject.guest is None:
        return moment, subject
    chat = await chat_of_guest(session, moment.event.hotel_id, subject.guest.id)
    if chat is None:
        return moment, subject
    return replace(moment, chat_id=chat.id), replace(subject, conversation=chat)


async def work_due_step(db: Database, clock: Clock, hotel_id: HotelId) -> bool:
    """Go on with one run whose next action is due; false when none is that nobody works."""
    now = clock.now()
    async with db.hotel(hotel_id) as session:
        due = select(TriggerStep.run_id).where(TriggerStep.try_at <= now)
        due = due.order_by(TriggerStep.try_at, TriggerStep.id).limit(1)
        run_id = await session.scalar(due.with_for_update(skip_locked=True))
        if run_id is None:
            return False
        await _go_on(session, run_id, now=now)
    return True


async def _go_on(session: AsyncSession, run_id: UUID, *, now: datetime) -> None:
    """The step is ours: another worker passes it by."""
    run = (await session.scalars(select(TriggerRun).where(TriggerRun.id == run_id))).one()
    event = select(OutboxEvent).where(OutboxEvent.id == run.event_id)
    rule = select(Trigger).where(Trigger.id == run.trigger_id)
    about = (await session.scalars(event)).one(), (await session.scalars(rule)).one()
    moment = Moment(*about, now, chat_id=run.conversation_id)
    if run.conversation_id is not None:
        await conversation(session, run.conversation_id, lock=True)
    steps = await work_steps(session, run, moment, await steps_of(session, run))
    session.add_all(steps)
    if run.planned_send_id is not None:
        send = await session.get_one(PlannedSend, (run.hotel_id, run.planned_send_id))
        send.state = "failed" if run.outcome == "failed" else "sent"
        send.actions = run.actions


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
