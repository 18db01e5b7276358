"""Saving a rule: a new version each time that it says something else."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.conversations.names import in_actions, refuse_unknown
from frontdesk.kit.db import ring
from frontdesk.kit.errors import Conflict
from frontdesk.kit.jobs import Job
from frontdesk.tenancy.audit import record
from frontdesk.triggers.models import Trigger
from frontdesk.triggers.planning import PlanningOut, plannings

KEPT = ("event", "conditions", "actions", "priority", "schedule", "enabled", "version")


async def save_trigger(
    session: AsyncSession, trigger: Trigger, said: Mapping[str, Any], *, by: str
) -> PlanningOut | None:
    """How far its sends are planned; None where they all are, or it has none.

    Raises Conflict for a name that another has, and UnknownNames.
    """
    if said.get("actions", trigger.actions) != trigger.actions:
        await refuse_unknown(session, trigger.hotel_id, in_actions(said["actions"]))
    old = _facts(trigger) if trigger.version else None
    for name, value in said.items():
        setattr(trigger, name, value)
    trigger.version = (trigger.version or 0) + 1
    session.add(trigger)
    try:
        await session.flush()
    except IntegrityError:
        raise Conflict("there is a trigger with that name") from None
    await session.refresh(trigger)
    subject, new = f"trigger:{trigger.id}", _facts(trigger)
    record(session, trigger.hotel_id, "trigger.save", subject, by=by, old=old, new=new)
    planned = (await plannings(session, [trigger.id])).get(trigger.id)
    if planned is not None:
        await ring(session, Job.PLAN_RULES, trigger.hotel_id)
    return planned


def _facts(trigger: Trigger) -> dict[str, Any]:
    return {name: getattr(trigger, name) for name in KEPT}
