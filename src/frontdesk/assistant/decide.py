"""What to do next: a pure function of the dialogue's state and a reading. The table of the talk."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from frontdesk.assistant.values import Intent, Reading, Sentiment, StayAsk, Urgency

ANGRY = -0.6


class Step(StrEnum):
    EMERGENCY = "emergency"
    COMPLAINT = "complaint"
    PERSON = "person"
    STOP = "stop"
    START = "start"
    ASK_WHICH_DAY = "ask_which_day"
    ASK_DATES = "ask_dates"
    ASK_NIGHTS = "ask_nights"
    ASK_GUESTS = "ask_guests"
    OFFER = "offer"
    QUOTE = "quote"
    BOOK = "book"
    DROP = "drop"
    FIND_CANCEL = "find_cancel"
    ASK_CANCEL = "ask_cancel"
    CANCEL = "cancel"
    KEEP = "keep"
    MY_BOOKINGS = "my_bookings"
    CHANGE = "change"
    REQUEST = "request"
    ANSWER = "answer"
    GREET = "greet"
    THANK = "thank"
    BYE = "bye"
    START_OVER = "start_over"
    OUTSIDE = "outside"
    YES_OR_NO = "yes_or_no"
    ANYTHING = "anything"


@dataclass(frozen=True, slots=True)
class State:
    """The dialogue's memory, as JSON in the conversation."""

    stage: str = "idle"
    """idle | collecting | offered | confirming | which_cancel | cancelling | offering_person
    | offering_dates"""
    stay: StayAsk = field(default_factory=StayAsk)
    choices: tuple[str, ...] = ()
    """Ids behind the numbered list last shown: room types, or bookings."""
    subject: str | None = None
    """The quote or booking that a yes would act on."""


@dataclass(frozen=True, slots=True)
class Plan:
    step: Step
    state: State
    pick: str | None = None
    """The id that was chosen: room type, quote or booking."""


def load(memory: Mapping[str, Any]) -> State:
    stay = dict(memory.get("stay") or {})
    for key in ("arrival", "departure"):
        stay[key] = date.fromisoformat(stay[key]) if stay.get(key) else None
    return State(
        stage=str(memory.get("stage", "idle")),
        stay=StayAsk(**stay),
        choices=tuple(memory.get("choices", ())),
        subject=memory.get("subject"),
    )


def dump(state: State) -> dict[str, Any]:
    stay = {
        name: value.isoformat() if isinstance(value, date) else value
        for name in StayAsk.__dataclass_fields__
        if (value := getattr(state.stay, name)) is not None
    }
    return {
        "stage": state.stage,
        "stay": stay,
        "choices": list(state.choices),
        "subject": state.subject,
    }


def decide(state: State, reading: Reading, *, text: str, choice: str | None) -> Plan:
    """Danger and anger first, then an answer to what was asked, then a new wish."""
    if reading.emergency is not None:
        return Plan(Step.EMERGENCY, state)
    if choice is not None and (plan := _tapped(state, choice)) is not None:
        return plan
    if _angry(reading):
        return Plan(Step.COMPLAINT, state)
    answered = _answered(state, reading, text)
    if answered is not None:
        return answered
    return _wished(state, reading)


def _angry(reading: Reading) -> bool:
    if reading.intent is Intent.COMPLAINT:
        return True
    hurt = reading.sentiment is Sentiment.NEGATIVE and reading.sentiment_score <= ANGRY
    return hurt and (bool(reading.sentiment_words) or reading.urgency is not Urgency.NORMAL)


def _tapped(state: State, choice: str) -> Plan | None:
    """Button ids are ours: `verb:id`. One of an older menu is nothing."""
    verb, _, subject = choice.partition(":")
    if verb == "room" and subject in state.choices:
        return Plan(Step.QUOTE, state, subject)
    if verb == "person":
        return Plan(Step.PERSON, state)
    if subject and subject == state.subject:
        steps = {"book": Step.BOOK, "drop": Step.DROP, "cancel": Step.CANCEL, "keep": Step.KEEP}
        if verb in steps:
            return Plan(steps[verb], state, subject)
    return None


def _answered(state: State, reading: Reading, text: str) -> Plan | None:
    """Whether the message answers our last question."""
    picked = _picked(state, text)
    if picked is not None and state.stage in ("offered", "which_cancel"):
        step = Step.QUOTE if state.stage == "offered" else Step.ASK_CANCEL
        return Plan(step, state, picked)
    if state.stage in ("confirming", "cancelling") and text.strip(" .)#").isdecimal():
        return Plan(Step.YES_OR_NO, state)  # a number is no yes; the question still stands
    if reading.stay == StayAsk():
        plain = _yes_or_no(state, reading.intent)
        if plain is not None:
            return plain
    talking = state.stage in ("collecting", "offered", "confirming", "offering_dates")
    if talking and _about_stay(state, reading):
        return _next_for(replace(state, stay=merge(state.stay, reading.stay)), reading)
    return None


def _yes_or_no(state: State, intent: Intent) -> Plan | None:
    """A plain yes or no to what the stage asks; a yes with other dates is not one."""
    if intent is Intent.YES:
        step = YES.get(state.stage)
        if state.stage == "offered" and len(state.choices) == 1:
            return Plan(Step.QUOTE, state, state.choices[0])
        if state.stage == "offered":
            return Plan(Step.OFFER, state)  # yes, but which one
        return None if step is None else Plan(step, state, state.subject)
    if intent is Intent.NO and state.stage in NO:
        step = NO[state.stage]
        return Plan(step, State() if step is Step.ANYTHING else state)
    return None


YES = {
    "confirming": Step.BOOK,
    "cancelling": Step.CANCEL,
    "offering_person": Step.PERSON,
    "offering_dates": Step.OFFER,
}
NO = {
    "confirming": Step.DROP,
    "cancelling": Step.KEEP,
    "offered": Step.ANYTHING,
    "which_cancel": Step.KEEP,
    "offering_person": Step.ANYTHING,
    "offering_dates": Step.ANYTHING,
}


def _picked(state: State, text: str) -> str | None:
    digits = text.strip().rstrip(".)").lstrip("#")
    if digits.isdecimal() and 1 <= int(digits) <= len(state.choices):
        return state.choices[int(digits) - 1]
    return None


def _about_stay(state: State, reading: Reading) -> bool:
    """Other dates for a stay that is on offer are a change of the wish, not of a booking."""
    if reading.stay == StayAsk():
        return False
    if reading.intent is Intent.CHANGE_BOOKING:
        return state.stage in ("offered", "confirming")
    return reading.intent not in (Intent.CANCEL_BOOKING, Intent.MY_BOOKING, Intent.QUESTION)


def _wished(state: State, reading: Reading) -> Plan:
    if reading.intent is Intent.FIND_ROOM:
        return _next_for(replace(state, stay=merge(_kept(state), reading.stay)), reading)
    steps = {
        Intent.PERSON: Step.PERSON,
        Intent.STOP: Step.STOP,
        Intent.START: Step.START,
        Intent.CANCEL_BOOKING: Step.FIND_CANCEL,
        Intent.MY_BOOKING: Step.MY_BOOKINGS,
        Intent.CHANGE_BOOKING: Step.CHANGE,
        Intent.REQUEST: Step.REQUEST,
        Intent.GREETING: Step.GREET,
        Intent.THANKS: Step.THANK,
        Intent.GOODBYE: Step.BYE,
        Intent.START_OVER: Step.START_OVER,
        Intent.OUTSIDE: Step.OUTSIDE,
        Intent.QUESTION: Step.ANSWER,
        Intent.YES: Step.ANYTHING,
        Intent.NO: Step.ANYTHING,
    }
    return Plan(steps.get(reading.intent, Step.ANSWER), state)


def _kept(state: State) -> StayAsk:
    """A wish that is still being talked about goes on; an old one does not come back."""
    return state.stay if state.stage in ("collecting", "offered", "confirming") else StayAsk()


def _next_for(state: State, reading: Reading) -> Plan:
    """Ask for the first thing that is missing, or look for rooms."""
    collecting = replace(state, stage="collecting", choices=(), subject=None)
    if any(span.ambiguous for span in reading.dates):
        return Plan(Step.ASK_WHICH_DAY, collecting)
    if state.stay.arrival is None:
        return Plan(Step.ASK_DATES, collecting)
    if state.stay.departure is None:
        return Plan(Step.ASK_NIGHTS, collecting)
    if state.stay.adults is None:
        return Plan(Step.ASK_GUESTS, collecting)
    return Plan(Step.OFFER, collecting)


def merge(old: StayAsk, new: StayAsk) -> StayAsk:
    """What is said now corrects what was said before; the dates stay consistent."""
    arrival = new.arrival or old.arrival
    nights = new.nights or (None if new.departure else old.nights)
    departure = new.departure or (None if new.arrival or new.nights else old.departure)
    if new.arrival and new.departure is None and old.arrival is not None and old.departure is None:
        departure = _until(old.arrival, new.arrival)
        arrival = old.arrival if departure else arrival
    if arrival and departure is None and nights:
        departure = arrival + timedelta(days=nights)
    return StayAsk(
        arrival,
        departure,
        nights if departure is None or new.nights else None,
        new.adults or old.adults,
        old.children if new.children is None else new.children,
        new.rooms or old.rooms,
    )


def _until(arrival: date, said: date) -> date | None:
    """A single later day, said after we asked how long: the day of departure."""
    return said if said > arrival else None
