"""Reads a hotel's rate book, and keeps it for as long as the hotel's `rates_version` stands."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings.rates import (
    BASE,
    Allotment,
    Effect,
    Kind,
    Layer,
    Limit,
    Plan,
    PriceRule,
    RateBook,
    Supplement,
    TaxRule,
)
from frontdesk.kit.cache import Area, cache_of

READ = text("SELECT rate_book()")
T = TypeVar("T")
Row = Mapping[str, Any]


async def rate_book(session: AsyncSession, hotel_id: UUID, version: UUID) -> RateBook:
    """`version` was read in this transaction: a book kept under it cannot be older."""

    async def read() -> Row:
        return (await session.execute(READ)).scalar_one()

    return await cache_of(session).kept(Area.ROOM_TYPES, hotel_id, f"{version}", read, parse_book)


def parse_book(raw: Row) -> RateBook:
    """What rate_book() in rls/61_rates.sql gives."""
    plans = _each(raw, "plans", _plan)
    if not any(plan.is_default for plan in plans):
        plans = (BASE, *plans)
    return RateBook(
        _each(raw, "kinds", _kind),
        plans,
        _each(raw, "rules", _rule),
        _each(raw, "supplements", _supplement),
        _each(raw, "limits", _limit),
        _each(raw, "allotments", lambda row: Allotment(**_reach(row), rooms=row["rooms"])),
        _each(raw, "taxes", _tax),
    )


def _each(raw: Row, name: str, read: Callable[[Row], T]) -> tuple[T, ...]:
    return tuple(read(row) for row in raw[name] or ())


def _id(value: str | None) -> UUID | None:
    return None if value is None else UUID(value)


def _day(value: str | None) -> date | None:
    return None if value is None else date.fromisoformat(value)


def _reach(row: Row) -> dict[str, Any]:
    return {
        "id": UUID(row["id"]),
        "plan_id": _id(row["plan_id"]),
        "room_type_id": _id(row["room_type_id"]),
        "first": _day(row["first"]),
        "last": _day(row["last"]),
        "weekdays": row["weekdays"],
    }


def _some(row: Row, *names: str) -> dict[str, Any]:
    return {name: row[name] for name in names}


def _kind(row: Row) -> Kind:
    whole = _some(row, "code", "name", "max_adults", "max_children", "max_guests", "base_price")
    return Kind(id=UUID(row["id"]), features=tuple(row["features"]), **whole)


def _plan(row: Row) -> Plan:
    return Plan(
        id=UUID(row["id"]),
        parent_id=_id(row["parent_id"]),
        **_some(row, "code", "name", "meal", "inclusions", "percent", "amount", "refundable"),
        **_some(row, "free_hours", "fee_kind", "fee_value", "deposit", "hold_minutes"),
        **_some(row, "is_default", "active"),
    )


def _rule(row: Row) -> PriceRule:
    said = {"layer": Layer(row["layer"]), "effect": Effect(row["effect"])}
    return PriceRule(**_reach(row), **said, **_some(row, "value", "priority", "min_nights"))


def _supplement(row: Row) -> Supplement:
    return Supplement(**_reach(row), **_some(row, "kind", "amount", "above", "age_from", "age_to"))


def _limit(row: Row) -> Limit:
    return Limit(
        **_reach(row),
        **_some(row, "min_stay", "max_stay", "min_stay_through", "min_ahead", "max_ahead"),
        **_some(row, "closed", "closed_to_arrival", "closed_to_departure"),
    )


def _tax(row: Row) -> TaxRule:
    said = _some(row, "kind", "amount", "exempt_under", "max_nights")
    return TaxRule(id=UUID(row["id"]), **said)
