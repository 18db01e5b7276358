"""What a message wants: by words that decide, else by likeness to what was learnt."""

import re

from frontdesk.assistant.heard import changes
from frontdesk.assistant.heard_words import CHANGING
from frontdesk.assistant.local import heads
from frontdesk.assistant.local.beyond import GIVEN, THINGS, WORLD
from frontdesk.assistant.local.lexicon import is_dense, is_hangul, is_kana
from frontdesk.assistant.local.phrases import (
    ASKS,
    BAD_SIGNS,
    CANCEL,
    FREE,
    GOODBYE,
    GREETING,
    HOURS,
    INJECTION,
    INSIDE,
    LEAVING,
    MINE,
    NEGATIVE,
    NO,
    ON_LEAVING,
    PERSON,
    POLICY,
    ROOM,
    SIGNS,
    START,
    START_OVER,
    STOP,
    THANKS,
    YES,
)
from frontdesk.assistant.values import Intent, StayAsk
from frontdesk.knowledge.embedder import Vectors
from frontdesk.knowledge.vocabulary import named

SHORT = 5
"""Words: up to here a yes, a no, a hello or a thank-you is the whole message."""
LOOKED_UP = frozenset({Intent.FIND_ROOM, Intent.OUTSIDE, Intent.MY_BOOKING, Intent.CANCEL_BOOKING})
"""What a question about the house is easily taken for."""
SURE = 0.9
"""How likely an errand is, or that something has to be looked up, before nothing else counts."""
NOBODY = 0.5
"""How likely it has to be that nobody is needed."""
CALM = 0.65
"""How likely it is that nobody is needed before a lone word or a guess calls nobody."""
LIKELY = 0.6
LEARNT = 0.48
"""How likely an errand about a booking or the house is, before a date makes it no wish for a room."""
OF_A_BOOKING = (
    *(Intent.CHANGE_BOOKING, Intent.CANCEL_BOOKING, Intent.MY_BOOKING),
    *(Intent.REQUEST, Intent.COMPLAINT),
)
OF_ELSE = (Intent.CANCEL_BOOKING, Intent.REQUEST, Intent.COMPLAINT)
"""“We come on Friday and leave on Sunday, 2 adults” is close to a change, and changes nothing."""
UNSETTLED = (None, Intent.FIND_ROOM, Intent.PERSON)
"""What the rules leave to what was learnt: nothing found, or what it may overrule."""
SOUR = 0.15
"""How likely a complaint has to be, before a bad mood makes one of it."""
TIMES = frozenset({"checkin", "checkout"})
ANGRY = -0.6


def intent_of(
    folded: str, stay: StayAsk, vector: Vectors | None, mood: float, needs: heads.Needs
) -> tuple[Intent, float]:
    said = _by_rule(folded, stay) if any(map(str.isalnum, folded)) else _by_sign(folded)
    likely = heads.errands(vector) if vector is not None and said in UNSETTLED else {}
    others = OF_ELSE if _of_whole_stay(folded, stay) else OF_A_BOOKING
    learnt = any(likely.get(other, 0.0) > LEARNT for other in others)
    if said is Intent.FIND_ROOM and learnt and _many(folded) > SHORT:
        said = None  # a day and a room are said of many things
    if said is Intent.PERSON and needs.calm > CALM:
        said = None  # "is the manager's special still on the menu?" asks for none
    worded = bool(NEGATIVE.search(folded))
    tells = worded or (mood <= ANGRY and len(folded.split()) > SHORT)
    told = said is Intent.FIND_ROOM and stay.arrival is None and tells
    if said is not None and not told:  # "two days without a clean room" asks for none
        return said, 0.95
    if vector is None:
        return Intent.OTHER, 0.3
    return _guessed(folded, vector, likely, mood, needs, worded=worded)


def _guessed(
    folded: str,
    vector: Vectors,
    odds: dict[Intent, float],
    mood: float,
    needs: heads.Needs,
    *,
    worded: bool,
) -> tuple[Intent, float]:
    """By likeness alone."""
    asks = "?" in folded or bool(ASKS.match(folded))
    cross = (mood <= ANGRY and needs.calm <= CALM) or worded
    if WORLD.search(folded) and not cross:
        return Intent.OUTSIDE, SURE
    but = [] if cross else [Intent.COMPLAINT]
    but += [Intent.PERSON] if needs.calm > NOBODY else []
    best = max((intent for intent in odds if intent not in but), key=odds.__getitem__)
    likely = odds[best]
    if not asks and (told := _tells(needs, likely)) is not None:
        return told
    if best in LOOKED_UP and likely < NOBODY and heads.needs_knowledge(vector) > SURE:
        best = Intent.QUESTION
    if best is Intent.CANCEL_BOOKING and LEAVING.search(folded):
        best = Intent.REQUEST  # "we leave now, please send the bill" calls nothing off
    if best is Intent.REQUEST and asks and _of_house_times(folded):
        best = Intent.QUESTION
    sour = odds[Intent.COMPLAINT] > SOUR or likely < NOBODY
    sour = worded or (sour and best is not Intent.REQUEST)
    if mood <= ANGRY and cross and sour and not asks and (likely < SURE or worded):
        best = Intent.COMPLAINT
    return best, round(min(0.95, likely), 3)


def _of_house_times(folded: str) -> bool:
    """Until when one may stay in the room is nobody's errand."""
    subjects = named("subjects", folded)
    return bool(subjects) and subjects <= TIMES and "when" in named("asking", folded)


def _tells(needs: heads.Needs, likely: float) -> tuple[Intent, float] | None:
    """What asks for nothing: praise, and that they will think it over."""
    least = max(LIKELY, likely)
    if needs.praise > least:
        return Intent.THANKS, round(needs.praise, 3)
    return (Intent.OTHER, round(needs.later, 3)) if needs.later > least else None


def _by_rule(folded: str, stay: StayAsk) -> Intent | None:
    many = _many(folded)
    brief = many <= SHORT
    asks = "?" in folded or "؟" in folded
    inside = INSIDE.search(folded) and stay.departure is None and stay.adults is None
    dated = (stay.arrival is not None and not inside) or stay.nights is not None
    rules = (
        (Intent.STOP, many <= 3 and STOP.search(folded)),
        (Intent.START, START.fullmatch(folded)),
        (Intent.OUTSIDE, INJECTION.search(folded)),
        (Intent.PERSON, PERSON.search(folded) and not HOURS.search(folded)),
        (Intent.START_OVER, brief and START_OVER.search(folded)),
        (
            Intent.QUESTION,
            CANCEL.search(folded) and POLICY.search(folded) and not MINE.search(folded),
        ),
        (Intent.CANCEL_BOOKING, CANCEL.search(folded) and not POLICY.search(folded)),
        (Intent.CHANGE_BOOKING, MINE.search(folded) and changes(folded)),
        (Intent.GOODBYE, brief and GOODBYE.search(folded) and not ROOM.search(folded)),
        (Intent.GOODBYE, not asks and _only_leaves(folded)),
        (Intent.REQUEST, not dated and GIVEN.search(folded) and THINGS.search(folded)),
        (
            Intent.FIND_ROOM,
            dated and not MINE.search(folded) and _of_a_stay(folded, stay, brief=brief),
        ),
        (Intent.FIND_ROOM, many <= 2 * SHORT and FREE.search(folded) and not MINE.search(folded)),
        (Intent.NO, brief and not asks and NO.match(folded)),
        (Intent.YES, brief and not asks and YES.match(folded)),
        (Intent.THANKS, brief and THANKS.search(folded)),
        (Intent.GREETING, brief and not asks and _only_greets(folded)),
    )
    return next((intent for intent, said in rules if said), None)


def _of_whole_stay(folded: str, stay: StayAsk) -> bool:
    """When they come, when they go and how many they are, of nothing that is named."""
    whole = None not in (stay.arrival, stay.departure, stay.adults)
    other = named("subjects", folded) - {*TIMES, "children"}
    return whole and not other and not CHANGING.search(folded)


def _of_a_stay(folded: str, stay: StayAsk, *, brief: bool) -> bool:
    """Days and hardly a word are of a stay, unless they are asked of something else."""
    if ROOM.search(folded) or _of_whole_stay(folded, stay):
        return True
    return brief and not (ASKS.match(folded) and named("subjects", folded))


def _many(folded: str) -> int:
    """How many words; of a script without spaces two signs each, or four of kana."""
    dense = [c for c in folded if c.isalnum() and is_dense(c) and not is_hangul(c)]
    return len(folded.split()) + sum(1 if is_kana(c) else 2 for c in dense) // 4


def _only_greets(folded: str) -> bool:
    """Hello, and at most a name; what is asked for beside it counts for more."""
    rest = re.findall(r"\w+", GREETING.sub(" ", folded))
    return GREETING.match(folded) is not None and len(rest) <= 1


def _only_leaves(folded: str) -> bool:
    """They go now, and say no more than that, thanks and farewell."""
    if not LEAVING.search(folded):
        return False
    for said in (LEAVING, ON_LEAVING, GOODBYE, THANKS, GREETING):
        folded = said.sub(" ", folded)
    return not any(map(str.isalnum, folded))


def _by_sign(folded: str) -> Intent:
    """A message of emoji and points only: no model has ever learnt what it means."""
    found = [(folded.find(c), i) for i, signs in SIGNS.items() for c in signs if c in folded]
    bad = any(c in folded for c in BAD_SIGNS)
    return min(found)[1] if found else Intent.OTHER if bad else Intent.GREETING


def all_intents(folded: str, main: Intent) -> tuple[Intent, ...]:
    """The main intent, and a plain "yes" or thanks that came with it."""
    extra = [i for i, words in ((Intent.YES, YES), (Intent.THANKS, THANKS)) if words.match(folded)]
    return tuple(dict.fromkeys((main, *extra)))
