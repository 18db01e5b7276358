"""Reads of guests."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.guests.models import Guest, GuestIdentity
from frontdesk.kit.errors import NotFound


class NoSuchGuest(NotFound):
    """There is no such guest"""

    code = "no_such_guest"


async def guest(session: AsyncSession, guest_id: UUID, *, lock: bool = False) -> Guest:
    query = select(Guest).where(Guest.id == guest_id)
    found = await session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NoSuchGuest
    return found


async def identities(session: AsyncSession, guest_id: UUID) -> Sequence[GuestIdentity]:
    i = GuestIdentity
    query = select(i).where(i.guest_id == guest_id).order_by(i.created_at, i.id).limit(200)
    return (await session.scalars(query)).all()
