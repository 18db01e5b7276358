"""Steps of a task: begun, put back, done, called off; and the guest hears once that it is done."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.conversations.assign import member
from frontdesk.conversations.task_models import Task
from frontdesk.conversations.task_rules import GOING, WAYS, ways_from
from frontdesk.conversations.task_tell_guest import tell_guest
from frontdesk.conversations.task_told import facts
from frontdesk.kit.errors import Conflict, NotFound
from frontdesk.kit.narrowed import whole_hotel
from frontdesk.messaging.events import emit
from frontdesk.notifications.taken import taken_with_task
from frontdesk.tenancy.audit import changed, record
from frontdesk.tenancy.department_models import Department
from frontdesk.tenancy.departments import must_see


class NoSuchTask(NotFound):
    """There is no such task"""

    code = "no_such_task"


class NoSuchTaskStep(Conflict):
    """A task does not go from its state to that one"""

    code = "no_such_step"


class TaskOver(Conflict):
    """This task is done or called off"""

    code = "task_over"


async def the_task(session: AsyncSession, task_id: UUID, *, lock: bool = False) -> Task:
    query = select(Task).where(Task.id == task_id)
    if lock:
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    found = await session.scalar(query)
    if found is None:
        raise NoSuchTask
    return found


async def step_task(
    session: AsyncSession,
    task_id: UUID,
    to: str,
    *,
    by: str,
    now: datetime,
    photo_url: str | None = None,
    depth: int = 0,
) -> Task:
    """The same state again changes nothing. Raises NoSuchTask and NoSuchTaskStep (409)."""
    task = await the_task(session, task_id, lock=True)
    old = task.state
    if old == to:
        return task
    name = WAYS.get((old, to))
    if name is None:
        raise NoSuchTaskStep(f"{old} does not become {to}", possible=ways_from(old))
    task.state = to
    _stamp(task, to, by=by, now=now)
    if photo_url is not None:
        task.photo_url = photo_url
    await session.flush()
    subject = f"task:{task.id}"
    record(
        session,
        task.hotel_id,
        f"task.{name}",
        subject,
        by=by,
        old={"state": old},
        new={"state": to},
    )
    await tell(session, task, "task.state.changed", {"old": old, "step": name}, by, now, depth)
    if to != "open":
        await taken_with_task(session, task.id, by=by, now=now)
    if to == "done":
        await tell(session, task, "task.done", {}, by, now, depth)
        async with whole_hotel(session):  # the chat may be another department's
            await tell_guest(session, task, now=now)
    return task


def _stamp(task: Task, to: str, *, by: str, now: datetime) -> None:
    match to:
        case "in_progress":
            task.started_at = now
        case "open":
            task.started_at = None
        case _:
            task.ended_at, task.ended_by, task.overdue_at = now, by, None


async def change_task(
    session: AsyncSession, task_id: UUID, wanted: Mapping[str, Any], *, by: str
) -> Task:
    """Of a task that is going: title, text, due time, priority. Raises NoSuchTask and TaskOver."""
    task = await _going(session, task_id)
    old, new = changed(task, wanted)
    for name, value in new.items():
        setattr(task, name, value)
    if "due_at" in new:
        task.overdue_at = task.due_at
    if new:
        subject = f"task:{task.id}"
        record(session, task.hotel_id, "task.change", subject, by=by, old=old, new=new)
    await session.flush()
    return task


async def assign_task(
    session: AsyncSession,
    task_id: UUID,
    who: UUID | None,
    *,
    by: str,
    now: datetime,
    depth: int = 0,
) -> Task:
    """To a member by membership or user id, or to nobody.

    Raises NoSuchMember, OtherDepartments and TaskOver.
    """
    task = await _going(session, task_id)
    wanted = None if who is None else await _who_sees(session, task, who)
    was = task.assignee_id
    if was == wanted:
        return task
    task.assignee_id = wanted
    await session.flush()
    subject, old, new = f"task:{task.id}", {"assignee": was}, {"assignee": wanted}
    record(session, task.hotel_id, "task.assign", subject, by=by, old=old, new=new)
    told = {"was": None if was is None else str(was)}
    await tell(session, task, "task.assigned", told, by, now, depth)
    return task


async def _who_sees(session: AsyncSession, task: Task, who: UUID) -> UUID:
    person = await member(session, who)
    await must_see(session, person, task.department_id)
    return person.id


async def _going(session: AsyncSession, task_id: UUID) -> Task:
    task = await the_task(session, task_id, lock=True)
    if task.state not in GOING:
        raise TaskOver
    return task


async def tell(
    session: AsyncSession,
    task: Task,
    event: str,
    more: Mapping[str, Any],
    by: str,
    now: datetime,
    depth: int = 0,
) -> None:
    query = select(Department.code).where(Department.id == task.department_id)
    code = (await session.scalars(query)).one()
    told = {**facts(task, code), **more, "by": by, "at": now.isoformat()}
    await emit(session, task.hotel_id, event, task.id, told, depth=depth)
