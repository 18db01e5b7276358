"""Runs a hotel's rules on what happened: each rule at most once an event, and every why kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.conversations.handover import conversation, take_over
from frontdesk.conversations.runaway import ran_away
from frontdesk.kit.clock import Clock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId, uuid7
from frontdesk.kit.logs import get_logger
from frontdesk.messaging.models import Conversation, Message, OutboxEvent
from frontdesk.messaging.outbox import Letter, post
from frontdesk.notifications.actions import Alert, notify
from frontdesk.triggers.models import Trigger, TriggerRun
from frontdesk.triggers.rules import judge

MAX_DEPTH = 5
MAX_TRIES = 5
ACTIONS = ("send_message", "notify_staff", "tag", "hand_over")


@dataclass(frozen=True, slots=True)
class Moment:
    """One event, and the rule that answers it."""

    event: OutboxEvent
    trigger: Trigger
    now: datetime


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
        await _answer(session, Moment(event, trigger, now))


async def _answer(session: AsyncSession, moment: Moment) -> None:
    trigger, event = moment.trigger, moment.event
    held, reasons = judge(trigger.conditions, event.payload)
    outcome, done = "not_matched", list[dict[str, Any]]()
    if held and event.depth >= MAX_DEPTH:
        outcome = "stopped"
        reasons = [{"stopped": f"{MAX_DEPTH} rules already stand behind this event"}]
    elif held:
        done = [await act(session, moment, at, a) for at, a in enumerate(trigger.actions)]
        outcome = "failed" if any("error" in d for d in done) else "fired"
    session.add(
        TriggerRun(
            hotel_id=event.hotel_id,
            trigger_id=trigger.id,
            event_id=event.id,
            trigger_version=trigger.version,
            outcome=outcome,
            reasons=reasons,
            actions=done,
        )
    )
    await session.flush()


async def act(
    session: AsyncSession, moment: Moment, at: int, action: Mapping[str, Any]
) -> dict[str, Any]:
    """Do one action; an action that cannot be done says why and stops no other."""
    kind = action["type"]
    thread = await _conversation(session, moment.event)
    if thread is None and kind != "notify_staff":
        return {"type": kind, "error": "the event has no conversation"}
    match kind, thread:
        case "send_message", Conversation():
            if await ran_away(session, thread.id, now=moment.now):
                return {"type": kind, "error": "too many messages in this chat"}
            await _send(session, moment, at, thread, str(action["text"]))
        case "tag", Conversation():
            tag = str(action["tag"])
            thread.tags = [*thread.tags, *([] if tag in thread.tags else [tag])]
        case "hand_over", Conversation():
            await _hand_over(session, moment, thread, str(action.get("reason", "trigger")))
        case _:
            await _notify(session, moment, at, thread, action)
    return {"type": kind, "done": True}


async def _hand_over(
    session: AsyncSession, moment: Moment, thread: Conversation, reason: str
) -> None:
    by, depth = f"trigger:{moment.trigger.id}", moment.event.depth + 1
    await take_over(session, thread.id, by=by, reason=reason, now=moment.now, depth=depth)


async def _conversation(session: AsyncSession, event: OutboxEvent) -> Conversation | None:
    known = event.payload.get("conversation_id")
    return None if known is None else await conversation(session, UUID(known), lock=True)


async def _send(
    session: AsyncSession, moment: Moment, at: int, thread: Conversation, text: str
) -> None:
    """Not fenced: the hotel's own rule speaks, whoever answers the chat."""
    message = Message(
        hotel_id=thread.hotel_id,
        id=uuid7(),
        conversation_id=thread.id,
        direction="out",
        author="system",
        kind="text",
        text=text,
        occurred_at=moment.now,
        status="pending",
        meta={"trigger": str(moment.trigger.id)},
    )
    session.add(message)
    await session.flush()
    letter = Letter(
        instance_id=thread.instance_id,
        chat=thread.chat,
        text=text,
        dedupe_key=f"trigger:{moment.trigger.id}:{moment.event.id}:{at}",
        expires_at=moment.now + timedelta(hours=1),
        author="system",
        conversation_id=thread.id,
        message_id=message.id,
    )
    await post(session, thread.hotel_id, letter, now=moment.now)


async def _notify(
    session: AsyncSession,
    moment: Moment,
    at: int,
    thread: Conversation | None,
    action: Mapping[str, Any],
) -> None:
    alert = Alert(
        kind="trigger",
        priority=int(action.get("priority", 50)),
        title=str(action.get("title", moment.trigger.name)),
        body=str(action.get("text", moment.trigger.name)),
        dedupe_key=f"trigger:{moment.trigger.id}:{moment.event.id}:{at}",
        conversation_id=thread.id if thread else None,
    )
    await notify(session, moment.event.hotel_id, alert, now=moment.now)


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
