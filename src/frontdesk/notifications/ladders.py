"""A hotel's ladders and its people's shifts: saved, and each change audited."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.db import Tenant
from frontdesk.kit.errors import Invalid
from frontdesk.notifications.channel_models import StaffChannel
from frontdesk.notifications.ladder_models import AlertLadder, StaffShift
from frontdesk.notifications.models import Staff
from frontdesk.notifications.rows import add, change
from frontdesk.notifications.schemas import LadderIn, ShiftIn
from frontdesk.tenancy.audit import record
from frontdesk.tenancy.names import DEPARTMENTS, Named, in_fields, must_have


async def save_ladder(
    session: AsyncSession, hotel_id: UUID, row: AlertLadder | None, wanted: LadderIn, *, by: str
) -> AlertLadder:
    """Alerts that are on their way climb as they began. Raises Invalid where it names somebody,
    or a channel, that this hotel has not, UnknownNames for a department, and Conflict where there
    is one for the same.
    """
    if row is None or row.department != wanted.department:
        await must_have(session, hotel_id, in_ladder(wanted.model_dump()))
    people = {one for level in wanted.levels for one in level.people}
    shared = {one for level in wanted.levels for one in level.shared}
    for model, ids, what in ((Staff, people, "people"), (StaffChannel, shared, "shared")):
        if ids - await _there(session, model, ids):
            raise Invalid(f"{what}: this hotel has no such entry")
    values = wanted.model_dump(mode="json")
    if row is None:
        return await add(session, AlertLadder(hotel_id=hotel_id, **values), by=by)
    return await change(session, row, values, by=by)


def in_ladder(ladder: Mapping[str, Any], path: str = "") -> Iterator[Named]:
    return in_fields(ladder, path, {"department": DEPARTMENTS})


async def _there(session: AsyncSession, model: type[Tenant], ids: set[UUID]) -> set[UUID]:
    return set((await session.scalars(select(model.id).where(model.id.in_(ids)))).all())


async def shifts_of(session: AsyncSession, staff_id: UUID) -> Sequence[StaffShift]:
    query = select(StaffShift).where(StaffShift.staff_id == staff_id)
    return (await session.scalars(query.order_by(StaffShift.weekday, StaffShift.starts))).all()


async def set_shifts(
    session: AsyncSession, person: Staff, wanted: Sequence[ShiftIn], *, by: str
) -> None:
    """The whole week at once; `person` is locked."""
    old = len(await shifts_of(session, person.id))
    await session.execute(delete(StaffShift).where(StaffShift.staff_id == person.id))
    for shift in wanted:
        made = StaffShift(hotel_id=person.hotel_id, staff_id=person.id, **shift.model_dump())
        session.add(made)
    await session.flush()
    subject, counts = f"staff:{person.id}", ({"shifts": old}, {"shifts": len(wanted)})
    record(session, person.hotel_id, "shifts.set", subject, by=by, old=counts[0], new=counts[1])
