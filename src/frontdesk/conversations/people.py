"""Who sits at the desk: whether they are there, how much they take, and what they can."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.conversations.assign import member
from frontdesk.conversations.desk_models import Seat
from frontdesk.kit.ids import uuid7
from frontdesk.tenancy.audit import changed, record
from frontdesk.tenancy.departments import department


async def seat_of(session: AsyncSession, membership_id: UUID) -> Seat:
    """Made on first sight, with nobody on it yet. Raises NoSuchMember."""
    person = await member(session, membership_id)
    row = {"hotel_id": person.hotel_id, "id": uuid7(), "membership_id": person.id}
    write = insert(Seat).values(row).on_conflict_do_nothing()
    await session.execute(write)
    query = select(Seat).where(Seat.membership_id == person.id)
    return (await session.scalars(query.with_for_update())).one()


async def set_seat(
    session: AsyncSession, membership_id: UUID, wanted: Mapping[str, Any], *, by: str
) -> Seat:
    """`department` is a code, or None. What is being served stays with who has it."""
    seat = await seat_of(session, membership_id)
    values = dict(wanted)
    if "department" in values:
        code = values.pop("department")
        found = None if code is None else await department(session, seat.hotel_id, code)
        values["department_id"] = None if found is None else found.id
    old, new = changed(seat, values)
    for name, value in new.items():
        setattr(seat, name, value)
    await session.flush()
    record(session, seat.hotel_id, "seat.set", f"seat:{seat.id}", by=by, old=old, new=new)
    return seat
