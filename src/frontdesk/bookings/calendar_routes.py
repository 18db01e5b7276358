"""The calendar of prices: room types by nights, read and written in bulk."""

from datetime import date, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field, model_validator

from frontdesk.bookings.calendar_actions import CalendarWish, read_calendar, write_calendar
from frontdesk.bookings.rate_schemas import (
    MOST,
    WEEK,
    Code,
    Day,
    Weekdays,
    example,
    mask,
)
from frontdesk.kit.web import ClockDep, DbDep
from frontdesk.tenancy.auth import Principal, allow

router = APIRouter(prefix="/v1/hotels/{hotel_id}/calendar", tags=["rates"])
Reader = Annotated[Principal, Depends(allow("rates:read"))]
Writer = Annotated[Principal, Depends(allow("rates:write"))]


class CalendarNightOut(BaseModel):
    night: date
    free: int
    closed: bool
    price: int
    """The hotel's own, before rules."""
    plans: dict[str, int]
    """By plan code: a room's price on this night, before discounts for long stays."""


class CalendarOut(BaseModel):
    room_type_id: UUID
    code: str
    nights: list[CalendarNightOut]


class CalendarIn(BaseModel):
    """Writes every night of `days` from `first` on these weekdays, for the named types or all.

    What is left out stays. With a plan's code the price is that plan's own. A night that is not on
    sale yet needs price and capacity.
    """

    model_config = example(
        first="2027-05-01", days=31, weekdays=["fri", "sat"], price=14500, closed=False
    )
    first: Day
    days: int = Field(ge=1, le=1100)
    weekdays: Weekdays = Field(default_factory=lambda: list(WEEK))
    room_types: list[Annotated[str, Field(max_length=100)]] = Field(
        default_factory=list[str], max_length=200
    )
    plan: Code | None = None
    price: int | None = Field(None, gt=0, le=MOST)
    capacity: int | None = Field(None, ge=0, le=10_000)
    closed: bool | None = None

    @model_validator(mode="after")
    def sound(self) -> "CalendarIn":
        if self.price is None and self.capacity is None and self.closed is None:
            raise ValueError("price, capacity or closed must be given")
        if self.plan is not None and (self.price is None or self.capacity or self.closed):
            raise ValueError("plan: it has a price of its own and nothing else")
        return self

    def wish(self) -> CalendarWish:
        days = [self.first + timedelta(n) for n in range(self.days)]
        chosen = mask(self.weekdays)
        return CalendarWish(
            tuple(day for day in days if chosen >> day.weekday() & 1),
            frozenset(self.room_types),
            self.plan,
            self.price,
            self.capacity,
            self.closed,
        )


class WrittenOut(BaseModel):
    nights: int
    """Room type nights that were written."""


@router.get("")
async def get_calendar(
    db: DbDep,
    clock: ClockDep,
    hotel_id: UUID,
    asker: Reader,
    first: Annotated[Day, Query(examples=["2027-05-01"])],
    days: Annotated[int, Query(ge=1, le=62)] = 31,
) -> list[CalendarOut]:
    """Every room type's nights: what is left, and what each plan asks."""
    async with db.hotel(hotel_id) as session:
        rows = await read_calendar(session, first, days, now=clock.now())
    return [
        CalendarOut(
            room_type_id=kind.id,
            code=kind.code,
            nights=[
                CalendarNightOut(
                    night=n.night, free=n.free, closed=n.closed, price=n.price, plans=n.plans
                )
                for n in nights
            ],
        )
        for kind, nights in rows
    ]


@router.put("")
async def put_calendar(db: DbDep, hotel_id: UUID, asker: Writer, wanted: CalendarIn) -> WrittenOut:
    async with db.hotel(hotel_id) as session:
        done = await write_calendar(session, hotel_id, wanted.wish(), by=asker.actor)
    return WrittenOut(nights=done)
