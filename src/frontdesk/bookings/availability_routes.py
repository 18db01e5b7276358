"""Availability over HTTP: what can be had, what bars the rest, and what is near."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from fastapi.encoders import jsonable_encoder
from fastapi.responses import JSONResponse

from frontdesk.bookings.availability_schemas import (
    BarredOut,
    BlockOut,
    ChoiceOut,
    DayOut,
    FoundOut,
    NearOut,
    PlanOfferOut,
)
from frontdesk.bookings.blocks import ACCESSIBLE, Block, Want
from frontdesk.bookings.finding import Choice, Day, Found, find_stays
from frontdesk.bookings.kept import kept
from frontdesk.bookings.quote import StayWish, find_offers
from frontdesk.bookings.rate_schemas import MOST, Age
from frontdesk.bookings.rates import Plan
from frontdesk.bookings.schemas import OfferOut
from frontdesk.bookings.search import Barred, Offer
from frontdesk.kit.cache import Area
from frontdesk.kit.secrets import digest
from frontdesk.kit.web import ClockDep, DbDep
from frontdesk.tenancy.auth import Principal, allow
from frontdesk.tenancy.queries import the_hotel

router = APIRouter(prefix="/v1/hotels/{hotel_id}/availability", tags=["bookings"])
Reader = Annotated[Principal, Depends(allow("bookings:read"))]


def _asked(
    arrival: Annotated[date, Query(examples=["2027-05-03"])],
    departure: Annotated[date, Query(examples=["2027-05-05"])],
    adults: Annotated[int, Query(ge=1, le=100)] = 2,
    children: Annotated[int, Query(ge=0, le=100)] = 0,
    rooms: Annotated[int, Query(ge=1, le=20)] = 1,
    children_ages: Annotated[list[Age] | None, Query(max_length=100)] = None,
) -> StayWish:
    """Ages say that there are children, too."""
    ages = tuple(children_ages or ())
    return StayWish(arrival, departure, adults, max(children, len(ages)), rooms, ages)


QUARTER = 900
"""Seconds."""
WishDep = Annotated[StayWish, Depends(_asked)]


@router.get("", response_model=list[OfferOut])
async def read_availability(
    db: DbDep, clock: ClockDep, hotel_id: UUID, asker: Reader, wish: WishDep
) -> Response:
    """Room types that fit the party and are free on every night, by the default plan, cheapest
    first.
    """
    now = clock.now()

    async def read() -> Response:
        async with db.hotel(hotel_id) as session:
            hotel = await the_hotel(session)
            offers = await find_offers(session, hotel, wish, now=now)
        return JSONResponse(jsonable_encoder(_offers(offers, hotel.currency)))

    return await kept(db, Area.AVAILABILITY, hotel_id, _name("offers", wish, now), read)


def _offers(offers: Sequence[Offer], currency: str) -> list[OfferOut]:
    return [
        OfferOut(
            room_type_id=o.room_type.id,
            name=o.room_type.name,
            free=o.free,
            total=o.total,
            tax=o.tax,
            currency=currency,
            rate_plan=o.plan.code,
            deposit=o.deposit,
        )
        for o in offers
    ]


def _name(question: str, wish: StayWish, now: datetime, *more: object) -> str:
    """A question asked in one quarter of an hour: in every zone a day begins with one."""
    return digest(f"{question} {wish} {more} {now.timestamp() // QUARTER}").hex()


@router.get("/search", response_model=FoundOut)
async def search_availability(
    db: DbDep,
    clock: ClockDep,
    hotel_id: UUID,
    asker: Reader,
    wish: WishDep,
    features: Annotated[list[str] | None, Query(max_length=20)] = None,
    budget: Annotated[int | None, Query(ge=1, le=MOST, description="minor units, with tax")] = None,
    rate_plan: Annotated[str | None, Query(max_length=20)] = None,
    *,
    accessible: bool = False,
    flex: Annotated[int, Query(ge=0, le=7)] = 0,
) -> Response:
    """Every room type: its price by each plan, or the rule that bars it and the nearest dates that
    work. With `flex`, each arrival within so many days beside it.
    """
    wanted = (*(features or ()), *([ACCESSIBLE] if accessible else ()))
    want, now = Want(wanted, budget, rate_plan), clock.now()

    async def read() -> Response:
        async with db.hotel(hotel_id) as session:
            hotel = await the_hotel(session)
            found = await find_stays(session, hotel, wish, now=now, want=want, flex=flex)
        return JSONResponse(jsonable_encoder(_found(wish, hotel.currency, found)))

    return await kept(db, Area.AVAILABILITY, hotel_id, _name("stays", wish, now, want, flex), read)


def _found(wish: StayWish, currency: str, found: Found) -> FoundOut:
    return FoundOut(
        arrival=wish.arrival,
        departure=wish.departure,
        currency=currency,
        choices=[_choice(choice) for choice in found.choices],
        barred=[_barred(barred) for barred in found.barred],
        days=[_day(day) for day in found.days],
    )


def _choice(choice: Choice) -> ChoiceOut:
    best = choice.offers[0]
    return ChoiceOut(
        room_type_id=choice.room_type.id,
        name=choice.room_type.name,
        features=list(choice.room_type.features),
        free=best.free,
        total=best.total,
        plans=[_plan(offer) for offer in choice.offers],
        barred=[BlockOut(**_block(plan, block)) for plan, block in choice.barred],
    )


def _plan(offer: Offer) -> PlanOfferOut:
    policy = offer.policy
    return PlanOfferOut(
        rate_plan_id=offer.plan.id,
        rate_plan=offer.plan.code,
        name=offer.plan.name,
        meal=offer.plan.meal,
        total=offer.total,
        tax=offer.tax,
        deposit=offer.deposit,
        refundable=offer.plan.refundable,
        free_until=policy["free_until"] if offer.plan.refundable else None,
        fee=policy["fee"],
    )


def _block(plan: Plan, block: Block) -> dict[str, Any]:
    return {
        "why": block.why,
        "rate_plan": plan.code,
        "limit": block.limit,
        "feature": block.feature,
        "night": block.night,
        "rule_id": block.rule_id,
    }


def _barred(barred: Barred) -> BarredOut:
    near = barred.nearest
    return BarredOut(
        **_block(barred.plan, barred.block),
        room_type_id=barred.room_type.id,
        name=barred.room_type.name,
        nearest=None
        if near is None
        else NearOut(
            arrival=near.arrival,
            departure=near.departure,
            rate_plan=near.plan.code,
            total=near.total,
        ),
    )


def _day(day: Day) -> DayOut:
    return DayOut(
        arrival=day.dates.arrival,
        departure=day.dates.departure,
        room_types=day.types,
        total=None if day.cheapest is None else day.cheapest.total,
    )
