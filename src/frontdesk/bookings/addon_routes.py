"""Add-ons of a booking over HTTP."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select

from frontdesk.bookings import queries
from frontdesk.bookings.addon_models import BookingAddon
from frontdesk.bookings.addons import AddonWish, cancel_addon, order_addon
from frontdesk.kit.web import ClockDep, DbDep, Page, PageDep, page_rows
from frontdesk.tenancy.auth import Principal, allow
from frontdesk.tenancy.idempotency import OnceDep, answer_once

router = APIRouter(prefix="/v1/hotels/{hotel_id}", tags=["addons"])
Reader = Annotated[Principal, Depends(allow("bookings:read"))]
Writer = Annotated[Principal, Depends(allow("bookings:write"))]


class OrderIn(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {"addon_id": "0198f3b1-0000-7000-8000-000000000001", "quantity": 1}
        },
    )
    addon_id: UUID
    quantity: int = Field(1, ge=1, le=100)
    persons: int | None = Field(None, ge=1, le=200, description="the booking's party")
    first: date | None = Field(None, description="the day of arrival")
    until: date | None = Field(None, description="for nightly ones: the first day without it")


class OrderOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    booking_id: UUID
    addon_id: UUID
    name: str
    pricing: str
    quantity: int
    persons: int
    first: date
    until: date
    unit_price: int
    amount: int
    tax: int
    currency: str
    status: str
    ordered_by: str
    cancelled_at: datetime | None
    created_at: datetime


@router.post("/bookings/{booking_id}/addons", status_code=201, response_model=OrderOut)
async def create_order(
    db: DbDep, hotel_id: UUID, booking_id: UUID, asker: Writer, once: OnceDep, wanted: OrderIn
) -> Response:
    wish = AddonWish(**wanted.model_dump())
    async with db.hotel(hotel_id) as session:

        async def create() -> BaseModel:
            return OrderOut.model_validate(
                await order_addon(session, booking_id, wish, by=asker.actor)
            )

        return await answer_once(session, once, hotel_id, create)


@router.get("/bookings/{booking_id}/addons")
async def list_orders(
    db: DbDep, hotel_id: UUID, booking_id: UUID, asker: Reader, ask: PageDep
) -> Page[OrderOut]:
    query = select(BookingAddon).where(BookingAddon.booking_id == booking_id)
    async with db.hotel(hotel_id) as session:
        await queries.booking(session, booking_id)
        rows, after = await page_rows(session, query, ask, BookingAddon.created_at, BookingAddon.id)
    return Page(items=[OrderOut.model_validate(r) for r in rows], next=after)


@router.post("/booking-addons/{booking_addon_id}/cancel")
async def cancel_order(
    db: DbDep, clock: ClockDep, hotel_id: UUID, booking_addon_id: UUID, asker: Writer
) -> OrderOut:
    async with db.hotel(hotel_id) as session:
        done = await cancel_addon(session, booking_addon_id, by=asker.actor, now=clock.now())
        return OrderOut.model_validate(done)
