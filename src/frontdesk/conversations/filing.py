"""From inbound events to threads: what waits in the inbox becomes messages, once."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.assistant.local.language import detect_language
from frontdesk.conversations.chat_words import chat_was_given_back
from frontdesk.conversations.handover import take_over
from frontdesk.conversations.reopening import reopen
from frontdesk.conversations.scheduled import guest_wrote
from frontdesk.conversations.task_words import task_was_done
from frontdesk.conversations.tries import work_each
from frontdesk.guests.models import Guest
from frontdesk.kit.logs import get_logger
from frontdesk.messaging.models import Conversation, InboundEvent, Message
from frontdesk.messaging.outbox import release
from frontdesk.messaging.payload import read_event
from frontdesk.messaging.received import tell_received
from frontdesk.messaging.threads import file_event, open_conversation, unread_messages
from frontdesk.notifications.actions import Alert, notify
from frontdesk.notifications.bodies import Sentence
from frontdesk.notifications.headings import Heading
from frontdesk.notifications.models import Staff
from frontdesk.notifications.phone import Written, staff_said
from frontdesk.notifications.queries import staff_of_chat

LATE = timedelta(hours=12)


async def file_waiting(
    session: AsyncSession, hotel_id: UUID, instance_id: UUID, chat: str, *, now: datetime
) -> Conversation | None:
    """File the chat's waiting events in event order; gives the chat's conversation, if any.

    A member of staff is no guest: what they write acknowledges alerts, and opens no thread.
    """
    query = (
        select(InboundEvent)
        .where(
            InboundEvent.instance_id == instance_id,
            InboundEvent.chat == chat,
            InboundEvent.lane == "turn",
            InboundEvent.state == "waiting",
        )
        .order_by(InboundEvent.occurred_at, InboundEvent.id)
        .limit(100)
        .with_for_update(skip_locked=True)
    )
    rows = (await session.scalars(query)).all()
    if not rows:
        known = select(Conversation).where(
            Conversation.instance_id == instance_id, Conversation.chat == chat
        )
        return await session.scalar(known)
    person = await staff_of_chat(session, chat)
    if person is not None:
        await _hear(session, person, rows, now=now)
        return None
    names = (read_event(row.raw).sender_name for row in rows)
    conversation = await open_conversation(
        session, hotel_id, instance_id, chat, name=next(filter(None, names), None)
    )

    made = await _add(session, conversation, rows, now=now)
    if any(row.occurred_at < now - LATE for row in rows):
        await _too_late(session, conversation, now=now)
    await guest_wrote(session, conversation)
    await release(session, conversation.id, now=now)
    await reopen(session, conversation, by=f"guest:{conversation.guest_id}", now=now)
    if conversation.owner == "bot":
        conversation.tries = 0
    await session.flush()
    if conversation.language is None:
        await _first_language(session, conversation)
    await _tell(session, conversation, made)
    return conversation


async def _tell(session: AsyncSession, talk: Conversation, made: Sequence[UUID]) -> None:
    """Of guests alone, in event order; what they took back before it was filed is told nobody."""
    if not made:
        return
    query = select(Message).where(
        Message.id.in_(made), Message.direction == "in", Message.deleted_at.is_(None)
    )
    found = await session.scalars(query.order_by(Message.occurred_at, Message.id))
    await tell_received(session, talk, found)


async def _first_language(session: AsyncSession, conversation: Conversation) -> None:
    """What was sure before anything was read: rules, and people who answer, do not wait for a turn.

    The guest comes after the chat, as every turn takes them.
    """
    said = "\n".join(m.text for m in await unread_messages(session, conversation.id) if m.text)
    language, sure = detect_language(said, remembered=None)
    if not sure:
        return
    conversation.language = language
    await session.flush()
    unknown = update(Guest).where(Guest.id == conversation.guest_id, Guest.language.is_(None))
    await session.execute(unknown.values(language=language))


async def more_waits(
    session: AsyncSession, conversation_id: UUID, instance_id: UUID, chat: str
) -> bool:
    """Whether anything came into the chat that no turn has dealt with."""
    came = exists().where(
        InboundEvent.instance_id == instance_id,
        InboundEvent.chat == chat,
        InboundEvent.lane == "turn",
        InboundEvent.state == "waiting",
    )
    unread = exists().where(
        Message.conversation_id == conversation_id,
        Message.direction == "in",
        Message.handled_at.is_(None),
    )
    return bool(await session.scalar(select(or_(came, unread))))


async def _hear(
    session: AsyncSession, person: Staff, rows: Sequence[InboundEvent], *, now: datetime
) -> None:
    async def hear(row: InboundEvent) -> None:
        message = read_event(row.raw).message
        written = Written(person, row.instance_id, row.event_key)
        if message is not None:
            said, tapped, quoted = message.text or "", message.choice_id, message.quoted_id
            written = replace(written, text=said, choice=tapped, quoted_id=quoted)
        for dealt_with in (task_was_done, chat_was_given_back):
            if await dealt_with(session, written, now=now):
                return
        await staff_said(session, written, now=now)

    await work_each(session, rows, hear, now=now)


async def _add(
    session: AsyncSession,
    conversation: Conversation,
    rows: Sequence[InboundEvent],
    *,
    now: datetime,
) -> list[UUID]:
    """Gives the messages made, which were not there before; some may have been undone since."""
    made = list[UUID]()

    async def add(row: InboundEvent) -> None:
        new = await file_event(session, conversation, read_event(row.raw), row)
        if new is not None:
            made.append(new)

    for dead in await work_each(session, rows, add, now=now):
        await _unfiled(session, conversation, dead, now=now)
    return made


async def _unfiled(
    session: AsyncSession, conversation: Conversation, row: InboundEvent, *, now: datetime
) -> None:
    """Staff cannot see it in the thread, so they are told that there was something."""
    alert = Alert(
        kind="failed",
        priority=90,
        title=Heading("unfiled"),
        body=[Sentence("unfiled")],
        dedupe_key=f"unfiled:{row.id}",
        conversation_id=conversation.id,
    )
    await notify(session, conversation.hotel_id, alert, now=now)


async def _too_late(session: AsyncSession, conversation: Conversation, *, now: datetime) -> None:
    """What was asked yesterday is not answered by a robot today: a person hears of it."""
    late = [m for m in await unread_messages(session, conversation.id) if _came_late(m, now)]
    if not late:
        return
    for message in late:
        message.handled_at = now
    alert = Alert(
        kind="late",
        priority=70,
        title=Heading("late"),
        body=[Sentence("late")],
        dedupe_key=f"late:{late[-1].id}",
        conversation_id=conversation.id,
    )
    await notify(session, conversation.hotel_id, alert, now=now)


def _came_late(message: Message, now: datetime) -> bool:
    """Only what reached us late; what waited here for staff is another matter."""
    return message.created_at - message.occurred_at > LATE and message.occurred_at < now - LATE


async def mark_dead(
    session: AsyncSession,
    conversation: Conversation,
    unread: Sequence[Message],
    *,
    now: datetime,
) -> None:
    """A turn that fails again and again stops, is shown in the dead list, and a person is told."""
    for message in unread:
        message.handled_at = now
        message.meta = {**message.meta, "dead": True}
    await session.flush()
    conversation.tries = 0
    await take_over(session, conversation.id, by="bot", reason="failed", now=now)
    get_logger().error("turn_dead", conversation=str(conversation.id), messages=len(unread))
    await notify(
        session,
        conversation.hotel_id,
        Alert(
            kind="failed",
            priority=90,
            title=Heading("dead"),
            body=[Sentence("dead")],
            dedupe_key=f"dead:{unread[-1].id if unread else conversation.id}",
            conversation_id=conversation.id,
        ),
        now=now,
    )
