"""A stored rule that cannot be worked any more: refused alone, shown, and told to staff once."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter, ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.notifications.actions import Alert, notify
from frontdesk.notifications.bodies import Sentence
from frontdesk.notifications.headings import Heading
from frontdesk.triggers.action_shapes import Action, check_actions
from frontdesk.triggers.models import Trigger
from frontdesk.triggers.moment import Moment
from frontdesk.triggers.moments import Moment as Schedule
from frontdesk.triggers.moments import check_moment
from frontdesk.triggers.rules import check_conditions

ACTIONS: TypeAdapter[list[Action]] = TypeAdapter(list[Action])


def why_broken(rule: Trigger) -> str | None:
    """What today's checks of a saved rule say of one that was saved under others."""
    said = [rule.event, rule.conditions, rule.actions, rule.schedule]
    return _why(json.dumps(said, sort_keys=True))


@lru_cache(maxsize=4096)
def _why(said: str) -> str | None:
    event, conditions, actions, schedule = json.loads(said)
    try:
        _check(event, conditions, actions, schedule)
    except ValidationError as wrong:
        first = wrong.errors(include_url=False, include_input=False, include_context=False)[0]
        at = ".".join(str(part) for part in first["loc"])
        return f"{at}: {first['msg']}"[:300]
    except (ValueError, KeyError, TypeError, AttributeError) as wrong:
        return f"{type(wrong).__name__}: {wrong}"[:300]
    return None


def _check(
    event: str, conditions: Mapping[str, Any], actions: object, schedule: Mapping[str, Any] | None
) -> None:
    check_conditions(event, conditions)
    check_actions(event, ACTIONS.validate_python(actions))
    check_moment(event, schedule)
    if schedule is not None:
        Schedule.model_validate(schedule)


async def tell_broken(session: AsyncSession, moment: Moment, why: str) -> None:
    """Once a version: who mends it saves another."""
    rule = moment.trigger
    alert = Alert(
        kind="rule_broken",
        priority=60,
        title=Heading("rule_broken", {"rule": rule.name}),
        body=[Sentence("rule_broken", {"why": why})],
        dedupe_key=f"rule_broken:{rule.id}:{rule.version}",
    )
    await notify(session, rule.hotel_id, alert, now=moment.now)
