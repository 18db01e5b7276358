"""The table of the talk, walked: nothing is written without an open question and a plain yes."""

import itertools
from collections.abc import Iterator
from datetime import date

import pytest

from frontdesk.assistant.decide import decide
from frontdesk.assistant.heard import NOTHING, Heard
from frontdesk.assistant.states import STAGES as KNOWN
from frontdesk.assistant.states import State, Step, dump, load
from frontdesk.assistant.values import EmergencyKind, Intent, Reading, Sentiment, StayAsk

STAGES = (
    "idle",
    "collecting",
    "offered",
    "confirming",
    "which_cancel",
    "cancelling",
    "offering_person",
    "offering_dates",
    "offering_wait",
    "which_change",
    "what_change",
    "changing",
    "ordering",
    "identifying",
)
STAY = StayAsk(arrival=date(2026, 12, 4), departure=date(2026, 12, 6), adults=2)
UNSAID = StayAsk()
STAYS = (UNSAID, StayAsk(nights=3), StayAsk(adults=1), STAY)
TEXTS = ("yes", "1", "2", "9", "0", "yes but three nights", "")
TAPS = (
    None,
    "book:S",
    "book:other",
    "cancel:S",
    "change:S",
    "order:S",
    "wait:S",
    "room:A",
    "room:Z",
    "book",
    "x",
)
WRITES = {
    Step.BOOK: ("confirming", "book:S"),
    Step.CANCEL: ("cancelling", "cancel:S"),
    Step.CHANGE: ("changing", "change:S"),
    Step.ORDER: ("ordering", "order:S"),
    Step.WAIT: ("offering_wait", "wait:S"),
}


HEARD = (
    NOTHING,
    Heard(addon="breakfast", at="22:30", change=True, kinds=("double",), code="AB2C34"),
)


def state(stage: str) -> State:
    return State(stage=stage, stay=STAY, choices=("A", "B"), subject="S")


def reading(intent: Intent, stay: StayAsk = UNSAID, **more: object) -> Reading:
    return Reading(language="en", intent=intent, confidence=1, stay=stay, **more)


def walk() -> Iterator[tuple]:
    return itertools.product(STAGES, Intent, STAYS, TEXTS, TAPS, HEARD)


def test_every_cell_has_a_plan_and_a_write_is_asked_for_and_agreed_to() -> None:
    for stage, intent, stay, text, tap, heard in walk():
        said = reading(intent, stay)
        plan = decide(state(stage), said, text=text, choice=tap, heard=heard)
        if plan.step not in WRITES:
            continue
        asked_in, button = WRITES[plan.step]
        in_words = stage == asked_in and intent is Intent.YES and stay == UNSAID and tap is None
        tapped = tap == button and stage == asked_in
        assert tapped or in_words, (stage, intent, stay, text, tap, heard)
        assert plan.pick == "S"


@pytest.mark.parametrize("kind", EmergencyKind)
def test_danger_comes_before_everything(kind: EmergencyKind) -> None:
    for stage, intent, stay, text, tap, heard in walk():
        in_danger = reading(intent, stay, emergency=kind)
        plan = decide(state(stage), in_danger, text=text, choice=tap, heard=heard)
        assert plan.step is Step.EMERGENCY


def test_anger_stops_what_was_going_on() -> None:
    words = ("filthy",)
    for stage, intent in itertools.product(STAGES, Intent):
        angry = reading(
            intent, sentiment=Sentiment.NEGATIVE, sentiment_score=-0.9, sentiment_words=words
        )
        assert decide(state(stage), angry, text="yes", choice=None).step is Step.COMPLAINT


def test_a_yes_with_other_dates_is_a_new_question() -> None:
    other = reading(Intent.YES, StayAsk(nights=3))
    plan = decide(state("confirming"), other, text="yes, three nights", choice=None)
    assert plan.step is Step.OFFER
    assert plan.state.stay.departure == date(2026, 12, 7)
    assert (plan.state.subject, plan.state.choices) == (None, ())


def test_a_number_picks_only_what_was_shown() -> None:
    for text, pick in {"1": "A", "2)": "B", "#2": "B", "3": None, "0": None, "1.": "A"}.items():
        plan = decide(state("offered"), reading(Intent.OTHER), text=text, choice=None)
        assert (plan.step is Step.QUOTE, plan.pick) == (pick is not None, pick), text
        plan = decide(state("which_cancel"), reading(Intent.OTHER), text=text, choice=None)
        assert (plan.step is Step.ASK_CANCEL, plan.pick) == (pick is not None, pick), text


def test_a_number_is_no_yes_and_the_question_still_stands() -> None:
    for stage in ("confirming", "cancelling", "changing", "ordering", "offering_wait"):
        for intent in set(Intent) - {Intent.COMPLAINT}:
            plan = decide(state(stage), reading(intent), text="2", choice=None)
            assert (plan.step, plan.state) == (Step.YES_OR_NO, state(stage))


def test_the_memory_comes_back_as_it_was_written() -> None:
    assert set(STAGES) == set(KNOWN)
    named = {"names": ("Suite",), "kinds": ("double",), "days": -2, "leaving": True}
    full = State("changing", STAY, ("A",), subject="S", about="B", more=-1, moved=False, **named)
    assert load(dump(full)) == full
    for stage in STAGES:
        assert load(dump(state(stage))) == state(stage)
    assert load({}) == State()


def test_a_yes_to_several_rooms_asks_again_which() -> None:
    plan = decide(state("offered"), reading(Intent.YES), text="yes", choice=None)
    assert (plan.step, plan.state) == (Step.OFFER, state("offered"))
    one = State(stage="offered", stay=STAY, choices=("A",))
    assert decide(one, reading(Intent.YES), text="yes", choice=None).pick == "A"
