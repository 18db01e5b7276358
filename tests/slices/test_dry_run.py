"""A dry run tells exactly what a real one then does, and writes nothing itself."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update

from frontdesk.bookings.cancel import cancel
from frontdesk.bookings.models import Booking
from frontdesk.guests.models import Guest
from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.settings import Settings
from frontdesk.messaging.models import Conversation, OutboundMessage, OutboxEvent
from frontdesk.triggers.actions import run_next
from frontdesk.triggers.dry_run import Would, dry_run
from frontdesk.triggers.models import Trigger, TriggerRun
from tests.calling import calling
from tests.factories import all_of
from tests.slices.stays import stay_of
from tests.slices.test_booking import FIRST
from tests.slices.test_planned_sends import MADRID, kind, now, plans, rule, when, work

__all__ = ["kind", "now"]
DAY = timedelta(days=1)
LONG = {"field": "nights", "op": "gte", "value": 3}
HELLO = [
    {
        "type": "send_message",
        "text": "Hello {guest.first_name}, {stay.arrival}",
        "variants": [{"language": "de", "text": "Hallo {guest.first_name}, {stay.arrival}"}],
    }
]


async def rehearsed(db: Database, hotel: HotelId, name: str, at: datetime) -> list[Would]:
    async with db.hotel(hotel) as session:
        found = (await session.scalars(select(Trigger).where(Trigger.name == name))).one()
        return await dry_run(session, found, days=30, now=at)


async def test_a_dry_run_equals_the_real_one(
    settings: Settings, db: Database, hotel: HotelId, kind: UUID, now: datetime
) -> None:
    real = {"schedule": when("arrival", -2, "23:30"), "conditions": LONG, "actions": HELLO}
    await rule(db, hotel, "real", **real)
    await rule(db, hotel, "dry", **real, enabled=False)
    clock, today = FixedClock(now), now.astimezone(MADRID).date()
    people = [("de", "Ada B"), ("fr", "Cid D"), ("en", None), ("en", "Eve F"), ("en", "Gus H")]
    for n, (language, name) in enumerate(people):
        nights = 2 if n == 3 else 4
        after = (today - FIRST).days + 5 + n
        phone = f"3460000000{n}"
        stay = await stay_of(db, hotel, kind, clock, after=after, nights=nights, phone=phone)
        async with db.hotel(hotel) as session:
            own = update(Guest).where(Guest.id == stay.guest_id)
            await session.execute(own.values(language=language, name=name))
            if n == 4:
                await cancel(session, stay.id, by="test", now=now)
    for plan in sorted(await plans(db, hotel), key=lambda p: p.due_at):
        await work(db, hotel, plan.due_at)
    tables = (OutboundMessage, OutboxEvent, Conversation)
    before = [len(await all_of(db, hotel, m)) for m in tables]
    foreseen = await rehearsed(db, hotel, "dry", now + 30 * DAY)
    assert before == [len(await all_of(db, hotel, m)) for m in tables]
    done = [p for p in await plans(db, hotel) if p.state != "cancelled"]
    states = {"skipped": "not_sent"}
    assert [(w.booking_id, w.at, w.outcome, w.why) for w in foreseen] == [
        (p.booking_id, p.due_at, states.get(p.state, p.state), p.why)
        for p in sorted(done, key=lambda p: p.due_at)
    ]
    said = [a["text"] for w in foreseen for a in w.actions if "text" in a]
    assert said == [m.text for m in await all_of(db, hotel, OutboundMessage)]
    assert [a.get("language") for w in foreseen for a in w.actions] == ["de", "en", None]
    assert foreseen[2].actions[0]["missing"] == ["guest.first_name"]
    assert {w.leaves_at.astimezone(MADRID).hour for w in foreseen if w.outcome == "sent"} == {8}
    dry = next(t for t in await all_of(db, hotel, Trigger) if t.name == "dry")
    async with calling(settings, db, hotel, FixedClock(now + 30 * DAY)) as call:
        answer = await call("GET", f"/triggers/{dry.id}/dry-run", params={"days": 30})
        assert [e["outcome"] for e in answer.json()["entries"]] == [w.outcome for w in foreseen]


async def test_a_dry_run_of_an_event_equals_the_real_one(
    db: Database, hotel: HotelId, kind: UUID, now: datetime
) -> None:
    tell = {"actions": [{"type": "notify_staff"}], "event": "booking.created"}
    vip = {"all": [{"field": "guest.vip", "op": "eq", "value": True}, LONG]}
    await rule(db, hotel, "real", None, conditions=vip, **tell)
    await rule(db, hotel, "dry", None, conditions=vip, enabled=False, **tell)
    after = (now.astimezone(MADRID).date() - FIRST).days + 5
    for n, nights in enumerate((4, 2, 4)):
        phone = f"3460000000{n}"
        stay = await stay_of(
            db, hotel, kind, FixedClock(now), after=after, nights=nights, phone=phone
        )
        async with db.hotel(hotel) as session:
            own = update(Guest).where(Guest.id == stay.guest_id)
            await session.execute(own.values(vip=n < 2))
    while await run_next(db, FixedClock(datetime.now(UTC)), hotel):
        pass
    foreseen = await rehearsed(db, hotel, "dry", datetime.now(UTC) + DAY)
    ran = {r.booking_id: r for r in await all_of(db, hotel, TriggerRun)}
    outcomes = {"fired": "sent", "not_matched": "not_sent"}
    assert len(foreseen) == len(await all_of(db, hotel, Booking)) == 3
    for would in foreseen:
        real = ran[would.booking_id]
        assert (would.outcome, would.why) == (outcomes[real.outcome], real.reasons)
