"""Moments of payments, calendars, holds and silent chats; and that nothing doubles or is missed."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update

from frontdesk.bookings.models import Booking, Hold
from frontdesk.bookings.payment_models import Payment
from frontdesk.bookings.payments import Sum, take
from frontdesk.guests.merge import merge
from frontdesk.guests.models import Guest
from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.messaging.models import Conversation
from frontdesk.notifications.models import StaffNotification
from frontdesk.tenancy.models import WhatsAppInstance
from frontdesk.triggers.due import work_due
from frontdesk.triggers.plan_models import PlannedSend
from tests.factories import all_of, thread_of
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
TELL = [{"type": "notify_staff"}]
HOUR = timedelta(hours=1)


async def test_a_payment_that_is_asked_for_is_reminded_of_until_it_came(
    db: Database, hotel: HotelId, kind: UUID, now: datetime
) -> None:
    remind = when("payment_due", at=None, minutes=-60)
    await rule(db, hotel, "pay", remind)
    stay = await book(db, hotel, kind, now.astimezone(MADRID).date() + timedelta(9), now)
    assert await plans(db, hotel) == []
    async with db.hotel(hotel) as session:
        made = await take(
            session, stay.id, Sum(amount=5000), method="link", reference=None, by="test"
        )
        made.expires_at = now + 5 * HOUR
    (plan,) = await plans(db, hotel)
    assert (plan.state, plan.due_at) == ("planned", now + 4 * HOUR)
    async with db.hotel(hotel) as session:
        await session.execute(update(Payment).values(status="paid", paid_amount=5000))
    assert [p.state for p in await plans(db, hotel)] == ["cancelled"]
    assert await work(db, hotel, now + 6 * HOUR) == 0


async def test_a_calendar_comes_on_its_days_and_once_a_day(
    db: Database, hotel: HotelId, other_hotel: HotelId, kind: UUID, now: datetime
) -> None:
    weekly = when("calendar", weekdays=["mon", "thu"])
    await rule(db, hotel, "briefing", weekly, event="hotel.moment", actions=TELL)
    daily = when("calendar", at="18:00")
    await rule(db, hotel, "evening", daily)
    first = now.astimezone(MADRID).date() + timedelta(9)
    await book(db, hotel, kind, first, now)
    mine = sorted(p.due_at for p in await plans(db, hotel) if p.booking_id)
    days = [first + timedelta(n) for n in range(3)]
    assert [d.astimezone(MADRID).date() for d in mine] == days
    assert {d.astimezone(MADRID).hour for d in mine} == {18}
    at = now
    for _ in range(4):
        (coming,) = [p for p in await plans(db, hotel) if not p.booking_id and p.state == "planned"]
        assert coming.due_at > at
        at = coming.due_at
        assert at.astimezone(MADRID).strftime("%a %H:%M") in ("Mon 10:00", "Thu 10:00")
        await asyncio.gather(work(db, hotel, at), work(db, hotel, at))
        assert await work(db, hotel, at) == 0
    assert len({p.occurrence for p in await plans(db, hotel) if not p.booking_id}) == 5
    assert len(await all_of(db, hotel, StaffNotification)) == 4
    assert await plans(db, other_hotel) == []


async def test_a_silent_chat_is_due_after_open_minutes_only(
    db: Database, hotel: HotelId, kind: UUID, now: datetime
) -> None:
    (number,) = await all_of(db, hotel, WhatsAppInstance)
    thread = await thread_of(db, hotel, number.id)
    tomorrow = now.astimezone(MADRID).date() + timedelta(1)
    last = datetime.combine(tomorrow, datetime.min.time(), MADRID).replace(hour=17, minute=45)
    week = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    hours = {"weekdays": week, "opens": "09:00", "closes": "18:00"}
    silent = when("no_reply", at=None, minutes=30, open=hours)
    await rule(db, hotel, "silent", silent, event="conversation.moment", actions=TELL)
    async with db.hotel(hotel) as session:
        chat = update(Conversation).where(Conversation.id == thread.id)
        await session.execute(chat.values(last_message_at=last.astimezone(UTC)))
    assert await work(db, hotel, (last + 2 * HOUR).astimezone(UTC)) == 1
    assert await all_of(db, hotel, StaffNotification) == []
    morning = last.replace(hour=9, minute=15) + timedelta(days=1)
    assert await work(db, hotel, (morning - timedelta(minutes=1)).astimezone(UTC)) == 0
    assert await work(db, hotel, morning.astimezone(UTC)) == 1
    assert len(await all_of(db, hotel, StaffNotification)) == 1


async def test_a_hold_that_runs_out_is_told_of_unless_it_is_taken(
    db: Database, hotel: HotelId, kind: UUID, now: datetime
) -> None:
    await rule(db, hotel, "soon", when("hold_expiry", at=None, minutes=-10), event="hold.moment")
    first = await book(db, hotel, kind, now.astimezone(MADRID).date() + timedelta(9), now)
    ends = now + HOUR

    async def hold(status: str) -> None:
        async with db.hotel(hotel) as session:
            same = {"room_type_id": first.room_type_id, "arrival": first.arrival}
            kept = Hold(hotel_id=hotel, quote_id=first.quote_id, status="active", rooms=1, **same)
            kept.departure, kept.expires_at = first.departure, ends
            session.add(kept)
            await session.flush()
            if status != "active":
                await session.execute(update(Hold).where(Hold.id == kept.id).values(status=status))

    await hold("taken")
    await hold("active")
    assert sorted(p.state for p in await plans(db, hotel)) == ["cancelled", "planned"]
    assert await work(db, hotel, ends - timedelta(minutes=11)) == 0
    assert await work(db, hotel, ends - timedelta(minutes=10)) == 1
    assert await texts(db, hotel) == ["Hello"]


async def test_the_plans_of_two_guests_who_are_one_go_to_the_one(
    db: Database, hotel: HotelId, kind: UUID, now: datetime
) -> None:
    await rule(db, hotel, "pre", when("arrival", -1))
    day = now.astimezone(MADRID).date() + timedelta(9)
    stay = await book(db, hotel, kind, day, now)
    async with db.hotel(hotel) as session:
        kept = Guest(hotel_id=hotel, name="Kept")
        session.add(kept)
        await session.flush()
        await merge(session, kept.id, stay.guest_id, by="test", now=now)
        moved = await session.scalar(select(Booking.guest_id).where(Booking.id == stay.id))
    assert moved == kept.id
    (plan,) = await plans(db, hotel)
    assert (plan.state, plan.guest_id) == ("planned", kept.id)


async def test_workers_clocks_and_restarts_neither_double_nor_miss(
    db: Database, hotel: HotelId, kind: UUID, now: datetime
) -> None:
    """Three workers, clocks that jump to and fro, and one that dies between claim and commit."""
    for n in range(12):
        await rule(db, hotel, f"r{n}", when("arrival", -1, f"10:{n:02d}"), actions=TELL)
    day = now.astimezone(MADRID).date() + timedelta(9)
    await book(db, hotel, kind, day, now)
    due = min(p.due_at for p in await plans(db, hotel))
    jumps = [timedelta(minutes=m) for m in (0, 20, 3, 5, -30, 11, 12)]

    async def worker(seed: int) -> None:
        for jump in jumps[seed:] + jumps[:seed]:
            while await work_due(db, FixedClock(due + jump), hotel):
                pass

    class Killed(Exception):
        """In place of a machine that loses its power"""

    async def dies() -> None:
        async with db.hotel(hotel) as session:
            taken = select(PlannedSend).order_by(PlannedSend.due_at).limit(3)
            for row in (await session.scalars(taken.with_for_update())).all():
                row.state = "sent"
            await session.flush()
            raise Killed

    with pytest.raises(Killed):
        await dies()
    await asyncio.gather(*(worker(seed) for seed in range(3)))
    assert {p.state for p in await plans(db, hotel)} == {"sent"}
    told = await all_of(db, hotel, StaffNotification)
    assert sorted(t.title for t in told) == sorted(f"r{n}" for n in range(12))
