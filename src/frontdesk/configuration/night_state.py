"""What a hotel's nights say, and what of it a document would change."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings.models import NightlyInventory
from frontdesk.bookings.rate_models import RateNight
from frontdesk.configuration.night_kinds import (
    NIGHTS,
    OVERBOOKING,
    PLAN_NIGHTS,
    Key,
    NightKind,
    Nights,
    Values,
)
from frontdesk.configuration.spans import Span, compact

Diff = tuple[Key, Span[tuple[Values | None, Values | None]]]
"""Of what, and the nights on which the same becomes the same."""


async def night_state(
    session: AsyncSession, codes: Mapping[UUID, str], since: date
) -> tuple[dict[str, Nights], set[tuple[str, date]]]:
    """By section; and the nights, by room type, that somebody has bought or holds."""
    found: dict[str, Nights] = {NIGHTS: {}, PLAN_NIGHTS: {}, OVERBOOKING: {}}
    taken: set[tuple[str, date]] = set()
    n = NightlyInventory
    gone = n.sold + n.held
    capacity = n.capacity + n.blocked
    columns = (n.room_type_id, n.night, n.price, capacity, n.closed, n.allowance, gone)
    for row in await session.execute(select(*columns).where(n.night >= since)):
        of = (codes[row[0]],)
        found[NIGHTS].setdefault(of, {})[row[1]] = (row[2], row[3], row[4])
        if row[5]:
            found[OVERBOOKING].setdefault(of, {})[row[1]] = (row[5],)
        if row[6]:
            taken.add((of[0], row[1]))
    own = select(RateNight.plan_id, RateNight.room_type_id, RateNight.night, RateNight.price)
    for row in await session.execute(own.where(RateNight.night >= since)):
        of_plan = (codes[row[0]], codes[row[1]])
        found[PLAN_NIGHTS].setdefault(of_plan, {})[row[2]] = (row[3],)
    return found, taken


def differing(
    kind: NightKind,
    have: Nights,
    wanted: Nights,
    *,
    today: date,
    taken: set[tuple[str, date]],
) -> Iterator[Diff]:
    """What is past stays as it was; a night that is not wanted and that somebody has is closed."""
    for key in sorted({*have, *wanted}):
        old, new = have.get(key, {}), wanted.get(key, {})
        days: dict[date, tuple[Values | None, Values | None]] = {}
        for day in {*old, *new}:
            was, becomes = old.get(day), new.get(day)
            if becomes is None and was is not None and kind.section == NIGHTS:
                becomes = (*was[:2], True) if (key[0], day) in taken else None
            if day >= today and was != becomes:
                days[day] = (was, becomes)
        yield from ((key, span) for span in compact(days))


def said(kind: NightKind, values: Values | None) -> dict[str, Any] | None:
    return None if values is None else dict(zip(kind.says, values, strict=True))
