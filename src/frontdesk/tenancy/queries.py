"""Reads of hotels and their instances."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.errors import NotFound
from frontdesk.tenancy.models import Hotel, WhatsAppInstance


async def the_hotel(session: AsyncSession, *, lock: bool = False) -> Hotel:
    """The hotel this session is bound to; locked, it is read anew. Raises NotFound."""
    query = select(Hotel)
    if lock:
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    hotel = await session.scalar(query)
    if hotel is None:
        raise NotFound("there is no such hotel")
    return hotel


async def instances(session: AsyncSession) -> Sequence[WhatsAppInstance]:
    query = select(WhatsAppInstance).order_by(WhatsAppInstance.created_at, WhatsAppInstance.id)
    return (await session.scalars(query)).all()


async def instance(session: AsyncSession, instance_id: UUID) -> WhatsAppInstance:
    found = await session.scalar(select(WhatsAppInstance).where(WhatsAppInstance.id == instance_id))
    if found is None:
        raise NotFound("this hotel has no such instance")
    return found
