"""What an outage swallowed is found in the instance's journal, once, and never the past before."""

import copy
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import update

from frontdesk.conversations.filing import file_waiting
from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.secrets import Vault
from frontdesk.kit.settings import Settings
from frontdesk.messaging.models import Conversation, InboundEvent, Message
from frontdesk.messaging.payload import read_event
from frontdesk.messaging.reconcile import reconcile, reconcile_key
from frontdesk.messaging.sending import Post
from frontdesk.notifications.alarms import instance_alarm
from frontdesk.notifications.models import StaffNotification
from frontdesk.tenancy.models import WhatsAppInstance
from tests.factories import CHAT, all_of, number_of, receive, says
from tests.fakes import FakeGateway


def row(message: str, at: datetime, **more) -> dict:
    return {
        "type": "incoming",
        "idMessage": message,
        "timestamp": int(at.timestamp()),
        "typeMessage": "textMessage",
        "chatId": CHAT,
        "senderId": CHAT,
        "senderName": "Guest",
        "textMessage": "are you there?",
        **more,
    }


@pytest.fixture
async def instance(db: Database, vault: Vault, hotel: HotelId, clock: FixedClock) -> UUID:
    number = await number_of(db, vault, hotel)
    async with db.hotel(hotel) as session:
        days_ago = clock.now() - timedelta(days=3)
        await session.execute(update(WhatsAppInstance).values(created_at=days_ago))
    return number.id


async def look(
    db: Database, vault: Vault, hotel: HotelId, clock: FixedClock, instance: UUID, *rows: dict
) -> int:
    gateway = FakeGateway(received=list(copy.deepcopy(rows)))
    post = Post(db, vault, clock, gateway, instance_alarm)
    return await reconcile(post, hotel, reconcile_key(instance))


async def test_only_what_never_came_is_taken_in(
    db: Database,
    vault: Vault,
    settings: Settings,
    hotel: HotelId,
    clock: FixedClock,
    instance: UUID,
) -> None:
    now = clock.now()
    filed, waiting = now - timedelta(hours=3), now - timedelta(hours=2)
    await receive(settings, hotel, instance, says("hello", "FILED", filed))
    async with db.hotel(hotel) as session:
        await file_waiting(session, hotel, instance, CHAT, now=now)
    await receive(settings, hotel, instance, says("hello", "WAITS", waiting))
    journal = (
        row("FILED", filed),
        row("FILED", filed, chatId="1234@lid", senderId="1234@lid"),
        row("WAITS", waiting),
        row("YOUNG", now - timedelta(seconds=30)),
        row("BEFORE US", now - timedelta(days=4)),
        row("GONE", now - timedelta(hours=1), isDeleted=True),
        row("GROUP", now - timedelta(hours=1), chatId="1@g.us"),
        row("", now - timedelta(hours=1)),
        row("NO TIME", now - timedelta(hours=1), timestamp=None),
        row("LOST", now - timedelta(hours=1)),
    )
    assert await look(db, vault, hotel, clock, instance, *journal) == 1
    assert await look(db, vault, hotel, clock, instance, *journal) == 0
    events = await all_of(db, hotel, InboundEvent)
    assert {e.event_key.rpartition(":")[2] for e in events} == {"FILED", "WAITS", "LOST"}
    async with db.hotel(hotel) as session:
        await file_waiting(session, hotel, instance, CHAT, now=now)
    texts = [(m.provider_id, m.text) for m in await all_of(db, hotel, Message)]
    assert ("LOST", "are you there?") in texts
    await receive(settings, hotel, instance, says("are you there?", "LOST", now))
    assert len(await all_of(db, hotel, InboundEvent)) == 3


@pytest.mark.parametrize(
    ("kind", "data", "text"),
    [
        ("extendedTextMessage", {"extendedTextMessage": {"text": "see https://a.example"}}, "see"),
        ("quotedMessage", {"extendedTextMessage": {"text": "this one", "stanzaId": "Q"}}, "this"),
        ("imageMessage", {"downloadUrl": "https://a.example/i.jpg", "caption": "my room"}, "my"),
        ("locationMessage", {"location": {"latitude": 1, "longitude": 2}}, None),
        ("contactMessage", {"contact": {"displayName": "Ana", "vcard": "X"}}, None),
        ("somethingOfTomorrow", {"anything": [1]}, None),
    ],
)
async def test_each_kind_of_row_is_read_as_its_webhook_would_be(
    db: Database,
    vault: Vault,
    hotel: HotelId,
    clock: FixedClock,
    instance: UUID,
    kind: str,
    data: dict,
    text: str | None,
) -> None:
    at = clock.now() - timedelta(hours=1)
    wanted = row("LOST", at, typeMessage=kind, textMessage=None, **data)
    assert await look(db, vault, hotel, clock, instance, wanted) == 1
    (event,) = await all_of(db, hotel, InboundEvent)
    read = read_event(event.raw)
    assert read.message is not None
    assert (read.kind, read.chat, read.message.type, read.occurred_at) == (
        "message",
        CHAT,
        kind,
        at,
    )
    assert (read.message.text or "").startswith(text or "")


async def test_yesterdays_question_is_for_a_person(
    db: Database,
    vault: Vault,
    settings: Settings,
    hotel: HotelId,
    clock: FixedClock,
    instance: UUID,
) -> None:
    now = clock.now()
    late = row("LOST", now - timedelta(hours=30))
    assert await look(db, vault, hotel, clock, instance, late) == 1
    async with db.hotel(hotel) as session:
        await file_waiting(session, hotel, instance, CHAT, now=now)
    (message,) = await all_of(db, hotel, Message)
    assert message.handled_at == now
    assert [n.kind for n in await all_of(db, hotel, StaffNotification)] == ["late"]
    assert [c.owner for c in await all_of(db, hotel, Conversation)] == ["bot"]


async def test_a_journal_that_cannot_be_read_is_read_another_time(
    db: Database, vault: Vault, hotel: HotelId, clock: FixedClock, instance: UUID
) -> None:
    assert await look(db, vault, hotel, clock, instance, {"timestamp": "soon"}) == 0
    post = Post(db, vault, clock, FakeGateway(), instance_alarm)
    assert await reconcile(post, hotel, f"{instance}|soon") == 0


async def test_another_hotel_reads_no_journal_of_ours(
    db: Database,
    vault: Vault,
    other_hotel: HotelId,
    hotel: HotelId,
    clock: FixedClock,
    instance: UUID,
) -> None:
    lost = row("LOST", clock.now() - timedelta(hours=1))
    assert await look(db, vault, other_hotel, clock, instance, lost) == 0
    assert await all_of(db, hotel, InboundEvent) == []
