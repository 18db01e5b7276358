"""Adding, changing and removing what rooms are described with; each change is in the audit log."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import inspect, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.db import Tenant
from frontdesk.kit.errors import Invalid, NotFound
from frontdesk.kit.ids import uuid7
from frontdesk.kit.outside import BadAddress, only_public
from frontdesk.kit.transaction import sqlstate
from frontdesk.rooms.care_models import MaintenanceJob
from frontdesk.rooms.catalogue_models import Addon, BedType, Feature, Floor, Photo
from frontdesk.rooms.errors import InUse, Taken
from frontdesk.rooms.models import Room, RoomType
from frontdesk.tenancy.audit import record

Row = TypeVar("Row", bound=Tenant)
WORDS: dict[type[Tenant], str] = {
    Room: "room",
    RoomType: "room_type",
    Floor: "floor",
    BedType: "bed_type",
    Feature: "feature",
    Photo: "photo",
    Addon: "addon",
    MaintenanceJob: "maintenance_job",
}
UNIQUE, FOREIGN, CHECK = "23505", "23503", "23514"


async def the(session: AsyncSession, model: type[Row], row_id: UUID, *, lock: bool = False) -> Row:
    """Raises NotFound."""
    query = select(model).where(model.id == row_id)
    found = await session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFound(f"there is no such {WORDS[model].replace('_', ' ')}")
    return found


async def add(session: AsyncSession, made: Row, *, by: str) -> Row:
    """Raises Taken where its name is."""
    made.id = uuid7()
    session.add(made)
    await _flush(session)
    await session.refresh(made)
    word = WORDS[type(made)]
    record(session, made.hotel_id, f"{word}.add", f"{word}:{made.id}", by=by)
    return made


async def change(session: AsyncSession, row: Row, values: Mapping[str, Any], *, by: str) -> Row:
    """Set what is given; raises Taken, and Invalid where what is left does not hold together."""
    columns = inspect(type(row)).columns
    emptied = [name for name, value in values.items() if value is None and _needed(columns[name])]
    if emptied:
        raise Invalid(f"{', '.join(emptied)} cannot be empty")
    old = {name: _said(getattr(row, name)) for name in values}
    for name, value in values.items():
        setattr(row, name, value)
    await _flush(session)
    await session.refresh(row)
    word, new = WORDS[type(row)], {name: _said(value) for name, value in values.items()}
    if old != new:
        subject = f"{word}:{row.id}"
        record(session, row.hotel_id, f"{word}.change", subject, by=by, old=old, new=new)
    return row


async def remove(session: AsyncSession, row: Tenant, *, by: str) -> None:
    """Raises InUse where something hangs on it."""
    await _refuse_used_word(session, row)
    await session.delete(row)
    await _flush(session)
    word = WORDS[type(row)]
    record(session, row.hotel_id, f"{word}.remove", f"{word}:{row.id}", by=by)


async def know_words(
    session: AsyncSession, hotel_id: UUID, *, floor: str | None = None, features: list[str]
) -> None:
    """A floor or feature that the catalogue lacks comes into it."""
    if floor:
        row = {"hotel_id": hotel_id, "id": uuid7(), "code": floor, "name": floor}
        await session.execute(insert(Floor).values(row).on_conflict_do_nothing())
    if features:
        rows = [{"hotel_id": hotel_id, "id": uuid7(), "name": name} for name in features]
        await session.execute(insert(Feature).values(rows).on_conflict_do_nothing())


async def check_photo(url: str, *, allow_private: bool) -> None:
    """Raises BadAddress unless guests everywhere can be sent there. Asks the network: no
    transaction may be open.
    """
    if not url.startswith("https://"):
        raise BadAddress
    await only_public(url, allow_private=allow_private)


async def _flush(session: AsyncSession) -> None:
    try:
        await session.flush()
    except DBAPIError as refused:
        match sqlstate(refused):
            case code if code == UNIQUE:
                raise Taken from None
            case code if code == FOREIGN:
                raise InUse from None
            case code if code == CHECK:
                raise Invalid("these values do not go together") from None
            case _:
                raise


async def _refuse_used_word(session: AsyncSession, row: Tenant) -> None:
    """Floors and features are words in other rows: no foreign key holds them."""
    used = None
    if isinstance(row, Floor):
        used = await session.scalar(select(Room.id).where(Room.floor == row.code).limit(1))
    elif isinstance(row, Feature):
        query = select(RoomType.id).where(RoomType.features.contains([row.name]))
        other = select(Room.id).where(Room.features.contains([row.name]))
        used = await session.scalar(select(or_(query.exists(), other.exists())))
    if used:
        raise InUse("rooms are described with it")


def _needed(column: Any) -> bool:
    return not column.nullable


def _said(value: Any) -> Any:
    """As the audit log's JSON takes it."""
    return str(value) if isinstance(value, UUID | date | datetime) else value
