"""A hotel's departments: who does what a guest asks for."""

from collections.abc import Mapping
from types import MappingProxyType
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.errors import NotFound
from frontdesk.kit.ids import uuid7
from frontdesk.tenancy.department_models import Department

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
