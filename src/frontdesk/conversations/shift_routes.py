"""The shift hand-over over HTTP: one document, signed by who leaves and by who comes."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.conversations.shift_models import ShiftReport
from frontdesk.conversations.shift_report import document, hand_over, take_on
from frontdesk.kit.errors import Forbidden
from frontdesk.kit.web import ClockDep, DbDep, Page, PageDep
from frontdesk.tenancy.auth import Principal, allow
from frontdesk.tenancy.idempotency import OnceDep
from frontdesk.tenancy.rows import by_age, create_row, page_of_rows

router = APIRouter(prefix="/v1/hotels/{hotel_id}", tags=["conversations"])
Reader = Annotated[Principal, Depends(allow("conversations:read"))]
Writer = Annotated[Principal, Depends(allow("conversations:write"))]


class ShiftDocument(BaseModel):
    """Ids, states and times; whose they are is read where they lie."""

    since: datetime
    until: datetime
    open: dict[str, list[dict[str, Any]]]
    """conversations that people have, alerts that nobody took, and tasks of no set time"""
    promised: dict[str, list[dict[str, Any]]]
    """alerts that somebody took, wishes of guests who are here or come, answers that guests were
    told of and wait for, tasks of which they hear when they are done, and messages laid ready"""
    due: dict[str, list[dict[str, Any]]]
    """arrivals and departures of today and before, and tasks due within twelve hours or late"""
    vips: list[dict[str, Any]]
    complaints: list[dict[str, Any]]


class ShiftReportOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    since: datetime
    until: datetime
    document: dict[str, Any]
    digest: str
    """SHA-256 of the document: what both signed."""
    outgoing_by: str
    outgoing_at: datetime
    incoming_by: str | None
    incoming_at: datetime | None


@router.get("/shift-document")
async def read_shift_document(
    db: DbDep, clock: ClockDep, hotel_id: UUID, asker: Reader
) -> ShiftDocument:
    """What the next shift has to know now, since the last signed report."""
    async with db.hotel(hotel_id) as session:
        return ShiftDocument.model_validate(await document(session, now=clock.now()))


@router.post("/shift-reports", status_code=201, response_model=ShiftReportOut)
async def create_shift_report(
    db: DbDep, clock: ClockDep, hotel_id: UUID, asker: Writer, once: OnceDep
) -> Response:
    """Keeps the document as it is now, signed by who leaves: of the whole hotel."""
    if asker.departments:
        raise Forbidden("a shift report is of the whole hotel, and it is of single departments")

    async def make(session: AsyncSession) -> ShiftReport:
        return await hand_over(session, hotel_id, by=asker.actor, now=clock.now())

    return await create_row(db, hotel_id, once, ShiftReportOut, make)


@router.get("/shift-reports")
async def list_shift_reports(
    db: DbDep, hotel_id: UUID, asker: Reader, ask: PageDep
) -> Page[ShiftReportOut]:
    query = select(ShiftReport)
    return await page_of_rows(db, hotel_id, ask, query, ShiftReportOut, by_age(ShiftReport))


@router.post("/shift-reports/{shift_report_id}/sign")
async def sign_shift_report(
    db: DbDep, clock: ClockDep, hotel_id: UUID, shift_report_id: UUID, asker: Writer
) -> ShiftReportOut:
    """By who comes: somebody else than who left (409)."""
    async with db.hotel(hotel_id) as session:
        done = await take_on(session, shift_report_id, by=asker.actor, now=clock.now())
        return ShiftReportOut.model_validate(done)
