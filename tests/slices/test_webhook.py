"""The webhook: shut by default, durable before 200, one row an event, each under its own hotel."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest
from sqlalchemy import select

from frontdesk.api.app import serving
from frontdesk.kit.db import RING_CHANNEL, Database, connect_plainly
from frontdesk.kit.ids import HotelId
from frontdesk.kit.raw import RawPool
from frontdesk.kit.secrets import Vault
from frontdesk.kit.settings import Settings
from frontdesk.messaging.inbox import Address, Inbox, arrival
from frontdesk.messaging.models import InboundEvent
from frontdesk.messaging.webhook import Webhook
from frontdesk.tenancy.actions import add_instance
from frontdesk.tenancy.models import WhatsAppInstance
from frontdesk.tenancy.schemas import InstanceIn

TOKEN = "a-webhook-token-of-the-tests"


@dataclass
class Door:
    client: httpx.AsyncClient
    path: str
    hotel: HotelId
    instance: WhatsAppInstance

    async def post(self, body: object, **headers: str) -> int:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        sent = {"Authorization": f"Bearer {TOKEN}", **headers}
        return (await self.client.post(self.path, content=raw, headers=sent)).status_code


def event(message: str = "3EB0A1", chat: str = "34600111222@c.us", instance: int = 7105) -> dict:
    return {
        "typeWebhook": "incomingMessageReceived",
        "instanceData": {"idInstance": instance, "wid": "1@c.us", "typeInstance": "whatsapp"},
        "timestamp": 1795000000,
        "idMessage": message,
        "senderData": {"chatId": chat, "sender": chat, "senderName": "A"},
        "messageData": {"typeMessage": "textMessage", "textMessageData": {"textMessage": "hi"}},
    }


async def instance_of(db: Database, vault: Vault, hotel: HotelId) -> WhatsAppInstance:
    async with db.hotel(hotel) as session:
        wanted = {
            "id_instance": "7105",
            "api_url": "http://127.0.0.1:1",
            "api_token": "api-token",
            "webhook_token": TOKEN,
        }
        return await add_instance(session, vault, hotel, InstanceIn.model_validate(wanted), by="t")


@pytest.fixture
async def client(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(settings) as app:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://t") as opened:
            yield opened


@pytest.fixture
async def door(client: httpx.AsyncClient, db: Database, vault: Vault, hotel: HotelId) -> Door:
    number = await instance_of(db, vault, hotel)
    return Door(client, f"/webhooks/green-api/{number.instance_key}", hotel, number)


async def rows(db: Database, hotel: HotelId) -> list[InboundEvent]:
    async with db.hotel(hotel) as session:
        return list((await session.scalars(select(InboundEvent))).all())


async def test_an_event_is_stored_before_200(db: Database, door: Door) -> None:
    assert await door.post(event()) == 200
    (row,) = await rows(db, door.hotel)
    assert (row.kind, row.lane, row.state, row.chat) == (
        "message",
        "turn",
        "waiting",
        "34600111222@c.us",
    )
    assert json.loads(row.raw)["idMessage"] == "3EB0A1"


async def test_a_quota_event_is_one_today_and_another_tomorrow(db: Database, door: Door) -> None:
    """It says no time of its own, and reads the same each month."""
    quota = {"method": "correspondents", "used": 3, "total": 3, "status": "EXCEEDED"}
    body = {"typeWebhook": "quotaExceeded", "quotaData": quota}
    for _ in range(2):
        assert await door.post(body) == 200
    async with db.hotel(door.hotel) as session:
        row = (await session.scalars(select(InboundEvent))).one()
        row.event_key = f"{row.event_key[:-10]}2020-01-01"
    assert await door.post(body) == 200
    assert [r.kind for r in await rows(db, door.hotel)] == ["quota", "quota"]


BASIC = base64.b64encode(f"user:{TOKEN}".encode()).decode()
WHOLE = base64.b64encode(TOKEN.encode()).decode()


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (f"Bearer {TOKEN}", 200),
        (f"bearer {TOKEN}", 200),
        (f"Basic {TOKEN}", 200),
        (f"Basic {BASIC}", 200),
        (f"Basic {WHOLE}", 200),
        (f"Bearer {TOKEN}x", 401),
        ("Bearer ", 401),
        ("", 401),
        (TOKEN, 401),
        (f"Digest {TOKEN}", 401),
        ("Basic !!!", 401),
    ],
)
async def test_only_the_token_opens(db: Database, door: Door, header: str, status: int) -> None:
    assert await door.post(event(), Authorization=header) == status
    assert len(await rows(db, door.hotel)) == (1 if status == 200 else 0)


async def test_without_a_token_the_door_is_shut(db: Database, door: Door) -> None:
    async with db.hotel(door.hotel) as session:
        number = (await session.scalars(select(WhatsAppInstance))).one()
        number.webhook_token_digest = None
    assert await door.post(event()) == 401
    assert await door.post(event(), Authorization="Bearer ") == 401


async def test_an_unknown_key_answers_like_a_wrong_token(door: Door) -> None:
    door.path = "/webhooks/green-api/nobody"
    assert await door.post(event()) == 401


async def test_only_posts_of_at_most_a_mebibyte(door: Door) -> None:
    assert (await door.client.get(door.path)).status_code == 405
    assert await door.post(b"x" * (1024 * 1024 + 1)) == 413

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"x" * 65_536

    answer = await door.client.post(
        door.path, content=chunks(), headers={"Authorization": f"Bearer {TOKEN}"}
    )
    assert answer.status_code == 413


async def test_the_same_event_fifty_times_at_once_is_one_row(db: Database, door: Door) -> None:
    answers = await asyncio.gather(*(door.post(event()) for _ in range(50)))
    assert set(answers) == {200}
    assert len(await rows(db, door.hotel)) == 1


async def test_an_id_means_something_only_within_its_chat(db: Database, door: Door) -> None:
    await door.post(event(chat="34600111222@c.us"))
    await door.post(event(chat="34600111333@c.us"))
    assert len(await rows(db, door.hotel)) == 2


@pytest.mark.parametrize(
    "body", [b"", b"not json", b"[]", b"{", b"\xff\xfe", b'{"typeWebhook":"novelty"}']
)
async def test_what_we_cannot_read_is_kept_and_answered(
    db: Database, door: Door, body: bytes
) -> None:
    assert await door.post(body) == 200
    (row,) = await rows(db, door.hotel)
    assert row.state == "kept"
    assert row.kind in ("unreadable", "unknown")
    assert row.raw == body


async def test_a_body_of_another_instance_is_kept_and_not_acted_on(
    db: Database, door: Door
) -> None:
    assert await door.post(event(instance=9999)) == 200
    assert [(r.lane, r.state) for r in await rows(db, door.hotel)] == [("none", "kept")]


async def test_two_hotels_in_one_commit_each_keep_their_own(
    db: Database, vault: Vault, door: Door, other_hotel: HotelId
) -> None:
    number = await instance_of(db, vault, other_hotel)
    other = Door(door.client, f"/webhooks/green-api/{number.instance_key}", other_hotel, number)
    posts = [d.post(event(f"M{n}")) for n in range(20) for d in (door, other)]
    assert set(await asyncio.gather(*posts)) == {200}
    assert len(await rows(db, door.hotel)) == len(await rows(db, other_hotel)) == 20


async def test_the_commit_rings_once_for_a_chat_and_never_for_a_duplicate(
    settings: Settings, door: Door
) -> None:
    listener = await connect_plainly(settings.database_url)
    heard: list[str] = []
    await listener.add_listener(RING_CHANNEL, lambda *notice: heard.append(notice[3]))
    await door.post(event())
    await door.post(event())
    await asyncio.sleep(0.2)
    await listener.close()
    expected = ["take_turn", str(door.hotel), f"{door.instance.id}|34600111222@c.us"]
    assert [json.loads(h) for h in heard] == [expected]


async def test_a_group_is_stored_and_never_answered(db: Database, door: Door) -> None:
    await door.post(event(chat="120363000000000001@g.us"))
    assert [r.lane for r in await rows(db, door.hotel)] == ["none"]


@pytest.mark.parametrize(
    ("message", "chat"),
    [
        ("\ud800", "34600111222@c.us"),
        ("3EB0", "3460\ud83d@c.us"),
        ("3E\x00B0", "34600\x00111222@c.us"),
        ("X" * 20_000, "34600111222@c.us"),
        ("3EB0", "9" * 20_000 + "@c.us"),
    ],
)
async def test_an_odd_body_never_holds_up_the_queue(
    db: Database, door: Door, message: str, chat: str
) -> None:
    sent = event(message, chat)
    assert [await door.post(sent), await door.post(sent)] == [200, 200]
    (row,) = await rows(db, door.hotel)
    assert row.kind == "message"


@pytest.mark.parametrize("key", ["a%00b", "k" * 5000, "", "a/b"])
async def test_an_odd_key_is_only_unknown(door: Door, key: str) -> None:
    door.path = f"/webhooks/green-api/{key}"
    assert await door.post(event()) == 401


async def test_a_row_the_database_refuses_is_kept_unread_and_harms_no_other(
    settings: Settings, db: Database, door: Door
) -> None:
    pool = RawPool(settings.database_url, size=2)
    inbox = Inbox(pool, lambda _: None)
    address = Address(door.hotel, door.instance.id, "7105")
    good = [arrival(address, json.dumps(event(f"G{n}")).encode()) for n in range(10)]
    bad = good[0]._replace(event_key="bad", chat="\ud800", raw=b"bad")
    answers = await asyncio.gather(*(inbox.accept(e) for e in [*good[:5], bad, *good[5:]]))
    await pool.close()
    assert answers == [True] * 11
    stored = await rows(db, door.hotel)
    assert sorted(r.kind for r in stored) == ["message"] * 10 + ["unreadable"]
    assert [r.raw for r in stored if r.state == "kept"] == [b"bad"]


async def test_without_a_database_the_answer_is_503_and_nothing_is_claimed(
    settings: Settings, door: Door
) -> None:
    pool = RawPool(settings.database_url, size=2)
    webhook = Webhook(pool, lambda _: None)
    transport = httpx.ASGITransport(webhook)
    async with httpx.AsyncClient(transport=transport, base_url="http://t") as client:
        lost = Door(client, door.path, door.hotel, door.instance)
        assert await lost.post(event("before")) == 200
        await pool.close()
        assert await lost.post(event("after")) == 503
