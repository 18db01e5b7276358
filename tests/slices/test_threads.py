"""Threads hold what was said, edited and deleted, in whatever order the wire tells it."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from uuid import UUID

import pytest

from frontdesk.conversations.apply import apply_next
from frontdesk.conversations.filing import file_waiting
from frontdesk.conversations.runaway import MOST, WINDOW, ran_away
from frontdesk.kit.clock import FixedClock, SystemClock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.secrets import Vault
from frontdesk.kit.settings import Settings
from frontdesk.messaging.models import Conversation, InboundEvent, Message
from tests.factories import CHAT, all_of, number_of, receive, says, thread_of

AT = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)


@pytest.fixture
async def instance(db: Database, vault: Vault, hotel: HotelId) -> UUID:
    return (await number_of(db, vault, hotel)).id


def edits(message: str, text: str, at: datetime) -> dict:
    body = says("", f"EDIT-{message}", at)
    data = {"textMessage": text, "stanzaId": message}
    body["messageData"] = {"typeMessage": "editedMessage", "editedMessageData": data}
    return body


def deletes(message: str, at: datetime) -> dict:
    body = says("", f"DELETE-{message}", at)
    data = {"stanzaId": message}
    body["messageData"] = {"typeMessage": "deletedMessage", "deletedMessageData": data}
    return body


async def file_one(
    db: Database, settings: Settings, hotel: HotelId, instance: UUID, body: dict
) -> None:
    await receive(settings, hotel, instance, body)
    async with db.hotel(hotel) as session:
        await file_waiting(session, hotel, instance, CHAT, now=AT)


@pytest.mark.parametrize("order", list(permutations(range(2))))
async def test_a_deleted_message_stays_deleted(
    db: Database, settings: Settings, hotel: HotelId, instance: UUID, order: tuple[int, ...]
) -> None:
    bodies = (says("my card is 4111", "M1", AT), deletes("M1", AT + timedelta(seconds=5)))
    for at in order:
        await file_one(db, settings, hotel, instance, bodies[at])
    (kept,) = await all_of(db, hotel, Message)
    assert (kept.text, kept.content, kept.deleted_at is None) == ("", {}, False)
    assert kept.handled_at is not None


@pytest.mark.parametrize("order", list(permutations(range(2))))
async def test_an_edit_is_what_gets_answered(
    db: Database, settings: Settings, hotel: HotelId, instance: UUID, order: tuple[int, ...]
) -> None:
    bodies = (says("two nights", "M1", AT), edits("M1", "three nights", AT + timedelta(seconds=5)))
    for at in order:
        await file_one(db, settings, hotel, instance, bodies[at])
    (kept,) = await all_of(db, hotel, Message)
    assert (kept.text, kept.author, kept.handled_at) == ("three nights", "guest", None)
    assert kept.edited_at == AT + timedelta(seconds=5)


async def test_what_the_hotels_phone_edits_is_never_the_guests_word(
    db: Database, settings: Settings, hotel: HotelId, instance: UUID
) -> None:
    body = edits("P1", "see you at eight", AT)
    body["typeWebhook"] = "outgoingMessageReceived"
    await receive(settings, hotel, instance, body)
    assert await apply_next(db, FixedClock(AT), hotel, instance)
    (kept,) = await all_of(db, hotel, Message)
    assert (kept.direction, kept.author, kept.handled_at) == ("out", "phone", AT)
    assert [c.owner for c in await all_of(db, hotel, Conversation)] == ["staff"]


async def test_late_messages_stand_where_they_were_said(
    db: Database, settings: Settings, hotel: HotelId, instance: UUID
) -> None:
    for second in (3, 1, 2):
        said = says(f"{second}", f"M{second}", AT + timedelta(seconds=second))
        await file_one(db, settings, hotel, instance, said)
    kept = sorted(await all_of(db, hotel, Message), key=lambda m: (m.occurred_at, m.id))
    assert [m.text for m in kept] == ["1", "2", "3"]
    (thread,) = await all_of(db, hotel, Conversation)
    assert thread.last_inbound_at == AT + timedelta(seconds=3)
    assert {e.state for e in await all_of(db, hotel, InboundEvent)} == {"done"}


async def test_a_chat_with_a_robot_runs_away_and_one_with_a_person_does_not(
    db: Database, hotel: HotelId, instance: UUID
) -> None:
    thread, now = await thread_of(db, hotel, instance), SystemClock().now()

    async def say(author: str, at: datetime, count: int) -> None:
        async with db.hotel(hotel) as session:
            for _ in range(count):
                session.add(
                    Message(
                        hotel_id=hotel,
                        conversation_id=thread.id,
                        direction="out",
                        author=author,
                        kind="text",
                        text="again",
                        occurred_at=at,
                    )
                )

    async def away() -> bool:
        async with db.hotel(hotel) as session:
            return await ran_away(session, thread.id, now=now)

    await say("bot", now - timedelta(seconds=1), MOST - 1)
    await say("staff", now - timedelta(seconds=1), MOST)
    await say("bot", now - WINDOW - timedelta(seconds=1), MOST)
    assert not await away()
    await say("system", now - timedelta(seconds=1), 1)
    assert await away()
