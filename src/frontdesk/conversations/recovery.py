"""A guest who is not content is looked after: a task for the house with what they said."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.conversations.survey_models import Survey, SurveyAsk
from frontdesk.conversations.tasks import Wish, open_task
from frontdesk.guests.models import Guest
from frontdesk.messaging.models import Conversation
from frontdesk.tenancy.department_models import Department
from frontdesk.tenancy.departments import usual_departments

PRIORITY = "high"


async def recover(
    session: AsyncSession, survey: Survey, ask: SurveyAsk, chat: Conversation, *, now: datetime
) -> None:
    """Once for an answered survey, in the transaction that heard the answer; later words are added
    to it.
    """
    guest = (await session.scalars(select(Guest).where(Guest.id == ask.guest_id))).one()
    said = next((a["text"] for a in ask.answers if "text" in a), "")
    wish = Wish(
        title=f"{guest.name or 'A guest'}: {ask.score} of 5 in “{survey.name}”"[:200],
        department=await _doing(session, survey),
        text=said,
        conversation_id=chat.id,
        guest_id=guest.id,
        booking_id=ask.booking_id,
        priority=PRIORITY,
        tell_guest=False,
        dedupe_key=f"low_score:{ask.id}",
    )
    by = f"guest:{guest.id}"
    task = await open_task(session, chat.hotel_id, wish, by=by, now=now)
    task.text = said or task.text


async def _doing(session: AsyncSession, survey: Survey) -> str | None:
    """The survey's department while it takes tasks, else whoever does what is nobody's: the guest
    who said it is not to wait for another setting.
    """
    await usual_departments(session, survey.hotel_id)
    query = select(Department.code).where(
        Department.code == survey.department, Department.active.is_(True)
    )
    return await session.scalar(query)
