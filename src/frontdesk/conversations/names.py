"""Names in what is saved: whatever a rule, a survey or the desk names has to be the hotel's.

A label that a rule puts on a chat need not be: it comes into the hotel's list by that.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import String, cast, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from frontdesk.conversations.desk_models import Label
from frontdesk.conversations.survey_models import Survey
from frontdesk.rooms.catalogue_models import Addon
from frontdesk.tenancy.department_models import Department
from frontdesk.tenancy.names import DEPARTMENTS, Named, in_fields, must_have
from frontdesk.tenancy.person_models import Membership

LABELS, SURVEYS, ADDONS = "labels", "surveys", "addons"
PEOPLE = "people"
BY: Mapping[str, InstrumentedAttribute[str]] = MappingProxyType(
    {DEPARTMENTS: Department.code, LABELS: Label.name, SURVEYS: Survey.name, ADDONS: Addon.code}
)
"""What each is known by."""
OF_ACTIONS: Mapping[str, str] = MappingProxyType(
    {"department": DEPARTMENTS, "survey": SURVEYS, "addon": ADDONS, "user_id": PEOPLE}
)
OF_RULES: Mapping[str, str] = MappingProxyType(
    {"labels": LABELS, "departments": DEPARTMENTS, "department": DEPARTMENTS}
)


def in_actions(actions: Sequence[Mapping[str, Any]], path: str = "actions") -> Iterator[Named]:
    """Of a rule, in its branches too."""
    for at, action in enumerate(actions):
        here = f"{path}[{at}]"
        yield from in_fields(action, here, OF_ACTIONS)
        for way in ("then", "otherwise"):
            yield from in_actions(action.get(way, ()), f"{here}.{way}")


def in_rule(rule: Mapping[str, Any], path: str) -> Iterator[Named]:
    """Of the desk's routing."""
    yield from in_fields(rule, path, OF_RULES)


def in_survey(survey: Mapping[str, Any], path: str = "") -> Iterator[Named]:
    yield from in_fields(survey, path, {"department": DEPARTMENTS})


async def refuse_unknown(session: AsyncSession, hotel_id: UUID, named: Iterable[Named]) -> None:
    """Raises UnknownNames."""
    await must_have(session, hotel_id, named, _found)


async def _found(session: AsyncSession, among: str, names: set[str]) -> Sequence[str]:
    if among != PEOPLE:
        return (await session.scalars(select(BY[among]).where(BY[among].in_(names)))).all()
    ids = (Membership.id, Membership.user_id)
    known = or_(*(cast(one, String).in_(names) for one in ids))
    query = select(*ids).where(known, Membership.status == "active")
    return [str(one) for row in (await session.execute(query)).all() for one in row]
