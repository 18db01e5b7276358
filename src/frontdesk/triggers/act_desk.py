"""What a rule does at the desk: labels, states, owners, priorities and tasks of a chat."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from frontdesk.assistant.reply import Voice
from frontdesk.conversations.assign import assign as give
from frontdesk.conversations.labels import label
from frontdesk.conversations.states import move
from frontdesk.conversations.tasks import Wish
from frontdesk.conversations.tasks import open_task as open_for
from frontdesk.conversations.weigh import set_priority as weigh
from frontdesk.triggers.moment import Doing
from frontdesk.triggers.words import fill

Told = dict[str, Any]


async def tag(doing: Doing) -> Told:
    chat, name = doing.chat, str(doing.action.get("tag") or doing.action.get("label"))
    await label(doing.session, chat, name, by=doing.by, now=doing.now, depth=doing.depth)
    return {}


async def set_status(doing: Doing) -> Told:
    """One way of the desk's table; a way that there is not is refused and said."""
    to = str(doing.action["status"])
    if doing.chat.status != to:
        await _move(doing, to)
    return {}


async def snooze(doing: Doing) -> Told:
    until = doing.now + timedelta(minutes=int(doing.action["minutes"]))
    await move(
        *(doing.session, doing.chat, "snoozed"),
        by=doing.by,
        reason=_why(doing),
        now=doing.now,
        until=until,
        depth=doing.depth,
    )
    return {"until": until.isoformat()}


async def _move(doing: Doing, to: str) -> None:
    why, depth = _why(doing), doing.depth
    await move(doing.session, doing.chat, to, by=doing.by, reason=why, now=doing.now, depth=depth)


def _why(doing: Doing) -> str:
    return f"rule: {doing.moment.trigger.name}"[:200]


async def assign(doing: Doing) -> Told:
    said = doing.action.get("user_id")
    who = UUID(str(said)) if said else None
    await give(doing.session, doing.chat, who, by=doing.by, now=doing.now, depth=doing.depth)
    return {}


async def set_priority(doing: Doing) -> Told:
    priority = str(doing.action["priority"])
    await weigh(doing.session, doing.chat, priority, by=doing.by, now=doing.now, depth=doing.depth)
    return {}


async def open_task(doing: Doing) -> Told:
    """Also without a chat; its words are for staff, in the hotel's language."""
    action, subject = doing.action, doing.subject
    due = action.get("due_minutes")
    wish = Wish(
        title=for_staff(doing, str(action["title"])),
        department=str(action.get("department", "reception")),
        text=for_staff(doing, str(action.get("text", ""))),
        conversation_id=subject.conversation.id if subject.conversation else None,
        guest_id=subject.guest.id if subject.guest else None,
        booking_id=subject.booking.id if subject.booking else None,
        due_at=doing.now + timedelta(minutes=int(due)) if due else None,
        tell_guest=False,
        dedupe_key=doing.key,
    )
    task = await open_for(
        doing.session, doing.hotel.id, wish, by=doing.by, now=doing.now, depth=doing.depth
    )
    return {"task_id": str(task.id)}


def for_staff(doing: Doing, text: str, *, unknown: str | None = None) -> str:
    """In the hotel's language. Raises Missing as fill() does."""
    hotel = doing.hotel
    voice = Voice(hotel.language, hotel.currency, hotel.timezone, hotel.name)
    return fill(text, doing.facts, voice, unknown=unknown)
