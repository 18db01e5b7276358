"""The mind: understand, decide, act, reply; and a lock before anything leaves."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from frontdesk.assistant.act import ACTS
from frontdesk.assistant.acting import Acting, Done
from frontdesk.assistant.answer import answer
from frontdesk.assistant.autonomy import Mode, mode_for, rules_of
from frontdesk.assistant.decide import decide
from frontdesk.assistant.engine import Engine
from frontdesk.assistant.extras import late_out
from frontdesk.assistant.heard import Heard, hear
from frontdesk.assistant.lock import escapes
from frontdesk.assistant.model import Help, Model
from frontdesk.assistant.parts import ANSWERED, EXTRA, NOTED, TALK, WHOLE, sentences
from frontdesk.assistant.reply import Voice
from frontdesk.assistant.states import Plan, State, Step, dump, load
from frontdesk.assistant.values import (
    Handover,
    Intent,
    Outcome,
    Reading,
    Scene,
    Sentiment,
    Urgency,
)
from frontdesk.kit.db import Database
from frontdesk.kit.rehearsal import Rehearsal
from frontdesk.knowledge.embedder import Embedder
from frontdesk.knowledge.library import Library

MOST_SIDES = 4
SURE = 0.6
"""A part read with less is a name or a scrap of another's sentence, and no matter of its own."""
FEW = 3
"""Words: so few may be of any language."""
UNSEEN = frozenset({"image", "video", "audio", "document", "sticker", "contacts", "location"})


@dataclass(frozen=True, slots=True)
class Matter:
    """One thing that a message is about, and what to do about it."""

    text: str
    reading: Reading
    heard: Heard
    plan: Plan


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


async def think(mind: Mind, scene: Scene) -> Outcome:
    """Read everything unread as one burst, do what it asks, and say so."""
    readings = {u.id: await _read(mind, scene, u.text) for u in scene.unread}
    text = "\n".join(u.text for u in scene.unread if u.text and u.kind != "choice")
    reading = await _whole(mind, scene, text, readings)
    reading = replace(reading, language=_language(scene, reading, text))
    choice = next((u.choice_id for u in reversed(scene.unread) if u.choice_id), None)
    helped = None if mind.model is None else mind.model.for_turn(scene)
    if helped is not None and choice is None and _for_a_model(scene, text):
        reading = await helped.read(
            text, reading, history=scene.history, now_local=_now_local(scene)
        )
        readings = {**readings, scene.unread[-1].id: reading} if len(readings) == 1 else readings
    voice = Voice(reading.language, scene.hotel.currency, scene.hotel.zone, scene.hotel.name)
    special = _without_words(scene, voice)
    if special is not None:
        plan, done = Plan(Step.REQUEST, load(scene.state)), [special]
        steps: tuple[str, ...] = ("without_words",)
    else:
        label = text or scene.unread[-1].text
        heard = hear(label)
        plan = decide(load(scene.state), reading, text=label, choice=choice, heard=heard)
        parts = [] if choice or plan.step in WHOLE | {Step.COMPLAINT} else sentences(text)
        matters = await _matters(mind, scene, parts) if len(parts) > 1 else []
        matters = matters or [Matter(label, reading, heard, plan)]
        plan, steps = matters[-1].plan, tuple(str(m.plan.step) for m in matters)
        mode = _mode(scene, matters)
        if mode == "off":
            return _silent(scene, readings, reading, steps)
        if mode == "draft":
            return await _drafted(mind, scene, voice, matters, readings, reading)
        done = await _do_all(mind, scene, voice, matters)
        if helped is not None:
            done = await _phrased(helped, voice, matters, done)
    thought = {} if helped is None else helped.thought
    outcome = _outcome(scene, plan, done, readings, reading)
    return replace(outcome, plan=steps, thought=thought)


def _for_a_model(scene: Scene, text: str) -> bool:
    """Not orders to a machine, and not how somebody proves who they are."""
    heard = hear(text)
    return not heard.injected and not heard.code and load(scene.state).stage != "identifying"


async def _phrased(
    helped: Help, voice: Voice, matters: Sequence[Matter], done: Sequence[Done]
) -> list[Done]:
    """Each matter's sentences in the model's words, as far as its time and budget go."""
    told: list[Done] = []
    for matter, came in zip(matters, done, strict=True):
        said = await helped.phrase(matter.plan.step, came.drafts, voice, matter.text)
        told.append(replace(came, drafts=said))
    return told


def _now_local(scene: Scene) -> datetime:
    return scene.now.astimezone(ZoneInfo(scene.hotel.zone)).replace(tzinfo=None)


def _mode(scene: Scene, matters: Sequence[Matter]) -> Mode:
    """Danger is answered always; everything else as far as the hotel lets the bot go."""
    if any(m.plan.step is Step.EMERGENCY for m in matters):
        return "auto"
    hour = scene.now.astimezone(ZoneInfo(scene.hotel.zone)).hour
    topics = [_topic(m) for m in matters]
    return mode_for(rules_of(scene.autonomy), topics, scene.segment, hour)


def _topic(matter: Matter) -> str:
    if matter.plan.step is Step.COMPLAINT:
        return "complaint"
    return matter.heard.topic or str(matter.reading.intent)


def _silent(
    scene: Scene, readings: dict[UUID, Reading], reading: Reading, steps: tuple[str, ...]
) -> Outcome:
    """The hotel wants no bot here: a person has the chat, and the guest gets no machine's words."""
    note = _handover(scene, "autonomy_off", 50, f"“{scene.unread[-1].text[:120]}”")
    return Outcome(
        (), scene.state, readings, reading.language, note, hold_bot=True, mode="off", plan=steps
    )


async def _drafted(
    mind: Mind,
    scene: Scene,
    voice: Voice,
    matters: Sequence[Matter],
    readings: dict[UUID, Reading],
    reading: Reading,
) -> Outcome:
    """What would be said; nothing is done, and the talk stands where it stood."""
    async with Rehearsal.of(mind.db) as stage:
        done = await _do_all(replace(mind, db=stage), scene, voice, matters)
    whole = _outcome(scene, matters[-1].plan, done, readings, reading)
    texts = tuple(bubble.text for bubble in whole.bubbles)
    steps = tuple(str(m.plan.step) for m in matters)
    return replace(
        whole,
        bubbles=(),
        state=scene.state,
        hold_bot=False,
        drafts=texts,
        mode="draft",
        plan=steps,
        opt_out=None,
    )


async def _matters(mind: Mind, scene: Scene, parts: Sequence[str]) -> list[Matter]:
    """Each question and errand by itself, what is said of a stay together; empty where the whole
    message is one matter.
    """
    state = load(scene.state)
    read = [await _matter(mind, scene, part, state) for part in parts]
    if any(m.plan.step in WHOLE for m in read):
        return []
    read = [m for m in read if m.reading.confidence >= SURE]
    sides = [m for m in read if m.plan.step in ANSWERED | NOTED]
    extras = [m for m in read if m.plan.step in EXTRA]
    core = [m for m in read if m not in sides and m not in extras and m.plan.step not in TALK]
    alone = [*sides, *extras, *core]
    if len(alone) == 1 and any(m.plan.step in TALK for m in read):
        return alone if not core else []
    if len(sides) + len(extras) + bool(core) < 2:
        return []
    if len(core) > 1:
        core = [await _matter(mind, scene, "\n".join(m.text for m in core), state)]
    return [*sides[:MOST_SIDES], *core, *extras[:1]]


async def _matter(mind: Mind, scene: Scene, text: str, state: State) -> Matter:
    reading, heard = await _read(mind, scene, text), hear(text)
    return Matter(text, reading, heard, decide(state, reading, text=text, choice=None, heard=heard))


async def _do_all(mind: Mind, scene: Scene, voice: Voice, matters: Sequence[Matter]) -> list[Done]:
    """One after another; each goes on from where the one before left the talk."""
    done: list[Done] = []
    state: State | None = None
    for matter in matters:
        plan = matter.plan
        if state is not None and plan.step in ANSWERED | NOTED | EXTRA:
            if plan.step in EXTRA and state.stage != "idle":
                plan = Plan(Step.ANSWER, state)
            plan = replace(plan, state=replace(state, count=plan.state.count))
        acting = Acting(mind.db, scene, voice, plan, matter.heard, matter.text)
        came = await _do(mind, acting, matter.reading, matter.text)
        if came.gap is not None and len(matters) > 1:
            came = replace(came, state=plan.state)  # another matter still stands
        done.append(came)
        state = came.state
    return done


async def _read(mind: Mind, scene: Scene, text: str) -> Reading:
    read = await mind.engine.read(
        text,
        history=scene.history,
        now_local=_now_local(scene),
        guest_language=scene.guest.language or _default_language(scene),
    )
    return as_outside(read) if hear(text).injected and read.emergency is None else read


def as_outside(read: Reading) -> Reading:
    """Orders to a machine are nobody's mood: no rule of the hotel is to fire on it."""
    return replace(
        read,
        intent=Intent.OUTSIDE,
        intents=(Intent.OUTSIDE,),
        outside=True,
        sentiment=Sentiment.NEUTRAL,
        sentiment_score=0.0,
        sentiment_words=(),
        urgency=Urgency.NORMAL,
    )


def _language(scene: Scene, reading: Reading, text: str) -> str:
    """A tap and a word or two say nothing of a language: the guest's stays."""
    known = scene.guest.language
    return known if known is not None and len(text.split()) <= FEW else reading.language


def _default_language(scene: Scene) -> str | None:
    """The hotel's language for a first message that says nothing of its own."""
    return (
        scene.hotel.language if not any(c.isalpha() for u in scene.unread for c in u.text) else None
    )


async def _whole(mind: Mind, scene: Scene, text: str, readings: dict[UUID, Reading]) -> Reading:
    """The burst read as one; danger or anger in any part of it counts for the whole."""
    parts = list(readings.values())
    whole = parts[0] if len(parts) == 1 else await _read(mind, scene, text)
    emergency = next((r.emergency for r in parts if r.emergency), whole.emergency)
    worst = min(parts, key=lambda r: r.sentiment_score)
    if worst.sentiment_score < whole.sentiment_score and worst.intent is Intent.COMPLAINT:
        whole = replace(whole, intent=Intent.COMPLAINT)
    return replace(whole, emergency=emergency)


def _without_words(scene: Scene, voice: Voice) -> Done | None:
    """A burst of pictures, voice notes or undelivered messages: a person has to look."""
    kinds = {u.kind for u in scene.unread if not u.text.strip()}
    if any(u.text.strip() for u in scene.unread) or any(u.choice_id for u in scene.unread):
        return None
    state = load(scene.state)
    if "undelivered" in kinds:
        return Done((voice.say("resend"),), state)
    if kinds <= UNSEEN | {"unknown"}:
        handover = _handover(scene, "cannot_see", 40, "The guest sent something only you can see.")
        return Done((voice.say("cannot_see"),), state, handover)
    return Done((voice.say("anything"),), state)


async def _answer(mind: Mind, acting: Acting, text: str) -> Done:
    return await answer(mind.db, mind.embedder, acting, text, library=mind.library)


async def _do(mind: Mind, acting: Acting, reading: Reading, text: str) -> Done:
    act = ACTS.get(acting.plan.step)
    if act is not None:
        return await act(acting)
    if acting.plan.step is Step.ANSWER:
        return await _answer(mind, acting, text)
    if acting.plan.step is Step.LATE_OUT:
        return await late_out(acting, await _answer(mind, acting, text))
    return _say(acting, reading)


def _say(acting: Acting, reading: Reading) -> Done:
    """The steps that only speak, and those that call somebody."""
    scene, voice, state, step = acting.scene, acting.voice, acting.state, acting.plan.step
    number = scene.hotel.emergency_number
    quoted = f"“{(acting.said or scene.unread[-1].text)[:120]}”"
    match step:
        case Step.EMERGENCY:
            called = _handover(
                scene, "emergency", 100, f"EMERGENCY ({reading.emergency}): {quoted}"
            )
            draft = voice.say(f"emergency_{reading.emergency}", number=number)
            return Done((draft,), State(), called, hold_bot=True)
        case Step.COMPLAINT:
            called = _handover(scene, "complaint", 80, f"Unhappy guest: {quoted}")
            return Done((voice.say("complaint"),), State(), called, hold_bot=True)
        case Step.DELICATE:
            topic = acting.heard.topic or "money"
            called = _handover(scene, topic, 70, f"Only a person may answer: {quoted}")
            return Done((voice.say("calling_person"),), State(), called, hold_bot=True)
        case Step.PERSON:
            called = _handover(scene, "asked_for_person", 60, f"Asks for a person: {quoted}")
            return Done((voice.say("calling_person"),), State(), called, hold_bot=True)
        case Step.REQUEST:
            called = _handover(scene, "request", 50, f"Request: {quoted}")
            return Done((voice.say("request_passed"),), state, called)
        case Step.ASK_WHICH_DAY:
            span = next(s for s in reading.dates if s.ambiguous)
            other = voice.day(span.ambiguous or span.start)
            draft = voice.say("ask_which_day", a=voice.day(span.start), b=other)
            return Done((draft,), _undated(state))
        case Step.ASK_NIGHTS if state.stay.arrival:
            draft = voice.say("ask_nights", arrival=voice.day(state.stay.arrival))
            return Done((draft,), state)
        case _:
            over = step in (Step.START_OVER, Step.KEEP, Step.ANYTHING)
            fresh = State() if over else state
            return Done((voice.say(PLAIN.get(step, "anything")),), fresh)


PLAIN = {
    Step.STOP: "stopped",
    Step.START: "greeting",
    Step.ASK_DATES: "ask_dates",
    Step.ASK_GUESTS: "ask_guests",
    Step.KEEP: "kept",
    Step.GREET: "greeting",
    Step.THANK: "thanks",
    Step.BYE: "goodbye",
    Step.START_OVER: "start_over",
    Step.OUTSIDE: "outside",
    Step.YES_OR_NO: "yes_or_no",
}


def _undated(state: State) -> State:
    return replace(state, stay=replace(state.stay, arrival=None, departure=None))


def _handover(scene: Scene, reason: str, priority: int, summary: str) -> Handover:
    name = scene.guest.name or "A guest"
    return Handover(reason, priority, f"{name}: {summary}"[:400])


def _outcome(
    scene: Scene, plan: Plan, done: Sequence[Done], readings: dict[UUID, Reading], reading: Reading
) -> Outcome:
    """Nothing with an ungrounded figure goes out: it is withheld, and a person decides."""
    drafts = [draft for one in done for draft in one.drafts]
    free = [d for d in drafts if not escapes(d)]
    kept = [d.text for d in drafts if escapes(d)]
    called = sorted((d.handover for d in done if d.handover), key=lambda h: -h.priority)
    hold = any(d.hold_bot for d in done)
    if kept:
        locked = _handover(scene, "lock", 70, "A reply was withheld: please answer this guest.")
        called, hold = [locked, *called], True
        voice = Voice(reading.language, scene.hotel.currency, scene.hotel.zone, scene.hotel.name)
        free.append(voice.say("calling_person"))
    return Outcome(
        bubbles=tuple(d.bubble() for d in free),
        state=dump(done[-1].state),
        readings=readings,
        language=reading.language,
        handover=called[0] if called else None,
        hold_bot=hold,
        notes=tuple(called[1:]),
        withheld=tuple(kept),
        gap=next((d.gap for d in done if d.gap), None),
        opt_out={Step.STOP: True, Step.START: False}.get(plan.step),
    )
