"""The mind: understand, decide, act, reply; and a lock before anything leaves."""

from collections.abc import Sequence
from dataclasses import replace

from frontdesk.assistant.acting import Done
from frontdesk.assistant.decide import decide
from frontdesk.assistant.doing import do_all
from frontdesk.assistant.following import in_full
from frontdesk.assistant.heard import hear
from frontdesk.assistant.matters import (
    Matter,
    Mind,
    language_of,
    matters_in,
    now_local,
    read,
    read_as_one,
)
from frontdesk.assistant.model import Help
from frontdesk.assistant.modes import drafted, mode_of, silent
from frontdesk.assistant.outcome import outcome_of
from frontdesk.assistant.parts import WHOLE, sentences
from frontdesk.assistant.reply import Voice
from frontdesk.assistant.speak import without_words
from frontdesk.assistant.states import Plan, Step, load
from frontdesk.assistant.values import Outcome, Scene


async def think(mind: Mind, scene: Scene) -> Outcome:
    """Read everything unread as one burst, do what it asks, and say so."""
    readings = {u.id: await read(mind, scene, u.text) for u in scene.unread}
    text = "\n".join(u.text for u in scene.unread if u.text and u.kind != "choice")
    reading = await read_as_one(mind, scene, text, readings)
    reading = replace(reading, language=language_of(scene, reading, text))
    choice = next((u.choice_id for u in reversed(scene.unread) if u.choice_id), None)
    helped = None if mind.model is None else mind.model.for_turn(scene)
    if helped is not None and choice is None and _for_a_model(scene, text):
        reading = await helped.read(
            text, reading, history=scene.history, now_local=now_local(scene)
        )
        readings = {**readings, scene.unread[-1].id: reading} if len(readings) == 1 else readings
    voice = Voice(reading.language, scene.hotel.currency, scene.hotel.zone, scene.hotel.name)
    special = without_words(scene, voice)
    if special is not None:
        plan, done = Plan(Step.REQUEST, load(scene.state)), [special]
        steps: tuple[str, ...] = ("without_words",)
    else:
        label = text or scene.unread[-1].text
        heard = hear(label)
        plan = decide(load(scene.state), reading, text=label, choice=choice, heard=heard)
        parts = [] if choice or plan.step in WHOLE | {Step.COMPLAINT} else sentences(text)
        matters = await matters_in(mind, scene, parts) if len(parts) > 1 else []
        matters = matters or [Matter(label, reading, heard, plan, in_full(scene, label))]
        plan, steps = matters[-1].plan, tuple(str(m.plan.step) for m in matters)
        mode = mode_of(scene, matters)
        if mode == "off":
            return silent(scene, readings, reading, steps)
        if mode == "draft":
            return await drafted(mind, scene, voice, matters, readings, reading)
        done = await do_all(mind, scene, voice, matters)
        if helped is not None:
            done = await _phrased(helped, voice, matters, done)
    thought = {} if helped is None else helped.thought
    outcome = outcome_of(scene, plan, done, readings, reading)
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
