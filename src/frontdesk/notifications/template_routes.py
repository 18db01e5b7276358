"""A hotel's own words for alerts over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.web import DbDep, Page, PageDep
from frontdesk.notifications.channel_models import AlertTemplate
from frontdesk.notifications.rows import add, change, remove, the
from frontdesk.notifications.schemas import TemplateIn, TemplateOut
from frontdesk.tenancy.auth import Principal, allow
from frontdesk.tenancy.idempotency import OnceDep
from frontdesk.tenancy.rows import by_age, create_row, page_of_rows

router = APIRouter(prefix="/v1/hotels/{hotel_id}/alert-templates", tags=["staff"])
Reader = Annotated[Principal, Depends(allow("staff:read"))]
Writer = Annotated[Principal, Depends(allow("staff:write"))]


@router.post("", status_code=201, response_model=TemplateOut)
async def create_template(
    db: DbDep, hotel_id: UUID, asker: Writer, once: OnceDep, wanted: TemplateIn
) -> Response:
    """One a kind and language; 422 where a variable is none of ours."""

    async def make(session: AsyncSession) -> AlertTemplate:
        made = AlertTemplate(hotel_id=hotel_id, **wanted.model_dump())
        return await add(session, made, by=asker.actor)

    return await create_row(db, hotel_id, once, TemplateOut, make)


@router.get("")
async def list_templates(
    db: DbDep, hotel_id: UUID, asker: Reader, ask: PageDep
) -> Page[TemplateOut]:
    query = select(AlertTemplate)
    return await page_of_rows(db, hotel_id, ask, query, TemplateOut, by_age(AlertTemplate))


@router.put("/{alert_template_id}")
async def put_template(
    db: DbDep, hotel_id: UUID, alert_template_id: UUID, asker: Writer, wanted: TemplateIn
) -> TemplateOut:
    async with db.hotel(hotel_id) as session:
        row = await the(session, AlertTemplate, alert_template_id, lock=True)
        done = await change(session, row, wanted.model_dump(), by=asker.actor)
        return TemplateOut.model_validate(done)


@router.delete("/{alert_template_id}", status_code=204)
async def delete_template(
    db: DbDep, hotel_id: UUID, alert_template_id: UUID, asker: Writer
) -> None:
    async with db.hotel(hotel_id) as session:
        row = await the(session, AlertTemplate, alert_template_id, lock=True)
        await remove(session, row, by=asker.actor)
