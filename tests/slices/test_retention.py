"""What is too old goes, class by class, by the hotel's own days; what still waits does not."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy import func, select, text, update

from frontdesk.api.app import serving
from frontdesk.guests.actions import recognise
from frontdesk.guests.models import Guest
from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import NOBODY, RING_CHANNEL, Database, connect_plainly
from frontdesk.kit.ids import HotelId, uuid7
from frontdesk.kit.secrets import Vault
from frontdesk.kit.settings import Settings
from frontdesk.knowledge.gaps import record_gap
from frontdesk.knowledge.models import KnowledgeGap
from frontdesk.messaging.events import emit
from frontdesk.messaging.models import (
    Conversation,
    DeliveryStatus,
    InboundEvent,
    Message,
    OutboundMessage,
    OutboxEvent,
)
from frontdesk.messaging.outbox import Letter, post
from frontdesk.notifications.actions import Alert, notify
from frontdesk.notifications.models import NotificationDelivery, Staff, StaffNotification
from frontdesk.privacy.models import Erasure
from frontdesk.privacy.retention import DAYS, expire
from frontdesk.tenancy.actions import add_key
from frontdesk.tenancy.audit_chain import seal, verify
from frontdesk.tenancy.models import AuditEntry, Hotel, IdempotencyKey
from frontdesk.tenancy.person_models import User, UserSession
from frontdesk.tenancy.schemas import KeyIn
from frontdesk.triggers.models import Trigger, TriggerRun
from tests.factories import all_of, number_of, receive, says, thread_of
from tests.slices.test_booking import booked, quoted, room_of
from workers.clock import let_go

LONG_AGO = timedelta(days=2000)
COUNTED = (
    *(InboundEvent, Message, OutboundMessage, StaffNotification, NotificationDelivery),
    *(OutboxEvent, TriggerRun, DeliveryStatus, IdempotencyKey, KnowledgeGap),
)


@pytest.fixture
def now() -> FixedClock:
    """Not the tests' usual noon: the keeper also asks the database how late it is."""
    return FixedClock(datetime.now(UTC))


async def _seed(db: Database, vault: Vault, hotel: HotelId, settings: Settings, at) -> None:
    number = await number_of(db, vault, hotel)
    thread = await thread_of(db, hotel, number.id)
    await receive(settings, hotel, number.id, says("hello", f"E{at}", at))
    async with db.hotel(hotel) as session:
        message = Message(
            hotel_id=hotel,
            id=uuid7(),
            conversation_id=thread.id,
            direction="out",
            author="bot",
            kind="image",
            text="hello",
            content={"media": {"url": "https://m.example/x"}, "type": "image"},
            occurred_at=at,
        )
        session.add(message)
        session.add(Staff(hotel_id=hotel, name="n", phone=f"346009990{len(str(at))}"))
        status = {"instance_id": number.id, "provider_id": "P", "status": "sent", "rank": 1}
        session.add(DeliveryStatus(hotel_id=hotel, occurred_at=at, **status))
        await session.flush()
        message_id = message.id
        letter = Letter(number.id, thread.chat, "x", "k", at, message_id=message_id)
        await post(session, hotel, letter, now=at)
        await notify(session, hotel, Alert("complaint", 9, "t", "b", "d", thread.id), now=at)
        await record_gap(session, hotel, "why?", language="en", now=at)
        await emit(session, hotel, "message.received", thread.id, {})
        rule = Trigger(hotel_id=hotel, name="r", event="message.received", actions=[])
        session.add(rule)
        await session.flush()
        of_guest = OutboxEvent.event_type == "message.received"
        event = (await session.scalars(select(OutboxEvent).where(of_guest))).one()
        run = {"trigger_id": rule.id, "event_id": event.id, "trigger_version": 1}
        session.add(TriggerRun(hotel_id=hotel, outcome="fired", **run))
        answer = {"scope": "s", "key": "k", "request_digest": b"d", "status": 201, "answer": {}}
        session.add(IdempotencyKey(hotel_id=hotel, **answer))
        entry = {"actor": "t", "action": "a.b", "subject": "x:1"}
        session.add(AuditEntry(hotel_id=hotel, created_at=at, **entry))
        await session.flush()
        await _all_done(session, at)


async def _all_done(session, at: datetime) -> None:
    """As old as `at`, and with nothing left to do."""
    for model, values in (
        (InboundEvent, {"state": "done", "received_at": at}),
        (OutboundMessage, {"status": "sent"}),
        (OutboxEvent, {"processed_at": at, "created_at": at}),
        (TriggerRun, {"created_at": at}),
        (StaffNotification, {"created_at": at}),
        (IdempotencyKey, {"created_at": at}),
    ):
        await session.execute(update(model).values(**values))


async def _counts(db: Database, hotel: HotelId) -> dict[str, int]:
    async with db.hotel(hotel) as session:
        return {
            m.__tablename__: await session.scalar(select(func.count()).select_from(m))
            for m in COUNTED
        }


async def test_each_class_goes_after_its_days_and_only_this_hotels(
    db: Database,
    vault: Vault,
    hotel: HotelId,
    other_hotel: HotelId,
    settings: Settings,
    now: FixedClock,
) -> None:
    at = now.now() - LONG_AGO
    await _seed(db, vault, hotel, settings, at)
    await _seed(db, vault, other_hotel, settings, at)
    theirs = await _counts(db, other_hotel)
    await seal(db, hotel)

    gone = await expire(db, now, hotel)
    left = await _counts(db, hotel)
    assert left.pop("delivery_statuses") == 1  # it is as old as its last change: now
    assert set(left.values()) == {0}
    assert await _counts(db, other_hotel) == theirs
    assert gone["audit"] == 1
    assert set(await expire(db, now, hotel)) == set(DAYS)
    now.advance(timedelta(days=DAYS["statuses"] + 1))
    assert (await expire(db, now, hotel))["statuses"] == 1

    await seal(db, hotel)
    async with db.hotel(hotel) as session:
        told = await verify(session, hotel)
    assert (told.whole, told.trimmed) == (True, 1)


async def test_what_still_waits_or_is_young_stays(
    db: Database, vault: Vault, hotel: HotelId, settings: Settings, now: FixedClock
) -> None:
    await _seed(db, vault, hotel, settings, now.now() - timedelta(hours=2))
    before = await _counts(db, hotel)
    await expire(db, now, hotel)
    assert await _counts(db, hotel) == before
    async with db.hotel(hotel) as session:
        await session.execute(
            update(InboundEvent).values(state="waiting", received_at=now.now() - LONG_AGO)
        )
        await session.execute(update(OutboundMessage).values(status="queued"))
        await session.execute(update(Message).values(occurred_at=now.now() - LONG_AGO))
        await session.execute(
            update(OutboxEvent).values(processed_at=None, created_at=now.now() - LONG_AGO)
        )
    await expire(db, now, hotel)
    assert await _counts(db, hotel) == before


async def test_a_link_to_a_file_goes_before_the_message(
    db: Database, vault: Vault, hotel: HotelId, settings: Settings, now: FixedClock
) -> None:
    await _seed(db, vault, hotel, settings, now.now() - timedelta(days=DAYS["media_links"] + 1))
    gone = await expire(db, now, hotel)
    assert (gone["media_links"], gone["messages"]) == (1, 0)
    (message,) = await all_of(db, hotel, Message)
    assert (message.text, message.content) == ("hello", {"type": "image"})


async def test_who_never_stayed_is_erased_and_a_run_says_what_it_let_go_of(
    db: Database, vault: Vault, hotel: HotelId, other_hotel: HotelId, now: FixedClock
) -> None:
    clock = FixedClock(datetime(2026, 11, 21, 12, tzinfo=UTC))
    kind = await room_of(db, hotel, capacity=5)
    stayed = await booked(db, hotel, await quoted(db, hotel, kind, clock), clock)
    for house in (hotel, other_hotel):
        chat = await thread_of(db, house, (await number_of(db, vault, house)).id)
        async with db.hotel(house) as session:
            await recognise(session, house, None, "34600777001@c.us", name="Only asked")
            await session.execute(update(Guest).values(created_at=now.now() - LONG_AGO))
            heard = update(Conversation).where(Conversation.id == chat.id)
            await session.execute(heard.values(last_message_at=now.now()))
    gone = await expire(db, now, hotel)
    assert gone["guests"] == 1
    people = await all_of(db, hotel, Guest)
    assert [(p.name, p.phone) for p in people if p.erased_at is not None] == [(None, None)]
    assert stayed.guest_id not in {p.id for p in people if p.erased_at is not None}
    assert not any(p.erased_at for p in await all_of(db, other_hotel, Guest))
    (receipt,) = await all_of(db, hotel, Erasure)
    assert (receipt.asked_by, receipt.receipt["found_afterwards"]) == ("system", {})
    runs = [e for e in await all_of(db, hotel, AuditEntry) if e.action == "retention.run"]
    assert [(e.actor, e.subject, e.new) for e in runs] == [
        ("system", f"hotel:{hotel}", {"guests": 1})
    ]
    assert (await expire(db, now, hotel))["guests"] == 0
    assert len([e for e in await all_of(db, hotel, AuditEntry) if e.action == "retention.run"]) == 1


async def test_a_hotel_says_its_own_days(
    db: Database, vault: Vault, hotel: HotelId, settings: Settings, now: FixedClock
) -> None:
    await _seed(db, vault, hotel, settings, now.now() - timedelta(days=5))
    async with db.hotel(hotel) as session:
        _, key = await add_key(session, hotel, KeyIn(name="k"), by="t")
    async with (
        serving(settings) as app,
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://t") as client,
    ):
        headers = {"Authorization": f"Bearer {key}"}
        for bad in ({"raw_events": 0}, {"audit": 1}, {"nonsense": 3}):
            answer = await client.patch(
                f"/v1/hotels/{hotel}", json={"retention": bad}, headers=headers
            )
            assert answer.status_code == 422
        wanted = {"retention": {"raw_events": 4, "messages": 9}}
        answer = await client.patch(f"/v1/hotels/{hotel}", json=wanted, headers=headers)
        assert answer.json()["settings"]["retention"] == wanted["retention"]
    gone = await expire(db, now, hotel)
    assert (gone["raw_events"], gone["messages"]) == (1, 0)


async def test_the_app_deletes_nothing_younger_than_a_day_whatever_it_asks(
    db: Database, vault: Vault, hotel: HotelId, settings: Settings, now: FixedClock
) -> None:
    await _seed(db, vault, hotel, settings, now.now() - timedelta(hours=20))
    before = await _counts(db, hotel)
    async with db.hotel(hotel) as session:
        for name in ("raw_events", "messages", "happenings"):
            ask = text("SELECT expire_rows(:name, now() + interval '1 year', 100)")
            assert await session.scalar(ask, {"name": name}) == 0
    assert await _counts(db, hotel) == before


async def test_ended_sessions_of_people_go_too(db: Database, now: FixedClock) -> None:
    person = uuid7()
    async with db.platform() as session:
        session.add(User(id=person, email=f"{person}@example.org", name="Ann"))
        await session.flush()
        for days in (-40, -20):
            at = now.now() + timedelta(days=days)
            times = {"last_seen_at": at, "expires_at": at}
            session.add(UserSession(user_id=person, method="password", **times))
    assert (await expire(db, now, NOBODY))["sessions"] >= 1
    async with db.platform() as session:
        mine = select(func.count()).select_from(UserSession).where(UserSession.user_id == person)
        assert await session.scalar(mine) == 1


async def test_the_clock_rings_every_hotel(
    db: Database, hotel: HotelId, other_hotel: HotelId, settings: Settings
) -> None:
    heard: list[str] = []
    listener = await connect_plainly(settings.database_url)
    await listener.add_listener(RING_CHANNEL, lambda *told: heard.append(told[-1]))
    await let_go(db)
    await db._bell.close()
    await listener.fetchval("SELECT 1")
    await listener.close()
    for house in (hotel, other_hotel, NOBODY):
        assert any(f'["expire", "{house}", ""]' in notice for notice in heard)
    async with db.platform() as session:
        count = await session.scalar(select(func.count()).select_from(Hotel))
    assert count >= 2
