"""What a burst of messages says: read as one, and each matter in it by itself."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from frontdesk.assistant.acting import Page
from frontdesk.assistant.decide import decide
from frontdesk.assistant.engine import Engine
from frontdesk.assistant.filling import filling
from frontdesk.assistant.following import follows, in_full
from frontdesk.assistant.heard import Heard, hear
from frontdesk.assistant.heard_shift import without_moves
from frontdesk.assistant.local.folding import fold
from frontdesk.assistant.model import Model
from frontdesk.assistant.need import Need
from frontdesk.assistant.parts import ANSWERED, EXTRA, NOTED, TALK, WHOLE
from frontdesk.assistant.states import TALKING, Plan, State, load
from frontdesk.assistant.values import Intent, Line, Reading, Scene, Sentiment, StayAsk, Urgency
from frontdesk.kit.db import Database
from frontdesk.knowledge.embedder import Embedder
from frontdesk.knowledge.library import Library

MOST_SIDES = 4
SURE = 0.6
"""A part read with less is a name or a scrap of another's sentence, and no matter of its own."""
VAGUE = frozenset({Intent.QUESTION, Intent.FIND_ROOM, Intent.OUTSIDE, Intent.OTHER})
CALM: dict[str, Any] = {
    "sentiment": Sentiment.NEUTRAL,
    "sentiment_score": 0.0,
    "sentiment_words": (),
}
FEW = 3
"""Words: so few may be of any language."""


@dataclass(frozen=True, slots=True)
class Matter:
    """One thing that a message is about, and what to do about it."""

    text: str
    reading: Reading
    heard: Heard
    plan: Plan
    asks: str
    """The text, with the question it goes on from."""


@dataclass(frozen=True, slots=True)
class Mind:
    """What thinking needs."""

    db: Database
    engine: Engine
    embedder: Embedder
    library: Library | None = None
    """Where hotels may choose; else this one model, and PostgreSQL."""
    model: Model | None = None
    """The language model that helps, if any."""
    page: Page | None = None
    """Where guests find their bookings, if anywhere."""


async def matters_in(mind: Mind, scene: Scene, parts: Sequence[str]) -> list[Matter]:
    """Each question and errand by itself, what is said of a stay together; empty where the whole
    message is one matter.
    """
    state = load(scene.state)
    each: list[Matter] = []
    for part in parts:
        each.append(await _matter(mind, _after(scene, each), part, state))
    if any(m.plan.step in WHOLE for m in each):
        return []
    each = [m for m in each if m.reading.confidence >= SURE]
    sides = [m for m in each if m.plan.step in ANSWERED | NOTED]
    extras = [m for m in each if m.plan.step in EXTRA]
    core = [m for m in each if m not in sides and m not in extras and m.plan.step not in TALK]
    alone = [*sides, *extras, *core]
    if len(alone) == 1 and any(m.plan.step in TALK for m in each):
        return alone if not core else []
    if len(sides) + len(extras) + bool(core) < 2:
        return []
    if len(core) > 1:
        core = [await _matter(mind, scene, "\n".join(m.text for m in core), state)]
    return [*sides[:MOST_SIDES], *core, *extras[:1]]


async def _matter(mind: Mind, scene: Scene, text: str, state: State) -> Matter:
    reading, heard = await read(mind, scene, text), hear(text)
    plan = decide(state, reading, text=text, choice=None, heard=heard)
    return Matter(text, reading, heard, plan, in_full(scene, text))


def _after(scene: Scene, said: Sequence[Matter]) -> Scene:
    """A question in the same message is what “and how much is it?” goes on from."""
    if not said or said[-1].plan.step not in ANSWERED:
        return scene
    return replace(scene, history=(*scene.history, Line("guest", said[-1].asks)))


async def read(mind: Mind, scene: Scene, text: str) -> Reading:
    heard = hear(text)
    found = await mind.engine.read(
        text,
        history=scene.history,
        now_local=now_local(scene),
        guest_language=scene.guest.language or _default_language(scene),
    )
    if heard.injected and found.emergency is None:
        return as_outside(found)
    state = load(scene.state)
    found = as_errand(found, heard)
    if (stay := filling(state, found, heard, text)) is not None:
        found = as_filling(found, stay)
    if heard.code is not None and len(text.split()) <= 2 * FEW:
        found = replace(found, need=None)  # a code and a surname are read as anything
    if heard.days:
        found = await _dated_apart(mind, scene, text, found)
    if found.stay == StayAsk() and follows(scene, text):
        return as_question(found)
    haggles = heard.cheap and state.stage in TALKING and found.emergency is None
    return as_haggling(found) if haggles else found


async def _dated_apart(mind: Mind, scene: Scene, text: str, found: Reading) -> Reading:
    """“One day later” counts from the dates that are talked about: it is no date of its own."""
    rest = await mind.engine.read(
        without_moves(fold(text)),
        history=scene.history,
        now_local=now_local(scene),
        guest_language=found.language,
    )
    return replace(found, stay=rest.stay, dates=rest.dates)


def as_question(reading: Reading) -> Reading:
    """What goes on from a question is one, whatever its few words would be by themselves."""
    if reading.intent not in VAGUE and reading.confidence >= SURE:
        return reading
    return replace(
        reading,
        intent=Intent.QUESTION,
        intents=(),
        confidence=max(reading.confidence, SURE),
        outside=False,
        needs_knowledge=True,
    )


def as_errand(reading: Reading, heard: Heard) -> Reading:
    """To ask for a thing, or not to know yet, is no anger where no word of it is any."""
    calm = not reading.sentiment_words and reading.urgency is Urgency.NORMAL
    if reading.intent is not Intent.COMPLAINT or not calm or not (heard.wants or heard.thinking):
        return reading
    intent = Intent.REQUEST if heard.wants else Intent.OTHER
    return replace(reading, intent=intent, intents=(intent,), **CALM)


def as_filling(reading: Reading, stay: StayAsk) -> Reading:
    """“Two” is what we asked for, and nobody's mood."""
    return replace(
        reading,
        intent=Intent.FIND_ROOM,
        intents=(Intent.FIND_ROOM,),
        confidence=0.95,
        stay=stay,
        outside=False,
        needs_knowledge=False,
        need=None,
        **CALM,
    )


def as_haggling(reading: Reading) -> Reading:
    """A price that is too high, while rooms are on offer, is nobody's anger: nothing is to fire."""
    intent = Intent.FIND_ROOM if reading.intent is Intent.COMPLAINT else reading.intent
    need = None if reading.need is Need.COMPLAINT else reading.need
    return replace(reading, intent=intent, intents=(intent,), need=need, **CALM)


def as_outside(reading: Reading) -> Reading:
    """Orders to a machine are nobody's mood: no rule of the hotel is to fire on it."""
    return replace(
        reading,
        intent=Intent.OUTSIDE,
        intents=(Intent.OUTSIDE,),
        outside=True,
        need=None,
        urgency=Urgency.NORMAL,
        **CALM,
    )


async def read_as_one(
    mind: Mind, scene: Scene, text: str, readings: dict[UUID, Reading]
) -> Reading:
    """The burst read as one; danger or anger in any part of it counts for the whole."""
    parts = list(readings.values())
    whole = parts[0] if len(parts) == 1 else await read(mind, scene, text)
    emergency = next((r.emergency for r in parts if r.emergency), whole.emergency)
    worst = min(parts, key=lambda r: r.sentiment_score)
    if worst.sentiment_score < whole.sentiment_score and worst.intent is Intent.COMPLAINT:
        whole = replace(whole, intent=Intent.COMPLAINT)
    return replace(whole, emergency=emergency)


def language_of(scene: Scene, reading: Reading, text: str) -> str:
    """A tap and a word or two say nothing of a language: the guest's stays."""
    known = scene.guest.language
    return known if known is not None and len(text.split()) <= FEW else reading.language


def _default_language(scene: Scene) -> str | None:
    """The hotel's language for a first message that says nothing of its own."""
    return (
        scene.hotel.language if not any(c.isalpha() for u in scene.unread for c in u.text) else None
    )


def now_local(scene: Scene) -> datetime:
    return scene.now.astimezone(ZoneInfo(scene.hotel.zone)).replace(tzinfo=None)
