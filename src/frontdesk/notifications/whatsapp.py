"""An alert as a WhatsApp message to one of the staff, with a button that takes it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.messaging.models import Conversation
from frontdesk.messaging.outbox import Letter, post
from frontdesk.notifications.bodies import body_in
from frontdesk.notifications.headings import title_in
from frontdesk.notifications.models import Staff, StaffNotification
from frontdesk.notifications.rules import URGENT
from frontdesk.notifications.words import take_line, words
from frontdesk.tenancy.queries import instances, the_hotel

STALE = timedelta(hours=2)
"""An alert that could not be sent by then is not sent any more; it stays in the list."""
TAKES = "ack:"
"""Begins the id of the button under an alert; its own id follows."""


async def speaking_instance(session: AsyncSession, conversation_id: UUID | None) -> UUID | None:
    """The number the guest wrote to, else the hotel's first."""
    if conversation_id is not None:
        query = select(Conversation.instance_id).where(Conversation.id == conversation_id)
        return await session.scalar(query)
    numbers = await instances(session)
    return numbers[0].id if numbers else None


async def write_to(
    session: AsyncSession, told: StaffNotification, person: Staff, level: int, *, now: datetime
) -> UUID | None:
    """Queue it in the outbox; None where there is no phone, or no number to write from."""
    instance_id = await speaking_instance(session, told.conversation_id)
    if instance_id is None or person.phone is None:
        return None
    hotel = (await the_hotel(session)).name
    title, body = await words(session, told, language=person.language, hotel=hotel, level=level)
    line, button = take_line(person.language)
    letter = Letter(
        instance_id=instance_id,
        chat=f"{person.phone}@c.us",
        text=f"🔔 {title}\n{body}\n\n{line}",
        buttons=[{"id": f"{TAKES}{told.id}", "text": button}],
        dedupe_key=f"alert:{told.id}:{person.id}:{level}",
        expires_at=now + STALE,
        lane="urgent" if told.priority_score >= URGENT else "staff",
        author="system",
    )
    return await post(session, told.hotel_id, letter, now=now)


async def write_digest(
    session: AsyncSession,
    person: Staff,
    told: Sequence[StaffNotification],
    key: str,
    *,
    now: datetime,
) -> UUID | None:
    """Several alerts as one message; each is taken in the console, or OK takes the first."""
    instance_id = await speaking_instance(session, None)
    if instance_id is None or person.phone is None:
        return None
    lines = (f"• {title_in(one, person.language)}: {body_in(one, person.language)}" for one in told)
    letter = Letter(
        instance_id=instance_id,
        chat=f"{person.phone}@c.us",
        text="\n".join(["🗒", *lines])[:4000],
        dedupe_key=key,
        expires_at=now + STALE,
        lane="staff",
        author="system",
    )
    return await post(session, person.hotel_id, letter, now=now)
