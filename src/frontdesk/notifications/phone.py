"""What staff write from their own phones: "ok" takes an alert, "204 clean" changes a room."""

import re
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.errors import Problem
from frontdesk.messaging.outbox import Letter, post
from frontdesk.notifications.actions import acknowledge, newest_open_for
from frontdesk.notifications.models import Staff
from frontdesk.notifications.queries import NoSuchNotification
from frontdesk.notifications.whatsapp import TAKES
from frontdesk.rooms.housekeeping import room_numbered, set_status
from frontdesk.rooms.maintenance import out_of_order
from frontdesk.rooms.rules import word_for_room

TAKEN = re.compile(
    r"^\W*(ok(ay)?|yes|take|taken|mine|on it|sí|si|vale|ja|oui|da|да|ок|sim|نعم|حسنا|👍|✅)\W*$",
    re.IGNORECASE,
)


async def staff_said(
    session: AsyncSession,
    person: Staff,
    instance_id: UUID,
    text: str,
    *,
    event_key: str,
    now: datetime,
    choice: str | None = None,
) -> None:
    """Answer a message from a member of staff; one answer for each `event_key`."""
    answer = "To take an alert, reply OK. To change a room, write e.g. 204 clean."
    said = word_for_room(text)
    if said is not None:
        answer = await _change_room(session, person, *said, now=now)
    elif choice is not None or TAKEN.match(text) or text in ("👍", "✅"):
        answer = await _take(session, person, choice, now=now)
    letter = Letter(
        instance_id=instance_id,
        chat=f"{person.phone}@c.us",
        text=answer,
        dedupe_key=f"staff:{event_key}",
        expires_at=now + timedelta(hours=1),
        lane="staff",
        author="system",
    )
    await post(session, person.hotel_id, letter, now=now)


async def _take(session: AsyncSession, person: Staff, choice: str | None, *, now: datetime) -> str:
    """The alert whose button was tapped, else the most pressing one."""
    wanted = _tapped(choice)
    if wanted is None:
        told = await newest_open_for(session, person)
        wanted = told.id if told is not None else None
    if wanted is None:
        return "There is no open alert."
    try:
        taken = await acknowledge(
            session,
            wanted,
            by=f"staff:{person.id}",
            now=now,
            staff_id=person.id,
            via="whatsapp",
        )
    except NoSuchNotification:
        return "There is no such alert any more."
    if taken.acknowledged_by != person.id:
        return f"Somebody has it already: {taken.title}"
    return f"✅ It is yours: {taken.title}"


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
    room = await room_numbered(session, number)
    if room is None:
        return f"There is no room {number}."
    by = f"staff:{person.id}"
    try:
        async with session.begin_nested():
            if status == "out_of_order":
                await out_of_order(session, room, by=by, now=now)
            else:
                await set_status(session, room.id, status, by=by, now=now)
    except Problem as refused:
        return f"Room {room.number} stays {_plainly(room.status)}: {refused}."
    return f"✅ Room {room.number} is {_plainly(room.status)}."


def _plainly(status: str) -> str:
    return status.replace("_", " ")
