"""What staff write from their own phones about tasks: "done 12" finishes one."""

import re
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.conversations.task_models import Task
from frontdesk.conversations.task_rules import GOING
from frontdesk.conversations.task_steps import NoSuchTaskStep, step_task
from frontdesk.notifications.models import NotificationDelivery, Staff, StaffNotification
from frontdesk.notifications.phone import Written, answer_staff
from frontdesk.notifications.queries import may_touch
from frontdesk.notifications.replies import reply

DONE = re.compile(
    r"^\W*(done|finished|hecho|listo|erledigt|fertig|fait|termin[ée]|fatto|feito|pronto"
    r"|готово|сделано|تم)\W*(?:\s*#?([0-9]{1,9}))?\W*$",
    re.IGNORECASE,
)


async def task_was_done(session: AsyncSession, written: Written, *, now: datetime) -> bool:
    """Whether the message was about a task, and so is answered."""
    person, said = written.person, DONE.match(written.text)
    if said is None:
        return False
    number = int(said[2]) if said[2] else None
    task = await _meant(session, person, number)
    if task is not None and not await may_touch(session, person, task.department_id):
        task = None
    done = await _finish(session, task, person, number, now=now)
    await answer_staff(session, written, done, now=now)
    return True


async def _meant(session: AsyncSession, person: Staff, number: int | None) -> Task | None:
    """The one of that number, else the newest that this person was told of and that is going."""
    if number is not None:
        return await session.scalar(select(Task).where(Task.number == number))
    told = (
        select(StaffNotification.details["task_id"].astext)
        .join(
            NotificationDelivery,
            (NotificationDelivery.hotel_id == StaffNotification.hotel_id)
            & (NotificationDelivery.notification_id == StaffNotification.id),
        )
        .where(
            NotificationDelivery.staff_id == person.id,
            StaffNotification.details["task_id"].astext.is_not(None),
        )
        .order_by(StaffNotification.created_at.desc())
        .limit(20)
    )
    ids = [UUID(i) for i in (await session.scalars(told)).all()]
    query = select(Task).where(Task.id.in_(ids), Task.state.in_(GOING))
    return await session.scalar(query.order_by(Task.created_at.desc()).limit(1))


async def _finish(
    session: AsyncSession, task: Task | None, person: Staff, number: int | None, *, now: datetime
) -> str:
    language = person.language
    if task is None:
        return reply(language, "no_task" if number else "no_own_task")
    said = str(task.number)
    if task.state == "done":
        return reply(language, "task_was_done", number=said)
    try:
        async with session.begin_nested():
            await step_task(session, task.id, "done", by=f"staff:{person.id}", now=now)
    except NoSuchTaskStep:
        return reply(language, "task_called_off", number=said)
    done = reply(language, "task_done", number=said)
    return f"{done} {reply(language, 'guest_told')}" if task.told_at else done
