"""Reports over HTTP: the same figures as JSON and as CSV."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict
from datetime import date, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from annotated_types import Ge, Le
from fastapi import APIRouter, Depends, Query, Response
from fastapi.encoders import jsonable_encoder
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings.kept import kept
from frontdesk.bookings.reports import (
    Day,
    PickUp,
    Posted,
    Sales,
    as_csv,
    daily,
    ledger,
    pick_up,
    sales,
    whole,
)
from frontdesk.kit.cache import Area
from frontdesk.kit.db import Database
from frontdesk.kit.web import ClockDep, DbDep
from frontdesk.tenancy.auth import Principal, allow
from frontdesk.tenancy.queries import the_hotel

router = APIRouter(prefix="/v1/hotels/{hotel_id}/reports", tags=["reports"])
Reader = Annotated[Principal, Depends(allow("reports:read"))]
FirstDay = Annotated[
    date, Ge(date(1900, 1, 1)), Le(date(9000, 1, 1)), Query(examples=["2027-05-01"])
]
Days = Annotated[int, Query(ge=1, le=400)]
Form = Literal["json", "csv"]
CSV: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/csv": {"schema": {"type": "string"}}}}
}


class Report(BaseModel):
    """Days are the hotel's business dates, money is in minor units."""

    hotel_id: UUID
    currency: str


class DailyOut(Report):
    rows: list[Day]
    whole: Day | None


class SalesOut(Report):
    rows: list[Sales]


class PickUpOut(Report):
    rows: list[PickUp]


class LedgerOut(Report):
    rows: list[Posted]


async def _written(
    session: AsyncSession, form: Form, kind: type, rows: Sequence[Any], **more: Any
) -> Response:
    hotel = await the_hotel(session)
    if form == "csv":
        return Response(as_csv(kind, rows, hotel.currency), media_type="text/csv")
    said = {"hotel_id": hotel.id, "currency": hotel.currency, "rows": [asdict(r) for r in rows]}
    return JSONResponse(jsonable_encoder({**said, **more}))


async def _kept(
    db: Database, hotel_id: UUID, name: str, make: Callable[[AsyncSession], Awaitable[Response]]
) -> Response:
    """The same answer for a quarter of an hour, or until the hotel writes something."""

    async def read() -> Response:
        async with db.hotel(hotel_id) as session:
            return await make(session)

    return await kept(db, Area.REPORTS, hotel_id, name, read)


@router.get("/daily", response_model=DailyOut, responses=CSV)
async def read_daily(
    db: DbDep, hotel_id: UUID, asker: Reader, first: FirstDay, days: Days = 31, form: Form = "json"
) -> Response:
    """Occupancy, ADR, RevPAR a day, and over all of them."""

    async def make(session: AsyncSession) -> Response:
        rows = await daily(session, first, days)
        return await _written(session, form, Day, rows, whole=whole(rows))

    return await _kept(db, hotel_id, f"daily:{first}:{days}:{form}", make)


@router.get("/sales", response_model=SalesOut, responses=CSV)
async def read_sales(
    db: DbDep, hotel_id: UUID, asker: Reader, first: FirstDay, days: Days = 31, form: Form = "json"
) -> Response:
    """Room nights and revenue a day, room type and channel."""

    async def make(session: AsyncSession) -> Response:
        return await _written(session, form, Sales, await sales(session, first, days))

    return await _kept(db, hotel_id, f"sales:{first}:{days}:{form}", make)


@router.get("/pick-up", response_model=PickUpOut, responses=CSV)
async def read_pick_up(
    db: DbDep,
    clock: ClockDep,
    hotel_id: UUID,
    asker: Reader,
    first: FirstDay,
    days: Days = 31,
    form: Form = "json",
    window: Annotated[int, Query(ge=1, le=366)] = 7,
) -> Response:
    """What the last `window` days brought for each night, cancellations taken off."""
    until = clock.now()
    since = until - timedelta(days=window)

    async def make(session: AsyncSession) -> Response:
        rows = await pick_up(session, first, days, since=since, until=until)
        return await _written(session, form, PickUp, rows)

    return await _kept(db, hotel_id, f"pick-up:{first}:{days}:{form}:{window}", make)


@router.get("/ledger", response_model=LedgerOut, responses=CSV)
async def read_ledger(
    db: DbDep, hotel_id: UUID, asker: Reader, first: FirstDay, days: Days = 31, form: Form = "json"
) -> Response:
    """What folios charged and took, by business date and kind."""

    async def make(session: AsyncSession) -> Response:
        return await _written(session, form, Posted, await ledger(session, first, days))

    return await _kept(db, hotel_id, f"ledger:{first}:{days}:{form}", make)
