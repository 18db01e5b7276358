"""What the clock does at the desk: wakes what was snoozed, sends what was scheduled, gives out
what waits for a seat, and tells of what is nobody's or late. One row a transaction, whoever else
looks at it.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from functools import partial

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.conversations.desk_settings import desk_settings
from frontdesk.conversations.reopening import reopen
from frontdesk.conversations.scheduled import send_next
from frontdesk.conversations.task_models import Task
from frontdesk.conversations.task_steps import tell
from frontdesk.conversations.waiting import seat_waiting
from frontdesk.kit.clock import Clock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.logs import get_logger
from frontdesk.messaging.events import emit
from frontdesk.messaging.models import Conversation
from frontdesk.notifications.actions import Alert, notify
from frontdesk.notifications.bodies import Sentence
from frontdesk.notifications.headings import Heading

BY = "clock"
Step = Callable[..., Awaitable[bool]]
Work = Callable[[Database, Clock, HotelId], Awaitable[None]]


async def tend_desk(db: Database, clock: Clock, hotel_id: HotelId) -> None:
    """All that is due now; what fails stays due, and holds up nothing of another kind."""
    for name, work in WORKS.items():
        try:
            await work(db, clock, hotel_id)
        except Exception as error:  # noqa: BLE001 - told, and tried again at the next ring
            get_logger().error("desk_failed", exc_info=error, work=name)


async def _all(step: Step, db: Database, clock: Clock, hotel_id: HotelId) -> None:
    more = True
    while more:
        async with db.hotel(hotel_id) as session:
            more = await step(session, now=clock.now())


async def wake_next(session: AsyncSession, *, now: datetime) -> bool:
    talk = await _due(session, Conversation.snoozed_until <= now)
    if talk is not None:
        await reopen(session, talk, by=BY, reason="time", now=now)
    return talk is not None


async def tell_unassigned(session: AsyncSession, *, now: datetime) -> bool:
    """Once for each time that a chat needs somebody."""
    talk = await _due(session, Conversation.unassigned_due <= now)
    if talk is None:
        return False
    talk.unassigned_due = None
    await session.flush()
    if talk.status == "escalated" and talk.assignee_id is None:
        await _say_unassigned(session, talk, now=now)
    return True


async def _say_unassigned(session: AsyncSession, talk: Conversation, *, now: datetime) -> None:
    minutes = (await desk_settings(session)).unassigned_minutes
    told = {
        "conversation_id": str(talk.id),
        "guest_id": str(talk.guest_id),
        "minutes": minutes,
        "reason": talk.reason,
        "priority": talk.priority,
        "by": BY,
        "at": now.isoformat(),
    }
    await emit(session, talk.hotel_id, "conversation.unassigned", talk.id, told)


async def _due(session: AsyncSession, when: ColumnElement[bool]) -> Conversation | None:
    query = select(Conversation).where(when).order_by(Conversation.id).limit(1)
    return await session.scalar(query.with_for_update(skip_locked=True, key_share=True))


async def tell_overdue(session: AsyncSession, *, now: datetime) -> bool:
    query = select(Task).where(Task.overdue_at <= now).order_by(Task.overdue_at).limit(1)
    task = await session.scalar(query.with_for_update(skip_locked=True, key_share=True))
    if task is None:
        return False
    task.overdue_at = None
    await session.flush()
    await tell(session, task, "task.overdue", {}, BY, now)
    alert = Alert(
        kind="task_overdue",
        priority=60,
        title=Heading("task_overdue", {"number": str(task.number), "task": task.title}),
        body=[Sentence("done", {"number": str(task.number)})],
        dedupe_key=f"task:{task.id}:overdue:{task.due_at}",
        conversation_id=task.conversation_id,
        details={"task_id": str(task.id), "number": task.number},
    )
    await notify(session, task.hotel_id, alert, now=now)
    return True


WORKS: Mapping[str, Work] = {
    "wake": partial(_all, wake_next),
    "send": partial(_all, send_next),
    "seat": seat_waiting,
    "unassigned": partial(_all, tell_unassigned),
    "overdue": partial(_all, tell_overdue),
}
