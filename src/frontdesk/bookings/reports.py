"""A hotel's figures by business date, counted by the database; money in minor units.

A room night is sold while its booking is confirmed, checked in or checked out. Capacity is what
the nightly counters hold, closed nights too. Revenue is the room's price without tax. A mean is
rounded half up to the minor unit.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.money import minor_digits

SOLD = "('confirmed', 'checked_in', 'checked_out')"
DAILY = text(f"""
    WITH sold AS (
        SELECT n.night, sum(n.rooms) AS rooms, sum(n.price) AS revenue, sum(n.tax) AS tax
        FROM booking_nights n
        JOIN bookings b ON b.hotel_id = n.hotel_id AND b.id = n.booking_id
        WHERE n.night >= :first AND n.night < :end AND b.status IN {SOLD}
          AND n.released_at IS NULL
        GROUP BY n.night
    ), there AS (
        SELECT night, sum(capacity) AS rooms FROM nightly_inventory
        WHERE night >= :first AND night < :end GROUP BY night
    )
    SELECT day::date, coalesce(there.rooms, 0)::bigint, coalesce(sold.rooms, 0)::bigint,
        coalesce(sold.revenue, 0)::bigint, coalesce(sold.tax, 0)::bigint
    FROM generate_series(CAST(:first AS date), CAST(:end AS date) - 1, '1 day') AS day
    LEFT JOIN sold ON sold.night = day LEFT JOIN there ON there.night = day
    ORDER BY day""")  # noqa: S608 - ours
REVENUE = text(f"""
    SELECT n.night, n.room_type_id, t.code, t.name, b.source, sum(n.rooms)::bigint,
        sum(n.price)::bigint, sum(n.tax)::bigint
    FROM booking_nights n
    JOIN bookings b ON b.hotel_id = n.hotel_id AND b.id = n.booking_id
    JOIN room_types t ON t.hotel_id = n.hotel_id AND t.id = n.room_type_id
    WHERE n.night >= :first AND n.night < :end AND b.status IN {SOLD}
        AND n.released_at IS NULL
    GROUP BY n.night, n.room_type_id, t.code, t.name, b.source
    ORDER BY n.night, t.code, n.room_type_id, b.source""")  # noqa: S608 - ours
PICK_UP = text("""
    SELECT n.night,
        coalesce(sum(n.rooms) FILTER (WHERE b.created_at <= :since
            AND (n.released_at IS NULL OR n.released_at > :since)), 0)::bigint,
        coalesce(sum(n.rooms) FILTER (WHERE b.created_at <= :until
            AND (n.released_at IS NULL OR n.released_at > :until)), 0)::bigint,
        coalesce(sum(n.price) FILTER (WHERE b.created_at <= :since
            AND (n.released_at IS NULL OR n.released_at > :since)), 0)::bigint,
        coalesce(sum(n.price) FILTER (WHERE b.created_at <= :until
            AND (n.released_at IS NULL OR n.released_at > :until)), 0)::bigint
    FROM booking_nights n
    JOIN bookings b ON b.hotel_id = n.hotel_id AND b.id = n.booking_id
    WHERE n.night >= :first AND n.night < :end AND b.status <> 'no_show'
    GROUP BY n.night ORDER BY n.night""")
LEDGER = text("""
    SELECT business_date, kind, count(*)::bigint, sum(amount)::bigint
    FROM folio_lines WHERE business_date >= :first AND business_date < :end
    GROUP BY business_date, kind ORDER BY business_date, kind""")
RISKY = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes a cell that begins so for a formula."""
MONEY = frozenset({"revenue", "tax", "adr", "revpar", "amount", "revenue_before", "revenue_gained"})


@dataclass(frozen=True, slots=True)
class Day:
    day: date
    capacity: int
    sold: int
    occupancy: float
    """Of 1, four places; 0 without capacity."""
    revenue: int
    tax: int
    adr: int
    """Revenue over rooms sold."""
    revpar: int
    """Revenue over capacity."""


@dataclass(frozen=True, slots=True)
class Sales:
    day: date
    room_type_id: UUID
    code: str
    name: str
    channel: str
    sold: int
    revenue: int
    tax: int
    adr: int


@dataclass(frozen=True, slots=True)
class PickUp:
    """What came onto the books for a night, cancellations taken off."""

    day: date
    sold_before: int
    sold_gained: int
    revenue_before: int
    revenue_gained: int


@dataclass(frozen=True, slots=True)
class Posted:
    """All lines of one kind that folios have for a business date, reversals taken off."""

    day: date
    kind: str
    lines: int
    amount: int


def mean(total: int, count: int) -> int:
    """Half up, to the minor unit; 0 over nothing."""
    return (2 * total + count) // (2 * count) if count else 0


def _day(day: date, capacity: int, sold: int, revenue: int, tax: int) -> Day:
    share = round(sold / capacity, 4) if capacity else 0.0
    return Day(
        day, capacity, sold, share, revenue, tax, mean(revenue, sold), mean(revenue, capacity)
    )


def _span(first: date, days: int) -> dict[str, Any]:
    return {"first": first, "end": first + timedelta(days=days)}


async def daily(session: AsyncSession, first: date, days: int) -> list[Day]:
    """Occupancy, ADR and RevPAR of every day, also of those without a guest."""
    rows = await session.execute(DAILY, _span(first, days))
    return [_day(*row) for row in rows]


def whole(days: Sequence[Day]) -> Day | None:
    """The days as one: sums, and the means over the sums."""
    if not days:
        return None
    return _day(
        days[0].day,
        sum(d.capacity for d in days),
        sum(d.sold for d in days),
        sum(d.revenue for d in days),
        sum(d.tax for d in days),
    )


async def sales(session: AsyncSession, first: date, days: int) -> list[Sales]:
    rows = await session.execute(REVENUE, _span(first, days))
    return [
        Sales(day, kind, code, name, channel, sold, revenue, tax, mean(revenue, sold))
        for day, kind, code, name, channel, sold, revenue, tax in rows
    ]


async def pick_up(
    session: AsyncSession, first: date, days: int, *, since: datetime, until: datetime
) -> list[PickUp]:
    rows = await session.execute(PICK_UP, {**_span(first, days), "since": since, "until": until})
    return [
        PickUp(day, before, after - before, revenue_before, revenue_after - revenue_before)
        for day, before, after, revenue_before, revenue_after in rows
    ]


async def ledger(session: AsyncSession, first: date, days: int) -> list[Posted]:
    return [Posted(*row) for row in await session.execute(LEDGER, _span(first, days))]


def as_csv(kind: type, rows: Sequence[Any], currency: str) -> str:
    """With a head line, money in whole units, and no cell that a spreadsheet would run."""
    out = io.StringIO()
    writer = csv.writer(out)
    names = [field.name for field in fields(kind)]
    writer.writerow([*names, "currency"])
    for row in rows:
        values: Mapping[str, Any] = asdict(row)
        writer.writerow([*(_cell(name, values[name], currency) for name in names), currency])
    return out.getvalue()


def _cell(name: str, value: Any, currency: str) -> str:
    if name in MONEY:
        return plain_money(value, currency)
    return neutral(value) if isinstance(value, str) else str(value)


def neutral(cell: str) -> str:
    """A text that a spreadsheet shows and does not run."""
    return f"'{cell}" if cell.startswith(RISKY) else cell


def plain_money(minor: int, currency: str) -> str:
    """E.g. -12345 EUR as `-123.45`, exact."""
    digits = minor_digits(currency)
    units, rest = divmod(abs(minor), 10**digits)
    sign = "-" if minor < 0 else ""
    return f"{sign}{units}.{rest:0{digits}d}" if digits else f"{sign}{units}"
