"""What a hotel's rows say, as entries of the document: the export."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings.rate_models import RatePlan
from frontdesk.bookings.rate_schemas import WEEK
from frontdesk.configuration.kinds import FIXED, HOTEL, KINDS, Kind
from frontdesk.configuration.night_kinds import (
    BY_NIGHT,
    NIGHT_KINDS,
    Nights,
    as_entries,
    brief_entry,
)
from frontdesk.configuration.night_state import night_state
from frontdesk.kit.clock import local_day
from frontdesk.kit.db import Tenant
from frontdesk.rooms.actions import beds_of
from frontdesk.rooms.models import RoomType
from frontdesk.tenancy.models import Hotel
from frontdesk.tenancy.schemas import HotelPatch

Entry = dict[str, Any]
Document = dict[str, Any]
"""`hotel`: one entry; every other section: a list of entries, in the order of their keys."""


@dataclass(frozen=True, slots=True)
class Held:
    """One row and what it says."""

    row: Tenant
    entry: Entry


@dataclass(frozen=True, slots=True)
class State:
    """Everything that is configuration, as the transaction sees it."""

    hotel: Entry
    sections: Mapping[str, list[Held]]
    nights: Mapping[str, Nights]
    """Of this month and later: what was before is history, and no configuration."""
    taken: set[tuple[str, date]]
    """Nights of a room type that somebody has."""
    today: date

    def document(self) -> Document:
        """Every field said."""
        rows = {name: [held.entry for held in found] for name, found in self.sections.items()}
        nights = {k.section: as_entries(k, self.nights[k.section]) for k in NIGHT_KINDS}
        return {HOTEL: self.hotel, **rows, **nights}


@dataclass(frozen=True, slots=True)
class _Names:
    codes: Mapping[UUID, str]
    beds: Mapping[UUID, dict[str, int]]


async def read_state(session: AsyncSession, hotel: Hotel, *, now: datetime) -> State:
    rows: dict[str, list[Any]] = {}
    for kind in KINDS:
        found = await session.scalars(select(kind.model).execution_options(populate_existing=True))
        rows[kind.section] = list(found.all())
    named = [*rows["room_types"], *rows["rate_plans"]]
    codes = {row.id: row.code for row in named} | {room.id: room.number for room in rows["rooms"]}
    names = _Names(codes, await beds_of(session, rows["room_types"]))
    sections = {
        kind.section: sorted(
            (Held(row, _entry(kind, row, names)) for row in rows[kind.section]),
            key=lambda held: rank(kind, held.entry),
        )
        for kind in KINDS
    }
    nights = await read_nights_of(session, hotel, now=now)
    return replace(nights, hotel=hotel_entry(hotel), sections=sections)


async def read_nights_of(session: AsyncSession, hotel: Hotel, *, now: datetime) -> State:
    """The nights alone."""
    today = local_day(now, hotel.timezone)
    codes: dict[UUID, str] = {}
    for model in (RoomType, RatePlan):
        codes |= {row.id: row.code for row in await session.execute(select(model.id, model.code))}
    nights, taken = await night_state(session, codes, today.replace(day=1))
    return State({}, {}, nights, taken, today)


def hotel_entry(hotel: Hotel) -> Entry:
    """Every setting; null where the hotel says nothing."""
    own = {name: _setting(hotel, name) for name in HotelPatch.model_fields}
    return {**{name: getattr(hotel, name) for name in FIXED}, **own}


def _setting(hotel: Hotel, name: str) -> Any:
    return getattr(hotel, name) if hasattr(Hotel, name) else hotel.settings.get(name)


def _entry(kind: Kind, row: Any, names: _Names) -> Entry:
    special = _special(row, names)
    by_id = {column: said for said, column in kind.ids.items()}
    entry: Entry = {}
    for name in kind.schema.model_fields:
        if name in special:
            entry[name] = special[name]
        elif name in by_id:
            entry[by_id[name]] = names.codes.get(getattr(row, name))
        else:
            entry[name] = _plain(name, getattr(row, name))
    return entry


def _special(row: Tenant, names: _Names) -> Entry:
    """What a row keeps in another shape than its schema."""
    match row:
        case RoomType():
            return {"bed_types": names.beds.get(row.id, {})}
        case RatePlan():
            terms = {
                "refundable": row.refundable,
                "free_hours": row.free_hours,
                "fee": row.fee_kind,
                "fee_value": row.fee_value,
            }
            parent = names.codes.get(row.parent_id) if row.parent_id else None
            return {"parent": parent, "cancellation": terms}
        case _:
            return {}


def _plain(name: str, value: Any) -> Any:
    if name == "weekdays":
        return [day for at, day in enumerate(WEEK) if value >> at & 1]
    return value.isoformat() if isinstance(value, date) else value


def key_of(kind: Kind, entry: Entry) -> tuple[Any, ...]:
    return tuple(entry.get(name) for name in kind.key) if kind.key else (canon(entry),)


def rank(kind: Kind, entry: Entry) -> tuple[str, str]:
    """Where an entry stands in its section, whatever the order it was given in."""
    return "\n".join(map(str, key_of(kind, entry))), canon(entry)


def canon(value: object) -> str:
    """The same text for the same value."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def digest_of(value: object) -> str:
    return hashlib.sha256(canon(value).encode()).hexdigest()[:32]


def brief(document: Document) -> Document:
    """Without what goes without saying: null settings, and fields at their default."""
    shown: Document = {}
    for name, said in document.items():
        kind = next((k for k in KINDS if k.section == name), None)
        if name in BY_NIGHT:
            shown[name] = [brief_entry(BY_NIGHT[name], entry) for entry in said]
        elif kind is None:
            shown[name] = {k: v for k, v in said.items() if v is not None}
        else:
            shown[name] = [_brief(kind, entry) for entry in said]
    return shown


def _brief(kind: Kind, entry: Entry) -> Entry:
    fields = kind.schema.model_fields
    kept: Entry = {}
    for name, value in entry.items():
        field = fields[kind.ids.get(name, name)]
        usual = None if field.is_required() else field.get_default(call_default_factory=True)  # pyright: ignore[reportCallIssue]
        if isinstance(usual, BaseModel):
            usual = usual.model_dump(mode="json")
        if value != usual or (field.is_required() and value is not None):
            kept[name] = value
    return kept
