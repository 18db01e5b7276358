"""Writing what changed, through the actions that the things' own routes call."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings.rate_actions import (
    add_plan,
    add_rate,
    remove_rate,
    replace_plan,
    replace_rate,
    retire_plan,
)
from frontdesk.bookings.rate_models import RatePlan
from frontdesk.configuration.check import BadConfiguration, in_ids
from frontdesk.configuration.compare import Change
from frontdesk.configuration.kinds import BY_SECTION, HOTEL, KINDS, WRITES, Kind
from frontdesk.configuration.state import State
from frontdesk.kit.db import Tenant
from frontdesk.kit.errors import Conflict, Forbidden, Invalid, NotFound, Problem
from frontdesk.kit.ids import uuid7
from frontdesk.knowledge.actions import add_document
from frontdesk.knowledge.models import KnowledgeDocument
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
from frontdesk.tenancy.actions import change_hotel
from frontdesk.tenancy.audit import record
from frontdesk.tenancy.auth import Principal
from frontdesk.tenancy.models import Hotel
from frontdesk.tenancy.person_models import Role
from frontdesk.tenancy.roles import change_role_itself, delete_role, make_role
from frontdesk.tenancy.schemas import HotelPatch
from frontdesk.triggers.models import Trigger

WORDS = {"staff": "staff", "triggers": "trigger", "knowledge": "document"}
"""What the audit log calls the things that this room writes itself."""
OFF = {"active": False}


@dataclass(slots=True)
class Desk:
    """Who writes, when, and the ids of what entries name by code."""

    session: AsyncSession
    hotel: Hotel
    asker: Principal
    now: datetime
    ids: dict[str, UUID] = field(default_factory=dict[str, UUID])

    @property
    def by(self) -> str:
        return self.asker.actor

    def know_all(self, state: State) -> None:
        for name, held in state.sections.items():
            for one in held:
                self.know(BY_SECTION[name], one.entry, one.row)

    def know(self, kind: Kind, entry: Any, row: Tenant) -> None:
        self.ids[f"{kind.section}/{entry.get(kind.key[0]) if kind.key else row.id}"] = row.id


async def write(desk: Desk, state: State, changes: Sequence[Change]) -> None:
    """Raises Forbidden where the asker may not write a section, and what the actions raise, with
    the path of the entry; the caller's transaction is then of no use.
    """
    lacking = sorted({WRITES[c.section] for c in changes} - desk.asker.scopes)
    if lacking:
        raise Forbidden(f"it lacks {', '.join(lacking)}")
    desk.know_all(state)
    _write_hotel(desk, [change for change in changes if change.section == HOTEL])
    await _free_default(desk, [c for c in changes if c.section == "rate_plans"])
    for kind in KINDS:
        for change in sorted(_of(kind, changes), key=_order):
            await located(change.path, _put(desk, kind, change))
    for kind in reversed(KINDS):
        for change in _of(kind, changes, gone=True):
            await located(change.path, _take_out(desk, kind, change))


def _of(kind: Kind, changes: Sequence[Change], *, gone: bool = False) -> list[Change]:
    return [c for c in changes if c.section == kind.section and (c.what == "remove") is gone]


def _order(change: Change) -> bool:
    """A plan that starts from another comes after it."""
    return bool(change.new and change.new.get("parent"))


async def located(path: str, work: Any) -> None:
    """A refusal says which entry it is about."""
    try:
        await work
    except (NotFound, Invalid) as refused:
        message = refused.detail or refused.title()
        raise BadConfiguration([{"path": path, "message": message}]) from None
    except Problem as refused:
        refused.extra["path"] = path
        raise
    except IntegrityError:
        raise Conflict("it does not go together with what is there", path=path) from None
    except DBAPIError as refused:
        raise Conflict("the database refuses it", path=path) from refused


def _write_hotel(desk: Desk, changes: Sequence[Change]) -> None:
    if not changes:
        return
    wanted = HotelPatch.model_validate({change.name: change.new for change in changes})
    change_hotel(desk.session, desk.hotel, wanted, by=desk.by)


async def _free_default(desk: Desk, changes: Sequence[Change]) -> None:
    """One plan at a time is the default: the old one steps down before the new one comes."""
    for change in changes:
        stays = change.new is not None and change.new["is_default"]
        if change.old and change.old["is_default"] and not stays:
            stepping = update(RatePlan).where(RatePlan.id == _row(change).id)
            await desk.session.execute(stepping.values(is_default=False))


def _row(change: Change) -> Tenant:
    if change.row is None:
        raise LookupError(change.path)
    return change.row


async def _put(desk: Desk, kind: Kind, change: Change) -> None:
    said = kind.schema.model_validate(in_ids(kind, change.new, desk.ids))
    match kind.section:
        case "floors" | "bed_types" | "features" | "photos":
            row = await _put_word(desk, kind, change, said.model_dump())
        case "room_types":
            row = await _put_type(desk, change, said)
        case "rooms":
            row = await _put_room(desk, change, said.model_dump())
        case "addons":
            row = await _put_addon(desk, change, said.model_dump())
        case "rate_plans":
            row = await _put_plan(desk, change, said)
        case "roles":
            row = await _put_role(desk, change, said)
        case "staff" | "triggers" | "knowledge":
            columns: dict[str, Any] = (
                change.new if kind.section == "triggers" else said.model_dump()
            )
            row = await _put_own(desk, kind, change, columns)
        case _:
            row = await _put_rate(desk, kind, change, said)
    desk.know(kind, change.new, row)


async def _put_word(desk: Desk, kind: Kind, change: Change, columns: dict[str, Any]) -> Tenant:
    if change.what == "add":
        made = kind.model(hotel_id=desk.hotel.id, **columns)
        return await catalogue.add(desk.session, made, by=desk.by)
    return await catalogue.change(desk.session, _row(change), columns, by=desk.by)


async def _put_type(desk: Desk, change: Change, said: Any) -> Tenant:
    columns = said.model_dump(exclude={"bed_types"})
    if change.what == "add":
        made = RoomType(hotel_id=desk.hotel.id, **columns)
        row = await add_room_type(desk.session, made, by=desk.by)
    else:
        row = await change_room_type(desk.session, _row(change).id, columns, by=desk.by)
    if change.old is None or change.old["bed_types"] != said.bed_types:
        await put_beds(desk.session, row, said.bed_types)
    return row


async def _put_room(desk: Desk, change: Change, columns: dict[str, Any]) -> Tenant:
    if change.what == "change":
        return await change_room(desk.session, _row(change).id, columns, by=desk.by, now=desk.now)
    active = columns.pop("active")
    made = Room(hotel_id=desk.hotel.id, **columns)
    row = await add_room(desk.session, made, by=desk.by, now=desk.now)
    if not active:
        await change_room(desk.session, row.id, {"active": False}, by=desk.by, now=desk.now)
    return row


async def _put_addon(desk: Desk, change: Change, columns: dict[str, Any]) -> Tenant:
    if change.what == "add":
        made = Addon(hotel_id=desk.hotel.id, **columns)
        return await catalogue.add(desk.session, made, by=desk.by)
    if columns["pricing"] != change.old["pricing"]:
        raise Invalid("pricing cannot change: make another add-on")
    return await change_addon(desk.session, _row(change).id, columns, by=desk.by, now=desk.now)


async def _put_plan(desk: Desk, change: Change, said: Any) -> Tenant:
    if change.what == "add":
        return await add_plan(desk.session, desk.hotel.id, said, by=desk.by)
    return await replace_plan(desk.session, _row(change).id, said, by=desk.by)


async def _put_rate(desk: Desk, kind: Kind, change: Change, said: Any) -> Tenant:
    if change.what == "add":
        return await add_rate(desk.session, desk.hotel.id, kind.model, said, by=desk.by)
    return await replace_rate(desk.session, kind.model, _row(change).id, said, by=desk.by)


async def _put_role(desk: Desk, change: Change, said: Any) -> Tenant:
    limits = (said.scopes, said.approval_limit)
    if change.what == "add":
        return await make_role(desk.session, desk.hotel.id, said.name, *limits, asker=desk.asker)
    role = cast("Role", _row(change))
    await change_role_itself(desk.session, role, *limits, asker=desk.asker)
    return role


async def _put_own(desk: Desk, kind: Kind, change: Change, columns: dict[str, Any]) -> Tenant:
    row: Any = change.row or kind.model(hotel_id=desk.hotel.id, id=uuid7())
    for name, value in columns.items():
        setattr(row, name, value)
    if change.what == "change" and isinstance(row, Trigger | KnowledgeDocument):
        row.version += 1
    if isinstance(row, KnowledgeDocument):
        row.tries = 0
        await add_document(desk.session, row)
    desk.session.add(row)
    await desk.session.flush()
    _note(desk, kind, row, "change" if change.what == "change" else "add", change.told()["new"])
    return row


def _note(desk: Desk, kind: Kind, row: Tenant, verb: str, new: dict[str, Any]) -> None:
    word = WORDS[kind.section]
    subject = f"{word}:{row.id}"
    record(desk.session, desk.hotel.id, f"{word}.{verb}", subject, by=desk.by, new=new)


async def _take_out(desk: Desk, kind: Kind, change: Change) -> None:
    """What other rows hang on is turned off, anything else is deleted."""
    session, row, by = desk.session, _row(change), desk.by
    match kind.section:
        case "room_types":
            await change_room_type(session, row.id, OFF, by=by)
        case "rooms":
            await change_room(session, row.id, OFF, by=by, now=desk.now)
        case "addons":
            await change_addon(session, row.id, OFF, by=by, now=desk.now)
        case "rate_plans":
            await retire_plan(session, row.id, by=by)
        case "roles":
            await delete_role(session, cast("Role", row), asker=desk.asker)
        case _:
            await _drop(desk, kind, row)


async def _drop(desk: Desk, kind: Kind, row: Tenant) -> None:
    if kind.section in ("floors", "bed_types", "features", "photos"):
        await catalogue.remove(desk.session, row, by=desk.by)
    elif kind.switch is not None:
        setattr(row, kind.switch, False)
        _note(desk, kind, row, "change", {kind.switch: False})
    elif kind.section in WORDS:
        await desk.session.delete(row)
        _note(desk, kind, row, "remove", {})
    else:
        await remove_rate(desk.session, kind.model, row.id, by=desk.by)
