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

from frontdesk.assistant.models import AssistantLimits
from frontdesk.assistant.publishing_routes import publishing_of
from frontdesk.assistant.usage_routes import LimitsPatch
from frontdesk.bookings.rate_models import RatePlan
from frontdesk.bookings.rate_schemas import WEEK
from frontdesk.configuration.beside import Beside, Entry, read_beside, special
from frontdesk.configuration.kind import Kind
from frontdesk.configuration.kinds import (
    AUTONOMY,
    BY_SECTION,
    DESK,
    FIXED,
    HOTEL,
    KINDS,
    MODEL_LIMITS,
    PUBLISHING,
    SETTINGS_OF,
)
from frontdesk.configuration.night_kinds import (
    BY_NIGHT,
    NIGHT_KINDS,
    Nights,
    as_entries,
    brief_entry,
)
from frontdesk.configuration.night_state import night_state
from frontdesk.configuration.said import in_full
from frontdesk.conversations.autonomy_routes import autonomy_of
from frontdesk.conversations.desk_settings import desk_of
from frontdesk.kit.clock import local_day
from frontdesk.kit.db import Tenant
from frontdesk.rooms.models import RoomType
from frontdesk.tenancy.departments import usual_departments
from frontdesk.tenancy.models import Hotel
from frontdesk.tenancy.schemas import HotelPatch

Document = dict[str, Any]
"""Of settings: one entry; every other section: a list of entries, in the order of their keys."""


@dataclass(frozen=True, slots=True)
class Held:
    """One row and what it says."""

    row: Tenant
    entry: Entry


@dataclass(frozen=True, slots=True)
class State:
    """Everything that is configuration, as the transaction sees it."""

    settings: Mapping[str, Entry]
    """By section: the fields of the one thing that it is."""
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
        return {**self.settings, **rows, **nights}


async def read_state(session: AsyncSession, hotel: Hotel, *, now: datetime) -> State:
    rows: dict[str, list[Any]] = {}
    await usual_departments(session, hotel.id)
    for kind in KINDS:
        query = select(kind.model).execution_options(populate_existing=True)
        found = await session.scalars(query if kind.only is None else query.where(kind.only))
        rows[kind.section] = list(found.all())
    beside = await read_beside(session, rows)
    sections = {
        kind.section: sorted(
            (Held(row, _entry(kind, row, beside)) for row in rows[kind.section]),
            key=lambda held: rank(kind, held.entry),
        )
        for kind in KINDS
    }
    nights = await read_nights_of(session, hotel, now=now)
    return replace(nights, settings=await read_settings(session, hotel), sections=sections)


async def read_nights_of(session: AsyncSession, hotel: Hotel, *, now: datetime) -> State:
    """The nights alone."""
    today = local_day(now, hotel.timezone)
    codes: dict[UUID, str] = {}
    for model in (RoomType, RatePlan):
        codes |= {row.id: row.code for row in await session.execute(select(model.id, model.code))}
    nights, taken = await night_state(session, codes, today.replace(day=1))
    return State({}, {}, nights, taken, today)


async def read_settings(session: AsyncSession, hotel: Hotel) -> dict[str, Entry]:
    limits = await session.scalar(select(AssistantLimits))
    names = LimitsPatch.model_fields
    own = {name: getattr(limits, name) for name in names} if limits else LimitsPatch().model_dump()
    return {
        HOTEL: hotel_entry(hotel),
        DESK: desk_of(hotel).model_dump(mode="json"),
        AUTONOMY: autonomy_of(hotel).model_dump(mode="json"),
        PUBLISHING: publishing_of(hotel).model_dump(mode="json"),
        MODEL_LIMITS: own,
    }


def hotel_entry(hotel: Hotel) -> Entry:
    """Every setting; null where the hotel says nothing."""
    own = {name: _setting(hotel, name) for name in HotelPatch.model_fields}
    return {**{name: getattr(hotel, name) for name in FIXED}, **own}


def _setting(hotel: Hotel, name: str) -> Any:
    return getattr(hotel, name) if hasattr(Hotel, name) else hotel.settings.get(name)


def _entry(kind: Kind, row: Any, beside: Beside) -> Entry:
    own = special(row, beside)
    by_id = {column: said for said, column in kind.ids.items()}
    entry: Entry = {}
    for name in kind.schema.model_fields:
        if name in own:
            entry[name] = own[name]
        elif name in by_id:
            entry[by_id[name]] = beside.codes.get(getattr(row, name))
        else:
            entry[name] = _plain(name, getattr(row, name))
    return in_full(kind, entry)


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
        if name in BY_NIGHT:
            shown[name] = [brief_entry(BY_NIGHT[name], entry) for entry in said]
        elif name in SETTINGS_OF:
            shown[name] = _brief(SETTINGS_OF[name].schema, said, {})
        else:
            kind = BY_SECTION[name]
            shown[name] = [_brief(kind.schema, entry, kind.ids) for entry in said]
    return shown


def _brief(schema: type[BaseModel], entry: Entry, ids: Mapping[str, str]) -> Entry:
    fields = schema.model_fields
    kept: Entry = {}
    for name, value in entry.items():
        if name in FIXED and name not in fields:
            kept[name] = value
            continue
        field = fields[ids.get(name, name)]
        usual = None if field.is_required() else field.get_default(call_default_factory=True)  # pyright: ignore[reportCallIssue]
        if isinstance(usual, BaseModel):
            usual = usual.model_dump(mode="json")
        if value != usual or (field.is_required() and value is not None):
            kept[name] = value
    return kept
