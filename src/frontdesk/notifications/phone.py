"""What staff write from their own phones: "ok" takes an alert, "204 clean" changes a room."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.errors import Problem
from frontdesk.messaging.models import Conversation
from frontdesk.messaging.outbox import Letter, post
from frontdesk.notifications.actions import acknowledge
from frontdesk.notifications.headings import title_in
from frontdesk.notifications.meant import meant_by
from frontdesk.notifications.models import Staff
from frontdesk.notifications.queries import NoSuchNotification
from frontdesk.notifications.replies import reply
from frontdesk.notifications.whatsapp import TAKES
from frontdesk.notifications.words import TAKE
from frontdesk.rooms.errors import RoomClaimed
from frontdesk.rooms.housekeeping import room_numbered, set_status
from frontdesk.rooms.maintenance import out_of_order
from frontdesk.rooms.rules import word_for_room

TAKEN = re.compile(
    r"^\W*(ok(ay)?|yes|take|taken|mine|on it|sí|si|vale|ja|oui|da|да|ок|sim|نعم|حسنا|👍|✅)\W*$",
    re.IGNORECASE,
)
BUTTONS = frozenset(button.casefold() for _, button in TAKE.values())
"""Typed by hand where a phone shows no button."""


@dataclass(frozen=True, slots=True)
class Written:
    """What a member of staff wrote from their own phone: words, a tap, or both."""

    person: Staff
    instance_id: UUID
    event_key: str
    text: str = ""
    choice: str | None = None
    quoted_id: str | None = None


async def staff_said(session: AsyncSession, written: Written, *, now: datetime) -> None:
    """Answer what is about an alert or a room, and say what can be written to anything else."""
    said = word_for_room(written.text)
    if said is not None:
        answer = await _change_room(session, written.person, *said, now=now)
    elif written.choice is not None or _takes(written.text):
        answer = await _take(session, written, now=now)
    else:
        answer = reply(written.person.language, "help")
    await answer_staff(session, written, answer, now=now)


async def answer_staff(
    session: AsyncSession, written: Written, answer: str, *, now: datetime
) -> None:
    """To the phone that wrote; once for each event."""
    letter = Letter(
        instance_id=written.instance_id,
        chat=f"{written.person.phone}@c.us",
        text=answer,
        dedupe_key=f"staff:{written.event_key}",
        expires_at=now + timedelta(hours=1),
        lane="staff",
        author="system",
    )
    await post(session, written.person.hotel_id, letter, now=now)


def _takes(text: str) -> bool:
    bare = text.strip(" .!\n").replace("’", "'").casefold()
    return bool(TAKEN.match(text)) or bare in BUTTONS or text in ("👍", "✅")


async def _take(session: AsyncSession, written: Written, *, now: datetime) -> str:
    """The alert whose button was tapped, else the one that is meant."""
    person, wanted = written.person, _tapped(written.choice)
    if wanted is None:
        told = await meant_by(session, person, written.quoted_id)
        wanted = told.id if told is not None else None
    if wanted is None:
        return reply(person.language, "none")
    by = f"staff:{person.id}"
    try:
        taken = await acknowledge(
            session, wanted, by=by, now=now, staff_id=person.id, via="whatsapp"
        )
    except NoSuchNotification:
        return reply(person.language, "gone")
    language = person.language
    name = "yours" if taken.acknowledged_by == person.id else "another"
    said = reply(language, name, title=title_in(taken, language))
    if name == "yours" and await _is_peoples(session, taken.conversation_id):
        return f"{said}\n{reply(language, 'then_bot')}"
    return said


async def _is_peoples(session: AsyncSession, conversation_id: UUID | None) -> bool:
    query = select(Conversation.owner).where(Conversation.id == conversation_id)
    return await session.scalar(query) == "staff"


def _tapped(choice: str | None) -> UUID | None:
    verb, _, subject = (choice or "").partition(":")
    try:
        return UUID(subject) if f"{verb}:" == TAKES else None
    except ValueError:
        return None


async def _change_room(
    session: AsyncSession, person: Staff, number: str, status: str, *, now: datetime
) -> str:
    """The answer; what cannot be is answered with why, and leaves nothing."""
    room, language = await room_numbered(session, number), person.language
    if room is None:
        return reply(language, "no_room", number=number)
    by = f"staff:{person.id}"
    try:
        async with session.begin_nested():
            if status == "out_of_order":
                await out_of_order(session, room, by=by, now=now)
            else:
                await set_status(session, room.id, status, by=by, now=now)
    except Problem as refused:
        stays = reply(language, room.status)
        reason = "no_step"
        if isinstance(refused, RoomClaimed):
            reason = "claimed" if status == "out_of_order" else "blocked"
        why = reply(language, reason, status=stays, wanted=reply(language, status))
        return reply(language, "stays", number=room.number, status=stays, why=why)
    return reply(language, "room", number=room.number, status=reply(language, room.status))
