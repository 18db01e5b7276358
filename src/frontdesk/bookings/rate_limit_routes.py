"""Restrictions, allotments and taxes over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from frontdesk.bookings.rate_actions import add_rate
from frontdesk.bookings.rate_models import RateAllotment, RateRestriction
from frontdesk.bookings.rate_rows import page, remove, replace
from frontdesk.bookings.rate_schemas import (
    AllotmentIn,
    AllotmentOut,
    RestrictionIn,
    RestrictionOut,
)
from frontdesk.bookings.tax_schemas import TaxIn, TaxOut
from frontdesk.kit.web import DbDep, Page, PageDep
from frontdesk.rooms.models import Tax
from frontdesk.tenancy.auth import Principal, allow
from frontdesk.tenancy.idempotency import OnceDep
from frontdesk.tenancy.rows import create_row

router = APIRouter(prefix="/v1/hotels/{hotel_id}/rates", tags=["rates"])
Reader = Annotated[Principal, Depends(allow("rates:read"))]
Writer = Annotated[Principal, Depends(allow("rates:write"))]


@router.get("/restrictions")
async def list_restrictions(
    db: DbDep, hotel_id: UUID, asker: Reader, ask: PageDep
) -> Page[RestrictionOut]:
    return await page(db, hotel_id, ask, RateRestriction, RestrictionOut)


@router.post("/restrictions", status_code=201, response_model=RestrictionOut)
async def create_restriction(
    db: DbDep, hotel_id: UUID, asker: Writer, once: OnceDep, wanted: RestrictionIn
) -> Response:
    return await create_row(
        db,
        hotel_id,
        once,
        RestrictionOut,
        lambda s: add_rate(s, hotel_id, RateRestriction, wanted, by=asker.actor),
    )


@router.put("/restrictions/{restriction_id}")
async def replace_restriction(
    db: DbDep, hotel_id: UUID, restriction_id: UUID, asker: Writer, wanted: RestrictionIn
) -> RestrictionOut:
    done = await replace(db, hotel_id, RateRestriction, restriction_id, wanted, by=asker.actor)
    return RestrictionOut.model_validate(done)


@router.delete("/restrictions/{restriction_id}", status_code=204)
async def delete_restriction(
    db: DbDep, hotel_id: UUID, restriction_id: UUID, asker: Writer
) -> None:
    await remove(db, hotel_id, RateRestriction, restriction_id, by=asker.actor)


@router.get("/allotments")
async def list_allotments(
    db: DbDep, hotel_id: UUID, asker: Reader, ask: PageDep
) -> Page[AllotmentOut]:
    return await page(db, hotel_id, ask, RateAllotment, AllotmentOut)


@router.post("/allotments", status_code=201, response_model=AllotmentOut)
async def create_allotment(
    db: DbDep, hotel_id: UUID, asker: Writer, once: OnceDep, wanted: AllotmentIn
) -> Response:
    return await create_row(
        db,
        hotel_id,
        once,
        AllotmentOut,
        lambda s: add_rate(s, hotel_id, RateAllotment, wanted, by=asker.actor),
    )


@router.put("/allotments/{allotment_id}")
async def replace_allotment(
    db: DbDep, hotel_id: UUID, allotment_id: UUID, asker: Writer, wanted: AllotmentIn
) -> AllotmentOut:
    done = await replace(db, hotel_id, RateAllotment, allotment_id, wanted, by=asker.actor)
    return AllotmentOut.model_validate(done)


@router.delete("/allotments/{allotment_id}", status_code=204)
async def delete_allotment(db: DbDep, hotel_id: UUID, allotment_id: UUID, asker: Writer) -> None:
    await remove(db, hotel_id, RateAllotment, allotment_id, by=asker.actor)


@router.get("/taxes")
async def list_taxes(db: DbDep, hotel_id: UUID, asker: Reader, ask: PageDep) -> Page[TaxOut]:
    return await page(db, hotel_id, ask, Tax, TaxOut)


@router.post("/taxes", status_code=201, response_model=TaxOut)
async def create_tax(
    db: DbDep, hotel_id: UUID, asker: Writer, once: OnceDep, wanted: TaxIn
) -> Response:
    return await create_row(
        db, hotel_id, once, TaxOut, lambda s: add_rate(s, hotel_id, Tax, wanted, by=asker.actor)
    )


@router.put("/taxes/{tax_id}")
async def replace_tax(
    db: DbDep, hotel_id: UUID, tax_id: UUID, asker: Writer, wanted: TaxIn
) -> TaxOut:
    done = await replace(db, hotel_id, Tax, tax_id, wanted, by=asker.actor)
    return TaxOut.model_validate(done)


@router.delete("/taxes/{tax_id}", status_code=204)
async def delete_tax(db: DbDep, hotel_id: UUID, tax_id: UUID, asker: Writer) -> None:
    await remove(db, hotel_id, Tax, tax_id, by=asker.actor)
