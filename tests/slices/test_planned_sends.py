"""Rules by the clock on real stays: planned with the stay, sent once, and every why kept."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from frontdesk.bookings.cancel import cancel
from frontdesk.bookings.inventory import open_nights
from frontdesk.bookings.models import Booking
from frontdesk.guests.models import Guest
from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.secrets import Vault
from frontdesk.messaging.models import Conversation, OutboundMessage
from frontdesk.rooms.models import RoomType
from frontdesk.tenancy.models import WhatsAppInstance
from frontdesk.triggers.due import work_due
from frontdesk.triggers.models import Trigger, TriggerRun
from frontdesk.triggers.plan_models import PlannedSend
from frontdesk.triggers.planning import plan_on
from tests.factories import all_of, number_of, thread_of
from tests.slices.stays import stay_of
from tests.slices.test_booking import FIRST

MADRID = ZoneInfo("Europe/Madrid")
SAY = [{"type": "send_message", "text": "Hello"}]


def when(anchor: str, days: int = 0, at: str | None = "10:00", **more) -> dict:
    return {"anchor": anchor, "days": days, "at": at, "minutes": 0, "late": "skip", **more}


async def rule(db: Database, hotel: HotelId, name: str, schedule: dict, **more) -> UUID:
    async with db.hotel(hotel) as session:
        said = {"event": "stay.moment", "conditions": {}, "actions": SAY, **more}
        made = Trigger(hotel_id=hotel, name=name, schedule=schedule, **said)
        session.add(made)
        await session.flush()
        return made.id


@pytest.fixture
def now() -> datetime:
    """Lateness is measured by the database's own clock."""
    return datetime.now(UTC)


@pytest.fixture
async def kind(db: Database, vault: Vault, hotel: HotelId, now: datetime) -> UUID:
    await number_of(db, vault, hotel)
    async with db.hotel(hotel) as session:
        made = RoomType(
            hotel_id=hotel, code="D", name="D", max_adults=2, max_guests=2, base_price=10000
        )
        session.add(made)
        await session.flush()
        first = now.astimezone(MADRID).date()
        prices = {first + timedelta(n): 10000 for n in range(90)}
        await open_nights(session, hotel, made.id, first=first, days=90, capacity=50, prices=prices)
        return made.id


async def book(db: Database, hotel: HotelId, kind: UUID, arrival: date, now: datetime) -> Booking:
    return await stay_of(db, hotel, kind, FixedClock(now), after=(arrival - FIRST).days)


async def planned(db: Database, hotel: HotelId) -> None:
    """As the job that a saved rule rings."""
    for _ in range(100):
        if await plan_on(db, hotel) is None:
            return
    raise AssertionError("the planning never comes to rest")


async def plans(db: Database, hotel: HotelId) -> list[PlannedSend]:
    await planned(db, hotel)
    return await all_of(db, hotel, PlannedSend)


async def work(db: Database, hotel: HotelId, at: datetime) -> int:
    worked = 0
    for _ in range(50):
        some = await work_due(db, FixedClock(at), hotel)
        if not some:
            return worked
        worked += some
    raise AssertionError("the plans never come to rest")


async def texts(db: Database, hotel: HotelId) -> list[str]:
    return [m.text for m in await all_of(db, hotel, OutboundMessage)]


async def test_a_plan_moves_with_its_stay_and_goes_out_once(
    db: Database, hotel: HotelId, other_hotel: HotelId, kind: UUID, now: datetime
) -> None:
    before = await rule(db, hotel, "pre", when("arrival", -3))
    await rule(db, hotel, "theirs off", when("departure"), enabled=False)
    await rule(db, other_hotel, "elsewhere", when("arrival", -3))
    day = now.astimezone(MADRID).date() + timedelta(20)
    stay = await book(db, hotel, kind, day, now)
    (plan,) = await plans(db, hotel)
    due = datetime.combine(day - timedelta(3), datetime.min.time(), MADRID).replace(hour=10)
    assert (plan.trigger_id, plan.state, plan.due_at) == (before, "planned", due)
    async with db.hotel(hotel) as session:
        later = {"arrival": day + timedelta(7), "departure": day + timedelta(9)}
        await session.execute(update(Booking).where(Booking.id == stay.id).values(**later))
    due = datetime.combine(day + timedelta(4), datetime.min.time(), MADRID).replace(hour=10)
    assert [p.due_at for p in await plans(db, hotel)] == [due]
    assert await work(db, hotel, due - timedelta(seconds=1)) == 0
    worked = await asyncio.gather(*(work(db, hotel, due) for _ in range(3)))
    assert sum(worked) >= 1
    assert await texts(db, hotel) == ["Hello"]
    assert [m.lane for m in await all_of(db, hotel, OutboundMessage)] == ["proactive"]
    async with db.hotel(hotel) as session:
        away = {"arrival": day + timedelta(17), "departure": day + timedelta(19)}
        await session.execute(update(Booking).where(Booking.id == stay.id).values(**away))
        await session.execute(update(Trigger).values(version=2))
    assert await work(db, hotel, due + timedelta(days=60)) == 0
    assert await texts(db, hotel) == ["Hello"]
    assert [r.outcome for r in await all_of(db, hotel, TriggerRun)] == ["fired"]
    assert await plans(db, other_hotel) == []


async def test_a_cancelled_stay_calls_off_what_waits(
    db: Database, hotel: HotelId, kind: UUID, now: datetime
) -> None:
    await rule(db, hotel, "pre", when("arrival", -1))
    stay = await book(db, hotel, kind, now.astimezone(MADRID).date() + timedelta(9), now)
    async with db.hotel(hotel) as session:
        await cancel(session, stay.id, by="test", now=now)
    (plan,) = await plans(db, hotel)
    assert (plan.state, "cancelled" in plan.why[0]) == ("cancelled", True)
    assert await work(db, hotel, now + timedelta(days=30)) == 0


async def test_a_late_booking_is_treated_as_its_rule_says(
    db: Database, hotel: HotelId, kind: UUID, now: datetime
) -> None:
    today = now.astimezone(MADRID).date()
    until = {"anchor": "arrival", "days": 0, "at": "00:00", "minutes": 0}
    await rule(db, hotel, "skip", when("arrival", -30))
    await rule(db, hotel, "send", when("arrival", -30, late="send"))
    await rule(db, hotel, "until", when("arrival", -30, late="until", until=until))
    over = {**until, "days": -20}
    await rule(db, hotel, "over", when("arrival", -30, late="until", until=over))
    await book(db, hotel, kind, today + timedelta(5), now)
    assert await work(db, hotel, datetime.now(UTC)) == 4
    names = {t.id: t.name for t in await all_of(db, hotel, Trigger)}
    kept = {names[p.trigger_id]: p for p in await plans(db, hotel)}
    states = {name: p.state for name, p in kept.items()}
    assert states == {"skip": "skipped", "send": "sent", "until": "sent", "over": "skipped"}
    assert kept["skip"].why[0]["late"] == "skip"
    assert {"due_at", "known_at", "now"} < set(kept["over"].why[0])


async def test_a_new_rule_looks_ahead_only_and_a_changed_one_replans(
    db: Database, hotel: HotelId, kind: UUID, now: datetime
) -> None:
    today = now.astimezone(MADRID).date()
    await book(db, hotel, kind, today + timedelta(5), now)
    await rule(db, hotel, "past", when("arrival", -30, late="send"))
    ahead = await rule(db, hotel, "ahead", when("arrival", -1, late="send"))
    (plan,) = await plans(db, hotel)
    assert plan.trigger_id == ahead
    async with db.hotel(hotel) as session:
        changed = update(Trigger).where(Trigger.id == ahead)
        await session.execute(changed.values(version=2, schedule=when("arrival", 0, "08:00")))
    states = sorted((p.trigger_version, p.state) for p in await plans(db, hotel))
    assert states == [(1, "cancelled"), (2, "planned")]
    async with db.hotel(hotel) as session:
        await session.execute(update(Trigger).values(enabled=False))
    assert {p.state for p in await plans(db, hotel)} == {"cancelled"}


async def test_conditions_and_stop_hold_and_say_why(
    db: Database, hotel: HotelId, kind: UUID, now: datetime
) -> None:
    longer = {"field": "nights", "op": "gte", "value": 5}
    await rule(db, hotel, "long", when("arrival", -1), conditions=longer)
    await rule(db, hotel, "all", when("arrival", -2))
    day = now.astimezone(MADRID).date() + timedelta(9)
    await book(db, hotel, kind, day, now)
    ten = datetime(day.year, day.month, day.day, 10, tzinfo=MADRID)
    async with db.hotel(hotel) as session:
        await session.execute(update(Guest).values(opted_out_at=now))
    await work(db, hotel, ten - timedelta(2))
    async with db.hotel(hotel) as session:
        await session.execute(update(Guest).values(opted_out_at=None))
    await work(db, hotel, ten - timedelta(1))
    stopped, unmet = sorted(await plans(db, hotel), key=lambda p: p.due_at)
    assert (stopped.state, "blocked" in stopped.why[0]) == ("skipped", True)
    assert (unmet.state, unmet.why) == ("skipped", [{**longer, "seen": 2, "held": False}])
    assert await texts(db, hotel) == []


async def test_a_chat_waits_for_a_reply_until_somebody_speaks(
    db: Database, hotel: HotelId, kind: UUID, now: datetime
) -> None:
    (number,) = await all_of(db, hotel, WhatsAppInstance)
    thread = await thread_of(db, hotel, number.id)
    silent = when("no_reply", at=None, minutes=60)
    await rule(db, hotel, "silent", silent, event="conversation.moment")

    async def speaks(**when_: datetime) -> None:
        async with db.hotel(hotel) as session:
            chat = update(Conversation).where(Conversation.id == thread.id)
            await session.execute(chat.values(**when_))

    await speaks(last_message_at=now + timedelta(minutes=1))
    await speaks(
        last_message_at=now + timedelta(minutes=5), last_inbound_at=now + timedelta(minutes=5)
    )
    assert {p.state for p in await plans(db, hotel)} == {"cancelled"}
    await speaks(last_message_at=now + timedelta(minutes=9))
    assert await work(db, hotel, now + timedelta(minutes=68)) == 0
    assert await work(db, hotel, now + timedelta(minutes=69)) == 1
    assert await texts(db, hotel) == ["Hello"]
