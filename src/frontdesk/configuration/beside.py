"""What rows of other tables add to an entry, and what a row keeps in another shape."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings.rate_models import RatePlan
from frontdesk.kit.db import Tenant
from frontdesk.knowledge.models import KnowledgeDocument
from frontdesk.notifications.channel_models import StaffChannel
from frontdesk.notifications.ladder_models import AlertLadder, StaffShift
from frontdesk.notifications.models import Staff
from frontdesk.rooms.actions import beds_of
from frontdesk.rooms.models import RoomType
from frontdesk.sla.models import SlaCalendar, SlaDay

Entry = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Beside:
    codes: Mapping[UUID, str]
    """What an entry says in place of an id."""
    beds: Mapping[UUID, dict[str, int]]
    shifts: Mapping[UUID, list[Entry]]
    days: Mapping[UUID, list[Entry]]
    """Of a calendar."""


async def read_beside(session: AsyncSession, rows: Mapping[str, Sequence[Any]]) -> Beside:
    """Of all rows by section."""
    named = [row for name in ("room_types", "rate_plans", "departments") for row in rows[name]]
    codes = {row.id: row.code for row in named} | {room.id: room.number for room in rows["rooms"]}
    channels = select(StaffChannel.id, StaffChannel.name)
    codes |= {row.id: row.name for row in await session.execute(channels)}
    codes |= called(rows["staff"])
    beds = await beds_of(session, rows["room_types"])
    return Beside(codes, beds, await _shifts(session), await _days(session))


def called(staff: Iterable[Staff]) -> dict[UUID, str]:
    """By name where one has it, else by phone; a namesake without either by id."""
    people = list(staff)
    names = Counter(person.name for person in people)
    names.update(person.phone for person in people if person.phone and person.phone != person.name)
    return {
        person.id: person.name if names[person.name] == 1 else person.phone or str(person.id)
        for person in people
    }


async def _shifts(session: AsyncSession) -> dict[UUID, list[Entry]]:
    found: dict[UUID, list[Entry]] = defaultdict(list)
    model = StaffShift
    for row in await session.scalars(select(model).order_by(model.weekday, model.starts)):
        said = {"weekday": row.weekday, "starts": row.starts, "ends": row.ends}
        found[row.staff_id].append(said)
    return found


async def _days(session: AsyncSession) -> dict[UUID, list[Entry]]:
    found: dict[UUID, list[Entry]] = defaultdict(list)
    for row in await session.scalars(select(SlaDay).order_by(SlaDay.day)):
        found[row.calendar_id].append({"day": row.day.isoformat(), "periods": row.periods})
    return found


def special(row: Tenant, beside: Beside) -> Entry:
    """What a row keeps in another shape than its schema."""
    match row:
        case RoomType():
            return {"bed_types": beside.beds.get(row.id, {})}
        case RatePlan():
            terms = {
                "refundable": row.refundable,
                "free_hours": row.free_hours,
                "fee": row.fee_kind,
                "fee_value": row.fee_value,
            }
            parent = beside.codes.get(row.parent_id) if row.parent_id else None
            return {"parent": parent, "cancellation": terms}
        case Staff():
            return {"shifts": beside.shifts.get(row.id, [])}
        case AlertLadder():
            return {"levels": [_level(level, beside) for level in row.levels]}
        case SlaCalendar():
            return {"days": beside.days.get(row.id, [])}
        case KnowledgeDocument() if row.fact_key is not None:
            return {"key": row.fact_key, "value": (row.value or {}).get("value")}
        case _:
            return {}


def _level(said: Mapping[str, Any], beside: Beside) -> Entry:
    """Who, or what, is there no more is told by id: it cannot be written so again."""
    named = {
        name: [beside.codes.get(UUID(one), one) for one in said.get(name, ())]
        for name in ("people", "shared")
    }
    return {**said, **named}
