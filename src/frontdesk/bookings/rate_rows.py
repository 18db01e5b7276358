"""The rows of rates over HTTP: listed, replaced and removed in one way."""

from typing import TypeVar
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import select

from frontdesk.bookings.rate_actions import Columns, remove_rate, replace_rate
from frontdesk.kit.db import Database, Tenant
from frontdesk.kit.web import Page, PageAsk
from frontdesk.tenancy.rows import by_age, page_of_rows

Out = TypeVar("Out", bound=BaseModel)


async def page(
    db: Database, hotel_id: UUID, ask: PageAsk, model: type[Tenant], out: type[Out]
) -> Page[Out]:
    return await page_of_rows(db, hotel_id, ask, select(model), out, by_age(model))


async def replace(
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


async def remove(
    db: Database, hotel_id: UUID, model: type[Tenant], row_id: UUID, *, by: str
) -> None:
    async with db.hotel(hotel_id) as session:
        await remove_rate(session, model, row_id, by=by)
