"""A survey in the chat: heard by tap or word, low scores looked after, the link for everybody."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from frontdesk.conversations.handover import take_over
from frontdesk.conversations.survey_models import Survey, SurveyAsk
from frontdesk.conversations.survey_reading import comment_in, rated_in, rating_in
from frontdesk.conversations.task_models import Task
from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId, uuid7
from frontdesk.messaging.events import emit
from frontdesk.messaging.models import Conversation, OutboundMessage, OutboxEvent
from frontdesk.messaging.shapes import sample
from frontdesk.notifications.models import StaffNotification
from frontdesk.tenancy.departments import change_department, department
from frontdesk.tenancy.models import Hotel
from frontdesk.triggers.actions import run_next
from frontdesk.triggers.models import TriggerRun
from tests.factories import all_of
from tests.slices.test_triggers import rule
from tests.slices.test_turn import Talk, embedder, talk

__all__ = ["embedder", "talk"]
LINK = "https://example.org/review"
ASK = [{"type": "survey", "survey": "Stay"}]
QUESTIONS = [
    {"kind": "rating", "text": {"en": "How was it?", "de": "Wie war es?"}},
    {"kind": "text", "text": {"en": "What could we do better?"}},
]


@pytest.mark.parametrize(
    ("text", "rating"),
    [
        ("5", 5),
        (" 4 / 5 ", 4),
        ("3!", 3),
        ("٢", 2),
        ("⭐⭐⭐⭐", 4),
        ("Fünf", 5),
        ("один", 1),
        ("6", None),
        ("room 5 please", None),
        ("2 towels", None),
        ("", None),
    ],
)
def test_a_rating_is_a_number_and_nothing_else(text: str, rating: int | None) -> None:
    assert rating_in(text, None, "a") == rating
    assert rating_in(text, "rate:a:2", "a") == 2
    assert rating_in(text, "rate:b:2", "a") is None


@pytest.mark.parametrize(
    ("text", "rated"),
    [
        ("5", (5, None)),
        ("2, the room was dirty", (2, "the room was dirty")),
        ("4/5 - muy bien", (4, "muy bien")),
        ("1! Nie wieder", (1, "Nie wieder")),
        ("3\nlaut", (3, "laut")),
        ("2 towels", None),
        ("2.30 please", None),
        ("4, 5 and 6 are free", None),
        ("5, can I speak to a person?", None),
        ("1: there is a fire", None),
    ],
)
def test_a_rating_may_come_with_its_why(text: str, rated: tuple[int, str | None] | None) -> None:
    assert rated_in(text, None, "a") == rated


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("The shower was cold", True),
        ("Can I have towels?", False),
        ("there is a fire in my room", False),
        ("STOP", False),
        ("I want to speak to a person", False),
    ],
)
def test_a_comment_never_swallows_what_asks_for_something(text: str, *, heard: bool) -> None:
    assert (comment_in(text, "text") is not None) is heard
    assert comment_in(text, "image") is None


async def asked(db: Database, hotel: HotelId) -> None:
    (chat,) = await all_of(db, hotel, Conversation)
    about = {"conversation_id": str(chat.id)}
    async with db.hotel(hotel) as session:
        await emit(
            session,
            hotel,
            "conversation.returned",
            uuid7(),
            {**sample("conversation.returned"), **about},
        )
    while await run_next(db, FixedClock(datetime.now(UTC)), hotel):
        pass


async def texts(db: Database, hotel: HotelId) -> list[str]:
    return [m.text for m in await all_of(db, hotel, OutboundMessage)]


async def test_a_guest_is_asked_heard_and_looked_after_whoever_has_the_chat(
    db: Database, hotel: HotelId, other_hotel: HotelId, talk: Talk
) -> None:
    async with db.hotel(hotel) as session:
        session.add(Survey(hotel_id=hotel, name="Stay", questions=QUESTIONS))
        kept = {"pace_ms": 0, "review_link": LINK}
        await session.execute(update(Hotel).values(settings=kept))
    await rule(db, hotel, "ask", ASK, event="conversation.returned")
    await talk.hears("Hello")
    await talk.turn()
    before = len(await texts(db, hotel))
    await asked(db, hotel)
    first = (await texts(db, hotel))[before]
    assert first.startswith("How was it?\n\nPlease tap, or write a number")
    (sent,) = [m for m in await all_of(db, hotel, OutboundMessage) if m.text == first]
    assert [b["text"] for b in sent.buttons] == ["⭐⭐⭐⭐⭐", "⭐⭐⭐", "⭐"]
    await talk.hears("2")
    await talk.turn()
    (ask,) = await all_of(db, hotel, SurveyAsk)
    assert (ask.score, ask.state, ask.answers) == (2, "open", [{"rating": 2}])
    (task,) = await all_of(db, hotel, Task)
    assert ("2 of 5" in task.title, task.guest_id) == (True, ask.guest_id)
    assert task.created_at - ask.updated_at < timedelta(seconds=10)
    assert len(await all_of(db, hotel, StaffNotification)) == 1
    async with db.hotel(hotel) as session:
        await take_over(session, ask.conversation_id, by="test", reason="x", now=datetime.now(UTC))
    await talk.hears("The shower was cold")
    await talk.turn()
    (ask,) = await all_of(db, hotel, SurveyAsk)
    assert (ask.state, ask.answers[1]) == ("done", {"text": "The shower was cold"})
    assert LINK in (await texts(db, hotel))[-1]
    assert [t.text for t in await all_of(db, hotel, Task)] == ["The shower was cold"]
    told = [
        e.payload for e in await all_of(db, hotel, OutboxEvent) if e.event_type == "survey.answered"
    ]
    assert [(t["question"], t["rating"], t["low"], t["done"]) for t in told] == [
        (0, 2, True, False),
        (1, None, False, True),
    ]
    assert await all_of(db, other_hotel, SurveyAsk) == []


@pytest.mark.parametrize("named", ["management", "bar"])
async def test_a_low_rating_for_a_department_that_takes_no_tasks_is_the_receptions(
    db: Database, hotel: HotelId, talk: Talk, named: str
) -> None:
    async with db.hotel(hotel) as session:
        session.add(Survey(hotel_id=hotel, name="Stay", questions=QUESTIONS, department=named))
        closed = await department(session, hotel, "management")
        await change_department(session, closed.id, {"active": False}, by="test")
    await rule(db, hotel, "ask", ASK, event="conversation.returned")
    await talk.hears("Hello")
    await talk.turn()
    await asked(db, hotel)
    await talk.hears("2")
    await talk.turn()
    (task,) = await all_of(db, hotel, Task)
    async with db.hotel(hotel) as session:
        assert task.department_id == (await department(session, hotel, "reception")).id
    (told,) = await all_of(db, hotel, StaffNotification)
    assert "Reception." in told.body


async def test_a_rating_and_its_why_in_one_message_answer_both_questions(
    db: Database, hotel: HotelId, talk: Talk
) -> None:
    async with db.hotel(hotel) as session:
        session.add(Survey(hotel_id=hotel, name="Stay", questions=QUESTIONS))
        await session.execute(update(Hotel).values(settings={"pace_ms": 0, "review_link": LINK}))
    await rule(db, hotel, "ask", ASK, event="conversation.returned")
    await talk.hears("Hello")
    await talk.turn()
    await asked(db, hotel)
    before = len(await texts(db, hotel))
    await talk.hears("2, the shower was cold")
    await talk.turn()
    (ask,) = await all_of(db, hotel, SurveyAsk)
    assert (ask.state, ask.answers) == ("done", [{"rating": 2}, {"text": "the shower was cold"}])
    assert [LINK in text for text in (await texts(db, hotel))[before:]] == [True]
    (task,) = await all_of(db, hotel, Task)
    assert ("2 of 5" in task.title, task.text) == (True, "the shower was cold")


async def test_everybody_gets_the_link_and_a_late_answer_is_the_bots(
    db: Database, hotel: HotelId, talk: Talk
) -> None:
    async with db.hotel(hotel) as session:
        session.add(Survey(hotel_id=hotel, name="Stay", questions=QUESTIONS[:1]))
        kept = {"pace_ms": 0, "review_link": LINK}
        await session.execute(update(Hotel).values(settings=kept))
    await rule(db, hotel, "ask", ASK, event="conversation.returned")
    await talk.hears("Hello")
    await talk.turn()
    await asked(db, hotel)
    await talk.hears("5")
    await talk.turn()
    assert LINK in (await texts(db, hotel))[-1]
    assert await all_of(db, hotel, Task) == []
    await asked(db, hotel)
    async with db.hotel(hotel) as session:
        over = datetime.now(UTC) - timedelta(days=1)
        await session.execute(
            update(SurveyAsk).where(SurveyAsk.state == "open").values(expires_at=over)
        )
    await talk.hears("1")
    await talk.turn()
    states = sorted((a.state, a.score) for a in await all_of(db, hotel, SurveyAsk))
    assert states == [("done", 5), ("expired", None)]


async def test_a_survey_that_is_off_asks_nobody_and_the_rule_says_so(
    db: Database, hotel: HotelId, talk: Talk
) -> None:
    async with db.hotel(hotel) as session:
        session.add(Survey(hotel_id=hotel, name="Stay", questions=QUESTIONS, active=False))
        await session.execute(update(Hotel).values(settings={"pace_ms": 0}))
    await rule(db, hotel, "ask", ASK, event="conversation.returned")
    await talk.hears("Hello")
    await talk.turn()
    before = len(await texts(db, hotel))
    await asked(db, hotel)
    assert len(await texts(db, hotel)) == before
    assert await all_of(db, hotel, SurveyAsk) == []
    (run,) = await all_of(db, hotel, TriggerRun)
    assert "switched off" in str(run.actions)
