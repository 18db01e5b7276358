"""What stops a rule that goes wrong: a guest's daily cap, and the hotel's latch."""

from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import DateTime, Integer, Select, Uuid, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.clock import local_day
from frontdesk.kit.errors import Conflict
from frontdesk.kit.ids import uuid7
from frontdesk.notifications.actions import Alert, notify
from frontdesk.notifications.bodies import Sentence
from frontdesk.notifications.headings import Heading
from frontdesk.notifications.taken import taken_of_kind
from frontdesk.tenancy.audit import record
from frontdesk.tenancy.models import Hotel
from frontdesk.triggers.limit_models import SendCount

PER_HOUR, PER_DAY = 500, 5
"""Where the hotel's settings say nothing else."""
LATCHED = "rules_latched"


class EnoughToday(Conflict):
    """the guest has had enough unasked messages today"""

    code = "guest_cap"


class Latched(Conflict):
    """rules have sent too much within an hour; a person has to lift the latch"""

    code = "rules_latched"


async def count_for_hotel(session: AsyncSession, hotel: Hotel, *, now: datetime) -> None:
    """One more message of a rule. Raises Latched; whoever catches it lets the latch fall."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    most = int(hotel.settings.get("rules_per_hour", PER_HOUR))
    if not await _count(session, hotel.id, None, hour, most):
        raise Latched(Latched.title())


def most_a_day(hotel: Hotel) -> int:
    return int(hotel.settings.get("unasked_per_day", PER_DAY))


async def count_for_guest(
    session: AsyncSession, hotel: Hotel, guest_id: UUID, *, now: datetime
) -> None:
    """One more message that this guest did not ask for. Raises EnoughToday."""
    zone = ZoneInfo(hotel.timezone)
    today = datetime.combine(local_day(now, hotel.timezone), datetime.min.time(), zone)
    most = most_a_day(hotel)
    if not most or not await _count(session, hotel.id, guest_id, today, most):
        raise EnoughToday(EnoughToday.title())


async def _count(
    session: AsyncSession, hotel_id: UUID, guest_id: UUID | None, since: datetime, most: int
) -> bool:
    """In one statement, so that many at once never come to more than `most`; none for the hotel
    while its latch has fallen.
    """
    names = ["hotel_id", "id", "guest_id", "since", "count"]
    kinds = [Uuid, Uuid, Uuid, DateTime(timezone=True), Integer]
    values = [hotel_id, uuid7(), guest_id, since, 1]
    row = select(*(literal(value, kind) for value, kind in zip(values, kinds, strict=True)))
    if guest_id is None:
        row = row.where(~_fallen(select(SendCount.id)).exists())
    write = insert(SendCount).from_select(names, row)
    write = write.on_conflict_do_update(
        index_elements=["hotel_id", "guest_id", "since"],
        set_={"count": SendCount.count + 1},
        where=SendCount.count < most,
    )
    return await session.scalar(write.returning(SendCount.id)) is not None


async def fallen(session: AsyncSession) -> SendCount | None:
    return await session.scalar(_fallen(select(SendCount)).limit(1))


def _fallen(query: Select[Any]) -> Select[Any]:
    return query.where(SendCount.tripped_at.is_not(None), SendCount.lifted_at.is_(None))


async def let_fall(session: AsyncSession, hotel: Hotel, *, now: datetime) -> None:
    """Rules send nothing from now on, and staff hear of it at once."""
    if await fallen(session) is not None:
        return
    hour = now.replace(minute=0, second=0, microsecond=0)
    of_hour = update(SendCount).where(SendCount.guest_id.is_(None), SendCount.since == hour)
    await session.execute(of_hour.values(tripped_at=now, lifted_at=None, lifted_by=None))
    alert = Alert(
        kind=LATCHED,
        priority=90,
        title=Heading("rules_latched"),
        body=[Sentence("rules_latched")],
        dedupe_key=f"rules_latched:{hour.isoformat()}:{now.isoformat()}",
    )
    await notify(session, hotel.id, alert, now=now)


async def lift(session: AsyncSession, hotel: Hotel, *, by: str, now: datetime) -> bool:
    """Rules may send again, counted anew, and nobody is called any more; false where the latch has
    not fallen.
    """
    latch = await fallen(session)
    if latch is None:
        return False
    latch.lifted_at, latch.lifted_by, latch.count = now, by, 0
    await taken_of_kind(session, LATCHED, by=by, now=now)
    record(session, hotel.id, "rules.lift", f"hotel:{hotel.id}", by=by)
    return True
