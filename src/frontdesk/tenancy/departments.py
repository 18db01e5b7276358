"""A hotel's departments: who does what a guest asks for."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.errors import Conflict, NotFound
from frontdesk.kit.ids import uuid7
from frontdesk.tenancy.audit import changed, record
from frontdesk.tenancy.department_models import Department
from frontdesk.tenancy.person_models import Membership

USUAL: Mapping[str, str] = MappingProxyType(
    {
        "reception": "Reception",
        "housekeeping": "Housekeeping",
        "maintenance": "Maintenance",
        "restaurant": "Restaurant and bar",
        "spa": "Spa",
        "concierge": "Concierge",
        "management": "Management",
    }
)
"""What every hotel has from the first time that anybody asks; it may rename and close them."""


Code = Annotated[str, Field(max_length=60, pattern=r"^[a-z0-9_]+$")]
DepartmentCodes = Annotated[list[Code], Field(max_length=50)]


class NoSuchDepartment(NotFound):
    """There is no such department"""

    code = "no_such_department"


async def usual_departments(session: AsyncSession, hotel_id: UUID) -> None:
    """Make those that are not there yet."""
    rows = [{"hotel_id": hotel_id, "id": uuid7(), "code": c, "name": n} for c, n in USUAL.items()]
    write = insert(Department).values(rows)
    await session.execute(write.on_conflict_do_nothing(index_elements=["hotel_id", "code"]))


async def department(session: AsyncSession, hotel_id: UUID, code: str) -> Department:
    """By its code. Raises NoSuchDepartment."""
    query = select(Department).where(Department.code == code)
    found = await session.scalar(query)
    if found is None and code in USUAL:
        await usual_departments(session, hotel_id)
        found = await session.scalar(query)
    if found is None:
        raise NoSuchDepartment(f"there is no department {code[:60]!r}")
    return found


async def open_department(
    session: AsyncSession, hotel_id: UUID, said: Mapping[str, Any], *, by: str
) -> Department:
    """Raises Conflict for a code that is taken."""
    made = Department(hotel_id=hotel_id, **said)
    session.add(made)
    try:
        await session.flush()
    except IntegrityError:
        raise Conflict("there is a department of that code") from None
    subject, new = f"department:{made.id}", {"code": made.code}
    record(session, hotel_id, "department.add", subject, by=by, new=new)
    return made


async def change_department(
    session: AsyncSession, department_id: UUID, said: Mapping[str, Any], *, by: str
) -> Department:
    """A closed one takes no tasks any more; those it has stay. Raises NoSuchDepartment."""
    query = select(Department).where(Department.id == department_id)
    found = await session.scalar(query.with_for_update())
    if found is None:
        raise NoSuchDepartment
    old, new = changed(found, said)
    for name, value in new.items():
        setattr(found, name, value)
    subject = f"department:{found.id}"
    record(session, found.hotel_id, "department.change", subject, by=by, old=old, new=new)
    await session.flush()
    return found


async def known_codes(session: AsyncSession, hotel_id: UUID, codes: Iterable[str]) -> list[str]:
    """Each once, in order. Raises NoSuchDepartment."""
    return [(await department(session, hotel_id, code)).code for code in sorted(set(codes))]


class OtherDepartments(Conflict):
    """This person works for other departments, and would not see it"""

    code = "other_departments"


async def may_see(session: AsyncSession, person: Membership, department_id: UUID | None) -> bool:
    """Whether what is of that department, or of none, is there for them."""
    if not person.departments:
        return True
    if department_id is None:
        return False
    code = await session.scalar(select(Department.code).where(Department.id == department_id))
    return code in person.departments


async def must_see(session: AsyncSession, person: Membership, department_id: UUID | None) -> None:
    """Raises OtherDepartments."""
    if not await may_see(session, person, department_id):
        raise OtherDepartments
