"""What a rule names has to be there when a person saves it: surveys, add-ons, people."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.conversations.survey_models import Survey
from frontdesk.kit.errors import Invalid
from frontdesk.rooms.catalogue_models import Addon
from frontdesk.tenancy.person_models import Membership
from frontdesk.triggers.action_shapes import Action, Assign, OfferAddon, StartSurvey, each_action


async def check_named(session: AsyncSession, actions: Sequence[Action]) -> None:
    """Raises Invalid with the place of everything that this hotel has not."""
    wrong: list[dict[str, str]] = []
    for at, action in each_action(actions):
        asked = _asked(action)
        if asked is None:
            continue
        field, problem, which = asked
        if not await session.scalar(select(select(1).where(which).exists())):
            wrong.append({"at": f"body.{at}.{field}", "problem": problem})
    if wrong:
        raise Invalid(errors=wrong)


def _asked(action: Action) -> tuple[str, str, ColumnElement[bool]] | None:
    match action:
        case StartSurvey():
            return "survey", f"there is no survey {action.survey!r}", Survey.name == action.survey
        case OfferAddon():
            return "addon", f"there is no add-on {action.addon!r}", Addon.code == action.addon
        case Assign() if action.user_id is not None:
            who = or_(Membership.id == action.user_id, Membership.user_id == action.user_id)
            active = who & (Membership.status == "active")
            return "user_id", "there is no such member", active
        case _:
            return None
