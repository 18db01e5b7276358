"""The guest who asked hears that it is done: once, in their language, in their own words."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.assistant.reply import Voice
from frontdesk.conversations.find import conversation
from frontdesk.conversations.task_models import Task
from frontdesk.conversations.unfenced import Words, say_unfenced
from frontdesk.guests.models import Guest
from frontdesk.messaging.models import Message
from frontdesk.tenancy.queries import the_hotel

QUOTED = 80
USEFUL = timedelta(hours=12)


async def tell_guest(session: AsyncSession, task: Task, *, now: datetime) -> bool:
    """Not to who asked for no more messages, and not where staff said not to; `task` is locked."""
    if not task.tell_guest or task.told_at is not None or task.conversation_id is None:
        return False
    talk = await conversation(session, task.conversation_id, lock=True)
    guest = (await session.scalars(select(Guest).where(Guest.id == talk.guest_id))).one()
    if guest.opted_out_at is not None or guest.erased_at is not None:
        return False
    hotel = await the_hotel(session)
    language = guest.language or talk.language or hotel.language
    voice = Voice(language, hotel.currency, hotel.timezone, hotel.name)
    asked = await _asked(session, task)
    draft = voice.say("task_done_about", asked=asked) if asked else voice.say("task_done")
    key, meta = f"task:{task.id}:done", {"task": str(task.id)}
    await say_unfenced(session, talk, Words(draft.text, key, now + USEFUL, meta=meta), now=now)
    task.told_at = talk.last_message_at = now
    await session.flush()
    return True


async def _asked(session: AsyncSession, task: Task) -> str | None:
    """What the guest wrote, never what staff made of it."""
    if task.message_id is None:
        return None
    words = await session.scalar(select(Message.text).where(Message.id == task.message_id))
    said = " ".join((words or "").split())
    return said if len(said) <= QUOTED else f"{said[: QUOTED - 1].rstrip()}…"
