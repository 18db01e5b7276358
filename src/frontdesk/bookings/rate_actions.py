"""Writes rates: each change is audited, and moves the hotel's rates version by trigger."""

from typing import Any, Protocol, TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings.rate_models import RatePlan
from frontdesk.bookings.rate_schemas import PlanIn
from frontdesk.kit.db import Tenant
from frontdesk.kit.errors import Conflict, Invalid, NotFound
from frontdesk.rooms.queries import room_type
from frontdesk.tenancy.audit import record

Row = TypeVar("Row", bound=Tenant)


class Columns(Protocol):
    def columns(self) -> dict[str, Any]: ...


async def add_rate(
    session: AsyncSession, hotel_id: UUID, model: type[Row], wanted: Columns, *, by: str
) -> Row:
    columns = wanted.columns()
    await _known(session, columns)
    made = model(hotel_id=hotel_id, **columns)
    session.add(made)
    return await _saved(session, made, "add", by=by, old=None, new=columns)


async def replace_rate(
    session: AsyncSession, model: type[Row], row_id: UUID, wanted: Columns, *, by: str
) -> Row:
    found = await rate(session, model, row_id)
    columns = wanted.columns()
    await _known(session, columns)
    old = {name: getattr(found, name) for name in columns}
    for name, value in columns.items():
        setattr(found, name, value)
    return await _saved(session, found, "change", by=by, old=old, new=columns)


async def remove_rate(session: AsyncSession, model: type[Row], row_id: UUID, *, by: str) -> None:
    found = await rate(session, model, row_id)
    await session.delete(found)
    await session.flush()
    _note(session, found, "remove", by=by, old=None, new=None)


async def rate(session: AsyncSession, model: type[Row], row_id: UUID) -> Row:
    found = await session.scalar(select(model).where(model.id == row_id))
    if found is None:
        raise NotFound
    return found


async def add_plan(session: AsyncSession, hotel_id: UUID, wanted: PlanIn, *, by: str) -> RatePlan:
    columns = {**wanted.columns(), "parent_id": await _parent(session, wanted)}
    made = RatePlan(hotel_id=hotel_id, **columns)
    session.add(made)
    return await _saved(session, made, "add", by=by, old=None, new=columns)


async def replace_plan(
    session: AsyncSession, plan_id: UUID, wanted: PlanIn, *, by: str
) -> RatePlan:
    found = await rate(session, RatePlan, plan_id)
    columns = {**wanted.columns(), "parent_id": await _parent(session, wanted)}
    if columns["parent_id"] is not None and await _is_parent(session, plan_id):
        raise Invalid("parent: other plans start from this one")
    old = {name: getattr(found, name) for name in columns}
    for name, value in columns.items():
        setattr(found, name, value)
    return await _saved(session, found, "change", by=by, old=old, new=columns)


async def retire_plan(session: AsyncSession, plan_id: UUID, *, by: str) -> RatePlan:
    """Off sale for good; what was sold by it keeps its name. Its children stay on sale."""
    found = await rate(session, RatePlan, plan_id)
    old = {"active": found.active, "is_default": found.is_default}
    found.active = found.is_default = False
    return await _saved(
        session, found, "retire", by=by, old=old, new={"active": False, "is_default": False}
    )


async def _parent(session: AsyncSession, wanted: PlanIn) -> UUID | None:
    if wanted.parent is None:
        return None
    query = select(RatePlan).where(RatePlan.code == wanted.parent)
    parent = await session.scalar(query)
    if parent is None:
        raise Invalid("parent: there is no plan with that code")
    if parent.parent_id is not None:
        raise Invalid("parent: that plan has a parent itself")
    return parent.id


async def _is_parent(session: AsyncSession, plan_id: UUID) -> bool:
    query = select(RatePlan.id).where(RatePlan.parent_id == plan_id).limit(1)
    return await session.scalar(query) is not None


async def _known(session: AsyncSession, columns: dict[str, Any]) -> None:
    """A foreign plan or type looks like none."""
    if columns.get("plan_id") is not None:
        await rate(session, RatePlan, columns["plan_id"])
    type_id = columns.get("room_type_id")
    if type_id is not None and await room_type(session, type_id) is None:
        raise NotFound("there is no such room type")


async def _saved(
    session: AsyncSession,
    row: Row,
    verb: str,
    *,
    by: str,
    old: dict[str, Any] | None,
    new: dict[str, Any],
) -> Row:
    try:
        await session.flush()
    except IntegrityError as refused:
        raise Conflict(_taken(str(refused.orig))) from None
    await session.refresh(row)
    _note(session, row, verb, by=by, old=old, new=new)
    return row


def _taken(said: str) -> str:
    if "uq_rate_plans_default" in said:
        return "is_default: another plan is the default"
    return "code or name: there is one already"


def _note(
    session: AsyncSession,
    row: Tenant,
    verb: str,
    *,
    by: str,
    old: dict[str, Any] | None,
    new: dict[str, Any] | None,
) -> None:
    name = row.__tablename__.removesuffix("es" if row.__tablename__ == "taxes" else "s")
    record(
        session,
        row.hotel_id,
        f"{name}.{verb}",
        f"{name}:{row.id}",
        by=by,
        old=_plain(old),
        new=_plain(new),
    )


def _plain(values: dict[str, Any] | None) -> dict[str, Any] | None:
    if values is None:
        return None
    return {k: v if v is None or type(v) in (int, bool) else str(v) for k, v in values.items()}
