"""What happens to one subject is worked in its order, whoever works; others do not wait for it."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import update

from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId, uuid7
from frontdesk.kit.secrets import Vault
from frontdesk.messaging.events import emit
from frontdesk.messaging.models import Conversation, OutboundMessage, OutboxEvent
from frontdesk.messaging.shapes import sample
from frontdesk.triggers.actions import MAX_TRIES, run_next
from frontdesk.triggers.turns import next_event
from tests.factories import all_of, number_of, thread_of
from tests.slices.test_triggers import rule

CLOCK = FixedClock(datetime(2026, 7, 1, 10, tzinfo=UTC))
LANGUAGES = ("de", "es", "fr", "it", "pt")


async def hears(db: Database, hotel: HotelId, chat: Conversation, language: str) -> None:
    about = {"conversation_id": str(chat.id), "guest_id": str(chat.guest_id)}
    told = {**sample("message.understood"), **about, "language": language}
    async with db.hotel(hotel) as session:
        await emit(session, hotel, "message.understood", uuid7(), told)


async def work(db: Database, hotel: HotelId) -> None:
    while await run_next(db, CLOCK, hotel):
        pass


async def said(db: Database, hotel: HotelId, chat: Conversation) -> list[str]:
    rows = await all_of(db, hotel, OutboundMessage)
    return [m.text for m in sorted(rows, key=lambda m: m.id) if m.chat == chat.chat]


async def chats_of(db: Database, vault: Vault, hotel: HotelId) -> list[Conversation]:
    number = await number_of(db, vault, hotel)
    chats = [await thread_of(db, hotel, number.id, f"3460021{n:04d}@c.us") for n in range(2)]
    await work(db, hotel)
    return chats


async def ready(db: Database, hotel: HotelId) -> None:
    """One rule a language, so that what is said tells which event said it."""
    for name in LANGUAGES:
        only = {"field": "language", "op": "eq", "value": name}
        await rule(db, hotel, name, [{"type": "send_message", "text": name}], conditions=only)


async def test_two_workers_keep_the_order_of_one_subject_and_hold_up_no_other(
    db: Database, vault: Vault, hotel: HotelId
) -> None:
    await ready(db, hotel)
    one, other = await chats_of(db, vault, hotel)
    for language in LANGUAGES:
        await hears(db, hotel, one, language)
    await hears(db, hotel, other, "de")
    async with db.hotel(hotel) as slow:
        first: OutboxEvent | None = await slow.scalar(next_event())
        assert first is not None
        assert first.payload["language"] == "de"
        await work(db, hotel)
        assert (await said(db, hotel, one), await said(db, hotel, other)) == ([], ["de"])
    await asyncio.gather(*(work(db, hotel) for _ in range(3)))
    await work(db, hotel)
    assert await said(db, hotel, one) == list(LANGUAGES)


async def test_what_fails_holds_up_its_own_subject_until_it_is_dead(
    db: Database, vault: Vault, hotel: HotelId
) -> None:
    await ready(db, hotel)
    one, other = await chats_of(db, vault, hotel)
    for chat in (one, one, other):
        await hears(db, hotel, chat, "de")
    waiting = [e for e in await all_of(db, hotel, OutboxEvent) if e.processed_at is None]
    first = min(waiting, key=lambda e: e.seq)
    await _try(db, hotel, first.id, MAX_TRIES - 1)
    assert await run_next(db, CLOCK, hotel)
    assert (await said(db, hotel, one), await said(db, hotel, other)) == ([], ["de"])
    async with db.hotel(hotel) as session:
        dead = update(OutboxEvent).where(OutboxEvent.id == first.id)
        await session.execute(dead.values(dead_at=CLOCK.now() + timedelta(seconds=1)))
    await work(db, hotel)
    assert await said(db, hotel, one) == ["de"]


async def _try(db: Database, hotel: HotelId, event_id: UUID, tries: int) -> None:
    async with db.hotel(hotel) as session:
        failed = update(OutboxEvent).where(OutboxEvent.id == event_id)
        await session.execute(failed.values(tries=tries))
