"""Rates over HTTP: plans, rules, supplements, restrictions, allotments and taxes."""

from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings.rate_actions import (
    Columns,
    add_plan,
    add_rate,
    remove_rate,
    replace_plan,
    replace_rate,
    retire_plan,
)
from frontdesk.bookings.rate_models import (
    RateAllotment,
    RatePlan,
    RateRestriction,
    RateRule,
    RateSupplement,
)
from frontdesk.bookings.rate_schemas import (
    AllotmentIn,
    AllotmentOut,
    PlanIn,
    PlanOut,
    RestrictionIn,
    RestrictionOut,
    RuleIn,
    RuleOut,
    SupplementIn,
    SupplementOut,
    TaxIn,
    TaxOut,
)
from frontdesk.kit.db import Database, Tenant
from frontdesk.kit.web import DbDep, Page, PageAsk, PageDep, page_rows
from frontdesk.rooms.models import Tax
from frontdesk.tenancy.auth import Principal, allow
from frontdesk.tenancy.idempotency import Once, OnceDep, answer_once
from frontdesk.tenancy.queries import the_hotel

router = APIRouter(prefix="/v1/hotels/{hotel_id}/rates", tags=["rates"])
Reader = Annotated[Principal, Depends(allow("rates:read"))]
Writer = Annotated[Principal, Depends(allow("rates:write"))]
Out = TypeVar("Out", bound=BaseModel)


async def _page(
    db: Database, hotel_id: UUID, ask: PageAsk, model: type[Tenant], out: type[Out]
) -> Page[Out]:
    async with db.hotel(hotel_id) as session:
        rows, after = await page_rows(session, select(model), ask, model.created_at, model.id)
    return Page(items=[out.model_validate(r) for r in rows], next=after)


async def _create(
    db: Database,
    hotel_id: UUID,
    once: Once,
    out: type[BaseModel],
    add: Callable[[AsyncSession], Awaitable[Tenant]],
) -> Response:
    async with db.hotel(hotel_id) as session:
        await the_hotel(session)

        async def create() -> BaseModel:
            return out.model_validate(await add(session))

        return await answer_once(session, once, hotel_id, create)


async def _replace(
    db: Database,
    hotel_id: UUID,
    model: type[Tenant],
    row_id: UUID,
    wanted: Columns,
    *,
    by: str,
) -> Tenant:
    async with db.hotel(hotel_id) as session:
        return await replace_rate(session, model, row_id, wanted, by=by)


async def _remove(
    db: Database, hotel_id: UUID, model: type[Tenant], row_id: UUID, *, by: str
) -> None:
    async with db.hotel(hotel_id) as session:
        await remove_rate(session, model, row_id, by=by)


@router.get("/plans")
async def list_plans(db: DbDep, hotel_id: UUID, asker: Reader, ask: PageDep) -> Page[PlanOut]:
    return await _page(db, hotel_id, ask, RatePlan, PlanOut)


@router.post("/plans", status_code=201, response_model=PlanOut)
async def create_plan(
    db: DbDep, hotel_id: UUID, asker: Writer, once: OnceDep, wanted: PlanIn
) -> Response:
    return await _create(
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
    return await _page(db, hotel_id, ask, RateRule, RuleOut)


@router.post("/rules", status_code=201, response_model=RuleOut)
async def create_rule(
    db: DbDep, hotel_id: UUID, asker: Writer, once: OnceDep, wanted: RuleIn
) -> Response:
    return await _create(
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
    done = await _replace(db, hotel_id, RateRule, rule_id, wanted, by=asker.actor)
    return RuleOut.model_validate(done)


@router.delete("/rules/{rule_id}", status_code=204)
async def delete_rule(db: DbDep, hotel_id: UUID, rule_id: UUID, asker: Writer) -> None:
    await _remove(db, hotel_id, RateRule, rule_id, by=asker.actor)


@router.get("/supplements")
async def list_supplements(
    db: DbDep, hotel_id: UUID, asker: Reader, ask: PageDep
) -> Page[SupplementOut]:
    return await _page(db, hotel_id, ask, RateSupplement, SupplementOut)


@router.post("/supplements", status_code=201, response_model=SupplementOut)
async def create_supplement(
    db: DbDep, hotel_id: UUID, asker: Writer, once: OnceDep, wanted: SupplementIn
) -> Response:
    return await _create(
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
    done = await _replace(db, hotel_id, RateSupplement, supplement_id, wanted, by=asker.actor)
    return SupplementOut.model_validate(done)


@router.delete("/supplements/{supplement_id}", status_code=204)
async def delete_supplement(db: DbDep, hotel_id: UUID, supplement_id: UUID, asker: Writer) -> None:
    await _remove(db, hotel_id, RateSupplement, supplement_id, by=asker.actor)


@router.get("/restrictions")
async def list_restrictions(
    db: DbDep, hotel_id: UUID, asker: Reader, ask: PageDep
) -> Page[RestrictionOut]:
    return await _page(db, hotel_id, ask, RateRestriction, RestrictionOut)


@router.post("/restrictions", status_code=201, response_model=RestrictionOut)
async def create_restriction(
    db: DbDep, hotel_id: UUID, asker: Writer, once: OnceDep, wanted: RestrictionIn
) -> Response:
    return await _create(
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
    done = await _replace(db, hotel_id, RateRestriction, restriction_id, wanted, by=asker.actor)
    return RestrictionOut.model_validate(done)


@router.delete("/restrictions/{restriction_id}", status_code=204)
async def delete_restriction(
    db: DbDep, hotel_id: UUID, restriction_id: UUID, asker: Writer
) -> None:
    await _remove(db, hotel_id, RateRestriction, restriction_id, by=asker.actor)


@router.get("/allotments")
async def list_allotments(
    db: DbDep, hotel_id: UUID, asker: Reader, ask: PageDep
) -> Page[AllotmentOut]:
    return await _page(db, hotel_id, ask, RateAllotment, AllotmentOut)


@router.post("/allotments", status_code=201, response_model=AllotmentOut)
async def create_allotment(
    db: DbDep, hotel_id: UUID, asker: Writer, once: OnceDep, wanted: AllotmentIn
) -> Response:
    return await _create(
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
    done = await _replace(db, hotel_id, RateAllotment, allotment_id, wanted, by=asker.actor)
    return AllotmentOut.model_validate(done)


@router.delete("/allotments/{allotment_id}", status_code=204)
async def delete_allotment(db: DbDep, hotel_id: UUID, allotment_id: UUID, asker: Writer) -> None:
    await _remove(db, hotel_id, RateAllotment, allotment_id, by=asker.actor)


@router.get("/taxes")
async def list_taxes(db: DbDep, hotel_id: UUID, asker: Reader, ask: PageDep) -> Page[TaxOut]:
    return await _page(db, hotel_id, ask, Tax, TaxOut)


@router.post("/taxes", status_code=201, response_model=TaxOut)
async def create_tax(
    db: DbDep, hotel_id: UUID, asker: Writer, once: OnceDep, wanted: TaxIn
) -> Response:
    return await _create(
        db, hotel_id, once, TaxOut, lambda s: add_rate(s, hotel_id, Tax, wanted, by=asker.actor)
    )


@router.put("/taxes/{tax_id}")
async def replace_tax(
    db: DbDep, hotel_id: UUID, tax_id: UUID, asker: Writer, wanted: TaxIn
) -> TaxOut:
    done = await _replace(db, hotel_id, Tax, tax_id, wanted, by=asker.actor)
    return TaxOut.model_validate(done)


@router.delete("/taxes/{tax_id}", status_code=204)
async def delete_tax(db: DbDep, hotel_id: UUID, tax_id: UUID, asker: Writer) -> None:
    await _remove(db, hotel_id, Tax, tax_id, by=asker.actor)
