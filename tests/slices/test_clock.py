"""The clock's sweep: every kind of row that waits is rung again, and none that does not."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from redis import asyncio as valkey

from frontdesk.kit.clock import SystemClock
from frontdesk.kit.db import RING_CHANNEL, Database, connect_plainly
from frontdesk.kit.ids import HotelId
from frontdesk.kit.secrets import Vault
from frontdesk.kit.settings import Settings
from frontdesk.knowledge.actions import add_document
from frontdesk.knowledge.models import KnowledgeDocument
from frontdesk.local.valkey import start_valkey
from frontdesk.messaging.events import emit
from frontdesk.messaging.models import InboundEvent
from frontdesk.messaging.outbox import Letter, post
from tests.factories import CHAT, all_of, number_of, receive, says, thread_of
from workers.backlog import CROWD, crowd_at
from workers.clock import end_day
from workers.rings import QUEUE
from workers.sweeps import sweep, sweep_if_free

CLOCK = SystemClock()
NOW = timedelta(seconds=-1)
"""Older than a second from now: whatever waits."""


class Listener:
    """What was rung for one hotel."""

    def __init__(self, hotel: HotelId) -> None:
        self.hotel = str(hotel)
        self.heard: asyncio.Queue[tuple[str, str]] = asyncio.Queue()

    def hear(self, *told: object) -> None:
        job, hotel, key = json.loads(str(told[3]))
        if hotel == self.hotel:
            self.heard.put_nowait((job, key))

    async def rings(self) -> set[tuple[str, str]]:
        """All of the last moment."""
        await asyncio.sleep(0.2)
        return {self.heard.get_nowait() for _ in range(self.heard.qsize())}


@pytest.fixture
async def listener(settings: Settings, hotel: HotelId) -> AsyncIterator[Listener]:
    connection = await connect_plainly(settings.database_url)
    told = Listener(hotel)
    await connection.add_listener(RING_CHANNEL, told.hear)
    yield told
    await connection.close()


async def _everything_waits(
    db: Database, vault: Vault, settings: Settings, hotel: HotelId
) -> tuple[UUID, UUID]:
    """One row of each kind; gives the number's id and the document's."""
    number = await number_of(db, vault, hotel)
    thread = await thread_of(db, hotel, number.id)
    status = {
        "typeWebhook": "outgoingMessageStatus",
        "instanceData": {"idInstance": 7105},
        "timestamp": int(CLOCK.now().timestamp()),
        "idMessage": "S1",
        "status": "read",
        "chatId": CHAT,
    }
    await receive(settings, hotel, number.id, says("hello", "M1", CLOCK.now()), status)
    now = CLOCK.now()
    async with db.hotel(hotel) as session:
        expires = now + timedelta(hours=1)
        letter = Letter(number.id, CHAT, "hi", "k", expires, author="staff", conversation_id=None)
        await post(session, hotel, letter, now=now)
        await emit(session, hotel, "conversation.escalated", thread.id, {})
        document = KnowledgeDocument(hotel_id=hotel, title="Breakfast", body="At 7.", language="en")
        await add_document(session, document)
    return number.id, document.id


async def test_each_kind_of_waiting_row_is_rung(
    db: Database, vault: Vault, settings: Settings, hotel: HotelId, listener: Listener
) -> None:
    number, document = await _everything_waits(db, vault, settings, hotel)
    await listener.rings()
    await sweep(db, CLOCK, older_than=NOW)
    assert await listener.rings() == {
        ("take_turn", f"{number}|{CHAT}"),
        ("apply_events", str(number)),
        ("deliver", str(number)),
        ("run_triggers", ""),
        ("ingest_document", str(document)),
        ("seal_audit", ""),
        ("read_for_search", ""),
    }


async def test_what_is_young_or_done_is_left_alone(
    db: Database, vault: Vault, settings: Settings, hotel: HotelId, listener: Listener
) -> None:
    await _everything_waits(db, vault, settings, hotel)
    await listener.rings()
    await sweep(db, CLOCK, older_than=timedelta(minutes=5))
    assert await listener.rings() == set()
    async with db.hotel(hotel) as session:
        for model, column, done in (
            (InboundEvent, "state", "dead"),
            (KnowledgeDocument, "status", "failed"),
        ):
            for row in await all_of(db, hotel, model):
                setattr(await session.merge(row), column, done)
    await sweep(db, CLOCK, older_than=NOW)
    jobs = {job for job, _ in await listener.rings()}
    assert jobs == {"deliver", "run_triggers", "seal_audit", "read_for_search"}


async def test_every_hotel_is_rung_for_its_night_audit(
    db: Database, settings: Settings, hotel: HotelId, other_hotel: HotelId, listener: Listener
) -> None:
    other = Listener(other_hotel)
    connection = await connect_plainly(settings.database_url)
    await connection.add_listener(RING_CHANNEL, other.hear)
    await end_day(db)
    assert await listener.rings() == {("night_audit", "")}
    assert await other.rings() == {("night_audit", "")}
    await connection.close()


async def test_none_starves_behind_those_that_cannot_be_helped(
    db: Database, vault: Vault, settings: Settings, hotel: HotelId, listener: Listener
) -> None:
    """One ring a sweep, and three chats that nobody works."""
    number = await number_of(db, vault, hotel)
    chats = {f"3460011100{n}@c.us" for n in range(3)}
    bodies = [says("hello", f"M{n}", CLOCK.now(), chat=chat) for n, chat in enumerate(chats)]
    await receive(settings, hotel, number.id, *bodies)
    rung: set[tuple[str, str]] = set()
    for _ in range(200):
        await sweep(db, CLOCK, older_than=NOW, most=1)
        rung |= {listener.heard.get_nowait() for _ in range(listener.heard.qsize())}
    rung |= await listener.rings()
    assert {key for job, key in rung if job == "take_turn"} == {f"{number.id}|{c}" for c in chats}


async def test_nothing_is_rung_on_top_of_a_crowd(
    db: Database,
    vault: Vault,
    settings: Settings,
    hotel: HotelId,
    listener: Listener,
    tmp_path: Path,
) -> None:
    number = await number_of(db, vault, hotel)
    await receive(settings, hotel, number.id, says("hello", "M1", CLOCK.now()))
    await listener.rings()
    running = start_valkey(tmp_path)
    broker, crowded = valkey.from_url(running.url), crowd_at(running.url)
    try:
        await broker.rpush(QUEUE, *["ring"] * CROWD)
        assert await sweep_if_free(db, CLOCK, crowded, older_than=NOW) == 0
        assert await listener.rings() == set()
        await broker.lpop(QUEUE)
        assert await sweep_if_free(db, CLOCK, crowded, older_than=NOW) > 0
        assert ("take_turn", f"{number.id}|{CHAT}") in await listener.rings()
    finally:
        await broker.aclose()
        running.stop()
    assert await sweep_if_free(db, CLOCK, crowded, older_than=NOW) == 0
