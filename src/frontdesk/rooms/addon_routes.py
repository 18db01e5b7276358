"""Add-ons over HTTP: what a hotel sells with a stay."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, Field, model_validator
from sqlalchemy import select

from frontdesk.kit.pages import Order, page_sorted
from frontdesk.kit.web import ClockDep, DbDep, Page, PageDep
from frontdesk.rooms.actions import change_addon
from frontdesk.rooms.catalogue import add, remove, the
from frontdesk.rooms.catalogue_models import Addon
from frontdesk.rooms.schemas import PLAIN, Code, Money, Name, Row, Text, shows
from frontdesk.tenancy.auth import Principal, allow
from frontdesk.tenancy.idempotency import OnceDep, answer_once
from frontdesk.tenancy.queries import the_hotel

router = APIRouter(prefix="/v1/hotels/{hotel_id}/addons", tags=["addons"])
Reader = Annotated[Principal, Depends(allow("rooms:read"))]
Writer = Annotated[Principal, Depends(allow("rooms:write"))]
ORDER = Order({"name": Addon.name, "price": Addon.price, "created_at": Addon.created_at}, Addon.id)
Category = Literal["breakfast", "meals", "spa", "tours", "transport", "parking", "other"]
Pricing = Literal["stay", "night", "person", "person_night"]
Stock = Annotated[int, Field(ge=0, le=100_000)]


class AddonIn(BaseModel):
    model_config = shows(
        {
            "code": "breakfast",
            "name": "Breakfast buffet",
            "category": "breakfast",
            "pricing": "person_night",
            "price": 1800,
            "tax_rate": 1000,
            "stock_per_day": 40,
        }
    )
    code: Code
    name: Name
    description: Text = ""
    category: Category
    pricing: Pricing
    price: Money
    tax_rate: int = Field(0, ge=0, le=10_000, description="hundredths of a percent")
    stock_per_day: Stock | None = Field(None, description="pieces a day; null is always enough")
    available_from: date | None = None
    available_until: date | None = Field(None, description="the first day without it")

    @model_validator(mode="after")
    def _window_is_one(self) -> "AddonIn":
        if self.available_from and self.available_until:
            self._in_order(self.available_from, self.available_until)
        return self

    @staticmethod
    def _in_order(first: date, until: date) -> None:
        if until <= first:
            raise ValueError("available_until must be after available_from")


class AddonPatch(BaseModel):
    model_config = shows({"price": 1900, "active": True})
    name: Name | None = None
    description: Text | None = None
    category: Category | None = None
    price: Money | None = None
    tax_rate: int | None = Field(None, ge=0, le=10_000)
    stock_per_day: Stock | None = None
    available_from: date | None = None
    available_until: date | None = None
    active: bool | None = None


class AddonOut(Row):
    code: str
    name: str
    description: str
    category: str
    pricing: str
    price: int
    tax_rate: int
    stock_per_day: int | None
    available_from: date | None
    available_until: date | None
    active: bool


@router.post("", status_code=201, response_model=AddonOut)
async def create_addon(
    db: DbDep, hotel_id: UUID, asker: Writer, once: OnceDep, wanted: AddonIn
) -> Response:
    async with db.hotel(hotel_id) as session:
        await the_hotel(session)

        async def create() -> BaseModel:
            made = Addon(hotel_id=hotel_id, **wanted.model_dump())
            return AddonOut.model_validate(await add(session, made, by=asker.actor))

        return await answer_once(session, once, hotel_id, create)


@router.get("")
async def list_addons(
    db: DbDep,
    hotel_id: UUID,
    asker: Reader,
    ask: PageDep,
    category: Category | None = None,
    active: bool | None = None,
    on: Annotated[date | None, Query(description="only what is given on this day")] = None,
    q: Annotated[str | None, Query(max_length=100, pattern=PLAIN)] = None,
    sort: Annotated[str, Query(max_length=20)] = "-created_at",
) -> Page[AddonOut]:
    query = select(Addon)
    if category is not None:
        query = query.where(Addon.category == category)
    if active is not None:
        query = query.where(Addon.active == active)
    if on is not None:
        query = query.where(
            Addon.active,
            Addon.available_from.is_(None) | (Addon.available_from <= on),
            Addon.available_until.is_(None) | (Addon.available_until > on),
        )
    if q:
        query = query.where(Addon.name.icontains(q, autoescape=True))
    async with db.hotel(hotel_id) as session:
        rows, after = await page_sorted(session, query, ask, sort, ORDER)
    return Page(items=[AddonOut.model_validate(r) for r in rows], next=after)


@router.get("/{addon_id}")
async def read_addon(db: DbDep, hotel_id: UUID, addon_id: UUID, asker: Reader) -> AddonOut:
    async with db.hotel(hotel_id) as session:
        return AddonOut.model_validate(await the(session, Addon, addon_id))


@router.patch("/{addon_id}")
async def patch_addon(
    db: DbDep, clock: ClockDep, hotel_id: UUID, addon_id: UUID, asker: Writer, wanted: AddonPatch
) -> AddonOut:
    """A new price holds for new orders only."""
    values = wanted.model_dump(exclude_unset=True)
    async with db.hotel(hotel_id) as session:
        changed = await change_addon(session, addon_id, values, by=asker.actor, now=clock.now())
        return AddonOut.model_validate(changed)


@router.delete("/{addon_id}", status_code=204)
async def delete_addon(db: DbDep, hotel_id: UUID, addon_id: UUID, asker: Writer) -> None:
    async with db.hotel(hotel_id) as session:
        await remove(session, await the(session, Addon, addon_id, lock=True), by=asker.actor)
