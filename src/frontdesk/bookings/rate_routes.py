"""Rate plans, rules and supplements over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from frontdesk.bookings.rate_actions import (
    add_plan,
    add_rate,
    replace_plan,
    retire_plan,
)
from frontdesk.bookings.rate_models import RatePlan, RateRule, RateSupplement
from frontdesk.bookings.rate_rows import page, remove, replace
from frontdesk.bookings.rate_schemas import (
    PlanIn,
    PlanOut,
    RuleIn,
    RuleOut,
    SupplementIn,
    SupplementOut,
)
from frontdesk.kit.web import DbDep, Page, PageDep
from frontdesk.tenancy.auth import Principal, allow
from frontdesk.tenancy.idempotency import OnceDep
from frontdesk.tenancy.rows import create_row

router = APIRouter(prefix="/v1/hotels/{hotel_id}/rates", tags=["rates"])
Reader = Annotated[Principal, Depends(allow("rates:read"))]
Writer = Annotated[Principal, Depends(allow("rates:write"))]


@router.get("/plans")
async def list_plans(db: DbDep, hotel_id: UUID, asker: Reader, ask: PageDep) -> Page[PlanOut]:
    return await page(db, hotel_id, ask, RatePlan, PlanOut)


@router.post("/plans", status_code=201, response_model=PlanOut)
async def create_plan(
    db: DbDep, hotel_id: UUID, asker: Writer, once: OnceDep, wanted: PlanIn
) -> Response:
    return await create_row(
        db, hotel_id, once, PlanOut, lambda s: add_plan(s, hotel_id, wanted, by=asker.actor)
    )


@router.put("/plans/{plan_id}")
async def put_plan(
    db: DbDep, hotel_id: UUID, plan_id: UUID, asker: Writer, wanted: PlanIn
) -> PlanOut:
    async with db.hotel(hotel_id) as session:
        done = await replace_plan(session, plan_id, wanted, by=asker.actor)
    return PlanOut.model_validate(done)


@router.delete("/plans/{plan_id}")
async def delete_plan(db: DbDep, hotel_id: UUID, plan_id: UUID, asker: Writer) -> PlanOut:
    """Takes it off sale; what was sold by it keeps it."""
    async with db.hotel(hotel_id) as session:
        return PlanOut.model_validate(await retire_plan(session, plan_id, by=asker.actor))


@router.get("/rules")
async def list_rules(db: DbDep, hotel_id: UUID, asker: Reader, ask: PageDep) -> Page[RuleOut]:
    return await page(db, hotel_id, ask, RateRule, RuleOut)


@router.post("/rules", status_code=201, response_model=RuleOut)
async def create_rule(
    db: DbDep, hotel_id: UUID, asker: Writer, once: OnceDep, wanted: RuleIn
) -> Response:
    return await create_row(
        db,
        hotel_id,
        once,
        RuleOut,
        lambda s: add_rate(s, hotel_id, RateRule, wanted, by=asker.actor),
    )


@router.put("/rules/{rule_id}")
async def replace_rule(
    db: DbDep, hotel_id: UUID, rule_id: UUID, asker: Writer, wanted: RuleIn
) -> RuleOut:
    done = await replace(db, hotel_id, RateRule, rule_id, wanted, by=asker.actor)
    return RuleOut.model_validate(done)


@router.delete("/rules/{rule_id}", status_code=204)
async def delete_rule(db: DbDep, hotel_id: UUID, rule_id: UUID, asker: Writer) -> None:
    await remove(db, hotel_id, RateRule, rule_id, by=asker.actor)


@router.get("/supplements")
async def list_supplements(
    db: DbDep, hotel_id: UUID, asker: Reader, ask: PageDep
) -> Page[SupplementOut]:
    return await page(db, hotel_id, ask, RateSupplement, SupplementOut)


@router.post("/supplements", status_code=201, response_model=SupplementOut)
async def create_supplement(
    db: DbDep, hotel_id: UUID, asker: Writer, once: OnceDep, wanted: SupplementIn
) -> Response:
    return await create_row(
        db,
        hotel_id,
        once,
        SupplementOut,
        lambda s: add_rate(s, hotel_id, RateSupplement, wanted, by=asker.actor),
    )


@router.put("/supplements/{supplement_id}")
async def replace_supplement(
    db: DbDep, hotel_id: UUID, supplement_id: UUID, asker: Writer, wanted: SupplementIn
) -> SupplementOut:
    done = await replace(db, hotel_id, RateSupplement, supplement_id, wanted, by=asker.actor)
    return SupplementOut.model_validate(done)


@router.delete("/supplements/{supplement_id}", status_code=204)
async def delete_supplement(db: DbDep, hotel_id: UUID, supplement_id: UUID, asker: Writer) -> None:
    await remove(db, hotel_id, RateSupplement, supplement_id, by=asker.actor)
