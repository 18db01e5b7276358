"""The mind: understand, decide, act, reply; and a lock before anything leaves."""

from dataclasses import dataclass, replace
from uuid import UUID
from zoneinfo import ZoneInfo

from frontdesk.assistant.act import ACTS
from frontdesk.assistant.acting import Acting, Done
from frontdesk.assistant.answer import answer
from frontdesk.assistant.decide import Plan, State, Step, decide, dump, load
from frontdesk.assistant.engine import Engine
from frontdesk.assistant.lock import escapes
from frontdesk.assistant.reply import Voice
from frontdesk.assistant.values import Handover, Intent, Outcome, Reading, Scene
from frontdesk.kit.db import Database
from frontdesk.knowledge.embedder import Embedder
from frontdesk.knowledge.library import Library

UNSEEN = frozenset({"image", "video", "audio", "document", "sticker", "contacts", "location"})


@dataclass(frozen=True, slots=True)
class Mind:
    """What thinking needs."""

    db: Database
    engine: Engine
    embedder: Embedder
    library: Library | None = None
    """Where hotels may choose; else this one model, and PostgreSQL."""


async def think(mind: Mind, scene: Scene) -> Outcome:
    """Read everything unread as one burst, do one thing about it, and say so."""
    readings = {u.id: await _read(mind, scene, u.text) for u in scene.unread}
    text = "\n".join(u.text for u in scene.unread if u.text and u.kind != "choice")
    reading = await _whole(mind, scene, text, readings)
    voice = Voice(reading.language, scene.hotel.currency, scene.hotel.zone, scene.hotel.name)
    special = _without_words(scene, voice)
    if special is not None:
        done = special
        plan = Plan(Step.REQUEST, load(scene.state))
    else:
        choice = next((u.choice_id for u in reversed(scene.unread) if u.choice_id), None)
        label = text or scene.unread[-1].text
        plan = decide(load(scene.state), reading, text=label, choice=choice)
        acting = Acting(mind.db, scene, voice, plan)
        done = await _do(mind, acting, reading, label)
    return _outcome(scene, plan, done, readings, reading)


async def _read(mind: Mind, scene: Scene, text: str) -> Reading:
    now = scene.now.astimezone(ZoneInfo(scene.hotel.zone)).replace(tzinfo=None)
    return await mind.engine.read(
        text,
        history=scene.history,
        now_local=now,
        guest_language=scene.guest.language or _default_language(scene),
    )


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


async def _do(mind: Mind, acting: Acting, reading: Reading, text: str) -> Done:
    act = ACTS.get(acting.plan.step)
    if act is not None:
        return await act(acting)
    if acting.plan.step is Step.ANSWER:
        return await answer(mind.db, mind.embedder, acting, text, library=mind.library)
    return _say(acting, reading)


def _say(acting: Acting, reading: Reading) -> Done:
    """The steps that only speak, and those that call somebody."""
    scene, voice, state, step = acting.scene, acting.voice, acting.state, acting.plan.step
    number = scene.hotel.emergency_number
    quoted = f"“{scene.unread[-1].text[:120]}”"
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
        case Step.PERSON:
            called = _handover(scene, "asked_for_person", 60, f"Asks for a person: {quoted}")
            return Done((voice.say("calling_person"),), State(), called, hold_bot=True)
        case Step.CHANGE:
            called = _handover(scene, "change_booking", 50, f"Wants a change: {quoted}")
            return Done((voice.say("change_passed"),), state, called)
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
            fresh = State() if step in (Step.START_OVER, Step.KEEP) else state
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
    scene: Scene, plan: Plan, done: Done, readings: dict[UUID, Reading], reading: Reading
) -> Outcome:
    """Nothing with an ungrounded figure goes out: it is withheld, and a person decides."""
    free = [d for d in done.drafts if not escapes(d)]
    kept = [d.text for d in done.drafts if escapes(d)]
    handover, hold = done.handover, done.hold_bot
    if kept:
        handover = _handover(scene, "lock", 70, "A reply was withheld: please answer this guest.")
        hold = True
        voice = Voice(reading.language, scene.hotel.currency, scene.hotel.zone, scene.hotel.name)
        free.append(voice.say("calling_person"))
    return Outcome(
        bubbles=tuple(d.bubble() for d in free),
        state=dump(done.state),
        readings=readings,
        language=reading.language,
        handover=handover,
        hold_bot=hold,
        withheld=tuple(kept),
        gap=done.gap,
        opt_out={Step.STOP: True, Step.START: False}.get(plan.step),
    )
