"""The states of the talk, what each asks, and how it is remembered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from frontdesk.assistant.values import StayAsk


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
    CHEAPEST = "cheapest"
    """The best price of what is on offer."""
    QUOTE = "quote"
    BOOK = "book"
    DROP = "drop"
    FIND_CANCEL = "find_cancel"
    ASK_CANCEL = "ask_cancel"
    CANCEL = "cancel"
    KEEP = "keep"
    MY_BOOKINGS = "my_bookings"
    CHANGE = "change"
    """Commits the change that was shown."""
    FIND_CHANGE = "find_change"
    SHOW_CHANGE = "show_change"
    ASK_ADDON = "ask_addon"
    ORDER = "order"
    ASK_WAIT = "ask_wait"
    WAIT = "wait"
    NOTE_ARRIVAL = "note_arrival"
    LATE_OUT = "late_out"
    PROVE = "prove"
    DELICATE = "delicate"
    """Money in dispute, or the law: only a person answers."""
    REQUEST = "request"
    ANSWER = "answer"
    GREET = "greet"
    THANK = "thank"
    BYE = "bye"
    START_OVER = "start_over"
    OUTSIDE = "outside"
    WAIT_FOR_THEM = "wait_for_them"
    """They think about it, or ask somebody first."""
    YES_OR_NO = "yes_or_no"
    OLD_BUTTON = "old_button"
    ANYTHING = "anything"


@dataclass(frozen=True, slots=True)
class State:
    """The dialogue's memory, as JSON in the conversation."""

    stage: str = "idle"
    """One of STAGES."""
    stay: StayAsk = field(default_factory=StayAsk)
    choices: tuple[str, ...] = ()
    """Ids behind the numbered list last shown: room types, or bookings."""
    names: tuple[str, ...] = ()
    """Of the room types among the choices, cheapest first."""
    subject: str | None = None
    """What a yes would act on: a quote, a booking, a change, an add-on."""
    about: str | None = None
    """The booking that is being talked about."""
    kinds: tuple[str, ...] = ()
    """Sorts of rooms that the guest named for this stay."""
    more: int = 0
    """1: nights or people that are said come on top, -1: come off."""
    shift: bool = False
    """The stay moves as a whole, whichever day is said."""
    moved: bool = True
    """A single day that is said is the new first one, and the length stays."""
    days: int = 0
    """The stay moves by so many days, or by so many less than none."""
    leaving: bool = False
    """It is only the last day that moves."""
    count: int = 1
    """Of an add-on: for how many people."""


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
        names=tuple(memory.get("names", ())),
        subject=memory.get("subject"),
        about=memory.get("about"),
        kinds=tuple(memory.get("kinds", ())),
        more=int(memory.get("more", 0)),
        shift=bool(memory.get("shift", False)),
        moved=bool(memory.get("moved", True)),
        days=int(memory.get("days", 0)),
        leaving=bool(memory.get("leaving", False)),
        count=int(memory.get("count", 1)),
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
        "names": list(state.names),
        "subject": state.subject,
        "about": state.about,
        "kinds": list(state.kinds),
        "more": state.more,
        "shift": state.shift,
        "moved": state.moved,
        "days": state.days,
        "leaving": state.leaving,
        "count": state.count,
    }


TALKING = (
    *("collecting", "offered", "confirming", "offering_dates", "offering_wait"),
    "offering_person",
)
"""A question that nobody can answer ends no talk about a stay."""
ASKED = ("confirming", "cancelling", "changing", "ordering", "offering_wait")
"""Stages whose question only a yes answers."""
STAGES = (
    *("idle", "which_cancel", "which_change", "what_change", "identifying"),
    *dict.fromkeys((*TALKING, *ASKED)),
)
PICKS = {
    "offered": Step.QUOTE,
    "offering_person": Step.QUOTE,
    "which_cancel": Step.ASK_CANCEL,
    "which_change": Step.SHOW_CHANGE,
}
TAPS = {
    "book": (Step.BOOK, ("confirming",)),
    "drop": (Step.DROP, ("confirming",)),
    "cancel": (Step.CANCEL, ("cancelling",)),
    "change": (Step.CHANGE, ("changing",)),
    "order": (Step.ORDER, ("ordering",)),
    "wait": (Step.WAIT, ("offering_wait",)),
    "keep": (Step.KEEP, ("cancelling", "changing")),
    "not": (Step.ANYTHING, ("ordering", "offering_wait")),
}
"""What a button does, and the stages in which its question still stands."""
YES = {
    "confirming": Step.BOOK,
    "cancelling": Step.CANCEL,
    "changing": Step.CHANGE,
    "ordering": Step.ORDER,
    "offering_wait": Step.WAIT,
    "offering_person": Step.PERSON,
    "offering_dates": Step.OFFER,
}
NO = {
    "confirming": Step.DROP,
    "cancelling": Step.KEEP,
    "offered": Step.ANYTHING,
    "which_cancel": Step.KEEP,
    "which_change": Step.KEEP,
    "what_change": Step.KEEP,
    "changing": Step.KEEP,
    "ordering": Step.ANYTHING,
    "offering_wait": Step.ANYTHING,
    "identifying": Step.ANYTHING,
    "offering_person": Step.ANYTHING,
    "offering_dates": Step.ANYTHING,
}
