"""Writing nights, after all else: a room that came or went has moved their capacity."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from frontdesk.bookings.errors import as_told_by_database
from frontdesk.bookings.models import NightlyInventory
from frontdesk.bookings.overbook import Allowance, allow_overbooking, cost_of
from frontdesk.bookings.rate_models import RateNight
from frontdesk.bookings.told import stock_came_back
from frontdesk.configuration.night_kinds import (
    BY_NIGHT,
    NIGHTS,
    OVERBOOKING,
    PLAN_NIGHTS,
    NightKind,
    as_nights,
)
from frontdesk.configuration.night_state import Diff, differing, said
from frontdesk.configuration.state import Document, read_nights_of
from frontdesk.configuration.writer import Writer, located
from frontdesk.kit.db import wrote
from frontdesk.kit.errors import Forbidden
from frontdesk.tenancy.approval import need_approval
from frontdesk.tenancy.audit import record

AT_ONCE = 4000
REASON = "the hotel's configuration"


async def write_nights(writer: Writer, wanted: Document) -> None:
    """More is allowed before there is less to sell, and less after it.

    Raises Forbidden, AboveLimit, and Conflict where more is sold than there would be.
    """
    if not wanted.keys() & BY_NIGHT.keys():
        return
    await _section(writer, wanted, OVERBOOKING, more=True)
    await _section(writer, wanted, NIGHTS)
    await _section(writer, wanted, PLAN_NIGHTS)
    await _section(writer, wanted, OVERBOOKING)
    wrote(writer.session, writer.hotel.id)


async def _section(writer: Writer, wanted: Document, name: str, *, more: bool = False) -> None:
    if name not in wanted:
        return
    kind = BY_NIGHT[name]
    state = await read_nights_of(writer.session, writer.hotel, now=writer.now)
    have, new = state.nights[name], as_nights(kind, wanted[name])
    for diff in differing(kind, have, new, today=state.today, taken=state.taken):
        on_sale = state.nights[NIGHTS].get(diff[0], {})
        if more and not (_is_more(diff) and any(day in on_sale for day in diff[1].days())):
            continue
        if kind.writes not in writer.asker.scopes:
            raise Forbidden(f"it lacks {kind.writes}")
        await located(night_path(kind, diff), _put(writer, kind, diff))


def _is_more(diff: Diff) -> bool:
    old, new = diff[1].value
    return (new or (0,))[0] > (old or (0,))[0]


def night_path(kind: NightKind, diff: Diff) -> str:
    key, span = diff
    return f"{kind.section}/{' '.join(key)} {span.first}..{span.last}"


async def _put(writer: Writer, kind: NightKind, diff: Diff) -> None:
    key, span = diff
    old, new = span.value
    ids = dict(zip(kind.key, key, strict=True))
    type_id = writer.ids[f"room_types/{ids['room_type']}"]
    if kind.section == OVERBOOKING:
        await _allow(writer, type_id, diff)
        return
    if kind.section == NIGHTS:
        await _sell(writer, type_id, list(span.days()), said(kind, new))
    else:
        plan_id = writer.ids[f"rate_plans/{ids['plan']}"]
        await _price(writer, plan_id, type_id, list(span.days()), said(kind, new))
    about = {**ids, "first": str(span.first), "last": str(span.last)}
    was, becomes = said(kind, old) or {}, said(kind, new) or {}
    subject, by = f"hotel:{writer.hotel.id}", writer.by
    record(
        writer.session,
        writer.hotel.id,
        "calendar.write",
        subject,
        by=by,
        old={**about, **was},
        new={**about, **becomes},
    )


async def _sell(
    writer: Writer, type_id: UUID, days: list[date], values: dict[str, Any] | None
) -> None:
    """What is not wanted any more goes: whoever has a night of it was asked for before."""
    n = NightlyInventory
    if values is None:
        gone = delete(n).where(n.room_type_id == type_id, n.night.in_(days))
        await writer.session.execute(gone)
        return
    with as_told_by_database():
        for some in _lots(days):
            rows = [_row(writer, type_id, day, values) for day in some]
            write = insert(n).values(rows)
            new = {name: write.excluded[name] for name in (*values, "blocked", "owed")}
            await writer.session.execute(write.on_conflict_do_update(index_elements=KEYS, set_=new))
    await stock_came_back(writer.session, writer.hotel.id)


KEYS = ["hotel_id", "room_type_id", "night"]


async def _price(
    writer: Writer, plan_id: UUID, type_id: UUID, days: list[date], values: dict[str, Any] | None
) -> None:
    n = RateNight
    if values is None:
        mine = (n.plan_id == plan_id, n.room_type_id == type_id, n.night.in_(days))
        await writer.session.execute(delete(n).where(*mine))
        return
    for some in _lots(days):
        rows = [{**_row(writer, type_id, day, values), "plan_id": plan_id} for day in some]
        write = insert(n).values(rows)
        new = {"price": write.excluded.price}
        keys = [*KEYS, "plan_id"]
        await writer.session.execute(write.on_conflict_do_update(index_elements=keys, set_=new))


def _row(writer: Writer, type_id: UUID, day: date, values: dict[str, Any]) -> dict[str, Any]:
    return {"hotel_id": writer.hotel.id, "room_type_id": type_id, "night": day, **values}


def _lots(days: list[date]) -> Iterator[list[date]]:
    """Of one statement: PostgreSQL takes 32,767 parameters."""
    for at in range(0, len(days), AT_ONCE):
        yield days[at : at + AT_ONCE]


async def _allow(writer: Writer, type_id: UUID, diff: Diff) -> None:
    """As its own route does, with what the asker may approve."""
    rooms = (diff[1].value[1] or (0,))[0]
    for first, until in _stretches(list(diff[1].days())):
        wanted = Allowance(type_id, first, until, rooms, REASON)
        if rooms:
            cost = await cost_of(writer.session, wanted)
            await need_approval(writer.session, writer.asker, BY_NIGHT[OVERBOOKING].writes, cost)
        await allow_overbooking(writer.session, writer.hotel.id, wanted, by=writer.by)


def _stretches(days: list[date]) -> Iterator[tuple[date, date]]:
    first = days[0]
    for day, after in zip(days, [*days[1:], None], strict=True):
        if after != day + timedelta(days=1):
            yield first, day + timedelta(days=1)
            first = after or first
