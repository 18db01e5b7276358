"""What a message asks for besides a stay: add-ons, times, changes, room types; by words alone."""

import re
from dataclasses import dataclass
from functools import lru_cache

from frontdesk.assistant.heard_orders import speaks_to_a_machine
from frontdesk.assistant.heard_shift import days_moved
from frontdesk.assistant.heard_times import arrival_time
from frontdesk.assistant.heard_words import (
    A_ROOM,
    ADDONS,
    ALSO,
    ARRIVING,
    ASKED,
    ASKING,
    BY_MOVING,
    CANCELLING,
    CHANGING,
    CHEAP,
    FEWER,
    KINDS,
    LATE_OUT,
    LEGAL,
    LENGTHENING,
    LINK,
    MONEY,
    MORE,
    MORE_NIGHTS,
    MORE_PEOPLE,
    NO_NAMES,
    NOT_BY_ARRIVAL,
    OF_A_STAY,
    OFF,
    OWN,
    THINKING,
    UNSURE,
    UNTIL,
    WAITLIST,
    WANTING,
    WHICH,
)
from frontdesk.assistant.local.folding import fold
from frontdesk.assistant.local.phrases import AGREED, ASKS, CANCEL, MINE, NOT, POLICY, YES

CODE = re.compile(r"(?<![A-Za-z0-9])[A-HJ-NP-Za-hj-np-z2-9]{6}(?![A-Za-z0-9])")
BETWEEN = re.compile(
    r"(?<![\d/.:])(\d{1,2})(?:st|nd|rd|th|er|\.)?\s*(?:-|to|till|until|al|a|hasta el|bis|bis zum"
    r"|au|jusqu'au|fino al|ao|ate|до|по|الى|حتى)\s*(?:the |den |le |el |il )?(\d{1,2})"
    r"(?:st|nd|rd|th)?(?![\d/:]|\s*(?:am|pm|h\b|uhr))"
)
FEW = 9
"""Words; who writes more may well be unhappy, whatever they ask for."""


@dataclass(frozen=True, slots=True)
class Heard:
    """All that word lists found in one message."""

    addon: str | None = None
    """A category of add-ons that is wanted."""
    late_out: bool = False
    at: str | None = None
    """When the guest arrives, HH:MM."""
    change: bool = False
    more: int = 0
    """1: what is counted comes on top, -1: comes off."""
    shift: bool = False
    """A verb says that the stay moves as a whole."""
    cancel: bool = False
    terms: bool = False
    """Speaks of cancelling: in a question, what it would cost and until when it would not."""
    one_more: bool = False
    """Another person comes along."""
    nights: int | None = None
    """So many more, where no number of them is said."""
    moved: bool = False
    """A single day is the new first one, and the length stays."""
    waitlist: bool = False
    link: bool = False
    """Wants the page of their booking."""
    injected: bool = False
    """Speaks to a machine and not to a desk, or asks for other people's data."""
    cheap: bool = False
    """Wants a lower price."""
    kinds: tuple[str, ...] = ()
    """Sorts of rooms that are named."""
    topic: str | None = None
    """money or legal: a person has to answer."""
    code: str | None = None
    """What could be a booking's code."""
    names: tuple[str, ...] = ()
    """What could be a surname beside it."""
    days: int = 0
    """“Two days later”: what is talked about moves by so many."""
    leaving: bool = False
    """Speaks of the day they leave."""
    room: bool = False
    """Names a room as what is wanted."""
    own: bool = False
    """Speaks of a booking that there is."""
    off: bool = False
    """Calls it off, and says nothing else."""
    thinking: bool = False
    """Wants to think about it, or cannot say yet."""
    wants: bool = False
    """Asks for a thing in few words."""
    asks: bool = False
    """Is a question."""
    agrees: bool = False
    """A yes among a few words, and nothing that takes it back."""
    which: bool = False
    """Weighs what was offered: “which one is bigger?”"""
    between: tuple[int, int] | None = None
    """“13 to 15”: days of a month that is not said."""


NOTHING = Heard()


@lru_cache(maxsize=256)
def hear(text: str) -> Heard:
    """Asked of one message several times in a turn."""
    folded = fold(text[:2000])
    asks = "?" in folded or "؟" in folded
    code = _code(text)
    more_nights = bool(MORE_NIGHTS.search(folded))
    days = days_moved(folded)
    return Heard(
        addon=_addon(folded),
        late_out=bool(LATE_OUT.search(folded)),
        at=None if asks else arrival_time(folded),
        change=more_nights or bool(days) or bool(MORE_PEOPLE.search(folded)) or changes(folded),
        more=1 if more_nights or MORE.search(folded) else -1 if FEWER.search(folded) else 0,
        shift=_shifts(folded),
        moved=bool(BY_MOVING.search(folded)) or not ARRIVING.search(folded),
        cancel=bool(CANCEL.search(folded)),
        terms=bool(CANCELLING.search(folded)),
        one_more=bool(MORE_PEOPLE.search(folded)),
        nights=1 if more_nights else None,
        waitlist=bool(WAITLIST.search(folded)),
        link=bool(LINK.search(folded)),
        injected=speaks_to_a_machine(folded),
        cheap=bool(CHEAP.search(folded)),
        kinds=tuple(kind for kind, words in KINDS.items() if words.search(folded)),
        topic=_topic(folded),
        code=code,
        names=_names(folded, code) if code else (),
        days=days,
        leaving=bool(NOT_BY_ARRIVAL.search(folded)),
        room=bool(A_ROOM.search(folded)),
        own=bool(MINE.search(folded) or OWN.search(folded)),
        off=bool(OFF.fullmatch(folded.strip(" .!"))),
        thinking=bool(THINKING.search(folded) or UNSURE.fullmatch(folded.strip(" .!…"))),
        wants=len(folded.split()) <= FEW and bool(WANTING.search(folded) or ASKED.search(folded)),
        asks=asks or bool(ASKING.search(folded) or ASKS.match(folded)),
        agrees=not asks and _agrees(folded),
        which=bool(WHICH.search(folded)) and len(folded.split()) <= FEW,
        between=_between(folded),
    )


def _agrees(folded: str) -> bool:
    yes = YES.match(folded)
    said = yes or AGREED.search(folded) or folded.strip(" .!") == "y"
    rest = folded[yes.end() :].strip(" ,.!") if yes else ""
    asks = ASKS.match(rest) and not ASKED.match(rest)  # "ok how much is it with breakfast"
    return bool(said) and len(folded.split()) <= FEW and not asks and not NOT.search(folded)


def _between(folded: str) -> tuple[int, int] | None:
    found = BETWEEN.search(folded)
    first, last = (int(found[1]), int(found[2])) if found else (0, 0)
    return (first, last) if 1 <= first < last <= 31 else None


def _topic(folded: str) -> str | None:
    if LEGAL.search(folded):
        return "legal"
    return "money" if MONEY.search(folded) and not POLICY.search(folded) else None


def _addon(folded: str) -> str | None:
    if ASKING.search(folded) or not WANTING.search(ALSO.sub("", folded)):
        return None
    return next((kind for kind, words in ADDONS.items() if words.search(folded)), None)


def _shifts(folded: str) -> bool:
    """“Change it to the 11th”: the day they come, where nothing says that they leave or stay on."""
    if BY_MOVING.search(folded):
        return True
    lengthens = (LENGTHENING, UNTIL, MORE, FEWER, MORE_NIGHTS, NOT_BY_ARRIVAL)
    return changes(folded) and not any(words.search(folded) for words in lengthens)


def changes(folded: str) -> bool:
    """A stay, and not the towels."""
    of_a_stay = OF_A_STAY.search(folded) or MINE.search(folded)
    return bool(LENGTHENING.search(folded) or (CHANGING.search(folded) and of_a_stay))


def _code(text: str) -> str | None:
    """Six of our letters with a figure among them, or all of them capitals."""
    for found in CODE.findall(text):
        if any(c.isdecimal() for c in found) or (found.isupper() and not text.isupper()):
            return found.upper()
    return None


def _names(folded: str, code: str) -> tuple[str, ...]:
    """The last two words beside the code: more would be many guesses in one message."""
    words = re.findall(r"[^\W\d_][\w'-]+", folded.replace(code.casefold(), " "))
    return tuple([w for w in words if not NO_NAMES.fullmatch(w)][-2:])
