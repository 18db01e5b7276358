"""The rooms of a booking over HTTP: who stays where, the desk's proposal, and moves."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from frontdesk.bookings.assign import Guests, assign, assign_all, name_guests, rooms_of, suggest
from frontdesk.bookings.stay_schemas import AssignIn, GuestsIn, LineOut, SuggestionOut
from frontdesk.kit.web import ClockDep, DbDep
from frontdesk.tenancy.auth import Principal, allow

router = APIRouter(prefix="/v1/hotels/{hotel_id}/bookings/{booking_id}/rooms", tags=["bookings"])
Reader = Annotated[Principal, Depends(allow("bookings:read"))]
Writer = Annotated[Principal, Depends(allow("bookings:write"))]
Desk = Annotated[Principal, Depends(allow("bookings:check_in"))]


@router.get("")
async def list_rooms(db: DbDep, hotel_id: UUID, booking_id: UUID, asker: Reader) -> list[LineOut]:
    """The rooming list of one booking."""
    async with db.hotel(hotel_id) as session:
        _, lines = await rooms_of(session, booking_id)
        return [LineOut.model_validate(line) for line in lines]


@router.get("/suggestion")
async def suggest_rooms(
    db: DbDep, clock: ClockDep, hotel_id: UUID, booking_id: UUID, asker: Reader
) -> list[SuggestionOut]:
    """A free room for each line that has none; a line for which there is none is not listed."""
    async with db.hotel(hotel_id) as session:
        booking, _ = await rooms_of(session, booking_id)
        found = await suggest(session, booking, now=clock.now())
    return [
        SuggestionOut(line_id=line, room_id=room.id, number=room.number, status=room.status)
        for line, room in found.items()
    ]


@router.post("/assign")
async def assign_rooms(
    db: DbDep, clock: ClockDep, hotel_id: UUID, booking_id: UUID, asker: Desk
) -> list[LineOut]:
    """Take the suggestion for every line without a room; all of them or none."""
    async with db.hotel(hotel_id) as session:
        lines = await assign_all(session, booking_id, by=asker.actor, now=clock.now())
        return [LineOut.model_validate(line) for line in lines]


@router.put("/{booking_room_id}")
async def put_guests(
    db: DbDep,
    hotel_id: UUID,
    booking_id: UUID,
    booking_room_id: UUID,
    asker: Writer,
    wanted: GuestsIn,
) -> LineOut:
    """Who stays in this room."""
    async with db.hotel(hotel_id) as session:
        guests = Guests(**wanted.model_dump())
        line = await name_guests(session, booking_id, booking_room_id, guests, by=asker.actor)
        return LineOut.model_validate(line)


@router.post("/{booking_room_id}/assign")
async def assign_room(
    db: DbDep,
    clock: ClockDep,
    hotel_id: UUID,
    booking_id: UUID,
    booking_room_id: UUID,
    asker: Desk,
    wanted: AssignIn,
) -> LineOut:
    """This door for this line; a guest who is in the house moves there today."""
    async with db.hotel(hotel_id) as session:
        by, now = asker.actor, clock.now()
        line = await assign(session, booking_id, booking_room_id, wanted.room_id, by=by, now=now)
        return LineOut.model_validate(line)
