"""A dry run tells exactly what a real one then does, and writes nothing itself."""

from datetime import UTC, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import delete, select, update

from frontdesk.bookings.cancel import cancel
from frontdesk.bookings.models import Booking, Hold
from frontdesk.guests.models import Guest, GuestIdentity
from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.settings import Settings
from frontdesk.messaging.models import Conversation, Message, OutboundMessage, OutboxEvent
from frontdesk.tenancy.models import Hotel, WhatsAppInstance
from frontdesk.triggers.actions import run_next
from frontdesk.triggers.dry_run import Would, dry_run
from frontdesk.triggers.models import Trigger, TriggerRun
from frontdesk.triggers.ready_made import install
from tests.calling import calling
from tests.factories import all_of, thread_of
from tests.slices.stays import stay_of
from tests.slices.test_booking import FIRST
from tests.slices.test_planned_sends import MADRID, book, kind, now, plans, rule, when, work

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
    booked = {"field": "status", "op": "eq", "value": "confirmed"}
    coming = {"all": [LONG, booked, {**booked, "field": "stay.status"}]}
    real = {"schedule": when("arrival", -2, "23:30"), "conditions": coming, "actions": HELLO}
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
    sent = [p for p in await plans(db, hotel) if p.state == "sent"]
    async with db.hotel(hotel) as session:  # what became of them later is of no matter
        late = max(p.due_at for p in sent) + DAY
        came = {"status": "checked_in", "checked_in_at": late}
        await session.execute(
            update(Booking).where(Booking.id == sent[0].booking_id).values(**came)
        )
        gone = update(Booking).where(Booking.id == sent[1].booking_id)
        await session.execute(gone.values(status="cancelled", cancelled_at=late))
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


async def test_who_booked_elsewhere_is_confirmed_in_a_chat_of_their_own(
    db: Database, hotel: HotelId, kind: UUID, now: datetime
) -> None:
    """By the ready-made journey, at night: to a new chat, to the one they have, or why not."""
    async with db.hotel(hotel) as session:
        journey = await install(session, hotel, "confirmation", by="test")
        journey.enabled = True
    (number,) = await all_of(db, hotel, WhatsAppInstance)
    chat = await thread_of(db, hotel, number.id, chat="34600000001@c.us")
    after, guests = (now.astimezone(MADRID).date() - FIRST).days + 5, list[UUID]()
    for n in range(4):
        phone = f"3460000000{n}"
        stay = await stay_of(db, hotel, kind, FixedClock(now), after=after, phone=phone)
        guests.append(stay.guest_id)
    night = datetime.combine(now.date() - DAY, time(23, 30), MADRID)
    async with db.hotel(hotel) as session:
        await session.execute(update(Guest).where(Guest.id == guests[2]).values(opted_out_at=now))
        await session.execute(delete(GuestIdentity).where(GuestIdentity.guest_id == guests[3]))
        await session.execute(update(OutboxEvent).values(created_at=night))
        await session.execute(update(Conversation).values(last_inbound_at=night - DAY))
        foreseen = {w.guest_id: w for w in await dry_run(session, journey, days=30, now=now)}
    while await run_next(db, FixedClock(night), hotel):
        pass
    ran = {r.guest_id: r for r in await all_of(db, hotel, TriggerRun)}
    assert len(ran) == 4
    for n, guest in enumerate(guests):
        assert foreseen[guest].outcome == ("sent" if n < 2 else "failed")
        assert ran[guest].outcome == ("fired" if n < 2 else "failed")
        told, was = foreseen[guest].actions[0], ran[guest].actions[0]
        assert told.get("error") == was.get("error")
    chats = {c.guest_id: c for c in await all_of(db, hotel, Conversation)}
    assert chats[guests[1]].id == chat.id
    for n, words in enumerate(await all_of(db, hotel, OutboundMessage)):
        would = foreseen[guests[n]]
        assert words.conversation_id == ran[guests[n]].conversation_id == chats[guests[n]].id
        assert (words.text, words.lane) == (would.actions[0]["text"], "proactive")
        assert would.leaves_at.astimezone(MADRID).hour == 8


async def test_a_dry_run_of_chats_and_holds_equals_the_real_one(
    db: Database, hotel: HotelId, kind: UUID, now: datetime
) -> None:
    """Silences that ended in time and holds that were let go are in neither."""
    hours = {"weekdays": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]}
    hours |= {"opens": "09:00", "closes": "18:00"}
    rules = {
        "silent": ("conversation.moment", when("no_reply", at=None, minutes=60)),
        "patient": ("conversation.moment", when("no_reply", at=None, minutes=60, open=hours)),
        "quiet": ("conversation.moment", when("guest_message", at=None, minutes=90)),
        "runs out": ("hold.moment", when("hold_expiry", at=None, minutes=-10)),
    }
    tell = {"actions": [{"type": "notify_staff"}]}
    for name, (event, schedule) in rules.items():
        await rule(db, hotel, name, schedule, event=event, **tell)
        await rule(db, hotel, f"dry {name}", schedule, event=event, enabled=False, **tell)
    (number,) = await all_of(db, hotel, WhatsAppInstance)
    chat = await thread_of(db, hotel, number.id)
    noon = (now.astimezone(MADRID) + DAY).replace(hour=12, minute=0, second=0, microsecond=0)
    first = await book(db, hotel, kind, noon.date() + 9 * DAY, now)
    steps: list[tuple[datetime, str]] = [
        (noon.astimezone(UTC) + timedelta(minutes=m), said) for m, said in TALK
    ]
    for n, (at, said) in enumerate(steps):
        await work(db, hotel, at - timedelta(seconds=1))
        if said in ("in", "out"):
            await speaks(db, hotel, chat, said, at, n)
        else:
            await holds(db, hotel, first, said, at)
    end = noon.astimezone(UTC) + timedelta(hours=22)
    await work(db, hotel, end - timedelta(hours=15))
    await work(db, hotel, end)
    states = {"skipped": "not_sent"}
    for name in rules:
        real = [p for p in await plans(db, hotel) if p.trigger_id == await _id(db, hotel, name)]
        done = sorted((p for p in real if p.state != "cancelled"), key=lambda p: p.due_at)
        foreseen = await rehearsed(db, hotel, f"dry {name}", end)
        assert [(w.at, w.outcome, w.guest_id) for w in foreseen] == [
            (p.due_at, states.get(p.state, p.state), p.guest_id) for p in done
        ], name
        assert len(done) == MANY[name], name


TALK = [
    *((0, "in"), (5, "out"), (100, "in"), (110, "out"), (150, "in"), (300, "out"), (310, "out")),
    *((330, "kept"), (350, "free"), (351, "kept")),
]
MANY = {"silent": 2, "patient": 2, "quiet": 2, "runs out": 1}


async def speaks(
    db: Database, hotel: HotelId, chat: Conversation, side: str, at: datetime, n: int
) -> None:
    """As file_event() files it."""
    async with db.hotel(hotel) as session:
        same = {"conversation_id": chat.id, "direction": side, "occurred_at": at}
        author = "guest" if side == "in" else "staff"
        session.add(Message(hotel_id=hotel, author=author, kind="text", text=str(n), **same))
        talk = update(Conversation).where(Conversation.id == chat.id)
        heard = {"last_inbound_at": at} if side == "in" else {}
        await session.execute(talk.values(last_message_at=at, **heard))


async def holds(db: Database, hotel: HotelId, like: Booking, said: str, at: datetime) -> None:
    async with db.hotel(hotel) as session:
        if said == "free":
            await session.execute(update(Hold).values(status="released"))
            return
        kept = Hold(hotel_id=hotel, quote_id=like.quote_id, status="active", rooms=1)
        kept.room_type_id, kept.arrival = like.room_type_id, like.arrival
        kept.departure, kept.expires_at = like.departure, at + timedelta(minutes=60)
        session.add(kept)


async def _id(db: Database, hotel: HotelId, name: str) -> UUID:
    return next(t.id for t in await all_of(db, hotel, Trigger) if t.name == name)


async def test_a_dry_run_knows_the_cap_of_a_guest_as_the_real_one_does(
    db: Database, hotel: HotelId, kind: UUID, now: datetime
) -> None:
    said = {"actions": [{"type": "send_message", "text": "Hi"}], "event": "booking.created"}
    await rule(db, hotel, "real", None, **said)
    await rule(db, hotel, "dry", None, enabled=False, **said)
    async with db.hotel(hotel) as session:
        (await session.scalars(select(Hotel))).one().settings = {"unasked_per_day": 2}
    after = (now.astimezone(MADRID).date() - FIRST).days + 5
    for n in (0, 0, 1, 0):
        await stay_of(db, hotel, kind, FixedClock(now), after=after, phone=f"3460000000{n}")
    while await run_next(db, FixedClock(now), hotel):
        pass
    runs = sorted(await all_of(db, hotel, TriggerRun), key=lambda r: r.event_id)
    done = [(r.booking_id, [a.get("error") for a in r.actions]) for r in runs]
    assert [any(errors) for _, errors in done] == [False, False, False, True]
    foreseen = await rehearsed(db, hotel, "dry", now + DAY)
    assert [(w.booking_id, [a.get("error") for a in w.actions]) for w in foreseen] == done
    assert [w.outcome for w in foreseen] == ["sent", "sent", "sent", "failed"]
