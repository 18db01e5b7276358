"""Open hours: said by week, country and day, and made out as spans for the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from uuid import UUID

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.clock import local_day
from frontdesk.kit.errors import Invalid, NotFound
from frontdesk.kit.ids import uuid7
from frontdesk.kit.open_hours import Period, spans
from frontdesk.sla.models import SlaCalendar, SlaDay, SlaSpan
from frontdesk.tenancy.audit import record
from frontdesk.tenancy.queries import the_hotel

BEHIND, AHEAD = timedelta(days=31), timedelta(days=400)
"""What is made out around today; a longer promise than that has no deadline."""


@dataclass(frozen=True, slots=True)
class Hours:
    week: Mapping[str, Sequence[str]]
    country: str | None
    subdivision: str | None
    days: Mapping[date, Sequence[str]]


def periods_of(said: Sequence[str]) -> list[Period]:
    """Of "08:00-12:00"."""
    parts = (period.partition("-") for period in said)
    return sorted((_minutes(opens), _minutes(closes)) for opens, _, closes in parts)


def _minutes(clock: str) -> int:
    return int(clock[:2]) * 60 + int(clock[3:])


@lru_cache(maxsize=64)
def public_holidays(country: str, subdivision: str | None, year: int) -> Mapping[date, str]:
    """Raises NotImplementedError for a country or part of one that is not known."""
    from holidays import country_holidays  # noqa: PLC0415 - 300 ms, for hotels that want them

    return dict(country_holidays(country, subdiv=subdivision, years=year, language="en_US"))


def known_holidays(country: str, subdivision: str | None, year: int) -> Mapping[date, str]:
    """Raises Invalid."""
    try:
        return public_holidays(country, subdivision, year)
    except NotImplementedError:
        raise Invalid("no holidays are known of that country or part of it") from None


async def calendars(session: AsyncSession) -> Sequence[SlaCalendar]:
    query = select(SlaCalendar).order_by(SlaCalendar.department_id.nulls_first())
    return (await session.scalars(query)).all()


async def calendar_of(
    session: AsyncSession, department_id: UUID | None, *, lock: bool = False
) -> SlaCalendar | None:
    of = SlaCalendar.department_id
    same = of.is_(None) if department_id is None else of == department_id
    query = select(SlaCalendar).where(same)
    return await session.scalar(query.with_for_update(key_share=True) if lock else query)


async def own_days(session: AsyncSession, calendar_id: UUID) -> dict[date, list[str]]:
    query = select(SlaDay).where(SlaDay.calendar_id == calendar_id).order_by(SlaDay.day)
    return {row.day: row.periods for row in await session.scalars(query)}


async def set_hours(
    session: AsyncSession,
    hotel_id: UUID,
    department_id: UUID | None,
    hours: Hours,
    *,
    by: str,
    now: datetime,
) -> SlaCalendar:
    """In place of what was; every clock that runs is reckoned anew at once."""
    found = await calendar_of(session, department_id, lock=True)
    if found is None:
        found = SlaCalendar(hotel_id=hotel_id, id=uuid7(), department_id=department_id)
        session.add(found)
    found.week = {day: list(periods) for day, periods in hours.week.items()}
    found.country, found.subdivision = hours.country, hours.subdivision
    await session.flush()
    await session.execute(delete(SlaDay).where(SlaDay.calendar_id == found.id))
    for day, periods in hours.days.items():
        row = SlaDay(hotel_id=hotel_id, calendar_id=found.id, day=day, periods=list(periods))
        session.add(row)
    await session.flush()
    await make_out(session, found, now=now)
    await rewind(session, hotel_id)
    subject, new = f"sla_calendar:{found.id}", {"country": hours.country, "days": len(hours.days)}
    record(session, hotel_id, "sla.hours", subject, by=by, new=new)
    return found


async def forget_hours(
    session: AsyncSession, hotel_id: UUID, department_id: UUID | None, *, by: str
) -> None:
    found = await calendar_of(session, department_id, lock=True)
    if found is None:
        raise NotFound("there are no such hours")
    for table in (SlaDay, SlaSpan):
        await session.execute(delete(table).where(table.calendar_id == found.id))
    await session.delete(found)
    await session.flush()
    await rewind(session, hotel_id)
    record(session, hotel_id, "sla.hours_removed", f"sla_calendar:{found.id}", by=by)


async def make_out(session: AsyncSession, calendar: SlaCalendar, *, now: datetime) -> None:
    hotel = await the_hotel(session)
    today = local_day(now, hotel.timezone)
    first, last = today - BEHIND, today + AHEAD
    days = await closed_and_own(session, calendar, first=first, last=last)
    week = {day: periods_of(said) for day, said in calendar.week.items()}
    found = spans(week, days, hotel.timezone, first=first, last=last)
    await session.execute(delete(SlaSpan).where(SlaSpan.calendar_id == calendar.id))
    if found:
        same = {"hotel_id": calendar.hotel_id, "calendar_id": calendar.id}
        rows = [{**same, "id": uuid7(), "starts_at": a, "ends_at": b} for a, b in found]
        await session.execute(insert(SlaSpan), rows)
    calendar.spans_zone, calendar.spans_from = hotel.timezone, today
    await session.flush()


async def closed_and_own(
    session: AsyncSession, calendar: SlaCalendar, *, first: date, last: date
) -> dict[date, list[Period]]:
    """Public holidays are closed, and the hotel's own days are as they say."""
    days: dict[date, list[Period]] = {}
    if calendar.country is not None:
        for year in range(first.year, last.year + 1):
            named = public_holidays(calendar.country, calendar.subdivision, year)
            days |= {day: [] for day in named}
    own = await own_days(session, calendar.id)
    return days | {day: periods_of(said) for day, said in own.items()}


async def rewind(session: AsyncSession, hotel_id: UUID) -> None:
    """Every running clock, by hours and promises as they are now."""
    await session.execute(select(func.sla_rewind(hotel_id)))
