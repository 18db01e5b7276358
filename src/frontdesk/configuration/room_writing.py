"""Writing rooms and what they have, through the actions that their own routes call."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from frontdesk.configuration.compare import Change
from frontdesk.configuration.kinds import BY_SECTION
from frontdesk.configuration.writer import Way, Writer, row_of
from frontdesk.kit.db import Tenant
from frontdesk.kit.errors import Invalid
from frontdesk.rooms import catalogue
from frontdesk.rooms.actions import (
    add_room,
    add_room_type,
    change_addon,
    change_room,
    change_room_type,
    put_beds,
)
from frontdesk.rooms.catalogue_models import Addon
from frontdesk.rooms.models import Room, RoomType

OFF = {"active": False}


async def _put_word(writer: Writer, change: Change, said: Any) -> Tenant:
    columns = said.model_dump()
    if change.what == "add":
        made = BY_SECTION[change.section].model(hotel_id=writer.hotel.id, **columns)
        return await catalogue.add(writer.session, made, by=writer.by)
    return await catalogue.change(writer.session, row_of(change), columns, by=writer.by)


async def _drop_word(writer: Writer, row: Any) -> None:
    await catalogue.remove(writer.session, row, by=writer.by)


async def _put_type(writer: Writer, change: Change, said: Any) -> Tenant:
    session, by = writer.session, writer.by
    columns = said.model_dump(exclude={"bed_types"})
    if change.what == "add":
        made = RoomType(hotel_id=writer.hotel.id, **columns)
        row = await add_room_type(session, made, by=by)
    else:
        row = await change_room_type(session, row_of(change).id, columns, by=by)
    if change.old is None or change.old["bed_types"] != said.bed_types:
        await put_beds(session, row, said.bed_types)
    return row


async def _drop_type(writer: Writer, row: Any) -> None:
    await change_room_type(writer.session, row.id, OFF, by=writer.by)


async def _put_room(writer: Writer, change: Change, said: Any) -> Tenant:
    columns = said.model_dump()
    if change.what == "change":
        return await _change_room(writer, row_of(change), columns)
    active = columns.pop("active")
    made = Room(hotel_id=writer.hotel.id, **columns)
    row = await add_room(writer.session, made, by=writer.by, now=writer.now)
    if not active:
        await _change_room(writer, row, OFF)
    return row


async def _change_room(writer: Writer, row: Any, columns: Mapping[str, Any]) -> Tenant:
    return await change_room(writer.session, row.id, columns, by=writer.by, now=writer.now)


async def _drop_room(writer: Writer, row: Any) -> None:
    await _change_room(writer, row, OFF)


async def _put_addon(writer: Writer, change: Change, said: Any) -> Tenant:
    columns = said.model_dump()
    if change.what == "add":
        made = Addon(hotel_id=writer.hotel.id, **columns)
        return await catalogue.add(writer.session, made, by=writer.by)
    if columns["pricing"] != change.old["pricing"]:
        raise Invalid("pricing cannot change: make another add-on")
    row = row_of(change)
    return await change_addon(writer.session, row.id, columns, by=writer.by, now=writer.now)


async def _drop_addon(writer: Writer, row: Any) -> None:
    await change_addon(writer.session, row.id, OFF, by=writer.by, now=writer.now)


WAYS: Mapping[str, Way] = MappingProxyType(
    dict.fromkeys(("floors", "bed_types", "features", "photos"), Way(_put_word, _drop_word))
    | {
        "room_types": Way(_put_type, _drop_type),
        "rooms": Way(_put_room, _drop_room),
        "addons": Way(_put_addon, _drop_addon),
    }
)
