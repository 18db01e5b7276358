"""Names in what is saved: whatever a rule, a survey or the desk names has to be the hotel's.

A label that a rule puts on a chat need not be: it comes into the hotel's list by that.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import String, cast, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from frontdesk.conversations.desk_models import Label
from frontdesk.conversations.survey_models import Survey
from frontdesk.kit.errors import Invalid
from frontdesk.rooms.catalogue_models import Addon
from frontdesk.tenancy.department_models import Department
from frontdesk.tenancy.departments import usual_departments
from frontdesk.tenancy.person_models import Membership

DEPARTMENTS, LABELS, SURVEYS, ADDONS = "departments", "labels", "surveys", "addons"
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


class UnknownNames(Invalid):
    """It names what this hotel has not"""

    code = "unknown_names"

    def __init__(self, wrong: Sequence["Named"]) -> None:
        self.wrong = tuple(wrong)
        errors = [{"at": f"body.{one.path}", "problem": one.missing} for one in wrong]
        super().__init__(f"{wrong[0].path}: {wrong[0].missing}", errors=errors)


class Named(NamedTuple):
    """What is named, and where."""

    path: str
    among: str
    name: str

    @property
    def missing(self) -> str:
        return f"there is no {self.name} in {self.among}"


def in_actions(actions: Sequence[Mapping[str, Any]], path: str = "actions") -> Iterator[Named]:
    """Of a rule, in its branches too."""
    for at, action in enumerate(actions):
        here = f"{path}[{at}]"
        yield from _in(action, here, OF_ACTIONS)
        for way in ("then", "otherwise"):
            yield from in_actions(action.get(way, ()), f"{here}.{way}")


def in_rule(rule: Mapping[str, Any], path: str) -> Iterator[Named]:
    """Of the desk's routing."""
    yield from _in(rule, path, OF_RULES)


def in_survey(survey: Mapping[str, Any], path: str = "") -> Iterator[Named]:
    yield from _in(survey, path, {"department": DEPARTMENTS})


def _in(said: Mapping[str, Any], path: str, fields: Mapping[str, str]) -> Iterator[Named]:
    start = f"{path}." if path else ""
    for field, among in fields.items():
        value: str | Sequence[str] | None = said.get(field)
        if isinstance(value, str):
            yield Named(f"{start}{field}", among, value)
        else:
            for at, name in enumerate(value or ()):
                yield Named(f"{start}{field}[{at}]", among, name)


async def refuse_unknown(session: AsyncSession, hotel_id: UUID, named: Iterable[Named]) -> None:
    """Raises UnknownNames."""
    wanted = list(named)
    if any(one.among == DEPARTMENTS for one in wanted):
        await usual_departments(session, hotel_id)
    there: set[tuple[str, str]] = set()
    for among in {one.among for one in wanted}:
        names = {one.name for one in wanted if one.among == among}
        found = await _found(session, among, names)
        there |= {(among, name) for name in found}
    if wrong := [one for one in wanted if (one.among, one.name) not in there]:
        raise UnknownNames(wrong)


async def _found(session: AsyncSession, among: str, names: set[str]) -> Sequence[str]:
    if among != PEOPLE:
        return (await session.scalars(select(BY[among]).where(BY[among].in_(names)))).all()
    ids = (Membership.id, Membership.user_id)
    known = or_(*(cast(one, String).in_(names) for one in ids))
    query = select(*ids).where(known, Membership.status == "active")
    return [str(one) for row in (await session.execute(query)).all() for one in row]
