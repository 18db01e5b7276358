"""Opens tasks: what a guest, a person or a rule wants done becomes one row, once."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.conversations.assign import member
from frontdesk.conversations.task_models import Task
from frontdesk.conversations.task_rules import DEPARTMENT_OF
from frontdesk.conversations.task_told import facts
from frontdesk.kit.errors import Conflict, Invalid, NotFound
from frontdesk.kit.ids import uuid7
from frontdesk.kit.narrowed import whole_hotel
from frontdesk.messaging.events import emit
from frontdesk.messaging.models import Conversation, Message
from frontdesk.notifications.actions import Alert, notify
from frontdesk.notifications.bodies import Sentence
from frontdesk.notifications.headings import Heading
from frontdesk.rooms.models import Room
from frontdesk.tenancy.audit import record
from frontdesk.tenancy.department_models import Department
from frontdesk.tenancy.departments import department, must_see

PRESSING = {"low": 10, "normal": 35, "high": 60, "urgent": 85}
"""An alert's priority by the task's."""


class DepartmentClosed(Conflict):
    """This department takes no tasks any more"""

    code = "department_closed"


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants done."""

    title: str
    item: str = "other"
    department: str | None = None
    """Its code; None: by the item."""
    text: str = ""
    room: str | None = None
    """The number on its door."""
    room_id: UUID | None = None
    conversation_id: UUID | None = None
    guest_id: UUID | None = None
    booking_id: UUID | None = None
    message_id: UUID | None = None
    due_at: datetime | None = None
    priority: str = "normal"
    assignee_id: UUID | None = None
    """A membership's id, or the person's."""
    tell_guest: bool = True
    dedupe_key: str | None = None


async def open_task(
    session: AsyncSession,
    hotel_id: UUID,
    wish: Wish,
    *,
    by: str,
    now: datetime,
    depth: int = 0,
    alert: bool = True,
) -> Task:
    """Once for a `dedupe_key`; staff are told, unless whoever calls tells them himself.

    Raises Invalid, NoSuchDepartment, DepartmentClosed, NoSuchMember, OtherDepartments and NotFound.
    """
    if wish.dedupe_key is not None:
        query = select(Task).where(Task.dedupe_key == wish.dedupe_key)
        known = await session.scalar(query)
        if known is not None:
            return known
    doing = await _department(session, hotel_id, wish)
    task = await _row(session, hotel_id, wish, doing, by=by, now=now)
    async with whole_hotel(session):  # one department asks another for something
        session.add(task)
        await session.flush()
        new = {"department": doing.code, "item": task.item, "state": "open", "due": task.due_at}
        record(session, hotel_id, "task.open", f"task:{task.id}", by=by, new=new)
        told = {**facts(task, doing.code), "by": by, "at": now.isoformat()}
        await emit(session, hotel_id, "task.opened", task.id, told, depth=depth)
        if alert:
            await tell_staff(session, task, doing.name, now=now)
    return task


async def _department(session: AsyncSession, hotel_id: UUID, wish: Wish) -> Department:
    """What the wish says, else the item's own; a closed one's things are done by reception."""
    if wish.department is not None:
        said = await department(session, hotel_id, wish.department)
        if not said.active:
            raise DepartmentClosed
        return said
    usual = await department(session, hotel_id, DEPARTMENT_OF.get(wish.item, "reception"))
    return usual if usual.active else await department(session, hotel_id, "reception")


async def _row(
    session: AsyncSession,
    hotel_id: UUID,
    wish: Wish,
    doing: Department,
    *,
    by: str,
    now: datetime,
) -> Task:
    if wish.item not in DEPARTMENT_OF or wish.priority not in PRESSING:
        raise Invalid("there is no such item or priority")
    whose = None if wish.assignee_id is None else await member(session, wish.assignee_id)
    if whose is not None:
        await must_see(session, whose, doing.id)
    return Task(
        hotel_id=hotel_id,
        id=uuid7(),
        number=await _next_number(session, hotel_id),
        department_id=doing.id,
        item=wish.item,
        title=wish.title,
        text=wish.text,
        state="open",
        priority=wish.priority,
        due_at=wish.due_at,
        overdue_at=wish.due_at,
        room_id=wish.room_id or await _room(session, wish.room),
        conversation_id=wish.conversation_id,
        guest_id=wish.guest_id or await _guest(session, wish.conversation_id),
        booking_id=wish.booking_id,
        message_id=await _message(session, wish),
        assignee_id=whose.id if whose else None,
        opened_by=by,
        tell_guest=wish.tell_guest,
        dedupe_key=wish.dedupe_key,
        created_at=now,
    )


async def _next_number(session: AsyncSession, hotel_id: UUID) -> int:
    """One hotel's tasks are numbered one after the other."""
    await session.execute(
        select(func.pg_advisory_xact_lock(func.hashtextextended(f"tasks:{hotel_id}", 0)))
    )
    async with whole_hotel(session):
        return (await session.scalar(select(func.max(Task.number))) or 0) + 1


async def _room(session: AsyncSession, number: str | None) -> UUID | None:
    if number is None:
        return None
    query = select(Room.id).where(func.lower(Room.number) == number.lower())
    found = await session.scalar(query.limit(1))
    if found is None:
        raise NotFound("there is no such room")
    return found


async def _guest(session: AsyncSession, conversation_id: UUID | None) -> UUID | None:
    if conversation_id is None:
        return None
    query = select(Conversation.guest_id).where(Conversation.id == conversation_id)
    found = await session.scalar(query)
    if found is None:
        raise NotFound("there is no such conversation")
    return found


async def _message(session: AsyncSession, wish: Wish) -> UUID | None:
    """One of the same chat."""
    if wish.message_id is None:
        return None
    query = select(Message.id).where(
        Message.id == wish.message_id, Message.conversation_id == wish.conversation_id
    )
    if await session.scalar(query) is None:
        raise NotFound("there is no such message in this conversation")
    return wish.message_id


async def tell_staff(session: AsyncSession, task: Task, department: str, *, now: datetime) -> None:
    where = await session.scalar(select(Room.number).where(Room.id == task.room_id))
    filled = {"number": str(task.number), "task": task.title, **({"room": where} if where else {})}
    alert = Alert(
        kind="task",
        priority=PRESSING[task.priority],
        title=Heading("task_in_room" if where else "task", filled),
        body=[f"{department}. {task.text}".strip(), Sentence("done", {"number": str(task.number)})],
        dedupe_key=f"task:{task.id}",
        conversation_id=task.conversation_id,
        details={"task_id": str(task.id), "number": task.number},
    )
    await notify(session, task.hotel_id, alert, now=now)
