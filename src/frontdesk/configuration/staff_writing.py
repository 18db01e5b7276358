"""Writing who is told, how, and what guests are promised, through the actions of their routes."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import select

from frontdesk.configuration.beside import called
from frontdesk.configuration.compare import Change
from frontdesk.configuration.writer import Way, Writer, row_of
from frontdesk.kit.db import Tenant
from frontdesk.kit.errors import Invalid
from frontdesk.notifications import rows
from frontdesk.notifications.channel_models import AlertTemplate, StaffChannel
from frontdesk.notifications.ladders import save_ladder, set_shifts
from frontdesk.notifications.models import Staff
from frontdesk.notifications.schemas import LadderIn
from frontdesk.sla import policies
from frontdesk.sla.hours import forget_hours, known_holidays, set_hours


async def _put_person(writer: Writer, change: Change, said: Any) -> Tenant:
    session, by = writer.session, writer.by
    columns = said.model_dump(mode="json", exclude={"shifts"})
    if change.what == "add":
        person = await rows.add(session, Staff(hotel_id=writer.hotel.id, **columns), by=by)
    else:
        locked = await rows.the(session, Staff, row_of(change).id, lock=True)
        person = await rows.change(session, locked, columns, by=by)
    if change.old is None or change.old["shifts"] != change.new["shifts"]:
        await set_shifts(session, person, said.shifts, by=by)
    return person


async def _drop_person(writer: Writer, row: Any) -> None:
    await rows.change(writer.session, row, {"on_duty": False}, by=writer.by)


async def _put_ladder(writer: Writer, change: Change, said: Any) -> Tenant:
    people = await _people(writer)
    channels = select(StaffChannel.name, StaffChannel.id)
    shared = {row.name: row.id for row in await writer.session.execute(channels)}
    levels = [
        {
            **level.model_dump(),
            "people": [_known(people, name, "people") for name in level.people],
            "shared": [_known(shared, name, "shared channels") for name in level.shared],
        }
        for level in said.levels
    ]
    wanted = LadderIn.model_validate({**said.model_dump(), "levels": levels})
    row = None if change.what == "add" else row_of(change)
    return await save_ladder(writer.session, writer.hotel.id, row, wanted, by=writer.by)


async def _people(writer: Writer) -> dict[str, UUID]:
    """By what each is called, and by phone."""
    staff: Sequence[Staff] = (await writer.session.scalars(select(Staff))).all()
    by_phone = {person.phone: person.id for person in staff if person.phone}
    return by_phone | {name: staff_id for staff_id, name in called(staff).items()}


def _known(ids: Mapping[str, UUID], name: str, among: str) -> UUID:
    if name not in ids:
        raise Invalid(f"there is no {name} among the {among}, or there are two")
    return ids[name]


async def _put_template(writer: Writer, change: Change, said: Any) -> Tenant:
    columns = said.model_dump()
    if change.what == "add":
        made = AlertTemplate(hotel_id=writer.hotel.id, **columns)
        return await rows.add(writer.session, made, by=writer.by)
    return await rows.change(writer.session, row_of(change), columns, by=writer.by)


async def _remove(writer: Writer, row: Any) -> None:
    await rows.remove(writer.session, row, by=writer.by)


async def _put_hours(writer: Writer, _: Change, said: Any) -> Tenant:
    if said.country is not None:
        known_holidays(said.country, said.subdivision, writer.now.year)
    of = (writer.hotel.id, said.department_id, said.hours())
    return await set_hours(writer.session, *of, by=writer.by, now=writer.now)


async def _drop_hours(writer: Writer, row: Any) -> None:
    await forget_hours(writer.session, writer.hotel.id, row.department_id, by=writer.by)


async def _put_policy(writer: Writer, change: Change, said: Any) -> Tenant:
    session, columns, by = writer.session, said.model_dump(), writer.by
    if change.what == "add":
        return await policies.promise(session, writer.hotel.id, columns, by=by)
    return await policies.change(session, row_of(change).id, columns, by=by)


async def _drop_policy(writer: Writer, row: Any) -> None:
    await policies.take_back(writer.session, row.id, by=writer.by)


WAYS: Mapping[str, Way] = MappingProxyType(
    {
        "staff": Way(_put_person, _drop_person),
        "alert_ladders": Way(_put_ladder, _remove),
        "alert_templates": Way(_put_template, _remove),
        "open_hours": Way(_put_hours, _drop_hours),
        "sla_policies": Way(_put_policy, _drop_policy),
    }
)
