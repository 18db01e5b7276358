"""What is promised: made, changed and taken back; every running clock follows at once."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.errors import Conflict, NotFound
from frontdesk.sla.hours import rewind
from frontdesk.sla.models import SlaClock, SlaPolicy
from frontdesk.tenancy.audit import changed, record


async def policy(session: AsyncSession, policy_id: UUID) -> SlaPolicy:
    """Locked. Raises NotFound."""
    query = select(SlaPolicy).where(SlaPolicy.id == policy_id)
    found = await session.scalar(query.with_for_update())
    if found is None:
        raise NotFound("this hotel has no such policy")
    return found


async def promise(
    session: AsyncSession, hotel_id: UUID, wanted: Mapping[str, Any], *, by: str
) -> SlaPolicy:
    """Raises Conflict where the department has one: there is one a department."""
    made = SlaPolicy(hotel_id=hotel_id, **wanted)
    session.add(made)
    try:
        await session.flush()
    except IntegrityError:
        raise Conflict("there is a policy for that already") from None
    await session.refresh(made)
    await rewind(session, hotel_id)
    record(session, hotel_id, "sla.promise", f"sla_policy:{made.id}", by=by, new=wanted)
    return made


async def change(
    session: AsyncSession, policy_id: UUID, wanted: Mapping[str, Any], *, by: str
) -> SlaPolicy:
    found = await policy(session, policy_id)
    old, new = changed(found, wanted)
    for name, value in new.items():
        setattr(found, name, value)
    await session.flush()
    await rewind(session, found.hotel_id)
    subject = f"sla_policy:{found.id}"
    record(session, found.hotel_id, "sla.change", subject, by=by, old=old, new=new)
    return found


async def take_back(session: AsyncSession, policy_id: UUID, *, by: str) -> SlaPolicy:
    """What runs by it goes on by the house's policy, or ends."""
    found = await policy(session, policy_id)
    await session.delete(found)
    await session.flush()
    await rewind(session, found.hotel_id)
    record(session, found.hotel_id, "sla.take_back", f"sla_policy:{found.id}", by=by)
    return found


async def clocks_of(session: AsyncSession, conversation_id: UUID) -> Sequence[SlaClock]:
    query = select(SlaClock).where(SlaClock.conversation_id == conversation_id)
    return (await session.scalars(query.order_by(SlaClock.kind))).all()
