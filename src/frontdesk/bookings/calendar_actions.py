"""Reads and writes the calendar: room types by nights, in a few statements however many."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import CursorResult, Insert, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings.models import NightlyInventory
from frontdesk.bookings.quote import read_market
from frontdesk.bookings.rate_models import RateNight, RatePlan
from frontdesk.bookings.rates import Kind, Party
from frontdesk.bookings.search import EMPTY, Search
from frontdesk.kit.errors import Conflict, Invalid
from frontdesk.rooms.models import RoomType
from frontdesk.tenancy.audit import record
from frontdesk.tenancy.queries import the_hotel

AT_ONCE = 5000
"""Rows of one statement: PostgreSQL takes 32,767 parameters."""


@dataclass(frozen=True, slots=True)
class CalendarWish:
    nights: tuple[date, ...]
    room_types: frozenset[str]
    """Codes; none of them: all."""
    plan: str | None
    price: int | None
    capacity: int | None
    closed: bool | None


@dataclass(frozen=True, slots=True)
class CalendarNight:
    night: date
    free: int
    closed: bool
    price: int
    plans: dict[str, int]


async def read_calendar(
    session: AsyncSession, first: date, days: int, *, now: datetime
) -> list[tuple[Kind, list[CalendarNight]]]:
    hotel = await the_hotel(session)
    market = await read_market(session, hotel, first, first + timedelta(days), now=now)
    search = Search(market, Party(1))
    found: list[tuple[Kind, list[CalendarNight]]] = []
    for kind in market.book.kinds:
        stock = market.stock.get(kind.id, EMPTY)
        fares = {plan.code: search.fare(kind, plan) for plan in search.plans}
        nights = [
            CalendarNight(
                day,
                stock.free[day],
                day in stock.closed,
                price,
                {code: fare.night(day)[0] for code, fare in fares.items()},
            )
            for day, price in sorted(stock.prices.items())
        ]
        found.append((kind, nights))
    return found


async def write_calendar(
    session: AsyncSession, hotel_id: UUID, wish: CalendarWish, *, by: str
) -> int:
    """Returns how many nights of types were written. Raises Conflict where more is sold already."""
    await the_hotel(session)
    kinds = await _kinds(session, wish)
    try:
        written = await (_plan_prices if wish.plan else _own)(session, hotel_id, kinds, wish)
    except IntegrityError:
        raise Conflict("capacity: more rooms are sold or held than that") from None
    said = {
        "first": str(wish.nights[0]) if wish.nights else None,
        "nights": len(wish.nights),
        "plan": wish.plan,
        "price": wish.price,
        "capacity": wish.capacity,
        "closed": wish.closed,
    }
    record(session, hotel_id, "calendar.write", f"hotel:{hotel_id}", by=by, new=said)
    return written


async def _kinds(session: AsyncSession, wish: CalendarWish) -> list[UUID]:
    rows = (await session.execute(select(RoomType.code, RoomType.id))).all()
    known = {row.code: row.id for row in rows}
    for code in wish.room_types:
        if code not in known:
            raise Invalid("room_types: there is no room type with one of these codes")
    return [type_id for code, type_id in known.items() if code in (wish.room_types or known)]


async def _own(
    session: AsyncSession, hotel_id: UUID, kinds: Sequence[UUID], wish: CalendarWish
) -> int:
    given = {"price": wish.price, "capacity": wish.capacity, "closed": wish.closed}
    given = {name: value for name, value in given.items() if value is not None}
    if wish.price is None or wish.capacity is None:
        table = NightlyInventory
        change = update(table).where(table.room_type_id.in_(kinds), table.night.in_(wish.nights))
        return _count(await session.execute(change.values(given)))
    rows = [
        {"hotel_id": hotel_id, "room_type_id": kind, "night": night, **given}
        for kind in kinds
        for night in wish.nights
    ]
    keys = ["hotel_id", "room_type_id", "night"]
    return await _upsert(session, insert(NightlyInventory), rows, keys)


async def _plan_prices(
    session: AsyncSession, hotel_id: UUID, kinds: Sequence[UUID], wish: CalendarWish
) -> int:
    plan_id = await session.scalar(select(RatePlan.id).where(RatePlan.code == wish.plan))
    if plan_id is None:
        raise Invalid("plan: there is no plan with that code")
    rows = [
        {
            "hotel_id": hotel_id,
            "plan_id": plan_id,
            "room_type_id": kind,
            "night": night,
            "price": wish.price,
        }
        for kind in kinds
        for night in wish.nights
    ]
    keys = ["hotel_id", "plan_id", "room_type_id", "night"]
    return await _upsert(session, insert(RateNight), rows, keys)


async def _upsert(
    session: AsyncSession, into: Insert, rows: list[dict[str, Any]], keys: list[str]
) -> int:
    written = 0
    for at in range(0, len(rows), AT_ONCE):
        write: Any = into.values(rows[at : at + AT_ONCE])
        new = {name: write.excluded[name] for name in rows[0] if name not in keys}
        done = await session.execute(write.on_conflict_do_update(index_elements=keys, set_=new))
        written += _count(done)
    return written


def _count(done: object) -> int:
    return done.rowcount if isinstance(done, CursorResult) else 0
