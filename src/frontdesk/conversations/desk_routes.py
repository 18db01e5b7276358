"""The desk over HTTP: who sits there, by which rules chats are given out, and the departments."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.conversations.assign import member
from frontdesk.conversations.composer import the_person
from frontdesk.conversations.desk_models import Seat
from frontdesk.conversations.desk_schemas import (
    DepartmentIn,
    DepartmentOut,
    DepartmentPatch,
    DeskIn,
    SeatIn,
    SeatOut,
)
from frontdesk.conversations.desk_settings import KEY, desk_of
from frontdesk.conversations.names import in_rule, refuse_unknown
from frontdesk.conversations.people import seat_of, set_seat
from frontdesk.kit.web import DbDep, Page, PageDep, page_rows
from frontdesk.tenancy.audit import record
from frontdesk.tenancy.auth import Principal, allow
from frontdesk.tenancy.department_models import Department
from frontdesk.tenancy.departments import (
    change_department,
    open_department,
    usual_departments,
)
from frontdesk.tenancy.idempotency import OnceDep, answer_once
from frontdesk.tenancy.models import Hotel
from frontdesk.tenancy.queries import the_hotel

router = APIRouter(prefix="/v1/hotels/{hotel_id}", tags=["desk"])
Reader = Annotated[Principal, Depends(allow("conversations:read"))]
Self = Annotated[Principal, Depends(allow("conversations:write"))]
Writer = Annotated[Principal, Depends(allow("staff:write"))]


@router.get("/desk")
async def read_desk(db: DbDep, hotel_id: UUID, asker: Reader) -> DeskIn:
    async with db.hotel(hotel_id) as session:
        return desk_of(await the_hotel(session))


@router.put("/desk")
async def set_desk(db: DbDep, hotel_id: UUID, asker: Writer, wanted: DeskIn) -> DeskIn:
    """All of it at once."""
    async with db.hotel(hotel_id) as session:
        await keep_desk(session, await the_hotel(session, lock=True), wanted, by=asker.actor)
    return wanted


async def keep_desk(session: AsyncSession, hotel: Hotel, wanted: DeskIn, *, by: str) -> None:
    """`hotel` is locked. Raises NoSuchMember and UnknownNames; rules that stand are not judged."""
    standing = desk_of(hotel).rules
    named = [
        one
        for at, rule in enumerate(wanted.rules)
        if rule not in standing
        for one in in_rule(rule.model_dump(), f"rules[{at}]")
    ]
    await refuse_unknown(session, hotel.id, named)
    for rule in wanted.rules:
        if rule.membership_id is not None:
            await member(session, rule.membership_id)
    old = {"rules": len(standing)}
    hotel.settings = {**hotel.settings, KEY: wanted.model_dump(mode="json", exclude_none=True)}
    new = wanted.model_dump(exclude={"rules"}) | {"rules": len(wanted.rules)}
    record(session, hotel.id, "desk.set", f"hotel:{hotel.id}", by=by, old=old, new=new)


@router.get("/desk/people")
async def list_people(db: DbDep, hotel_id: UUID, asker: Reader, ask: PageDep) -> Page[SeatOut]:
    """Who ever took a seat."""
    async with db.hotel(hotel_id) as session:
        rows, after = await page_rows(session, select(Seat), ask, Seat.created_at, Seat.id)
    return Page(items=[SeatOut.model_validate(r) for r in rows], next=after)


@router.get("/desk/me")
async def read_me(db: DbDep, hotel_id: UUID, asker: Reader) -> SeatOut:
    async with db.hotel(hotel_id) as session:
        me = await the_person(session, asker.actor)
        return SeatOut.model_validate(await seat_of(session, me.id))


@router.patch("/desk/me")
async def set_me(db: DbDep, hotel_id: UUID, asker: Self, wanted: SeatIn) -> SeatOut:
    """Here or not, and how much: one's own."""
    async with db.hotel(hotel_id) as session:
        me = await the_person(session, asker.actor)
        seat = await set_seat(session, me.id, _said(wanted), by=asker.actor)
        return SeatOut.model_validate(seat)


@router.patch("/desk/people/{membership_id}")
async def set_person(
    db: DbDep, hotel_id: UUID, membership_id: UUID, asker: Writer, wanted: SeatIn
) -> SeatOut:
    async with db.hotel(hotel_id) as session:
        seat = await set_seat(session, membership_id, _said(wanted), by=asker.actor)
        return SeatOut.model_validate(seat)


def _said(wanted: SeatIn) -> dict[str, Any]:
    said = wanted.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return {k: v for k, v in said.items() if v is not None or k == "department"}


@router.get("/departments")
async def list_departments(
    db: DbDep, hotel_id: UUID, asker: Reader, ask: PageDep
) -> Page[DepartmentOut]:
    """The usual ones are there from the first time that anybody asks."""
    model = Department
    async with db.hotel(hotel_id) as session:
        await the_hotel(session)
        await usual_departments(session, hotel_id)
        rows, after = await page_rows(session, select(model), ask, model.created_at, model.id)
    return Page(items=[DepartmentOut.model_validate(r) for r in rows], next=after)


@router.post("/departments", status_code=201, response_model=DepartmentOut)
async def create_department(
    db: DbDep, hotel_id: UUID, asker: Writer, once: OnceDep, wanted: DepartmentIn
) -> Response:
    async with db.hotel(hotel_id) as session:
        await the_hotel(session)

        async def create() -> BaseModel:
            said = {**wanted.model_dump(), "active": True}
            made = await open_department(session, hotel_id, said, by=asker.actor)
            return DepartmentOut.model_validate(made)

        return await answer_once(session, once, hotel_id, create)


@router.patch("/departments/{department_id}")
async def patch_department(
    db: DbDep, hotel_id: UUID, department_id: UUID, asker: Writer, wanted: DepartmentPatch
) -> DepartmentOut:
    """A closed one takes no tasks any more; those it has stay."""
    async with db.hotel(hotel_id) as session:
        said = wanted.model_dump(exclude_none=True)
        found = await change_department(session, department_id, said, by=asker.actor)
        return DepartmentOut.model_validate(found)
