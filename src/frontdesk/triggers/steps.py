"""Works the actions of a run as stored steps: in order, each tried on its own, none done twice."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.errors import Problem
from frontdesk.kit.ids import uuid7
from frontdesk.kit.logs import get_logger
from frontdesk.triggers.act import act
from frontdesk.triggers.facts import Subject, look_up, own_hotel, subject_of
from frontdesk.triggers.fields import previous
from frontdesk.triggers.limits import Latched, let_fall
from frontdesk.triggers.models import TriggerRun, TriggerStep
from frontdesk.triggers.moment import Doing, Moment, NotNow
from frontdesk.triggers.rules import BEFORE, fields_of
from frontdesk.triggers.words import SPEAKING, spoken

MAX_TRIES = 5
AGAIN = timedelta(seconds=15)
"""After a failure, twice as long each time."""
ENDED = ("cancelled", "no_show")


def lay_out(
    run: TriggerRun, actions: Sequence[Mapping[str, Any]], *, under: str = ""
) -> list[TriggerStep]:
    """One step an action; `under` is the branch that chose them."""
    return [
        TriggerStep(
            hotel_id=run.hotel_id,
            id=uuid7(),
            run_id=run.id,
            place=f"{under}{at:02d}",
            action=dict(action),
            state="waiting",
            tries=0,
            result={},
        )
        for at, action in enumerate(actions)
    ]


async def work_steps(
    session: AsyncSession,
    run: TriggerRun,
    moment: Moment,
    laid_out: Sequence[TriggerStep],
) -> list[TriggerStep]:
    """As many as can be done now; the caller holds the run, and its chat where it has one.

    Gives all there are by then, those that branches chose too, for the caller to keep.
    """
    steps = list(laid_out)
    subject = await _subject(session, moment)
    over = _over(run, moment, subject)
    while (step := next((s for s in steps if s.state == "waiting"), None)) is not None:
        if over is not None:
            _end(step, "skipped", {"skipped": over}, moment.now)
            continue
        later = step.try_at is not None and step.try_at > moment.now
        if later or not await _work(session, moment, step, subject):
            break
        if step.state != "done":
            subject = await _subject(session, moment)  # what failed took it along
        steps = sorted([*steps, *_chosen(run, step)], key=lambda s: s.place)
    _sum_up(run, steps)
    return steps


async def _subject(session: AsyncSession, moment: Moment) -> Subject:
    return await subject_of(session, moment.event.payload, chat_id=moment.chat_id)


async def steps_of(session: AsyncSession, run: TriggerRun) -> list[TriggerStep]:
    query = select(TriggerStep).where(TriggerStep.run_id == run.id).order_by(TriggerStep.place)
    return list(await session.scalars(query))


def _chosen(run: TriggerRun, step: TriggerStep) -> list[TriggerStep]:
    """What a branch that is done put right behind itself."""
    if step.action["type"] != "branch" or step.state != "done":
        return []
    return lay_out(run, step.action.get(step.result["chose"], ()), under=f"{step.place}.")


def _over(run: TriggerRun, moment: Moment, subject: Subject) -> str | None:
    """Why what still waits of a run is of no use any more."""
    if moment.now <= run.created_at + AGAIN:
        return None
    if not moment.trigger.enabled:
        return "the rule was switched off"
    was = moment.event.payload.get("status")
    stay = subject.booking
    own = stay is not None and str(stay.id) == moment.event.payload.get("booking_id")
    if own and stay is not None and stay.status in ENDED and was not in ENDED:
        return f"the stay is {stay.status}"
    return None


async def _work(session: AsyncSession, moment: Moment, step: TriggerStep, subject: Subject) -> bool:
    """Try it in a savepoint of its own; false where it waits, and the rest behind it."""
    if step.action["type"] == "wait":
        return _wait(step, moment.now)
    hotel = await own_hotel(session)
    doing = Doing(session, moment, step, hotel, subject)
    try:
        told = await _try(doing)
    except Problem as refused:
        if isinstance(refused, Latched):
            step.tries += 1  # it did not fail by itself: the dead list keeps it for afterwards
            await let_fall(session, hotel, now=moment.now)
        why = refused.detail or refused.title()
        _end(step, "failed", {"error": why, **refused.extra}, moment.now)
        return True
    except Exception as error:  # noqa: BLE001 - counted, tried again later, then visibly failed
        get_logger().error("step_failed", exc_info=error, step=str(step.id))
        return _count_failure(step, error, moment.now)
    if isinstance(told, NotNow):
        step.try_at, step.result = moment.now + told.after, {**step.result, **told.kept}
        return False
    _end(step, "done", told, moment.now)
    return True


async def _try(doing: Doing) -> Mapping[str, Any] | NotNow:
    """What it wrote before it had to wait stays; what fails leaves nothing."""
    async with doing.session.begin_nested():
        names = asked_by(doing.action)
        facts = await facts_for(doing.session, doing.moment, doing.subject, names)
        try:
            return await act(replace(doing, facts=facts))
        except NotNow as later:
            return later


def _wait(step: TriggerStep, now: datetime) -> bool:
    if step.try_at is None:
        until = now + timedelta(minutes=int(step.action["minutes"]))
        step.try_at, step.result = until, {"until": until.isoformat()}
        return False
    _end(step, "done", {}, now)
    return True


def _count_failure(step: TriggerStep, error: Exception, now: datetime) -> bool:
    step.tries += 1
    step.try_at = now + AGAIN * 2 ** (step.tries - 1)
    step.result = {**step.result, "error": type(error).__name__}
    if step.tries < MAX_TRIES:
        return False
    _end(step, "failed", {}, now)
    return True


def _end(step: TriggerStep, state: str, told: Mapping[str, Any], now: datetime) -> None:
    step.state, step.try_at, step.done_at = state, None, now
    step.result = {**step.result, **told}


def asked_by(action: Mapping[str, Any]) -> frozenset[str]:
    """What its texts say and its conditions ask for; how to say it, where it says something."""
    saying = set[str]()
    if action["type"] in SPEAKING:
        saying = {"guest.language"}
        if any(variant.get("segment") for variant in action.get("variants", ())):
            saying.add("guest.segment")
    return spoken(action) | fields_of(action.get("conditions", {})) | saying


async def facts_for(
    session: AsyncSession, moment: Moment, subject: Subject, names: frozenset[str]
) -> dict[str, Any]:
    """The event's own, what is looked up now, and what fields were before it."""
    found = await look_up(session, subject, names, now=moment.now)
    return judged(moment.event.event_type, moment.event.payload, found)


def judged(event: str, payload: Mapping[str, Any], looked_up: Mapping[str, Any]) -> dict[str, Any]:
    """All that a rule is judged on, from what is kept of its run: the same again at any time."""
    return {**payload, **looked_up, BEFORE: previous(event, payload)}


def _sum_up(run: TriggerRun, steps: Sequence[TriggerStep]) -> None:
    run.actions = [_told(step) for step in steps]
    if any(step.state == "waiting" for step in steps):
        run.outcome = "running"
    else:
        run.outcome = "failed" if any(step.state == "failed" for step in steps) else "fired"


def _told(step: TriggerStep) -> dict[str, Any]:
    state = {"done": True} if step.state == "done" else {"state": step.state}
    due = {"try_at": step.try_at.isoformat()} if step.try_at else {}
    return {"type": step.action["type"], **state, **due, **step.result}
