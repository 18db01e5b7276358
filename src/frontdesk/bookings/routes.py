"""Quotes and bookings over HTTP: the same actions the assistant calls."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from frontdesk.bookings import queries
from frontdesk.bookings.alternatives import taken
from frontdesk.bookings.errors import RoomTaken
from frontdesk.bookings.find import Sought, bookings_sought
from frontdesk.bookings.inventory import free_lapsed, open_nights
from frontdesk.bookings.models import Booking
from frontdesk.bookings.quote import StayWish, hold, make_quote
from frontdesk.bookings.reserve import Yes, reserve_at_once
from frontdesk.bookings.reserve_once import reserve_once
from frontdesk.bookings.rules import stay_nights
from frontdesk.bookings.schemas import (
    BookingIn,
    BookingOut,
    NightsIn,
    NightsOut,
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


@router.put("/room-types/{room_type_id}/nights")
async def put_nights(
    db: DbDep,
    clock: ClockDep,
    hotel_id: UUID,
    room_type_id: UUID,
    asker: RatesWriter,
    wanted: NightsIn,
) -> NightsOut:
    last = wanted.first + timedelta(days=wanted.days)
    prices = dict.fromkeys(stay_nights(wanted.first, last), wanted.price)
    async with db.hotel(hotel_id) as session:
        if await room_type(session, room_type_id) is None:
            raise NotFound
        await free_lapsed(session, hotel_id, room_type_id, wanted.first, last, clock.now())
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
    ages = tuple(wanted.children_ages)
    party = (wanted.adults, max(wanted.children, len(ages)), wanted.rooms, ages)
    wish = StayWish(wanted.arrival, wanted.departure, *party)
    async with db.hotel(hotel_id) as session:
        hotel = await the_hotel(session)

        async def create() -> BaseModel:
            if await room_type(session, wanted.room_type_id) is None:
                raise NotFound("there is no such room type")
            chat = f"{wanted.guest_phone}@c.us"
            guest = await recognise(session, hotel_id, None, chat, name=wanted.guest_name)
            made = await make_quote(
                session,
                hotel,
                wish,
                wanted.room_type_id,
                guest.id,
                now=clock.now(),
                rate_plan_id=wanted.rate_plan_id,
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
        return await reserve_once(db, hotel_id, yes, once, now=clock.now())
    except RoomTaken:
        raise await taken(db, hotel_id, wanted.quote_id, now=clock.now()) from None


@router.get("/bookings")
async def list_bookings(
    db: DbDep, hotel_id: UUID, asker: Reader, ask: PageDep, sought: Annotated[Sought, Query()]
) -> Page[BookingOut]:
    async with db.hotel(hotel_id) as session:
        query = await bookings_sought(session, sought)
        rows, after = await page_rows(session, query, ask, Booking.created_at, Booking.id)
    return Page(items=[BookingOut.model_validate(r) for r in rows], next=after)


@router.get("/bookings/{booking_id}")
async def read_booking(db: DbDep, hotel_id: UUID, booking_id: UUID, asker: Reader) -> BookingOut:
    async with db.hotel(hotel_id) as session:
        return BookingOut.model_validate(await queries.booking(session, booking_id))
