"""What staff write from their own phones about a chat: "bot" gives it back."""

import re
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.conversations.handover import conversation, resume
from frontdesk.messaging.models import Conversation
from frontdesk.notifications.headings import title_in
from frontdesk.notifications.meant import quoted_by
from frontdesk.notifications.models import NotificationDelivery, Staff, StaffNotification
from frontdesk.notifications.phone import Written, answer_staff
from frontdesk.notifications.queries import may_touch
from frontdesk.notifications.replies import reply

BACK = re.compile(r"^\W*(bot|robot|roboter|бот|робот|بوت|روبوت)\W*$", re.IGNORECASE)


async def chat_was_given_back(session: AsyncSession, written: Written, *, now: datetime) -> bool:
    """Whether the message was about that, and so is answered."""
    if not BACK.match(written.text):
        return False
    done = await _give_back(session, written.person, written.quoted_id, now=now)
    await answer_staff(session, written, done, now=now)
    return True


async def _give_back(
    session: AsyncSession, person: Staff, quoted_id: str | None, *, now: datetime
) -> str:
    alert = await _meant(session, person, quoted_id)
    if alert is None or alert.conversation_id is None:
        return reply(person.language, "no_chat")
    talk = await conversation(session, alert.conversation_id)
    if not await may_touch(session, person, talk.department_id):
        return reply(person.language, "no_chat")
    await resume(session, talk.id, by=f"staff:{person.id}", now=now)
    return reply(person.language, "bot_again", title=title_in(alert, person.language))


async def _meant(
    session: AsyncSession, person: Staff, quoted_id: str | None
) -> StaffNotification | None:
    """The alert that is quoted, else the last one that this person took, or somebody on the
    hotel's own phone, of a chat that people still have.
    """
    if quoted_id is not None:
        return await quoted_by(session, person, quoted_id)
    told, alert = NotificationDelivery, StaffNotification
    query = (
        select(alert)
        .join(told, (told.hotel_id == alert.hotel_id) & (told.notification_id == alert.id))
        .join(
            Conversation,
            (Conversation.hotel_id == alert.hotel_id) & (Conversation.id == alert.conversation_id),
        )
        .where(
            told.staff_id == person.id,
            alert.status == "acknowledged",
            alert.acknowledged_via == "whatsapp",
            or_(alert.acknowledged_by == person.id, alert.acknowledged_by.is_(None)),
            Conversation.owner == "staff",
        )
        .order_by(alert.acknowledged_at.desc(), alert.id.desc())
        .limit(1)
    )
    return await session.scalar(query)
