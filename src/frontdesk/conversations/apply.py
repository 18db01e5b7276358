"""Events that are facts, not questions: statuses, echoes, a person on the phone, states."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.conversations.handover import take_over
from frontdesk.kit.clock import Clock
from frontdesk.kit.db import Database, ring
from frontdesk.kit.ids import HotelId
from frontdesk.kit.jobs import Job
from frontdesk.kit.logs import get_logger
from frontdesk.messaging.events import emit
from frontdesk.messaging.models import InboundEvent, Message
from frontdesk.messaging.payload import read_event
from frontdesk.messaging.reconcile import reconcile_key
from frontdesk.messaging.statuses import note_status
from frontdesk.messaging.threads import file_event, open_conversation
from frontdesk.messaging.unknown import settle_by_echo
from frontdesk.messaging.wire import WireEvent
from frontdesk.notifications.actions import Alert, notify
from frontdesk.notifications.alarms import instance_alarm
from frontdesk.notifications.bodies import Sentence
from frontdesk.notifications.headings import Heading
from frontdesk.notifications.queries import staff_of_chat
from frontdesk.tenancy.queries import instance

MAX_TRIES = 5
BROKEN = frozenset({"notAuthorized", "blocked", "suspended"})


@dataclass(frozen=True, slots=True)
class Fact:
    """One stored event, read."""

    row: InboundEvent
    event: WireEvent
    now: datetime


async def apply_next(db: Database, clock: Clock, hotel_id: HotelId, instance_id: UUID) -> bool:
    """Apply one waiting event, oldest first; false when none waits."""
    async with db.hotel(hotel_id) as session:
        row = await _oldest(session, instance_id)
        if row is None:
            return False
        row_id = row.id
        failure = await _try(session, Fact(row, read_event(row.raw), clock.now()))
    if failure is not None:
        await _count_failure(db, hotel_id, row_id, failure)
    return True


async def _oldest(session: AsyncSession, instance_id: UUID) -> InboundEvent | None:
    query = (
        select(InboundEvent)
        .where(
            InboundEvent.instance_id == instance_id,
            InboundEvent.lane == "apply",
            InboundEvent.state == "waiting",
        )
        .order_by(InboundEvent.tries, InboundEvent.received_at, InboundEvent.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return await session.scalar(query)


async def _try(session: AsyncSession, fact: Fact) -> Exception | None:
    """A failing event undoes only itself."""
    try:
        async with session.begin_nested():
            await _apply(session, fact)
            fact.row.state, fact.row.handled_at = "done", fact.now
    except Exception as error:  # noqa: BLE001 - counted, retried, then visibly dead
        get_logger().error("event_failed", exc_info=error, event_id=str(fact.row.id))
        return error
    return None


async def _count_failure(db: Database, hotel_id: HotelId, row_id: UUID, error: Exception) -> None:
    async with db.hotel(hotel_id) as session:
        row = (await session.scalars(select(InboundEvent).where(InboundEvent.id == row_id))).one()
        row.tries += 1
        row.error = type(error).__name__
        if row.tries >= MAX_TRIES:
            row.state = "dead"


async def _apply(session: AsyncSession, fact: Fact) -> None:
    match fact.event.kind:
        case "message":
            await _outgoing(session, fact)
        case "status" if fact.event.provider_id and fact.event.status:
            await note_status(
                session,
                fact.row.hotel_id,
                fact.row.instance_id,
                fact.event.provider_id,
                fact.event.status,
                at=fact.row.occurred_at,
                description=fact.event.description,
            )
        case "state":
            await _state(session, fact)
        case "quota":
            await _quota(session, fact)
        case "call" if fact.event.direction == "in":
            await _call(session, fact)
        case _:
            get_logger().info("event_noted", kind=fact.event.kind)


async def _outgoing(session: AsyncSession, fact: Fact) -> None:
    """An echo of ours settles its row; anything a person typed is a handover, at once."""
    event, row = fact.event, fact.row
    if event.chat is None or event.message is None:
        return
    if event.from_api and event.provider_id:
        text = event.message.text or ""
        if await settle_by_echo(session, row.instance_id, event.chat, text, event.provider_id):
            return
    if await staff_of_chat(session, event.chat):
        return
    conversation = await open_conversation(
        session, row.hotel_id, row.instance_id, event.chat, name=None
    )
    await file_event(session, conversation, event, row)
    if not event.from_api and event.message.type != "deletedMessage":
        await take_over(session, conversation.id, by="phone", reason="phone", now=fact.now)
        await mark_read(session, conversation.id, before=row.occurred_at, now=fact.now)


async def mark_read(
    session: AsyncSession, conversation_id: UUID, *, before: datetime, now: datetime
) -> None:
    """A person has answered: what stood before their words needs no other answer."""
    query = select(Message).where(
        Message.conversation_id == conversation_id,
        Message.direction == "in",
        Message.handled_at.is_(None),
        Message.occurred_at <= before,
    )
    for message in (await session.scalars(query)).all():
        message.handled_at = now


async def _state(session: AsyncSession, fact: Fact) -> None:
    if fact.event.type != "stateInstanceChanged" or fact.event.status is None:
        return
    number = await instance(session, fact.row.instance_id)
    if number.state_at is not None and number.state_at > fact.row.occurred_at:
        return
    old, number.state, number.state_at = number.state, fact.event.status, fact.row.occurred_at
    if old != number.state:
        told = {"instance_id": str(number.id), "state": number.state, "old": old}
        await emit(session, number.hotel_id, "instance.state.changed", number.id, told)
    if fact.event.wid:
        number.wid = fact.event.wid
    if number.state == "authorized":
        number.paused_until = number.pause_reason = None
        await ring(session, Job.DELIVER, fact.row.hotel_id, str(number.id))
        await ring(session, Job.RECONCILE, fact.row.hotel_id, reconcile_key(number.id))
    elif number.state in BROKEN:
        number.pause_reason = number.state
        await instance_alarm(session, number, fact.row.occurred_at)


async def _quota(session: AsyncSession, fact: Fact) -> None:
    number = await instance(session, fact.row.instance_id)
    number.paused_until = fact.now + timedelta(minutes=15)
    number.pause_reason = "quota"
    await instance_alarm(session, number, fact.now)


async def _call(session: AsyncSession, fact: Fact) -> None:
    """A call is a card in the thread; a missed one is told to staff."""
    event, row = fact.event, fact.row
    if event.chat is None or event.chat_kind not in ("person", "lid"):
        return
    conversation = await open_conversation(
        session, row.hotel_id, row.instance_id, event.chat, name=None
    )
    session.add(
        Message(
            hotel_id=row.hotel_id,
            conversation_id=conversation.id,
            direction="in",
            author="guest",
            kind="call",
            text="",
            content={"status": event.status or "offer"},
            occurred_at=row.occurred_at,
            handled_at=fact.now,
        )
    )
    conversation.last_message_at = max(conversation.last_message_at, row.occurred_at)
    if event.status in ("missed", "declined"):
        alert = Alert(
            kind="missed_call",
            priority=40,
            title=Heading("missed_call"),
            body=[Sentence("missed_call")],
            dedupe_key=f"call:{event.provider_id}",
            conversation_id=conversation.id,
        )
        await notify(session, row.hotel_id, alert, now=fact.now)
