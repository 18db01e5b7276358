"""Puts a rule's words into a chat: once, behind the limits, in the guest's language."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from frontdesk.conversations.runaway import ran_away
from frontdesk.conversations.unfenced import Words, say_unfenced
from frontdesk.kit.errors import Conflict
from frontdesk.messaging.models import Message
from frontdesk.triggers.limits import count_for_guest, count_for_hotel
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
    """Behind the limits; raises what keeps it back."""
    await _may(doing)
    words = Words(
        said.text,
        said.key or doing.key,
        doing.now + (said.useful or doing.useful),
        doing.lane,
        said.buttons,
        meta={"trigger": str(doing.moment.trigger.id), **meta},
    )
    return await say_unfenced(doing.session, doing.chat, words, now=doing.now)


async def _may(doing: Doing) -> None:
    """Raises what keeps it back, and counts it."""
    session, guest = doing.session, doing.subject.guest
    if await ran_away(session, doing.chat.id, now=doing.now):
        raise TooMany(TooMany.title())
    if guest is not None and doing.lane == "proactive":
        if guest.opted_out_at is not None:
            raise OptedOut(OptedOut.title())
        await count_for_guest(session, doing.hotel, guest.id, now=doing.now)
    await count_for_hotel(session, doing.hotel, now=doing.now)
