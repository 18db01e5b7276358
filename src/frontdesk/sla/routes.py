"""Open hours, what is promised to guests, and a chat's clocks, over HTTP."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.conversations.find import conversation
from frontdesk.kit.errors import NotFound
from frontdesk.kit.web import ClockDep, DbDep, Page, PageDep, page_rows
from frontdesk.sla.hours import (
    calendars,
    forget_hours,
    known_holidays,
    own_days,
    set_hours,
)
from frontdesk.sla.models import SlaCalendar, SlaClock, SlaPolicy
from frontdesk.sla.policies import change, clocks_of, promise, take_back
from frontdesk.sla.schemas import (
    ClockOut,
    OpenHoursIn,
    OpenHoursOut,
    OwnDay,
    PolicyIn,
    PolicyOut,
    PolicyPatch,
    PublicHolidayOut,
    Week,
)
from frontdesk.tenancy.auth import Principal, allow
from frontdesk.tenancy.department_models import Department
from frontdesk.tenancy.idempotency import OnceDep, answer_once
from frontdesk.tenancy.queries import the_hotel

router = APIRouter(prefix="/v1/hotels/{hotel_id}", tags=["promises"])
Reader = Annotated[Principal, Depends(allow("staff:read"))]
Writer = Annotated[Principal, Depends(allow("staff:write"))]
ChatReader = Annotated[Principal, Depends(allow("conversations:read"))]
Country = Annotated[str, Query(pattern="^[A-Z]{2}$")]
Subdivision = Annotated[str | None, Query(pattern="^[A-Z0-9-]{1,10}$")]
Year = Annotated[int, Query(ge=2000, le=2100)]


@router.get("/sla/hours")
async def list_hours(db: DbDep, hotel_id: UUID, asker: Reader) -> list[OpenHoursOut]:
    """The house first."""
    async with db.hotel(hotel_id) as session:
        await the_hotel(session)
        return [await _shown(session, calendar) for calendar in await calendars(session)]


async def _shown(session: AsyncSession, calendar: SlaCalendar) -> OpenHoursOut:
    own = await own_days(session, calendar.id)
    return OpenHoursOut(
        department_id=calendar.department_id,
        week=Week.model_validate(calendar.week),
        country=calendar.country,
        subdivision=calendar.subdivision,
        days=[OwnDay(day=day, periods=periods) for day, periods in own.items()],
    )


@router.put("/sla/hours")
async def put_hours(
    db: DbDep, clock: ClockDep, hotel_id: UUID, asker: Writer, wanted: OpenHoursIn
) -> OpenHoursOut:
    """In place of those of the same department; every deadline is reckoned anew at once."""
    now = clock.now()
    if wanted.country is not None:
        known_holidays(wanted.country, wanted.subdivision, now.year)
    async with db.hotel(hotel_id) as session:
        await the_hotel(session)
        await _department(session, wanted.department_id)
        of = wanted.department_id
        calendar = await set_hours(session, hotel_id, of, wanted.hours(), by=asker.actor, now=now)
        return await _shown(session, calendar)


@router.delete("/sla/hours", status_code=204)
async def delete_hours(
    db: DbDep,
    hotel_id: UUID,
    asker: Writer,
    department_id: Annotated[UUID | None, Query()] = None,
) -> None:
    """Then the house's are its hours; without any, it is always open."""
    async with db.hotel(hotel_id) as session:
        await forget_hours(session, hotel_id, department_id, by=asker.actor)


@router.get("/sla/holidays")
async def list_holidays(
    db: DbDep,
    hotel_id: UUID,
    asker: Reader,
    country: Country,
    year: Year,
    subdivision: Subdivision = None,
) -> list[PublicHolidayOut]:
    """The public holidays that a country brings, of one of its parts or everywhere."""
    async with db.hotel(hotel_id) as session:
        await the_hotel(session)
    named = known_holidays(country, subdivision, year)
    return [PublicHolidayOut(day=day, name=name) for day, name in sorted(named.items())]


async def _department(session: AsyncSession, department_id: UUID | None) -> None:
    if department_id is not None:
        known = select(Department.id).where(Department.id == department_id)
        if await session.scalar(known) is None:
            raise NotFound("this hotel has no such department")


@router.get("/sla/policies")
async def list_policies(db: DbDep, hotel_id: UUID, asker: Reader, ask: PageDep) -> Page[PolicyOut]:
    model = SlaPolicy
    async with db.hotel(hotel_id) as session:
        rows, after = await page_rows(session, select(model), ask, model.created_at, model.id)
    return Page(items=[PolicyOut.model_validate(r) for r in rows], next=after)


@router.post("/sla/policies", status_code=201, response_model=PolicyOut)
async def create_policy(
    db: DbDep, hotel_id: UUID, asker: Writer, once: OnceDep, wanted: PolicyIn
) -> Response:
    async with db.hotel(hotel_id) as session:
        await the_hotel(session)
        await _department(session, wanted.department_id)

        async def create() -> BaseModel:
            columns = wanted.model_dump()
            made = await promise(session, hotel_id, columns, by=asker.actor)
            return PolicyOut.model_validate(made)

        return await answer_once(session, once, hotel_id, create)


@router.patch("/sla/policies/{sla_policy_id}")
async def change_policy(
    db: DbDep, hotel_id: UUID, sla_policy_id: UUID, asker: Writer, wanted: PolicyPatch
) -> PolicyOut:
    said = wanted.model_dump(exclude_unset=True)
    async with db.hotel(hotel_id) as session:
        found = await change(session, sla_policy_id, said, by=asker.actor)
        return PolicyOut.model_validate(found)


@router.delete("/sla/policies/{sla_policy_id}")
async def delete_policy(db: DbDep, hotel_id: UUID, sla_policy_id: UUID, asker: Writer) -> PolicyOut:
    async with db.hotel(hotel_id) as session:
        found = await take_back(session, sla_policy_id, by=asker.actor)
        return PolicyOut.model_validate(found)


@router.get("/conversations/{conversation_id}/sla")
async def list_clocks(
    db: DbDep, clock: ClockDep, hotel_id: UUID, conversation_id: UUID, asker: ChatReader
) -> list[ClockOut]:
    """What is promised in this chat, and until when, as of now."""
    async with db.hotel(hotel_id) as session:
        await conversation(session, conversation_id)
        rows = await clocks_of(session, conversation_id)
    return [_live(row, clock.now()) for row in rows]


def _live(row: SlaClock, now: datetime) -> ClockOut:
    told = ClockOut.model_validate(row)
    if row.state == "running" and row.due_at is not None:
        told.left_seconds = int((row.due_at - now).total_seconds())
    return told
