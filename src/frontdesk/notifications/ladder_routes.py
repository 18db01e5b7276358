"""The kinds of alerts, ladders, shifts and the steps of an alert over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.web import DbDep, Page, PageDep
from frontdesk.notifications.kinds import KINDS
from frontdesk.notifications.ladder_models import AlertLadder, AlertStep
from frontdesk.notifications.ladders import save_ladder, set_shifts, shifts_of
from frontdesk.notifications.models import Staff
from frontdesk.notifications.queries import notification
from frontdesk.notifications.rows import remove, the
from frontdesk.notifications.schemas import (
    AlertKindOut,
    LadderIn,
    LadderOut,
    ShiftOut,
    ShiftsIn,
    StepOut,
)
from frontdesk.tenancy.auth import Principal, allow
from frontdesk.tenancy.idempotency import OnceDep
from frontdesk.tenancy.queries import the_hotel
from frontdesk.tenancy.rows import by_age, create_row, page_of_rows

router = APIRouter(prefix="/v1/hotels/{hotel_id}", tags=["staff"])
Reader = Annotated[Principal, Depends(allow("staff:read"))]
Writer = Annotated[Principal, Depends(allow("staff:write"))]


@router.get("/alert-kinds")
async def list_alert_kinds(db: DbDep, hotel_id: UUID, asker: Reader) -> list[AlertKindOut]:
    """What a ladder, a template or a person's preference may name as `kind`, beside `*` for any."""
    async with db.hotel(hotel_id) as session:
        await the_hotel(session)
    return [AlertKindOut(kind=kind, means=means) for kind, means in KINDS.items()]


@router.post("/alert-ladders", status_code=201, response_model=LadderOut)
async def create_ladder(
    db: DbDep, hotel_id: UUID, asker: Writer, once: OnceDep, wanted: LadderIn
) -> Response:
    """Who is told of alerts of a kind, a department and a priority, level after level."""

    async def make(session: AsyncSession) -> AlertLadder:
        return await save_ladder(session, hotel_id, None, wanted, by=asker.actor)

    return await create_row(db, hotel_id, once, LadderOut, make)


@router.get("/alert-ladders")
async def list_ladders(db: DbDep, hotel_id: UUID, asker: Reader, ask: PageDep) -> Page[LadderOut]:
    """Where none fits: everybody on shift, and after ten minutes those in charge."""
    query = select(AlertLadder)
    return await page_of_rows(db, hotel_id, ask, query, LadderOut, by_age(AlertLadder))


@router.put("/alert-ladders/{alert_ladder_id}")
async def put_ladder(
    db: DbDep, hotel_id: UUID, alert_ladder_id: UUID, asker: Writer, wanted: LadderIn
) -> LadderOut:
    """Alerts that are on their way climb as they began."""
    async with db.hotel(hotel_id) as session:
        row = await the(session, AlertLadder, alert_ladder_id, lock=True)
        saved = await save_ladder(session, hotel_id, row, wanted, by=asker.actor)
        return LadderOut.model_validate(saved)


@router.delete("/alert-ladders/{alert_ladder_id}", status_code=204)
async def delete_ladder(db: DbDep, hotel_id: UUID, alert_ladder_id: UUID, asker: Writer) -> None:
    async with db.hotel(hotel_id) as session:
        row = await the(session, AlertLadder, alert_ladder_id, lock=True)
        await remove(session, row, by=asker.actor)


@router.get("/staff/{staff_id}/shifts")
async def list_shifts(db: DbDep, hotel_id: UUID, staff_id: UUID, asker: Reader) -> list[ShiftOut]:
    """By the hotel's clock; whoever has none is on shift whenever they are on duty."""
    async with db.hotel(hotel_id) as session:
        await the(session, Staff, staff_id)
        return [ShiftOut.model_validate(row) for row in await shifts_of(session, staff_id)]


@router.put("/staff/{staff_id}/shifts")
async def put_shifts(
    db: DbDep, hotel_id: UUID, staff_id: UUID, asker: Writer, wanted: ShiftsIn
) -> list[ShiftOut]:
    """The whole week at once."""
    async with db.hotel(hotel_id) as session:
        person = await the(session, Staff, staff_id, lock=True)
        await set_shifts(session, person, wanted.shifts, by=asker.actor)
        return [ShiftOut.model_validate(row) for row in await shifts_of(session, staff_id)]


@router.get("/notifications/{notification_id}/steps")
async def list_steps(
    db: DbDep, hotel_id: UUID, notification_id: UUID, asker: Reader
) -> list[StepOut]:
    """Every level of its ladder: when it is due, and whom it reached."""
    query = select(AlertStep).where(AlertStep.notification_id == notification_id)
    async with db.hotel(hotel_id) as session:
        await notification(session, notification_id)
        rows = (await session.scalars(query.order_by(AlertStep.level))).all()
        return [StepOut.model_validate(row) for row in rows]
