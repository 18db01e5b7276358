"""The live channel: who is let in, what they hear, what they may do, and when it ends."""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import update

from frontdesk.conversations.handover import take_over
from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.secrets import Vault
from frontdesk.kit.settings import Settings
from frontdesk.messaging.models import Conversation, Message, OutboundMessage
from frontdesk.messaging.statuses import note_status
from frontdesk.notifications.actions import Alert, acknowledge, notify
from frontdesk.tenancy.actions import add_key
from frontdesk.tenancy.schemas import KeyIn
from frontdesk.tenancy.seat import seat
from tests.factories import all_of, number_of, receive, says, thread_of
from tests.looking import Served, refused, serving
from tests.people import PASSWORD

EVERYTHING = ("conversations:read", "conversations:write", "staff:read", "events:read")


@dataclass
class House:
    served: Served
    db: Database
    hotel: HotelId
    key: str
    talk: Conversation
    client: httpx.AsyncClient

    async def login(self, address: str, **more: str) -> httpx.Response:
        wanted = {"email": address, "password": PASSWORD, **more}
        return await self.client.post("/v1/auth/login", json=wanted)

    async def person(self, address: str, role: str, clock: FixedClock) -> str:
        """A member's access token."""
        now = clock.now()
        await seat(self.db, self.hotel, address, "Anna", role, PASSWORD, by="test", now=now)
        return (await self.login(address)).json()["access_token"]


async def key_of(db: Database, hotel: HotelId, *scopes: str) -> str:
    async with db.hotel(hotel) as session:
        wanted = KeyIn.model_validate({"name": "k", "scopes": list(scopes)})
        return (await add_key(session, hotel, wanted, by="test"))[1]


@pytest.fixture
async def house(
    settings: Settings, db: Database, hotel: HotelId, clock: FixedClock, vault: Vault
) -> AsyncIterator[House]:
    number = await number_of(db, vault, hotel)
    talk = await thread_of(db, hotel, number.id)
    async with serving(settings, clock) as served:
        url = f"http://127.0.0.1:{served.port}"
        async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=30) as client:
            yield House(served, db, hotel, await key_of(db, hotel, *EVERYTHING), talk, client)


async def test_nobody_is_let_in_but_by_token_and_from_our_own_pages(
    house: House,
    db: Database,
    other_hotel: HotelId,
    clock: FixedClock,
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
) -> None:
    at, hotel = house.served, house.hotel
    foreign = await key_of(db, other_hotel, *EVERYTHING)
    bare = await key_of(db, hotel, "rooms:read")
    mail = f"{uuid.uuid4().hex}@example.org"
    token = await house.person(mail, "staff", clock)
    ours, evil = settings.public_url, "https://evil.example"
    assert await refused(at, hotel, None) == 401
    assert await refused(at, hotel, "rubbish") == 401
    assert await refused(at, hotel, token[:-2] + "xx") == 401
    assert await refused(at, hotel, foreign) == 404
    assert await refused(at, other_hotel, house.key) == 404
    assert await refused(at, other_hotel, token) == 404
    assert await refused(at, "nothing", house.key) == 404
    assert await refused(at, "nothing" * 2000, house.key) == 414
    assert await refused(at, hotel, house.key, Cookie="x" * 9000) == 431
    assert await refused(at, hotel, None, **{f"X-{n}": "x" for n in range(200)}) == 431
    assert await refused(at, hotel, bare) == 403
    assert await refused(at, hotel, house.key, Origin=evil) == 403
    assert await refused(at, hotel, token, Origin=f"{ours}.evil.example") == 403
    assert await refused(at, hotel, token, Origin="null") == 403
    assert await refused(at, hotel, token, Origin=ours) == 101
    jar = {"Cookie": f"fd_access={token}"}
    assert await refused(at, hotel, None, **jar) == 403
    assert await refused(at, hotel, None, Origin=evil, **jar) == 403
    assert await refused(at, hotel, None, Origin=ours, **jar) == 101
    offered = {"Sec-WebSocket-Protocol": f"frontdesk.v1, bearer.{token}"}
    assert await refused(at, hotel, None, **offered) == 101
    for nonsense in ("x", "é", "OjE6fn4wfjE", "A" * 7000):
        path = f"/v1/hotels/{hotel}/live"
        asked = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"}
        asked |= {"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Authorization": house.key}
        asked["Authorization"] = f"Bearer {house.key}"
        answer = await house.client.get(path, params={"resume": nonsense}, headers=asked)
        assert answer.status_code == 422, nonsense
    clock.advance(timedelta(minutes=31))
    assert await refused(at, hotel, token) == 401
    assert [r.getMessage() for r in caplog.records if r.levelname == "ERROR"] == []


async def test_each_hears_what_they_may_read_and_nothing_of_another_hotel(
    house: House, db: Database, other_hotel: HotelId, clock: FixedClock, vault: Vault
) -> None:
    other_number = await number_of(db, vault, other_hotel)
    other_talk = await thread_of(db, other_hotel, other_number.id)
    theirs = await key_of(db, other_hotel, *EVERYTHING)
    alerts = await key_of(db, house.hotel, "staff:read")
    events = await key_of(db, house.hotel, "events:read")
    look, now = house.served.look, clock.now()
    async with (
        look(house.hotel, house.key) as all_,
        look(house.hotel, alerts) as told,
        look(house.hotel, events) as heard,
        look(other_hotel, theirs) as stranger,
    ):
        alert = Alert("request", 50, "Towels", "Room 204", "towels", house.talk.id)
        async with db.hotel(house.hotel) as session:
            await take_over(session, house.talk.id, by="test", reason="staff", now=now)
            made = await notify(session, house.hotel, alert, now=now)
        async with db.hotel(house.hotel) as session:
            await acknowledge(session, made.id, by="test", now=now)
        async with db.hotel(other_hotel) as session:
            await take_over(session, other_talk.id, by="test", reason="staff", now=now)
        await all_.frame("notification", what="acknowledged")
        await told.frame("notification", what="acknowledged")
        await heard.frame("event", event_type="conversation.escalated")
        kinds = [f["type"] for f in await all_.settle()]
        assert (kinds.count("handover"), kinds.count("notification")) == (1, 2)
        assert set(kinds) == {"system", "event", "handover", "notification"}
        assert {f["type"] for f in await told.settle()} == {"system", "notification"}
        assert {f["type"] for f in await heard.settle()} == {"system", "event"}
        await stranger.frame("handover", conversation_id=str(other_talk.id))
        ours = [str(x) for x in (house.hotel, house.talk.id, made.id)]
        for frame in stranger.frames:
            assert not [x for x in ours if x in str(frame)]
        talk = {"conversation_id": str(house.talk.id)}
        said = {"message": "hi", "client_id": str(uuid.uuid4()), **talk}
        for who, status in ((told, 403), (heard, 403), (stranger, 404)):
            for kind, more in (("message", said), ("history", talk), ("read", talk)):
                answer = await who.ask(kind, **more)
                assert (answer["type"], answer["status"]) == ("error", status)
    assert await all_of(db, house.hotel, Message) == []


async def test_a_person_is_seen_reads_writes_and_hears_ticks(
    house: House, db: Database, clock: FixedClock, settings: Settings
) -> None:
    mails = [f"{uuid.uuid4().hex}@example.org" for _ in "ab"]
    anna, ben = [await house.person(mail, "staff", clock) for mail in mails]
    talk = {"conversation_id": str(house.talk.id)}
    async with house.served.look(house.hotel, anna) as a, house.served.look(house.hotel, ben) as b:
        while True:
            there = await a.frame("online_users")
            if len(there["users"]) == 2:
                break
        assert {u["email"] for u in there["users"].values()} == set(mails)
        me = a.first["you"]["user_id"]
        assert there["users"][me]["role"] == "staff"
        await a.say("viewing", **talk)
        assert (await b.frame("presence", user_id=me))["viewing"] == talk["conversation_id"]
        await a.say("typing", **talk)
        assert (await b.frame("typing", user_id=me))["seconds"] > 0
        mine = {"message": "We come.", "client_id": str(uuid.uuid4()), **talk}
        held = await b.ask("message", **mine)
        assert (held["code"], held["name"]) == ("being_answered", "Anna")
        await a.say("typing", on=False, **talk)
        assert (await b.frame("typing", user_id=me))["seconds"] == 0
        await receive(settings, house.hotel, house.talk.instance_id, says("Hi", "M1", clock.now()))
        first = await b.ask("message", **mine)
        assert first["type"] == "ack", first
        assert (await b.ask("message", **mine))["duplicate"] is True
        other = {**mine, "message": "Something else"}
        assert (await b.ask("message", **other))["code"] == "client_id_reused"
        heard = await a.frame("message", _id=first["_id"])
        assert (heard["sender_username"], heard["receiver_id"]) == (
            "Anna",
            str(house.talk.guest_id),
        )
        late = {"message": "Mine too", "after": first["_id"], **talk}
        newer = await a.ask("message", client_id=str(uuid.uuid4()), **late)
        assert newer["type"] == "ack"
        stale = await b.ask("message", client_id=str(uuid.uuid4()), **late)
        assert stale["code"] == "newer_messages"
        assert [m["text"] for m in stale["messages"]] == ["Mine too"]
        forced = await b.ask("message", client_id=str(uuid.uuid4()), force=True, **late)
        assert forced["type"] == "ack"
        page = await a.ask("history", limit=2, **talk)
        rest = await a.ask("history", limit=2, cursor=page["next"], **talk)
        shown = [m["_id"] for m in (*page["messages"], *rest["messages"])]
        assert shown == [forced["_id"], newer["_id"], first["_id"]][: len(shown)]
        assert rest["next"] is None
        await _fails(db, house, uuid.UUID(first["_id"]), clock)
        ticks = [await a.frame("tick", _id=first["_id"]) for _ in "123"]
        assert [t["status"] for t in ticks] == ["failed", "sent", "read"]
        assert "no WhatsApp" in ticks[0]["cause"]
        async with db.hotel(house.hotel) as session:
            row = update(Conversation).where(Conversation.id == house.talk.id)
            later = clock.now() + timedelta(seconds=5)
            await session.execute(row.values(last_inbound_at=later, reason="again"))
        await a.frame("counters", unread=1, open=1)
        clock.advance(timedelta(seconds=10))
        assert (await b.ask("read", **talk))["type"] == "ack"
        await a.frame("counters", unread=0, open=1)
        assert (await a.ask("ping"))["lag_ms"] >= 0
        for rubbish in ("{}", "[1]", "no", '{"type":"message"}', '{"type":"read","ref":"\\u0000"}'):
            await a.wire.send(rubbish)
            assert (await a.frame("error"))["status"] == 422
        blank = {"type": "message", "ref": "mine", "client_id": str(uuid.uuid4()), **talk}
        await a.wire.send(json.dumps({**blank, "message": "\u200b"}))
        refused = await a.frame("error")
        assert (refused["ref"], refused["errors"][0]["at"]) == ("mine", "message.message")
        await a.wire.send(b"\xff\xfe")
        assert (await a.frame("error"))["status"] == 422


async def _fails(db: Database, house: House, message_id: uuid.UUID, clock: FixedClock) -> None:
    """The wire says so, and then thinks better of it."""
    async with db.hotel(house.hotel) as session:
        rows = update(OutboundMessage).where(OutboundMessage.message_id == message_id)
        await session.execute(rows.values(provider_id="P1", status="sent"))
    for status in ("noAccount", "sent", "read"):
        async with db.hotel(house.hotel) as session:
            await note_status(
                session, house.hotel, house.talk.instance_id, "P1", status, at=clock.now()
            )
        await asyncio.sleep(1.2)
