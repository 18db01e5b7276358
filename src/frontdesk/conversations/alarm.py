"""Danger is answered and paged whoever has the chat: by fixed phrases, without a turn."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.assistant.local.engine import find_emergency
from frontdesk.assistant.local.folding import fold
from frontdesk.assistant.reply import Voice
from frontdesk.assistant.values import EmergencyKind
from frontdesk.conversations.speak import speak
from frontdesk.messaging.models import Conversation, Message
from frontdesk.notifications.actions import Alert, notify
from frontdesk.notifications.bodies import Sentence
from frontdesk.notifications.headings import Heading
from frontdesk.tenancy.queries import the_hotel

LAST = 20
HEARD = "alarm"
"""In a message's `meta`: it was judged."""


async def sound_alarm(
    session: AsyncSession, conversation: Conversation, *, now: datetime, expires_at: datetime
) -> None:
    """In a chat that a person has, where no turn reads: each kind of danger once an episode."""
    query = (
        select(Message)
        .where(
            Message.conversation_id == conversation.id,
            Message.direction == "in",
            Message.handled_at.is_(None),
        )
        .order_by(Message.occurred_at.desc(), Message.id.desc())
        .limit(LAST)
    )
    for message in reversed((await session.scalars(query)).all()):
        if HEARD in message.meta:
            continue
        danger = find_emergency(fold(message.text))
        message.meta = {**message.meta, HEARD: danger}
        if danger is not None:
            await _raise(session, conversation, message, danger, now=now, expires_at=expires_at)


async def _raise(
    session: AsyncSession,
    conversation: Conversation,
    message: Message,
    danger: EmergencyKind,
    *,
    now: datetime,
    expires_at: datetime,
) -> None:
    hotel = await the_hotel(session)
    alert = Alert(
        kind="emergency",
        priority=100,
        title=Heading(f"danger_{danger}"),
        body=[Sentence(f"danger_{danger}", words=message.text)],
        dedupe_key=f"alarm:{message.id}",
        conversation_id=conversation.id,
        details={"danger": danger},
    )
    told = await notify(session, hotel.id, alert, now=now)
    if told.dedupe_key != alert.dedupe_key:
        return
    language = conversation.language or hotel.language
    voice = Voice(language, hotel.currency, hotel.timezone, hotel.name)
    said = voice.say(f"emergency_{danger}", number=hotel.emergency_number).bubble()
    key = f"alarm:{message.id}"
    await speak(session, conversation, said, key=key, now=now, expires_at=expires_at)
