"""Puts a rule's words into a chat: once, behind the limits, in the guest's language."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from frontdesk.conversations.runaway import ran_away
from frontdesk.kit.errors import Conflict
from frontdesk.kit.ids import uuid7
from frontdesk.messaging.models import Message
from frontdesk.messaging.outbox import Letter, post
from frontdesk.triggers.moment import Doing


class TooMany(Conflict):
    """too many messages in this chat"""


class OptedOut(Conflict):
    """the guest asked for no more messages"""


@dataclass(frozen=True, slots=True)
class Said:
    """A bubble of a rule; `key` is its own where the step's will not do."""

    text: str
    buttons: Sequence[dict[str, str]] = ()
    key: str | None = None
    useful: timedelta | None = None


async def say(doing: Doing, said: Said, **meta: Any) -> Message:
    """Not fenced: the hotel's own rule speaks, whoever answers the chat."""
    chat, session = doing.chat, doing.session
    await _may(doing)
    message = Message(
        hotel_id=chat.hotel_id,
        id=uuid7(),
        conversation_id=chat.id,
        direction="out",
        author="system",
        kind="text",
        text=said.text,
        content={"buttons": list(said.buttons)} if said.buttons else {},
        occurred_at=doing.now,
        status="pending",
        meta={"trigger": str(doing.moment.trigger.id), **meta},
    )
    session.add(message)
    await session.flush()
    letter = Letter(
        instance_id=chat.instance_id,
        chat=chat.chat,
        text=said.text,
        buttons=said.buttons,
        dedupe_key=said.key or doing.key,
        expires_at=doing.now + (said.useful or doing.useful),
        lane=doing.lane,
        author="system",
        conversation_id=chat.id,
        message_id=message.id,
    )
    await post(session, chat.hotel_id, letter, now=doing.now)
    return message


async def _may(doing: Doing) -> None:
    """Raises what keeps it back."""
    if await ran_away(doing.session, doing.chat.id, now=doing.now):
        raise TooMany(TooMany.title())
    guest = doing.subject.guest
    if guest is not None and guest.opted_out_at is not None and doing.lane == "proactive":
        raise OptedOut(OptedOut.title())
