"""Does what a rule asks for, one action after the other."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.conversations.handover import conversation, take_over
from frontdesk.conversations.labels import label
from frontdesk.conversations.runaway import ran_away
from frontdesk.kit.ids import uuid7
from frontdesk.messaging.models import Conversation, Message, OutboxEvent
from frontdesk.messaging.outbox import Letter, post
from frontdesk.notifications.actions import Alert, notify
from frontdesk.triggers.models import Trigger


@dataclass(frozen=True, slots=True)
class Moment:
    """One event, and the rule that answers it."""

    event: OutboxEvent
    trigger: Trigger
    now: datetime
    lane: str = "reply"
    useful: timedelta = timedelta(hours=1)
    """What could not be sent by then is not sent any more."""


async def act(
    session: AsyncSession, moment: Moment, at: int, action: Mapping[str, Any]
) -> dict[str, Any]:
    """Do one action; an action that cannot be done says why and stops no other."""
    kind = action["type"]
    thread = await _thread(session, moment.event)
    if thread is None and kind != "notify_staff":
        return {"type": kind, "error": "the event has no conversation"}
    match kind, thread:
        case "send_message", Conversation():
            if await ran_away(session, thread.id, now=moment.now):
                return {"type": kind, "error": "too many messages in this chat"}
            await _send(session, moment, at, thread, str(action["text"]))
        case "tag", Conversation():
            by, depth = f"trigger:{moment.trigger.id}", moment.event.depth + 1
            await label(session, thread, str(action["tag"]), by=by, now=moment.now, depth=depth)
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


async def _thread(session: AsyncSession, event: OutboxEvent) -> Conversation | None:
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
        expires_at=moment.now + moment.useful,
        lane=moment.lane,
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
        depth=moment.event.depth + 1,
    )
    await notify(session, moment.event.hotel_id, alert, now=moment.now)
