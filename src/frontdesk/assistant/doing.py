"""What was decided is done, one matter after another."""

from collections.abc import Sequence
from dataclasses import replace

from frontdesk.assistant.act import ACTS
from frontdesk.assistant.acting import Acting, Done
from frontdesk.assistant.answer import answer, the_fact
from frontdesk.assistant.extras import late_out, note_arrival, odd_hour
from frontdesk.assistant.matters import Matter, Mind
from frontdesk.assistant.own_terms import own_terms
from frontdesk.assistant.parts import ANSWERED, EXTRA, NOTED
from frontdesk.assistant.reply import Draft, Voice
from frontdesk.assistant.speak import say
from frontdesk.assistant.states import Plan, State, Step
from frontdesk.assistant.values import Scene


async def do_all(mind: Mind, scene: Scene, voice: Voice, matters: Sequence[Matter]) -> list[Done]:
    """One after another; each goes on from where the one before left the talk."""
    done: list[Done] = []
    told: set[Draft] = set()
    state: State | None = None
    for matter in matters:
        plan = matter.plan
        if state is not None and plan.step in ANSWERED | NOTED | EXTRA:
            if plan.step in EXTRA and state.stage != "idle":
                plan = Plan(Step.ANSWER, state)
            plan = replace(plan, state=replace(state, count=plan.state.count))
        acting = Acting(mind.db, scene, voice, plan, matter.heard, matter.text, mind.page)
        came = await _do(mind, acting, matter)
        if came.gap is not None and len(matters) > 1:
            came = replace(came, state=plan.state)  # another matter still stands
        done.append(replace(came, drafts=tuple(d for d in came.drafts if d not in told)))
        told.update(came.drafts)
        state = came.state
    return done


async def _do(mind: Mind, acting: Acting, matter: Matter) -> Done:
    act = ACTS.get(acting.plan.step)
    if act is not None:
        return await act(acting)
    if acting.plan.step is Step.ANSWER:
        return await _answer(mind, acting, matter.asks)
    if acting.plan.step is Step.LATE_OUT:
        return await late_out(acting, await _answer(mind, acting, matter.asks))
    if acting.plan.step is Step.NOTE_ARRIVAL:
        return await note_arrival(acting, await _of_odd_hours(mind, acting))
    return say(acting, matter.reading)


async def _of_odd_hours(mind: Mind, acting: Acting) -> Sequence[Draft]:
    """What the house's own facts say of arriving early or at night, where the guest does."""
    asked = odd_hour(acting.heard.at)
    if asked is None:
        return ()
    return await the_fact(mind.db, mind.embedder, acting, *asked, library=mind.library)


async def _answer(mind: Mind, acting: Acting, question: str) -> Done:
    if acting.heard.terms and (told := await own_terms(acting)) is not None:
        return told
    return await answer(mind.db, mind.embedder, acting, question, library=mind.library)
