"""Reads of staff and notifications."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.errors import NotFound
from frontdesk.notifications.models import Staff, StaffNotification
from frontdesk.tenancy.departments import may_see
from frontdesk.tenancy.person_models import Membership


class NoSuchNotification(NotFound):
    """There is no such notification"""

    code = "no_such_notification"


async def staff_of_chat(session: AsyncSession, chat: str | None) -> Staff | None:
    """The member of staff who writes from this chat, if it is one."""
    phone, _, host = (chat or "").partition("@")
    if host != "c.us":
        return None
    return await session.scalar(select(Staff).where(Staff.phone == phone))


async def staff_of_user(session: AsyncSession, actor: str) -> UUID | None:
    """The member of staff behind `user:<id>`, where the two are linked."""
    kind, _, user_id = actor.partition(":")
    if kind != "user":
        return None
    query = select(Staff.id).where(Staff.user_id == UUID(user_id)).order_by(Staff.id)
    return await session.scalar(query.limit(1))


async def user_of(session: AsyncSession, membership_id: UUID) -> UUID:
    """Who signs in as this member. Raises NotFound."""
    query = select(Membership.user_id).where(Membership.id == membership_id)
    found = await session.scalar(query)
    if found is None:
        raise NotFound("this hotel has no such entry")
    return found


async def may_touch(session: AsyncSession, person: Staff, department_id: UUID | None) -> bool:
    """Who signs in for some departments alone does not do another's by phone either."""
    query = select(Membership).where(
        Membership.user_id == person.user_id, Membership.status == "active"
    )
    member = await session.scalar(query)
    return member is None or await may_see(session, member, department_id)


async def notification(session: AsyncSession, notification_id: UUID) -> StaffNotification:
    """Locked, but for its key: whoever tells of it goes on, and is waited for."""
    query = select(StaffNotification).where(StaffNotification.id == notification_id)
    found = await session.scalar(query.with_for_update(key_share=True))
    if found is None:
        raise NoSuchNotification
    return found
