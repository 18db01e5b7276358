"""What staff write from their own phones: "ok" takes the alert they were told of."""

import re
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.messaging.outbox import Letter, post
from frontdesk.notifications.actions import acknowledge, newest_open_for
from frontdesk.notifications.models import Staff

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
) -> None:
    """Answer a message from a member of staff; one answer for each `event_key`."""
    answer = "To take an alert, reply OK."
    if TAKEN.match(text) or text in ("👍", "✅"):
        told = await newest_open_for(session, person)
        answer = "There is no open alert."
        if told is not None:
            await acknowledge(
                session, told.id, by=f"staff:{person.id}", now=now, staff_id=person.id
            )
            answer = f"✅ It is yours: {told.title}"
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
