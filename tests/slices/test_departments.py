"""Who is of some departments sees and works their chats and tasks, and no other's, by any route."""

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from frontdesk.api.app import api_routes, create_app
from frontdesk.conversations.task_words import task_was_done
from frontdesk.conversations.tasks import Wish, open_task
from frontdesk.kit.clock import FixedClock, SystemClock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.rehearsal import Rehearsal
from frontdesk.kit.secrets import Vault
from frontdesk.kit.settings import Settings
from frontdesk.messaging.models import Conversation, Message
from frontdesk.messaging.threads import open_conversation
from frontdesk.notifications.actions import Alert, notify
from frontdesk.notifications.models import NotificationDelivery, Staff, StaffNotification
from frontdesk.notifications.phone import Written
from frontdesk.operations.probe_departments import probe_departments
from frontdesk.operations.probe_world import make_world
from frontdesk.search.actions import catch_up
from frontdesk.tenancy.actions import add_key
from frontdesk.tenancy.departments import department
from frontdesk.tenancy.person_models import Membership
from frontdesk.tenancy.schemas import KeyIn
from frontdesk.tenancy.seat import seat
from tests.factories import all_of, guest_said, number_of
from tests.looking import serving
from tests.people import PASSWORD, Caller, House, house_of


async def test_no_route_shows_or_takes_another_departments_rows(
    settings: Settings, db: Database, hotel: HotelId
) -> None:
    app = create_app(settings.model_copy(update={"allow_private_urls": True}))
    async with app.router.lifespan_context(app), Rehearsal.of(db) as stage:
        world = await make_world(stage, app.state.vault, hotel, now=app.state.clock.now())
        app.state.db = stage
        findings = await probe_departments(app, api_routes(app), stage, world)
    assert [f for f in findings if not f.holds] == []
    counts = Counter(f.check for f in findings)
    assert counts["another department's id is not there"] >= 45
    assert counts["one's own department's id is there"] >= 35
    assert counts["what is the whole hotel's is not a department's"] >= 60
    assert counts["an answer has no other department's rows"] >= 300


@dataclass
class Place:
    """Ann has the whole hotel, Hana its housekeeping; a chat of hers, one of reception's, one of
    nobody's.
    """

    house: House
    hotel: HotelId
    boss: Caller
    ann: Caller
    hana: Caller
    people: dict[str, UUID]
    chats: dict[str, UUID]

    async def ask(self, who: Caller, method: str, path: str, **body: object) -> tuple[int, Any]:
        more = {"json": body} if body or method in ("POST", "PUT") else {}
        answer = await who(method, f"/v1/hotels/{self.hotel}{path}", **more)
        return answer.status_code, answer.json() if answer.content else {}

    async def ids(self, who: Caller, path: str) -> set[str]:
        code, said = await self.ask(who, "GET", path)
        assert code == 200, said
        return {row["id"] for row in said["items"]}

    async def code(self, who: Caller, method: str, path: str, **body: object) -> str:
        status, said = await self.ask(who, method, path, **body)
        return f"{status} {said.get('type', '').rpartition(':')[2]}".strip()


@pytest.fixture
async def place(
    settings: Settings, db: Database, vault: Vault, hotel: HotelId, tmp_path: Path
) -> AsyncIterator[Place]:
    clock = FixedClock(SystemClock().now())
    number = await number_of(db, vault, hotel)
    async with house_of(settings, db, clock, vault, tmp_path) as house:
        people: dict[str, UUID] = {}
        callers: list[Caller] = []
        for name, role in (("boss", "admin"), ("ann", "manager"), ("hana", "manager")):
            address = f"{name}.{hotel.hex}@example.org"
            people[name] = await seat(
                db, hotel, address, name, role, PASSWORD, by="t", now=clock.now()
            )
            callers.append(await house.enter(address))
        chats: dict[str, UUID] = {}
        async with db.hotel(hotel) as session:
            for n, code in enumerate(("housekeeping", "reception", "")):
                chat = f"3460000000{n}@c.us"
                talk = await open_conversation(session, hotel, number.id, chat, name=None)
                of = (await department(session, hotel, code)).id if code else None
                talk.department_id, talk.status, talk.owner = of, "escalated", "staff"
                session.add(guest_said(talk, f"the parrot of {code or 'nobody'}", clock.now()))
                chats[code] = talk.id
        place = Place(house, hotel, *callers, people, chats)
        of_hana = f"/members/{people['hana']}"
        assert (await place.code(place.boss, "PATCH", of_hana, departments=["nowhere"]))[
            :3
        ] == "404"
        done, hana = await place.ask(
            place.boss, "PATCH", of_hana, departments=["housekeeping", "housekeeping"]
        )
        assert (done, hana["role"], hana["departments"]) == (200, "manager", ["housekeeping"])
        yield place


async def test_who_is_of_a_department_reads_its_desk_alone(
    place: Place, db: Database, other_hotel: HotelId
) -> None:
    ann, hana, hotel = place.ann, place.hana, place.hotel
    mine, theirs, nobodys = (str(i) for i in place.chats.values())
    assert await place.ids(hana, "/conversations") == {mine}
    assert await place.ids(hana, "/conversations?department=reception") == set()
    assert await place.ids(ann, "/conversations") == {mine, theirs, nobodys}
    for other in (theirs, nobodys):
        assert await place.code(hana, "GET", f"/conversations/{other}") == (
            "404 no_such_conversation"
        )
    async with db.hotel(hotel) as session:
        for name, talk in place.chats.items():
            alert = Alert("request", 50, f"Alert {name}", "", f"a:{name}", talk)
            await notify(session, hotel, alert, now=place.house.clock.now())
        await notify(
            session, hotel, Alert("system", 50, "House", "", "h"), now=place.house.clock.now()
        )
    _, told = await place.ask(hana, "GET", "/notifications")
    assert [n["title"] for n in told["items"]] == ["Alert housekeeping"]
    assert len(await place.ids(ann, "/notifications")) == 4
    await catch_up(db, hotel)
    for who, found in ((hana, {mine}), (ann, {mine, theirs, nobodys})):
        for path in ("/search?q=parrot", "/search/messages?q=parot&sort=newest"):
            _, hits = await place.ask(who, "GET", path)
            assert {h["parent_id"] for h in hits["items"]} == found, (path, hits)
        _, hits = await place.ask(who, "GET", "/search?q=parrot")
        assert hits["facets"]["messages"] == len(found)
    _, shift = await place.ask(hana, "GET", "/shift-document")
    assert [c["conversation_id"] for c in shift["open"]["conversations"]] == [mine]
    for path in ("/events", "/audit", "/triggers", "/webhooks"):
        assert await place.code(hana, "GET", path) == "403 forbidden"
    assert await place.code(hana, "POST", "/shift-reports") == "403 forbidden"
    boss = f"/members/{place.people['boss']}"
    for path, body in (
        (boss, {"departments": ["spa"]}),
        (f"/members/{place.people['hana']}", {"role": "admin", "departments": ["spa"]}),
    ):
        assert await place.code(place.boss, "PATCH", path, **body) == "422 whole_admin"
    address = f"hana.{hotel.hex}@example.org"
    await seat(
        db, other_hotel, address, "Hana", "staff", PASSWORD, by="t", now=place.house.clock.now()
    )
    me = (await hana("GET", "/v1/me")).json()
    at = {UUID(h["hotel_id"]): h for h in me["hotels"]}
    assert (at[hotel]["role"], at[hotel]["departments"]) == ("manager", ["housekeeping"])
    assert "triggers:read" not in at[hotel]["scopes"]
    assert "conversations:write" in at[hotel]["scopes"]
    assert (at[other_hotel]["role"], at[other_hotel]["departments"]) == ("staff", [])
    whole = await place.code(place.boss, "PATCH", f"/members/{place.people['hana']}", role="admin")
    assert whole == "200"
    assert len(await place.ids(hana, "/conversations")) == 3


async def test_who_is_of_a_department_works_its_desk_and_asks_the_others(
    place: Place, db: Database
) -> None:
    ann, hana = place.ann, place.hana
    mine, theirs, _ = (str(i) for i in place.chats.values())
    me, on, there = str(place.people["hana"]), f"/conversations/{mine}", f"/conversations/{theirs}"
    sent, said = await place.ask(hana, "POST", f"{on}/messages", text="On my way", then="pending")
    assert (sent, said["author"]) == (201, "staff"), said
    assert await place.code(hana, "POST", f"{there}/messages", text="No") == (
        "404 no_such_conversation"
    )
    # what one asks of another department is theirs; what is asked of one is done for any guest
    asked, task = await place.ask(hana, "POST", "/tasks", title="Key", department="reception")
    assert asked == 201, task
    assert await place.code(hana, "GET", f"/tasks/{task['id']}") == "404 no_such_task"
    wish = {"title": "Towels", "item": "towels", "conversation_id": theirs}
    assert (await place.code(hana, "POST", "/tasks", **wish))[:3] == "404"
    made, towels = await place.ask(ann, "POST", "/tasks", **wish)
    assert (made, towels["number"]) == (201, task["number"] + 1), towels
    third, own = await place.ask(hana, "POST", "/tasks", title="Fold", department="housekeeping")
    assert (third, own["number"]) == (201, task["number"] + 2)
    assert await place.ids(hana, "/tasks") == {towels["id"], own["id"]}
    done, towels = await place.ask(hana, "POST", f"/tasks/{towels['id']}/step", to="done")
    assert (done, towels["state"]) == (200, "done"), towels
    told = [m for m in await all_of(db, place.hotel, Message) if m.author == "system"]
    assert [str(m.conversation_id) for m in told] == [theirs]
    # nobody is given, or named in, what they would not see
    other = "409 other_departments"
    assert await place.code(ann, "POST", f"{there}/assign", membership_id=me) == other
    assert await place.code(ann, "PUT", f"/tasks/{task['id']}/assignee", assignee_id=me) == other
    note = {"text": "please", "mentions": [me]}
    assert await place.code(ann, "POST", f"{there}/notes", **note) == other
    assert await place.code(ann, "POST", f"{on}/notes", **note) == "201"
    assert await place.code(ann, "POST", f"{on}/assign", membership_id=me) == "200"
    assert (await place.ask(hana, "GET", "/desk/me"))[1]["load"] == 1
    assert len(await place.ids(hana, "/mentions")) == 1
    # a hotel's label is renamed on every chat; what is passed on is gone, and nobody's there
    _, red = await place.ask(hana, "POST", "/labels", name="red")
    for chat in (on, there):
        assert await place.code(ann, "PUT", f"{chat}/labels", name="red") == "200"
    assert await place.code(hana, "PUT", f"/labels/{red['id']}", name="blue") == "200"
    assert (await place.ask(ann, "GET", there))[1]["tags"] == ["blue"]
    passed, talk = await place.ask(hana, "PUT", f"{on}/department", department="reception")
    assert (passed, talk["assignee_id"]) == (200, None), talk
    assert await place.code(hana, "GET", on) == "404 no_such_conversation"
    assert await place.ids(hana, "/mentions") == await place.ids(hana, "/conversations") == set()
    assert (await place.ask(hana, "GET", "/desk/me"))[1]["load"] == 0


async def test_staff_who_are_of_a_department_are_told_of_it_alone(
    place: Place, db: Database
) -> None:
    hotel, now = place.hotel, place.house.clock.now()
    async with db.hotel(hotel) as session:
        members = {m.id: m for m in (await session.scalars(select(Membership))).all()}
        for n, name in enumerate(("hana", "ann")):
            who, phone = members[place.people[name]], f"3460099900{n}"
            session.add(Staff(hotel_id=hotel, name=name, phone=phone, user_id=who.user_id))
    async with db.hotel(hotel) as session:
        for name, talk in place.chats.items():
            await notify(session, hotel, Alert("request", 50, name, "", f"x:{name}", talk), now=now)
        wish = Wish("Towels", department="reception")
        task = await open_task(session, hotel, wish, by="t", now=now)
        people = {s.id: s.name for s in (await session.scalars(select(Staff))).all()}
        owed = (await session.scalars(select(NotificationDelivery))).all()
        alerts = {a.id: a.title for a in (await session.scalars(select(StaffNotification))).all()}
        heard = {(people[o.staff_id], alerts[o.notification_id]) for o in owed}
        assert {what for who, what in heard if who == "hana"} == {"housekeeping"}
        assert len([what for who, what in heard if who == "ann"]) == 4
        number = (await session.scalars(select(Conversation.instance_id))).first()
        assert number is not None
        for name, state in (("hana", "open"), ("ann", "done")):
            staff = await session.scalar(select(Staff).where(Staff.name == name))
            assert staff is not None
            said = Written(staff, number, event_key=name, text=f"done {task.number}")
            assert await task_was_done(session, said, now=now)
            assert task.state == state


async def test_live_frames_are_those_of_ones_departments(
    settings: Settings, db: Database, vault: Vault, hotel: HotelId, clock: FixedClock
) -> None:
    number = await number_of(db, vault, hotel)
    scopes = ["conversations:read", "conversations:write", "staff:read", "events:read"]
    keys: list[str] = []
    talks: list[Conversation] = []
    async with db.hotel(hotel) as session:
        for n, code in enumerate(("housekeeping", "reception")):
            chat = f"3460000000{n}@c.us"
            talk = await open_conversation(session, hotel, number.id, chat, name=None)
            talk.department_id = (await department(session, hotel, code)).id
            talk.status, talk.owner = "escalated", "staff"
            talks.append(talk)
        for codes in (["housekeeping"], []):
            wanted = KeyIn.model_validate({"name": "k", "scopes": scopes, "departments": codes})
            keys.append((await add_key(session, hotel, wanted, by="test"))[1])
    async with (
        serving(settings, clock) as served,
        served.look(hotel, keys[0]) as narrow,
        served.look(hotel, keys[1]) as whole,
    ):
        place = narrow.resume
        counted = await narrow.frame("counters")
        assert (counted["open"], (await whole.frame("counters"))["open"]) == (1, 2)
        async with db.hotel(hotel) as session:
            for talk in talks:
                session.add(guest_said(talk, f"words of {talk.chat}", clock.now()))
                alert = Alert("request", 50, talk.chat, "", talk.chat, talk.id)
                await notify(session, hotel, alert, now=clock.now())
        mine, theirs = (str(t.id) for t in talks)
        while len([f for f in whole.frames if f["type"] == "notification"]) < 2:
            await whole.next()
        await whole.say("typing", conversation_id=theirs, on=True)
        await whole.say("viewing", conversation_id=theirs)
        await whole.say("viewing", conversation_id=mine)
        await narrow.frame("presence", viewing=mine)
        assert await narrow.settle()
        assert narrow.texts() == [f"words of {talks[0].chat}"]
        assert theirs not in str(narrow.frames)
        assert not [f for f in narrow.frames if f["type"] == "event"]
        assert {*whole.texts()} == {f"words of {t.chat}" for t in talks}
        for ask in ("message", "read", "typing", "viewing", "history"):
            said = {"message": "no", "client_id": str(uuid4())} if ask == "message" else {}
            said |= {"on": True} if ask == "typing" else {}
            refused = await narrow.ask(ask, conversation_id=theirs, **said)
            assert (refused["type"], refused["status"]) == ("error", 404), (ask, refused)
        assert (await narrow.ask("history", conversation_id=mine))["type"] == "history"
        async with served.look(hotel, keys[0], place) as again:
            await again.settle()
            assert again.texts() == narrow.texts()
            assert theirs not in str(again.frames)
