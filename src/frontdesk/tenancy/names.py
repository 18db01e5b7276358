"""Names in what is saved: whatever an entry names by its code has to be the hotel's."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.errors import Invalid
from frontdesk.tenancy.department_models import Department
from frontdesk.tenancy.departments import usual_departments

DEPARTMENTS = "departments"


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


def in_fields(said: Mapping[str, Any], path: str, fields: Mapping[str, str]) -> Iterator[Named]:
    """What an entry names, a field each, among what."""
    start = f"{path}." if path else ""
    for field, among in fields.items():
        value: str | Sequence[str] | None = said.get(field)
        if isinstance(value, str):
            yield Named(f"{start}{field}", among, value)
        else:
            for at, name in enumerate(value or ()):
                yield Named(f"{start}{field}[{at}]", among, name)


async def among_departments(session: AsyncSession, _: str, names: set[str]) -> Sequence[str]:
    return (await session.scalars(select(Department.code).where(Department.code.in_(names)))).all()


async def must_have(
    session: AsyncSession,
    hotel_id: UUID,
    named: Iterable[Named],
    found: Callable[[AsyncSession, str, set[str]], Awaitable[Sequence[str]]] = among_departments,
) -> None:
    """`found` are those of the names that are there. Raises UnknownNames."""
    wanted = list(named)
    if any(one.among == DEPARTMENTS for one in wanted):
        await usual_departments(session, hotel_id)
    there: set[tuple[str, str]] = set()
    for among in {one.among for one in wanted}:
        names = {one.name for one in wanted if one.among == among}
        there |= {(among, name) for name in await found(session, among, names)}
    if wrong := [one for one in wanted if (one.among, one.name) not in there]:
        raise UnknownNames(wrong)
