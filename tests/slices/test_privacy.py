"""A guest is one file, or nothing: an export has all that is held, an erasure leaves none of it."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import httpx
import pytest
from sqlalchemy import select

from frontdesk.api.app import serving
from frontdesk.bookings.inventory import open_nights
from frontdesk.conversations.handover import take_over
from frontdesk.guests.models import Guest, GuestIdentity
from frontdesk.kit.db import Database, plain_url
from frontdesk.kit.ids import HotelId, uuid7
from frontdesk.kit.secrets import Vault
from frontdesk.kit.settings import Settings
from frontdesk.knowledge.gaps import record_gap
from frontdesk.messaging.events import emit
from frontdesk.messaging.models import Conversation, DeliveryStatus, Message
from frontdesk.messaging.outbox import Letter, post
from frontdesk.messaging.shapes import sample
from frontdesk.notifications.actions import Alert, notify
from frontdesk.notifications.models import Staff
from frontdesk.rooms.models import RoomType
from frontdesk.tenancy.actions import add_key
from frontdesk.tenancy.audit_chain import seal, verify
from frontdesk.tenancy.schemas import KeyIn
from frontdesk.triggers.models import Trigger, TriggerRun
from tests.conftest import Server, at
from tests.factories import number_of, receive, says, thread_of

PHONE = "34699887766"
CHAT = f"{PHONE}@c.us"
NAME = "Zyxandra Quillfeather"
WORDS = "my secret allergy is to purple walnuts"
MARKS = (PHONE, NAME, WORDS)
OTHER = "34600555444"
DAY = datetime(2027, 5, 3, tzinfo=UTC).date()


@dataclass
class House:
    db: Database
    hotel: HotelId
    call: httpx.AsyncClient
    guest: UUID
    conversation: UUID
    number: UUID

    @property
    def path(self) -> str:
        return f"/v1/hotels/{self.hotel}/guests/{self.guest}"


@pytest.fixture
async def house(
    db: Database, vault: Vault, hotel: HotelId, settings: Settings
) -> AsyncIterator[House]:
    """A guest whose phone, name and words stand wherever they can."""
    number = await number_of(db, vault, hotel)
    thread = await thread_of(db, hotel, number.id, CHAT)
    async with db.hotel(hotel) as session:
        _, key = await add_key(session, hotel, KeyIn(name="desk"), by="test")
    transport_headers = {"Authorization": f"Bearer {key}", "User-Agent": "test"}
    async with (
        serving(settings) as app,
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://t", headers=transport_headers
        ) as call,
    ):
        made = House(db, hotel, call, thread.guest_id, thread.id, number.id)
        await _seed(made, settings)
        yield made


async def _seed(house: House, settings: Settings) -> None:
    db, hotel, now = house.db, house.hotel, datetime.now(UTC)
    await receive(settings, hotel, house.number, says(f"{NAME}: {WORDS}", "M1", now, chat=CHAT))
    async with db.hotel(hotel) as session:
        (await session.scalars(select(Guest).where(Guest.id == house.guest))).one().name = NAME
        thread = (await session.scalars(select(Conversation))).one()
        thread.state, thread.tags, thread.reason = {"said": WORDS}, [NAME], WORDS
        message = Message(
            hotel_id=hotel,
            id=uuid7(),
            conversation_id=thread.id,
            direction="in",
            author="guest",
            kind="image",
            text=WORDS,
            content={"media": {"url": "https://media.example/p.jpg"}, "to": int(PHONE)},
            provider_id="M1",
            occurred_at=now,
            handled_at=now,
            sentiment="negative",
            sentiment_score=-0.5,
            meta={"sentiment_words": [WORDS]},
        )
        session.add(message)
        status = {"instance_id": house.number, "provider_id": "M1", "status": "failed"}
        session.add(
            DeliveryStatus(hotel_id=hotel, rank=0, description=PHONE, occurred_at=now, **status)
        )
        await session.flush()
        letter = Letter(house.number, CHAT, f"Dear {NAME}", "t:1", now + timedelta(hours=1))
        await post(session, hotel, letter, now=now)
        session.add(Staff(hotel_id=hotel, name="Night desk", phone="34600999001", min_priority=0))
        await session.flush()
        alert = Alert("complaint", 90, NAME, WORDS, "a:1", thread.id, {"phone": PHONE})
        await notify(session, hotel, alert, now=now)
        question = f"{WORDS}, is that a problem?"
        await record_gap(session, hotel, WORDS, language="en", now=now)
        message.text = question
        told = {**sample("message.received"), "text": f"{WORDS} {PHONE}"}
        await emit(session, hotel, "message.received", message.id, told)
        await _trigger(session, hotel, house.conversation)
        await take_over(session, thread.id, by="key:1", reason=f"{NAME} is angry", now=now)
        kind = RoomType(hotel_id=hotel, code="D", name="Double", max_adults=2, max_guests=2)
        kind.base_price = 10_000
        session.add(kind)
        await session.flush()
        prices = {DAY + timedelta(days=n): 10_000 for n in range(3)}
        nights = {"first": DAY, "days": 3, "capacity": 3, "prices": prices}
        await open_nights(session, hotel, kind.id, **nights)
        kind_id = str(kind.id)
    await _stay(house, kind_id)
    headers = {"Idempotency-Key": "said"}
    path = f"/v1/hotels/{hotel}/conversations/{house.conversation}/messages"
    sent = await house.call.post(path, json={"text": f"{NAME}, {WORDS}?"}, headers=headers)
    assert sent.status_code == 201, sent.text
    await house.call.patch(house.path, json={"preferences": {"allergy": WORDS}})


async def _trigger(session, hotel: HotelId, conversation: UUID) -> None:
    rule = Trigger(hotel_id=hotel, name="r", event="message.received", actions=[])
    session.add(rule)
    await session.flush()
    told = {**sample("conversation.escalated"), "reason": WORDS}
    await emit(session, hotel, "conversation.escalated", conversation, told)
    await session.flush()
    from_db = await session.execute(
        select(TriggerRun.metadata.tables["outbox_events"].c.id).where(
            TriggerRun.metadata.tables["outbox_events"].c.aggregate_id == conversation
        )
    )
    event = from_db.scalars().first()
    run = {"trigger_id": rule.id, "event_id": event, "trigger_version": 1, "outcome": "fired"}
    session.add(TriggerRun(hotel_id=hotel, reasons=[{"saw": WORDS}], actions=[{"t": NAME}], **run))


async def _stay(house: House, kind: str) -> None:
    stay = {"arrival": f"{DAY}", "departure": f"{DAY + timedelta(days=2)}", "adults": 2}
    asked = {**stay, "room_type_id": kind, "guest_phone": PHONE, "guest_name": NAME}
    root = f"/v1/hotels/{house.hotel}"
    headers = {"Idempotency-Key": "one"}
    quote = await house.call.post(f"{root}/quotes", json=asked, headers=headers)
    wanted = {"quote_id": quote.json()["id"], "special_requests": WORDS}
    booked = await house.call.post(f"{root}/bookings", json=wanted)  # in one round trip
    assert booked.status_code == 201, booked.text
    assert booked.json()["guest_id"] == str(house.guest)


@pytest.fixture
async def root(server: Server, settings: Settings) -> AsyncIterator[asyncpg.Connection]:
    """Sees every row of every hotel, past every policy."""
    database = settings.database_url.rpartition("/")[2]
    connection = await asyncpg.connect(plain_url(at(server.superuser, database)))
    yield connection
    await connection.close()


async def _places(
    root: asyncpg.Connection, hotel: HotelId, marks: tuple[str, ...] = MARKS
) -> dict[str, int]:
    """Where, by the catalogue, a mark still stands: in any row of the hotel, or of nobody's."""
    columns = await root.fetch(
        "SELECT c.relname AS table, a.attname AS column, a.atttypid = 'bytea'::regtype AS bytes,"
        " EXISTS (SELECT FROM pg_attribute h WHERE h.attrelid = c.oid AND h.attname = 'hotel_id')"
        " AS owned"
        " FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
        " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'm')"
        " AND a.attnum > 0 AND NOT a.attisdropped"
    )
    assert len(columns) > 300
    found = {}
    for row in columns:
        name = f'"{row["column"]}"'
        text = f"encode({name}, 'escape')" if row["bytes"] else f"{name}::text"
        like = " OR ".join(f"strpos(lower({text}), lower('{mark}')) > 0" for mark in marks)
        mine = f"hotel_id = '{hotel}'" if row["owned"] else "true"
        query = f'SELECT count(*) FROM "{row["table"]}" WHERE {mine} AND ({like})'  # noqa: S608
        count = await root.fetchval(query)
        if count:
            found[f"{row['table']}.{row['column']}"] = count
    return found


SEEDED = {
    *("guests.name", "guests.phone", "guests.preferences", "guest_identities.value"),
    *("conversations.chat", "conversations.state", "conversations.tags", "conversations.reason"),
    *("messages.text", "messages.content", "messages.metadata", "delivery_statuses.description"),
    *("inbound_events.raw", "inbound_events.chat", "inbound_events.event_key"),
    *("outbound_messages.text", "outbound_messages.chat", "outbox_events.payload"),
    *("staff_notifications.title", "staff_notifications.body", "staff_notifications.details"),
    *("trigger_runs.reasons", "trigger_runs.actions", "knowledge_gaps.question"),
    *("knowledge_gaps.fingerprint", "bookings.special_requests", "idempotency_keys.answer"),
}


async def test_an_erasure_leaves_nothing_anywhere_and_says_what_it_did(
    house: House, root: asyncpg.Connection
) -> None:
    before = await _places(root, house.hotel)
    assert set(before) >= SEEDED, SEEDED - set(before)
    assert not any(place.startswith("audit") for place in before)
    await seal(house.db, house.hotel)

    refused = await house.call.post(f"{house.path}/erase", json={})
    assert (refused.status_code, refused.json()["type"][-13:]) == (409, "still_staying")
    done = await house.call.post(f"{house.path}/erase", json={"even_with_stays": True})
    assert done.status_code == 200, done.text

    assert await _places(root, house.hotel) == {}
    receipt = done.json()["receipt"]
    assert receipt["found_afterwards"] == {}
    assert receipt["deleted"]["guest_identities"] == 1
    assert receipt["emptied"]["bookings"] == 1
    assert {"messages", "inbound_events", "outbox_events", "trigger_runs"} <= set(
        receipt["emptied"]
    )
    await seal(house.db, house.hotel)
    async with house.db.hotel(house.hotel) as session:
        assert (await verify(session, house.hotel)).whole
    listed = (await house.call.get(f"/v1/hotels/{house.hotel}/erasures")).json()["items"]
    assert [e["digest"] for e in listed] == [done.json()["digest"]]

    again = await house.call.post(f"{house.path}/erase", json={"even_with_stays": True})
    assert again.status_code == 409
    assert (await house.call.patch(house.path, json={"name": NAME})).status_code == 409


async def test_what_was_sold_stays_and_the_guest_may_come_back_as_somebody_new(
    house: House,
) -> None:
    root = f"/v1/hotels/{house.hotel}"
    (sold,) = (await house.call.get(f"{root}/bookings")).json()["items"]
    await house.call.post(f"{house.path}/erase", json={"even_with_stays": True})
    (kept,) = (await house.call.get(f"{root}/bookings")).json()["items"]
    assert kept["special_requests"] is None
    same = ("id", "code", "total", "arrival", "departure", "status", "guest_id")
    assert [kept[n] for n in same] == [sold[n] for n in same]
    thread = await thread_of(house.db, house.hotel, house.number, CHAT)
    assert (thread.id == house.conversation, thread.guest_id == house.guest) == (False, False)


async def test_nobody_else_loses_anything(house: House, vault: Vault, other_hotel: HotelId) -> None:
    """Not another guest of the same hotel, and not the same phone in another hotel."""
    db = house.db
    number = await number_of(db, vault, other_hotel)
    theirs = await thread_of(db, other_hotel, number.id, CHAT)
    mine = await thread_of(db, house.hotel, house.number, f"{OTHER}@c.us")
    async with db.hotel(house.hotel) as session:
        now = datetime.now(UTC)
        await record_gap(session, house.hotel, "is there a sauna?", language="en", now=now)
    assert (await house.call.post(f"{house.path}/erase", json={"even_with_stays": True})).is_success
    async with db.hotel(other_hotel) as session:
        kept = (await session.scalars(select(Guest).where(Guest.id == theirs.guest_id))).one()
        assert (kept.phone, kept.name, kept.erased_at) == (PHONE, "Guest", None)
    async with db.hotel(house.hotel) as session:
        kept = (await session.scalars(select(Guest).where(Guest.id == mine.guest_id))).one()
        assert (kept.phone, kept.erased_at) == (OTHER, None)
    gaps = (await house.call.get(f"/v1/hotels/{house.hotel}/knowledge/gaps")).json()["items"]
    assert [g["question"] for g in gaps] == ["is there a sauna?"]


async def test_what_the_app_may_not_change_is_told_and_stops_nothing(
    house: House, owner: asyncpg.Connection
) -> None:
    await owner.execute("REVOKE UPDATE ON bookings FROM hotel_bot_tenant")
    try:
        done = await house.call.post(f"{house.path}/erase", json={"even_with_stays": True})
    finally:
        await owner.execute("GRANT UPDATE ON bookings TO hotel_bot_tenant")
    assert done.status_code == 200, done.text
    assert done.json()["receipt"]["kept_as_it_was"] == {"bookings": 1}
    assert "messages" in done.json()["receipt"]["emptied"]


async def test_the_export_has_all_that_is_held(house: House, root: asyncpg.Connection) -> None:
    answer = await house.call.get(f"{house.path}/export")
    assert answer.status_code == 200, answer.text
    file = answer.json()
    held = {f"{t}.{c}" for t, rows in file["held"].items() for row in rows for c in row}
    whole = json.dumps(file, ensure_ascii=False)
    assert all(mark in whole for mark in MARKS)
    places = {
        p
        for p in await _places(root, house.hotel)
        if not p.startswith(("knowledge", "idemp", "search"))  # what can be found is a copy
    }
    assert places - held == set()
    assert "https://media.example/p.jpg" in file["media"]
    assert {"api_token", "secret", "digest"} & {c.partition(".")[2] for c in held} == set()


async def test_two_guests_that_are_one_are_merged_and_parted_again(house: House) -> None:
    lid = await thread_of(house.db, house.hotel, house.number, "99887766554433@lid")
    assert lid.guest_id != house.guest
    merged = await house.call.post(
        f"{house.path}/merges", json={"other_guest_id": str(lid.guest_id)}
    )
    assert merged.status_code == 201, merged.text
    ids = (await house.call.get(f"{house.path}/identities")).json()
    assert {i["kind"] for i in ids} == {"phone", "lid"}
    again = await thread_of(house.db, house.hotel, house.number, "99887766554433@lid")
    assert again.guest_id == house.guest
    listed = (await house.call.get(f"/v1/hotels/{house.hotel}/guests")).json()["items"]
    assert [g["id"] for g in listed] == [str(house.guest)]
    self_merge = {"other_guest_id": str(house.guest)}
    assert (await house.call.post(f"{house.path}/merges", json=self_merge)).status_code == 409

    undo = f"/v1/hotels/{house.hotel}/guest-merges/{merged.json()['id']}/undo"
    for _ in range(2):
        assert (await house.call.post(undo)).status_code == 200
    async with house.db.hotel(house.hotel) as session:
        kinds = {(i.kind, i.guest_id) for i in (await session.scalars(select(GuestIdentity))).all()}
    assert kinds == {("phone", house.guest), ("lid", lid.guest_id)}


async def test_erasing_one_erases_who_was_merged_into_them(
    house: House, root: asyncpg.Connection
) -> None:
    lid = await thread_of(house.db, house.hotel, house.number, "99887766554433@lid")
    await house.call.post(f"{house.path}/merges", json={"other_guest_id": str(lid.guest_id)})
    other = f"/v1/hotels/{house.hotel}/guests/{lid.guest_id}/erase"
    both = await asyncio.gather(
        *(house.call.post(other, json={"even_with_stays": True}) for _ in range(2))
    )
    assert sorted(r.status_code for r in both) == [200, 409]
    assert await _places(root, house.hotel, (*MARKS, "99887766554433")) == {}


async def test_a_guest_is_changed_by_name_language_and_wishes(house: House) -> None:
    wanted = {"name": "Ann", "language": "fr", "consent": True, "opted_out": True, "vip": True}
    changed = (await house.call.patch(house.path, json=wanted)).json()
    assert (changed["name"], changed["language"], changed["vip"]) == ("Ann", "fr", True)
    assert changed["consent_at"] is not None
    assert changed["opted_out_at"] is not None
    audit = f"/v1/hotels/{house.hotel}/audit?subject=guest:{house.guest}&action=guest.change"
    entry = (await house.call.get(audit)).json()["items"][0]
    assert entry["new"]["language"] == "fr"
    assert entry["new"]["name"] == "[hidden]"
    told = f"/v1/hotels/{house.hotel}/audit?action=booking."
    (sold,) = (await house.call.get(told)).json()["items"]
    for noted in (entry, sold):
        assert (noted["ip"], noted["user_agent"]) == ("127.0.0.1", "test")
    for bad in ({"name": "a\x00b"}, {"language": "english"}, {"preferences": {"": "x"}}):
        assert (await house.call.patch(house.path, json=bad)).status_code == 422
    found = await house.call.get(f"/v1/hotels/{house.hotel}/guests?phone={PHONE[:6]}")
    assert [g["id"] for g in found.json()["items"]] == [str(house.guest)]
