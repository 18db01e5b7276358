"""Alerts that are over because somebody did what they called for: their ladders stand still."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.notifications.actions import acknowledge
from frontdesk.notifications.models import StaffNotification
from frontdesk.notifications.queries import staff_of_user

APART = "mention"
"""The alert beside a chat that nobody settles by answering the guest."""
AT_ONCE = 50
TASK = StaffNotification.details["task_id"].astext


async def taken_with_chat(
    session: AsyncSession, conversation_id: UUID, *, by: str, now: datetime
) -> None:
    """A person has the chat, or has answered; what is to be done besides is still called for."""
    here = StaffNotification.conversation_id == conversation_id
    theirs = here & TASK.is_(None) & (StaffNotification.kind != APART)
    await _take(session, theirs, by=by, now=now)


async def taken_with_task(session: AsyncSession, task_id: UUID, *, by: str, now: datetime) -> None:
    """Somebody is at it, or it is over."""
    await _take(session, str(task_id) == TASK, by=by, now=now)


async def taken_of_kind(
    session: AsyncSession,
    kind: str,
    *,
    by: str,
    now: datetime,
    conversation_id: UUID | None = None,
) -> None:
    """What every alert of this kind called for, or every one about this chat, is done."""
    which = StaffNotification.kind == kind
    if conversation_id is not None:
        which &= StaffNotification.conversation_id == conversation_id
    await _take(session, which, by=by, now=now)


async def _take(
    session: AsyncSession, which: ColumnElement[bool], *, by: str, now: datetime
) -> None:
    query = select(StaffNotification.id).where(StaffNotification.status == "open", which)
    ids = (await session.scalars(query.order_by(StaffNotification.id).limit(AT_ONCE))).all()
    if not ids:
        return
    staff_id = await _staff_behind(session, by)
    phone = by.startswith(("staff:", "phone"))
    via: Literal["console", "whatsapp"] = "whatsapp" if phone else "console"
    for one in ids:
        await acknowledge(session, one, by=by, now=now, staff_id=staff_id, via=via)


async def _staff_behind(session: AsyncSession, by: str) -> UUID | None:
    kind, _, name = by.partition(":")
    try:
        known = UUID(name)
    except ValueError:
        return None
    return known if kind == "staff" else await staff_of_user(session, by)
