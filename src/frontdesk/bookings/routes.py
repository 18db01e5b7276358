"""Availability, quotes and bookings over HTTP: the same actions the assistant calls."""

from datetime import date, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy import select

from frontdesk.bookings import queries
from frontdesk.bookings.cancel import cancel
from frontdesk.bookings.errors import RoomTaken
from frontdesk.bookings.inventory import open_nights
from frontdesk.bookings.models import Booking
from frontdesk.bookings.quote import StayWish, find_offers, hold, make_quote, taken
from frontdesk.bookings.reserve import Yes, reserve, reserve_at_once
from frontdesk.bookings.rules import stay_nights
from frontdesk.bookings.schemas import (
    BookingIn,
    BookingOut,
    CancelIn,
    NightsIn,
    NightsOut,
    OfferOut,
    QuoteIn,
    QuoteOut,
)
from frontdesk.guests.actions import recognise
from frontdesk.kit.errors import NotFound
from frontdesk.kit.web import ClockDep, DbDep, Page, PageDep, page_rows
from frontdesk.rooms.queries import room_type
from frontdesk.tenancy.audit import record
from frontdesk.tenancy.auth import Principal, allow
from frontdesk.tenancy.idempotency import OnceDep, answer_once
from frontdesk.tenancy.queries import the_hotel

router = APIRouter(prefix="/v1/hotels/{hotel_id}", tags=["bookings"])
Reader = Annotated[Principal, Depends(allow("bookings:read"))]
Writer = Annotated[Principal, Depends(allow("bookings:write"))]
RatesWriter = Annotated[Principal, Depends(allow("rooms:write"))]


@router.get("/availability")
async def read_availability(
    db: DbDep,
    clock: ClockDep,
    hotel_id: UUID,
    asker: Reader,
    arrival: Annotated[date, Query(examples=["2027-05-03"])],
    departure: Annotated[date, Query(examples=["2027-05-05"])],
    adults: int = 2,
    children: int = 0,
    rooms: int = 1,
) -> list[OfferOut]:
    """Room types that fit the party and are free on every night, cheapest first."""
    wish = StayWish(arrival, departure, adults, children, rooms)
    async with db.hotel(hotel_id) as session:
        hotel = await the_hotel(session)
        offers = await find_offers(session, hotel, wish, now=clock.now())
    return [
        OfferOut(
            room_type_id=o.room_type.id,
            name=o.room_type.name,
            free=o.free,
            total=o.total,
            tax=o.tax,
            currency=hotel.currency,
        )
        for o in offers
    ]


@router.put("/room-types/{room_type_id}/nights")
async def put_nights(
    db: DbDep, hotel_id: UUID, room_type_id: UUID, asker: RatesWriter, wanted: NightsIn
) -> NightsOut:
    last = wanted.first + timedelta(days=wanted.days)
    prices = dict.fromkeys(stay_nights(wanted.first, last), wanted.price)
    async with db.hotel(hotel_id) as session:
        if await room_type(session, room_type_id) is None:
            raise NotFound
        written = await open_nights(
            session,
            hotel_id,
            room_type_id,
            first=wanted.first,
            days=wanted.days,
            capacity=wanted.capacity,
            prices=prices,
        )
        record(
            session,
            hotel_id,
            "room_type.nights",
            f"room_type:{room_type_id}",
            by=asker.actor,
            new=wanted.model_dump(mode="json"),
        )
    return NightsOut(nights=written)


@router.post("/quotes", status_code=201, response_model=QuoteOut)
async def create_quote(
    db: DbDep, clock: ClockDep, hotel_id: UUID, asker: Writer, once: OnceDep, wanted: QuoteIn
) -> Response:
    wish = StayWish(wanted.arrival, wanted.departure, wanted.adults, wanted.children, wanted.rooms)
    async with db.hotel(hotel_id) as session:
        hotel = await the_hotel(session)

        async def create() -> BaseModel:
            if await room_type(session, wanted.room_type_id) is None:
                raise NotFound("there is no such room type")
            chat = f"{wanted.guest_phone}@c.us"
            guest = await recognise(session, hotel_id, None, chat, name=wanted.guest_name)
            made = await make_quote(
                session, hotel, wish, wanted.room_type_id, guest.id, now=clock.now()
            )
            about = {"guest": guest.id, "total": made.total, "hold": wanted.hold}
            subject = f"quote:{made.id}"
            record(session, hotel_id, "quote.create", subject, by=asker.actor, new=about)
            if wanted.hold:
                await hold(session, made.id, now=clock.now())
            return QuoteOut.model_validate(made)

        return await answer_once(session, once, hotel_id, create)


@router.get("/quotes/{quote_id}")
async def read_quote(db: DbDep, hotel_id: UUID, quote_id: UUID, asker: Reader) -> QuoteOut:
    async with db.hotel(hotel_id) as session:
        return QuoteOut.model_validate(await queries.quote(session, quote_id))


@router.post("/bookings", status_code=201, response_model=BookingOut)
async def create_booking(
    db: DbDep, clock: ClockDep, hotel_id: UUID, asker: Writer, once: OnceDep, wanted: BookingIn
) -> Response:
    yes = Yes(wanted.quote_id, asker.actor, "rest", wanted.special_requests)
    try:
        if once.key is None:
            sold = await reserve_at_once(db, hotel_id, yes, now=clock.now())
            return JSONResponse(BookingOut.model_validate(sold).model_dump(mode="json"), 201)
        async with db.hotel(hotel_id) as session:

            async def create() -> BaseModel:
                return BookingOut.model_validate(await reserve(session, yes, now=clock.now()))

            return await answer_once(session, once, hotel_id, create)
    except RoomTaken:
        async with db.hotel(hotel_id) as session:
            raise await taken(session, wanted.quote_id, now=clock.now()) from None


@router.get("/bookings")
async def list_bookings(
    db: DbDep, hotel_id: UUID, asker: Reader, ask: PageDep, status: str | None = None
) -> Page[BookingOut]:
    query = select(Booking)
    if status is not None:
        query = query.where(Booking.status == status)
    async with db.hotel(hotel_id) as session:
        rows, after = await page_rows(session, query, ask, Booking.created_at, Booking.id)
    return Page(items=[BookingOut.model_validate(r) for r in rows], next=after)


@router.get("/bookings/{booking_id}")
async def read_booking(db: DbDep, hotel_id: UUID, booking_id: UUID, asker: Reader) -> BookingOut:
    async with db.hotel(hotel_id) as session:
        return BookingOut.model_validate(await queries.booking(session, booking_id))


@router.post("/bookings/{booking_id}/cancel")
async def cancel_booking(
    db: DbDep,
    clock: ClockDep,
    hotel_id: UUID,
    booking_id: UUID,
    asker: Writer,
    wanted: CancelIn,
) -> BookingOut:
    async with db.hotel(hotel_id) as session:
        done = await cancel(
            session, booking_id, by=asker.actor, now=clock.now(), reason=wanted.reason
        )
        await session.flush()
        await session.refresh(done)
        return BookingOut.model_validate(done)
