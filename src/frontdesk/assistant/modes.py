"""How far the bot may go in a turn: it answers, it drafts, or it stays silent."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from frontdesk.assistant.autonomy import Mode, mode_for, rules_of
from frontdesk.assistant.doing import do_all
from frontdesk.assistant.matters import Matter, Mind
from frontdesk.assistant.outcome import outcome_of
from frontdesk.assistant.reply import Voice
from frontdesk.assistant.states import State, Step, dump
from frontdesk.assistant.values import Handover, Outcome, Reading, Scene
from frontdesk.kit.rehearsal import Rehearsal

DOES = frozenset(
    {
        Step.BOOK,
        Step.CANCEL,
        Step.CHANGE,
        Step.ORDER,
        Step.WAIT,
        Step.NOTE_ARRIVAL,
        Step.STOP,
        Step.START,
    }
)
"""Steps whose words tell of something done."""


def mode_of(scene: Scene, matters: Sequence[Matter]) -> Mode:
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


def silent(
    scene: Scene, readings: dict[UUID, Reading], reading: Reading, steps: tuple[str, ...]
) -> Outcome:
    """The hotel wants no bot here: a person has the chat, and the guest gets no machine's words."""
    note = Handover("autonomy_off", 50, "autonomy_off", scene.unread[-1].text)
    return Outcome(
        (), scene.state, readings, reading.language, note, hold_bot=True, mode="off", plan=steps
    )


async def drafted(
    mind: Mind,
    scene: Scene,
    voice: Voice,
    matters: Sequence[Matter],
    readings: dict[UUID, Reading],
    reading: Reading,
) -> Outcome:
    """What would be said; nothing is done, and the talk stands where it stood."""
    async with Rehearsal.of(mind.db) as stage:
        done = await do_all(replace(mind, db=stage), scene, voice, matters)
    whole = outcome_of(scene, matters[-1].plan, done, readings, reading)
    texts = tuple(bubble.text for bubble in whole.bubbles)
    steps = tuple(str(m.plan.step) for m in matters)
    undone = tuple(str(m.plan.step) for m in matters if m.plan.step in DOES)
    return replace(
        whole,
        bubbles=(),
        state=scene.state,
        hold_bot=False,
        drafts=texts,
        after=standing(matters, done[-1].state) if texts and not undone else None,
        undone=undone,
        mode="draft",
        plan=steps,
        opt_out=None,
    )


def standing(matters: Sequence[Matter], state: State) -> dict[str, Any]:
    """A quote of the rehearsal is gone: its room is still on offer, and a yes asks for it anew."""
    if state.stage != "confirming":
        return dump(state)
    chosen = matters[-1].plan
    choices = (chosen.pick,) if chosen.step is Step.QUOTE and chosen.pick else ()
    stage = "offered" if choices else "collecting"
    return dump(replace(state, stage=stage, choices=choices, subject=None))
