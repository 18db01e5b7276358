"""How much a chat presses, and which department's it is."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.conversations.assign import assign
from frontdesk.conversations.find import conversation
from frontdesk.conversations.steps import Change, keep
from frontdesk.kit.errors import Invalid
from frontdesk.kit.narrowed import whole_hotel
from frontdesk.messaging.events import emit
from frontdesk.messaging.models import Conversation
from frontdesk.tenancy.audit import record
from frontdesk.tenancy.departments import department, may_see
from frontdesk.tenancy.person_models import Membership

PRIORITIES = ("low", "normal", "high", "urgent")


async def set_priority(
    session: AsyncSession,
    talk: Conversation,
    priority: str,
    *,
    by: str,
    now: datetime,
    depth: int = 0,
) -> Conversation:
    """Raises Invalid for a priority that there is not."""
    if priority not in PRIORITIES:
        raise Invalid(f"a priority is one of {', '.join(PRIORITIES)}")
    found = await conversation(session, talk.id, lock=True)
    old, found.priority = found.priority, priority
    if old == priority:
        return found
    await _written(session, found, Change("priority", "weigh", old, priority, by), now=now)
    told = {
        "conversation_id": str(found.id),
        "guest_id": str(found.guest_id),
        "old": old,
        "new": priority,
        "by": by,
        "at": now.isoformat(),
    }
    await emit(
        session, found.hotel_id, "conversation.priority.changed", found.id, told, depth=depth
    )
    return found


async def set_department(
    session: AsyncSession, talk: Conversation, code: str | None, *, by: str, now: datetime
) -> Conversation:
    """By the department's code; None for no one's. Whose it was, and who would not see it there,
    has it no longer. Raises NoSuchDepartment.
    """
    found = await conversation(session, talk.id, lock=True)
    wanted = None if code is None else await department(session, found.hotel_id, code)
    was, to = found.department_id, wanted.id if wanted else None
    if was == to:
        return found
    old = None if was is None else str(was)
    new = None if to is None else str(to)
    async with whole_hotel(session):  # it may be passed on to where the asker sees nothing
        found.department_id = to
        await _written(session, found, Change("department", "pass_on", old, new, by), now=now)
        theirs = select(Membership).where(Membership.id == found.assignee_id)
        whose = await session.scalar(theirs)
        if whose is not None and not await may_see(session, whose, to):
            await assign(session, found, None, by=by, now=now)
    return found


async def _written(
    session: AsyncSession, talk: Conversation, change: Change, *, now: datetime
) -> None:
    keep(session, talk, change, now=now)
    old, new = {change.kind: change.old}, {change.kind: change.new}
    subject = f"conversation:{talk.id}"
    action = f"conversation.{change.step}"
    record(session, talk.hotel_id, action, subject, by=change.by, old=old, new=new)
    await session.flush()
