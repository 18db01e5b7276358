"""The board: what is going in each department, the most pressing first."""

from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.conversations.task_models import Task
from frontdesk.conversations.task_rules import GOING
from frontdesk.conversations.task_schemas import BoardColumn, GuestTaskOut
from frontdesk.tenancy.department_models import Department

MOST = 50
"""Tasks shown of one department."""
PRESSES = case({"urgent": 0, "high": 1, "normal": 2, "low": 3}, value=Task.priority)


async def board(session: AsyncSession, *, now: datetime) -> list[BoardColumn]:
    query = select(Department).order_by(Department.code)
    columns = [
        await _column(session, department, now=now)
        for department in (await session.scalars(query)).all()
    ]
    return [c for c in columns if c is not None]


async def _column(
    session: AsyncSession, department: Department, *, now: datetime
) -> BoardColumn | None:
    """None of a closed department without anything to do."""
    here = Task.department_id == department.id, Task.state.in_(GOING)
    late = func.count().filter(Task.due_at < now)
    begun = func.count().filter(Task.state == "in_progress")
    counts = (await session.execute(select(func.count(), begun, late).where(*here))).one()
    if not department.active and not counts[0]:
        return None
    pressing = select(Task).where(*here).order_by(PRESSES, Task.due_at.nulls_last(), Task.id)
    tasks = (await session.scalars(pressing.limit(MOST))).all()
    return BoardColumn(
        department_id=department.id,
        code=department.code,
        name=department.name,
        open=counts[0] - counts[1],
        in_progress=counts[1],
        late=counts[2],
        tasks=[GuestTaskOut.model_validate(t) for t in tasks],
        more=max(0, counts[0] - MOST),
    )
