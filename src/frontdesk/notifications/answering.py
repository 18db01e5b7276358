"""Who answers, and when: told to a guest whose chat goes to a person."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.notifications.ladder import USUAL, ladder_for
from frontdesk.notifications.models import Staff
from frontdesk.notifications.reach import on_shift_now, periods_of
from frontdesk.notifications.rules import next_shift


@dataclass(frozen=True, slots=True)
class Answering:
    """Somebody on shift, within minutes; else nobody yet, and from when on."""

    name: str | None
    """None: several people."""
    minutes: int | None = None
    since: datetime | None = None


async def who_answers(
    session: AsyncSession, kind: str, priority: int, *, zone: str, now: datetime
) -> Answering | None:
    """By the first level of the alert's ladder; None where a hotel has nobody to name."""
    first = (await ladder_for(session, kind, None, priority) or USUAL)[0]
    query = select(Staff).where(Staff.min_priority <= priority, Staff.on_duty)
    people = [p for p in (await session.scalars(query)).all() if first.means(str(p.id), p.role)]
    here = people if first.off_shift else await on_shift_now(session, people, now, zone)
    if here:
        return Answering(here[0].name if len(here) == 1 else None, first.minutes)
    periods = await periods_of(session, [p.id for p in people])
    since = next_shift([one for of in periods.values() for one in of], now, zone)
    return Answering(None, since=since) if since is not None else None
