"""What a turn says in the end: nothing with an ungrounded figure goes out."""

from collections.abc import Sequence
from uuid import UUID

from frontdesk.assistant.acting import Done
from frontdesk.assistant.lock import escapes
from frontdesk.assistant.reply import Voice
from frontdesk.assistant.states import Plan, Step, dump
from frontdesk.assistant.values import Handover, Outcome, Reading, Scene


def outcome_of(
    scene: Scene, plan: Plan, done: Sequence[Done], readings: dict[UUID, Reading], reading: Reading
) -> Outcome:
    """Nothing with an ungrounded figure goes out: it is withheld, and a person decides."""
    drafts = [draft for one in done for draft in one.drafts]
    judged = [(draft, escapes(draft)) for draft in drafts]
    free = [draft for draft, figures in judged if not figures]
    kept = [draft.text for draft, figures in judged if figures]
    called = sorted((d.handover for d in done if d.handover), key=lambda h: -h.priority)
    hold = any(d.hold_bot for d in done)
    if kept:
        locked = Handover("lock", 70, "withheld")
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
        gaps=tuple(d.gap for d in done if d.gap),
        opt_out={Step.STOP: True, Step.START: False}.get(plan.step),
    )
