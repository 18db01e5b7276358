"""Rows of a hotel over HTTP: made once for one key, and listed page by page."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from uuid import UUID

from fastapi import Response
from pydantic import BaseModel
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.db import Database, Tenant
from frontdesk.kit.errors import NotFound
from frontdesk.kit.pages import Order, page_sorted
from frontdesk.kit.web import Page, PageAsk
from frontdesk.tenancy.idempotency import Once, answer_once
from frontdesk.tenancy.queries import the_hotel

Out = TypeVar("Out", bound=BaseModel)
NEWEST = "-created_at"


async def must_exist(session: AsyncSession, *named: tuple[type[Tenant], UUID | None]) -> None:
    """Raises NotFound for the first id that is no row of this hotel; None is not asked for."""
    for model, row_id in named:
        if row_id is not None:
            known = await session.scalar(select(model.id).where(model.id == row_id))
            if known is None:
                raise NotFound


def by_age(model: type[Tenant]) -> Order:
    return Order({"created_at": model.created_at}, model.id)


async def create_row(
    db: Database,
    hotel_id: UUID,
    once: Once,
    out: type[BaseModel],
    add: Callable[[AsyncSession], Awaitable[Tenant]],
) -> Response:
    """What `add` makes, shown as `out`; the same Idempotency-Key gets the same answer."""
    async with db.hotel(hotel_id) as session:
        await the_hotel(session)

        async def create() -> BaseModel:
            return out.model_validate(await add(session))

        return await answer_once(session, once, hotel_id, create)


async def page_of_rows(
    db: Database,
    hotel_id: UUID,
    ask: PageAsk,
    query: Select[Any],
    out: type[Out],
    order: Order,
    *,
    sort: str = NEWEST,
) -> Page[Out]:
    async with db.hotel(hotel_id) as session:
        rows, after = await page_sorted(session, query, ask, sort, order)
    return Page(items=[out.model_validate(r) for r in rows], next=after)
