"""Reads of staff and notifications."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.errors import NotFound
from frontdesk.notifications.models import Staff, StaffNotification


class NoSuchNotification(NotFound):
    """There is no such notification"""

    code = "no_such_notification"


async def staff_of_chat(session: AsyncSession, chat: str | None) -> Staff | None:
    """The member of staff who writes from this chat, if it is one."""
    phone, _, host = (chat or "").partition("@")
    if host != "c.us":
        return None
    return await session.scalar(select(Staff).where(Staff.phone == phone))


async def on_duty(session: AsyncSession, priority: int) -> Sequence[Staff]:
    query = (
        select(Staff)
        .where(Staff.on_duty, Staff.phone.is_not(None), Staff.min_priority <= priority)
        .order_by(Staff.name, Staff.id)
    )
    return (await session.scalars(query)).all()


async def notification(session: AsyncSession, notification_id: UUID) -> StaffNotification:
    found = await session.scalar(
        select(StaffNotification).where(StaffNotification.id == notification_id).with_for_update()
    )
    if found is None:
        raise NoSuchNotification
    return found
