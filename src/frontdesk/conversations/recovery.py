"""A guest who is not content is looked after: a task for the house with what they said."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.conversations.survey_models import Survey, SurveyAsk
from frontdesk.guests.models import Guest
from frontdesk.messaging.models import Conversation
from frontdesk.notifications.actions import Alert, notify

PRIORITY = 70


async def recover(
    session: AsyncSession, survey: Survey, ask: SurveyAsk, chat: Conversation, *, now: datetime
) -> None:
    """Once for an answered survey, in the transaction that heard the answer."""
    guest = (await session.scalars(select(Guest).where(Guest.id == ask.guest_id))).one()
    said = next((a["text"] for a in ask.answers if "text" in a), "")
    who = guest.name or "A guest"
    alert = Alert(
        kind="low_score",
        priority=PRIORITY,
        title=f"{who}: {ask.score} of 5 in “{survey.name}”",
        body=said or "No words yet. Please look after this guest.",
        dedupe_key=f"low_score:{ask.id}",
        conversation_id=chat.id,
    )
    await notify(session, chat.hotel_id, alert, now=now)
