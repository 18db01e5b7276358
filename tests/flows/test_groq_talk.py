"""The main conversations with Groq's help, whatever mode it is in: a guest never notices."""

import asyncio
import io
import json
import logging
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from decimal import Decimal

import httpx
import pytest
from pydantic import SecretStr
from structlog.stdlib import ProcessorFormatter

from frontdesk.assistant.groq import Groq, Terms
from frontdesk.assistant.ledger import Limits, Prices
from frontdesk.assistant.matters import Mind
from frontdesk.assistant.means import Means
from frontdesk.assistant.model import Model
from frontdesk.assistant.models import AssistantCall, AssistantLimits, AssistantSpending
from frontdesk.bookings.models import Booking
from frontdesk.conversations.escalation_models import EscalationCause
from frontdesk.kit.breaker import Breaker
from frontdesk.kit.ids import HotelId
from frontdesk.kit.logs import configure_logging
from frontdesk.knowledge.index_models import KnowledgeIndex
from frontdesk.knowledge.indexes import switch, tend
from frontdesk.knowledge.library import Library, Models
from frontdesk.knowledge.pinecone import Pinecone
from frontdesk.knowledge.store import PgVector
from frontdesk.local.groq.app import KINDS, MODES, StandIn, create_stand_in
from frontdesk.local.serving import running
from frontdesk.messaging.models import Conversation, Message
from tests.slices.test_stores import KEY as VECTOR_KEY
from tests.slices.test_stores import Held
from tests.slices.test_stores import held as held  # Pinecone's stand-in
from tests.slices.test_turn import BREAKFAST, Talk
from tests.slices.test_turn import embedder as embedder  # and the one it needs
from tests.slices.test_turn import talk as talk  # the fixture

KEY = "gsk_the-key-of-the-tests"
PRICES = Prices(Decimal("0.59"), Decimal("0.79"))
PLENTY = Limits(10**9, 10**9, 10**9, 10**9)


@dataclass
class Helped:
    """A talk whose mind has a model, and the model's stand-in."""

    talk: Talk
    stand_in: StandIn
    door: Groq
    plain: Mind

    def grant(self, limits: Limits = PLENTY, *, deadline: float = 6) -> None:
        desk = self.talk.desk
        means = Means(deadline, PRICES, limits)
        model = Model(self.door, desk.db, desk.clock, desk.mind.embedder, means)
        self.talk.desk = replace(desk, mind=replace(self.plain, model=model))

    async def says(self, *texts: str) -> list[str]:
        return await self.talk.says(*texts)

    async def calls(self) -> list[AssistantCall]:
        return await self.talk.all(AssistantCall)

    async def thought(self) -> dict:
        """Of the last message that came in."""
        read = [m for m in await self.talk.all(Message) if m.direction == "in"]
        return read[-1].meta["thought"]


@pytest.fixture
async def helped(talk: Talk, other_hotel: HotelId) -> AsyncIterator[Helped]:
    stand_in = StandIn(seconds=30)
    async with talk.desk.db.hotel(talk.hotel) as session:
        cause = {"cause": "repeated_question", "threshold": 3, "action": "tell", "priority": 0}
        session.add(EscalationCause(hotel_id=talk.hotel, enabled=False, **cause))
    async with running(create_stand_in(stand_in)) as url:
        terms = Terms("llama-3.3-70b-versatile", url, SecretStr(KEY), timeout=4)
        door = Groq(terms, Breaker(threshold=10**6))
        found = Helped(talk, stand_in, door, talk.desk.mind)
        found.grant()
        yield found
        await door.close()


async def the_whole_talk(helped: Helped) -> None:
    """A question, a quote, a yes, a cancellation, a complaint: as without any model."""
    answer = (await helped.says("What time is breakfast?"))[0]
    assert answer.endswith(BREAKFAST)
    assert answer in (BREAKFAST, f"With pleasure: {BREAKFAST}")
    (quoted,) = await helped.says("do you have a room for two tomorrow for 2 nights?")
    assert "€200.00" in quoted
    assert "guests: 2" in quoted
    assert not await helped.talk.all(Booking)
    (booked,) = await helped.says("yes")
    (booking,) = await helped.talk.all(Booking)
    assert booking.code in booked
    assert (booking.total, booking.adults, booking.status) == (20000, 2, "confirmed")
    (asked,) = await helped.says("please cancel my booking")
    assert "Cancelling now costs" in asked
    await helped.says("yes")
    (booking,) = await helped.talk.all(Booking)
    assert booking.status == "cancelled"
    (sorry,) = await helped.says("The room is filthy, this is unacceptable!")
    assert "very sorry" in sorry
    (thread,) = await helped.talk.all(Conversation)
    assert (thread.status, thread.owner) == ("escalated", "staff")


@pytest.mark.parametrize("mode", MODES)
async def test_the_main_conversations_end_as_they_should(helped: Helped, mode: str) -> None:
    helped.stand_in.mode, helped.stand_in.seconds = mode, 2
    if mode == "slow":
        helped.grant(deadline=0.4)
    await the_whole_talk(helped)
    calls = await helped.calls()
    assert {c.state for c in calls} == {"settled"}
    outcomes = {c.outcome for c in calls}
    expected = {
        "scripted": {"used"},
        "slow": {"timeout"},
        "refusing": {"refused"},
    }
    assert outcomes == expected.get(mode, outcomes)
    if mode in ("broken", "malicious"):
        assert outcomes & {"key", "busy", "down", "nonsense", "unsafe"}


async def test_the_same_conversations_end_so_with_pinecone_beside_it(
    helped: Helped, held: tuple[Held, str]
) -> None:
    """Both stand-ins at once: the knowledge comes from the one, the wording from the other."""
    (vectors, url), db, hotel = held, helped.talk.desk.db, helped.talk.hotel
    stores = {"pgvector": PgVector(db), "pinecone": Pinecone(db, url, VECTOR_KEY)}
    library = Library(db, Models(helped.plain.embedder, {}), stores)
    async with db.hotel(hotel) as session:
        await switch(session, hotel, store="pinecone", embedder=helped.plain.embedder.name)
    await tend(library, hotel)
    assert [i.store for i in await helped.talk.all(KnowledgeIndex)] == ["pinecone"]
    helped.plain = replace(helped.plain, library=library)
    helped.grant()
    await the_whole_talk(helped)
    assert "/query" in vectors.asked
    assert set(vectors.spaces) == {str(hotel)}
    assert {c.outcome for c in await helped.calls()} == {"used"}


async def test_a_turned_models_words_and_tools_do_nothing(helped: Helped) -> None:
    """Its tools and its tries: one answer, ours; no booking. All tries: test_model_help."""
    helped.stand_in.mode = "malicious"
    for kind in ("tools", None, "a link", "another price"):
        helped.stand_in.kind = kind
        (answer,) = await helped.says("What time is breakfast?")
        assert answer == BREAKFAST
    causes = [c.outcome for c in await helped.calls()]
    assert causes.count("unsafe") >= 5
    assert await helped.talk.all(Booking) == []
    assert (await helped.thought())["phrased"] == "local"


async def test_a_model_that_says_yes_for_the_guest_books_nothing(helped: Helped) -> None:
    helped.stand_in.mode = "malicious"
    await helped.says("do you have a room for two tomorrow for 2 nights?")
    for words in ("hmm let me think about it", "who are you?"):
        await helped.says(words)
    assert await helped.talk.all(Booking) == []


async def test_what_leaves_has_no_person_in_it_and_staff_see_who_read(helped: Helped) -> None:
    await helped.says("Hi, I am Guest, +34 600 111 222, card 4242 4242 4242 4242. Pool?")
    await helped.says("What time is breakfast?")
    sent = json.dumps(list(helped.stand_in.asked), ensure_ascii=False)
    thread = (await helped.talk.all(Conversation))[0]
    for private in ("600", "4242", "Guest,", str(helped.talk.hotel), str(thread.guest_id), KEY):
        assert private not in sent, private
    assert "[PHONE_1]" in sent
    assert "[CARD]" in sent
    assert await helped.thought() == {"read": "groq", "phrased": "groq"}
    said = [m for m in await helped.talk.all(Message) if m.direction == "out"]
    assert said[-1].meta["engine"] == "groq"
    assert said[-1].meta["sources"][0].startswith("chunk:")


async def test_danger_plain_words_and_a_switched_off_hotel_send_nothing(helped: Helped) -> None:
    for text in ("yes", "STOP", "start"):
        await helped.says(text)
    db = helped.talk.desk.db
    async with db.hotel(helped.talk.hotel) as session:
        session.add(AssistantLimits(hotel_id=helped.talk.hotel, model_enabled=False))
    assert await helped.says("What time is breakfast?") == [BREAKFAST]
    assert (await helped.thought())["fallback"] == ["off"]
    (danger,) = await helped.says("Help, there is a fire in the corridor")
    assert "112" in danger
    assert helped.stand_in.count == 0
    assert await helped.calls() == []


async def test_a_slow_model_holds_a_turn_no_longer_than_its_deadline(helped: Helped) -> None:
    helped.stand_in.mode = "slow"
    helped.door = Groq(replace(helped.door.terms, timeout=25), Breaker())
    helped.grant(deadline=0.7)
    await asyncio.to_thread(helped.door.warm_up)
    await helped.talk.hears("What time is breakfast?")
    began = time.monotonic()
    await helped.talk.turn()
    assert time.monotonic() - began < 12  # not the 25 s of one call, nor the model's 30
    await helped.door.close()
    (call,) = await helped.calls()
    assert call.outcome == "timeout"
    assert call.tokens > 500  # nobody knows what it cost: it stays counted
    assert (await helped.thought())["fallback"] == ["timeout"]


async def test_the_breaker_opens_and_recovers(helped: Helped) -> None:
    at = [0.0]
    helped.door = Groq(helped.door.terms, Breaker(threshold=3, rest=5, now=lambda: at[0]))
    helped.grant()
    helped.stand_in.mode, helped.stand_in.kind = "broken", "down"
    for _ in range(3):
        await helped.says("What time is breakfast?")
    assert helped.stand_in.count == 3  # one call a turn: who failed is not asked again in it
    assert (await helped.thought())["fallback"] == ["down"]
    helped.stand_in.mode = "scripted"
    assert await helped.says("What time is breakfast?") == [BREAKFAST]
    assert (await helped.thought())["fallback"] == ["resting"]
    assert helped.stand_in.count == 3
    at[0] = 5
    assert await helped.says("What time is breakfast?") == [f"With pleasure: {BREAKFAST}"]
    assert await helped.thought() == {"read": "groq", "phrased": "groq"}
    await helped.door.close()


async def test_a_spent_budget_is_told_and_the_turn_goes_on(helped: Helped) -> None:
    helped.grant(Limits(4000, 10**9, 10**9, 10**9))
    fallbacks = []
    for _ in range(4):
        (answer,) = await helped.says("What time is breakfast?")
        assert answer.endswith(BREAKFAST)
        fallbacks.append((await helped.thought()).get("fallback"))
    assert fallbacks[-1] == ["budget"]
    spent = {len(s.period): s for s in await helped.talk.all(AssistantSpending)}
    assert set(spent) == {7, 10}
    counted = sum(c.tokens for c in await helped.calls())
    assert spent[7].tokens == spent[10].tokens == counted <= 4000
    assert spent[10].micros == sum(c.micros for c in await helped.calls()) > 0


async def test_every_way_to_break_has_a_name_an_answer_and_no_words_in_a_log(
    helped: Helped,
) -> None:
    marker = "zanzibar-marker"
    configure_logging("DEBUG", "json")
    root, log = logging.getLogger(), io.StringIO()
    ours = next(h for h in root.handlers if isinstance(h.formatter, ProcessorFormatter))
    listening = logging.StreamHandler(log)
    listening.setFormatter(ours.formatter)
    root.addHandler(listening)
    helped.stand_in.mode = "broken"
    told: dict[str, list[str]] = {}
    for kind in KINDS:
        helped.stand_in.kind = kind
        assert await helped.says(f"What time is the {marker} breakfast?") == [BREAKFAST]
        told[kind] = (await helped.thought())["fallback"]
    for mode in ("malicious", "scripted"):
        helped.stand_in.mode, helped.stand_in.kind = mode, None
        await helped.says(f"What time is the {marker} breakfast?")
    root.removeHandler(listening)
    configure_logging("INFO", "json")
    assert told == {
        "key": ["key"],
        "busy": ["busy"],
        "down": ["down"],
        "malformed": ["nonsense"],
        "html": ["nonsense"],
        "empty": ["nonsense"],
        "types": ["nonsense"],
        "huge": ["down"],
        "hang_up": ["down"],
        "tool": ["nonsense"],
    }
    assert "model_failed" in log.getvalue()
    assert "turn_closed" in log.getvalue()
    for secret in (marker, KEY, "34600111222", BREAKFAST[:20]):
        assert secret not in log.getvalue(), secret


async def test_the_stand_in_speaks_as_groq_does(helped: Helped) -> None:
    base, auth = helped.door.terms.api_base, {"authorization": f"Bearer {KEY}"}
    async with httpx.AsyncClient(base_url=base, headers=auth) as client:
        where = "/openai/v1/chat/completions"
        schema = {"name": "ReadMessage", "schema": {"type": "object"}}
        asked = {
            "model": "llama-3.3-70b-versatile",
            "messages": [
                {
                    "role": "user",
                    "content": '{"today": "2026-11-21 Saturday",'
                    ' "message": "¿una habitación para dos mañana, 3 noches?"}',
                }
            ],
            "response_format": {"type": "json_schema", "json_schema": schema},
        }
        told = (await client.post(where, json=asked)).json()
        read = json.loads(told["choices"][0]["message"]["content"])
        assert (read["language"], read["arrival"], read["departure"], read["adults"]) == (
            "es",
            "2026-11-22",
            "2026-11-25",
            2,
        )
        assert told["usage"]["total_tokens"] > 0
        nobody = await client.post(where, json=asked, headers={"authorization": ""})
        assert nobody.status_code == 401
        assert (await client.post(where, json={**asked, "model": "stand-in-x"})).status_code == 404
        assert (await client.post(where, content=b"{")).status_code == 400
        by_name = await client.post(where, json={**asked, "model": "stand-in-refusing"})
        assert "sorry" in by_name.json()["choices"][0]["message"]["content"]
        by_header = {"x-stand-in-mode": "refusing"}
        assert "sorry" in (await client.post(where, json=asked, headers=by_header)).text
        set_to = await client.post("/stand-in/mode", json={"mode": "broken", "kind": "busy"})
        assert set_to.status_code == 200
        busy = await client.post(where, json=asked)
        assert (busy.status_code, busy.headers["retry-after"]) == (429, "2")
        assert (await client.post("/stand-in/mode", json={"mode": "x"})).status_code == 400
        assert (await client.get("/stand-in/state")).json()["mode"] == "broken"
        assert len((await client.get("/openai/v1/models")).json()["data"]) == 6
