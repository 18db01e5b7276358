"""A saved rule is planned in lots behind its own commit: nobody waits, and nothing is missed."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings.models import Booking
from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.triggers.due import work_due
from frontdesk.triggers.models import Trigger
from frontdesk.triggers.plan_models import PlannedSend, RulePlanning
from frontdesk.triggers.planning import FENCE, STEP
from tests.factories import all_of
from tests.slices.test_planned_sends import (
    MADRID,
    book,
    kind,
    now,
    plans,
    rule,
    texts,
    when,
    work,
)

__all__ = ["kind", "now"]


async def step(db: Database, hotel: HotelId, most: int = 1) -> str:
    async with db.hotel(hotel) as session:
        return await session.scalar(STEP, {"hotel": hotel, "most": most})


async def fence(session: AsyncSession, hotel: HotelId) -> bool:
    return bool(await session.scalar(FENCE, {"hotel": hotel}))


async def due_of(db: Database, hotel: HotelId, rule_id: UUID) -> dict[UUID, datetime]:
    rows = await all_of(db, hotel, PlannedSend)
    return {p.subject: p.due_at for p in rows if p.state == "planned" and p.trigger_id == rule_id}


def moved(stay: Booking, days: int) -> dict:
    return {
        "arrival": stay.arrival + timedelta(days),
        "departure": stay.departure + timedelta(days),
    }


@pytest.mark.usefixtures("other_hotel")
async def test_whoever_writes_meanwhile_waits_for_nobody_and_is_planned_right(
    db: Database,
    hotel: HotelId,
    kind: UUID,
    now: datetime,
) -> None:
    day = now.astimezone(MADRID).date() + timedelta(20)
    stays = [await book(db, hotel, kind, day + timedelta(n), now) for n in range(4)]
    of = {stay.id: update(Booking).where(Booking.id == stay.id) for stay in stays}
    first, second, third, fourth = stays
    async with db.hotel(hotel) as early:
        await early.execute(of[first.id].values(**moved(first, 9)))
        saved = await rule(db, hotel, "pre", when("arrival", -3))
        async with db.hotel(hotel) as session:
            assert not await fence(session, hotel)
        assert await step(db, hotel) == "done"
    async with db.hotel(hotel) as session:
        assert await fence(session, hotel)
    async with db.hotel(hotel) as session:
        assert await session.scalar(STEP, {"hotel": hotel, "most": 1}) == "on"
        async with db.hotel(hotel) as other:
            await other.execute(text("SET LOCAL lock_timeout = '1s'"))
            await other.execute(of[second.id].values(**moved(second, 9)))
    async with db.hotel(hotel) as slow, db.hotel(hotel) as other:
        await slow.execute(of[third.id].values(**moved(third, 9)))
        await other.execute(of[fourth.id].values(source="import"))
        said = [await step(db, hotel) for _ in range(4)]
        assert said == ["on", "on", "on", "busy"]
        (planning,) = await all_of(db, hotel, RulePlanning)
        assert (planning.done, planning.total, set(planning.busy)) == (2, 4, {third.id, fourth.id})
    assert [await step(db, hotel) for _ in range(2)] == ["on", "done"]
    (planning,) = await all_of(db, hotel, RulePlanning)
    assert (planning.done, planning.finished_at is not None) == (4, True)
    kept = await due_of(db, hotel, saved)
    days = {i: at.astimezone(MADRID).date() for i, at in kept.items()}
    away = {first.id: 9, second.id: 10, third.id: 11, fourth.id: 3}
    assert days == {i: day + timedelta(n - 3) for i, n in away.items()}


async def test_what_an_older_version_planned_is_not_sent_before_its_planning_comes(
    db: Database,
    hotel: HotelId,
    kind: UUID,
    now: datetime,
) -> None:
    soon = now + timedelta(minutes=2)
    schedule = when("booked", at=None, minutes=1)
    saved = await rule(db, hotel, "pre", schedule)
    day = now.astimezone(MADRID).date() + timedelta(20)
    stay = await book(db, hotel, kind, day, now)
    changed = update(Trigger).where(Trigger.id == saved)
    async with db.hotel(hotel) as session:
        other = [{"type": "send_message", "text": "Other words"}]
        await session.execute(changed.values(version=2, actions=other))
    assert await work(db, hotel, soon + timedelta(minutes=1)) == 1
    assert await texts(db, hotel) == []
    assert {p.state for p in await all_of(db, hotel, PlannedSend)} == {"cancelled"}
    assert {p.subject for p in await plans(db, hotel) if p.state == "planned"} == {stay.id}
    assert await work(db, hotel, soon + timedelta(minutes=1)) == 1
    assert await texts(db, hotel) == ["Other words"]
    await book(db, hotel, kind, day, now)
    async with db.hotel(hotel) as session:
        await session.execute(changed.values(enabled=False))
    assert await work(db, hotel, soon + timedelta(minutes=1)) == 1
    assert await texts(db, hotel) == ["Other words"]


async def test_what_falls_due_before_its_planning_comes_is_not_late(
    db: Database,
    hotel: HotelId,
    kind: UUID,
    now: datetime,
) -> None:
    day = now.astimezone(MADRID).date() + timedelta(20)
    await book(db, hotel, kind, day, now)
    saved = await rule(db, hotel, "pre", when("booked", at=None, minutes=60))
    async with db.hotel(hotel) as session:
        rule_saved = await session.scalar(text("SELECT updated_at FROM triggers"))
        due = rule_saved + timedelta(milliseconds=1)
        past = {"created_at": due - timedelta(minutes=60)}
        await session.execute(update(Booking).values(**past))
    (plan,) = await plans(db, hotel)
    assert (plan.trigger_id, plan.due_at, plan.planned_at) == (saved, due, rule_saved)
    assert await work_due(db, FixedClock(datetime.now(UTC) + timedelta(minutes=1)), hotel) == 1
    assert await texts(db, hotel) == ["Hello"]
