"""How far the bot may go in a turn: it answers, it drafts, or it stays silent."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID
from zoneinfo import ZoneInfo

from frontdesk.assistant.autonomy import Mode, mode_for, rules_of
from frontdesk.assistant.doing import do_all
from frontdesk.assistant.matters import Matter, Mind
from frontdesk.assistant.outcome import outcome_of
from frontdesk.assistant.reply import Voice
from frontdesk.assistant.speak import calling
from frontdesk.assistant.states import Step
from frontdesk.assistant.values import Outcome, Reading, Scene
from frontdesk.kit.rehearsal import Rehearsal


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
    note = calling(scene, "autonomy_off", 50, f"“{scene.unread[-1].text[:120]}”")
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
