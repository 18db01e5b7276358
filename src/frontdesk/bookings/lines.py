"""The rooms of a booking one by one: who stays in which, and for which nights."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from frontdesk.bookings.models import Booking
from frontdesk.bookings.nights import types
from frontdesk.bookings.stay_models import BookingRoom


async def lines(session: AsyncSession, booking: Booking) -> list[BookingRoom]:
    """The booking's rooms in order, made on first need with its guests spread over them."""
    known = await kept_lines(session, booking.id)
    if known:
        return list(known)
    kinds = [kind for kind, n in (await types(session, booking)).items() for _ in range(n)]
    made = [
        BookingRoom(
            hotel_id=booking.hotel_id,
            booking_id=booking.id,
            position=at,
            room_type_id=kind,
            room_id=None,
            arrival=booking.arrival,
            departure=booking.departure,
            adults=share(booking.adults, len(kinds), at),
            children=share(booking.children, len(kinds), at),
            guest_name=None,
            taken=True,
        )
        for at, kind in enumerate(kinds, 1)
    ]
    session.add_all(made)
    await session.flush()
    return made


async def kept_lines(session: AsyncSession, booking_id: UUID) -> Sequence[BookingRoom]:
    query = select(BookingRoom).where(BookingRoom.booking_id == booking_id)
    fresh = query.order_by(BookingRoom.position).execution_options(populate_existing=True)
    return (await session.scalars(fresh)).all()


def share(guests: int, rooms: int, position: int) -> int:
    """How many of the guests sleep in this room; the first ones get one more."""
    return (guests + rooms - position) // rooms


async def current_lines(session: AsyncSession, booking: Booking) -> list[BookingRoom]:
    """Those that last until the booking ends: a guest who moved has left the others."""
    return [at for at in await lines(session, booking) if at.departure == booking.departure]


async def let_go_of_promised(
    session: AsyncSession, booking: Booking, arrival: date, departure: date
) -> None:
    """Before the stay takes new dates: rooms that are somebody else's on them are not its own."""
    other = aliased(BookingRoom)
    theirs = exists().where(
        other.hotel_id == BookingRoom.hotel_id,
        other.room_id == BookingRoom.room_id,
        other.booking_id != booking.id,
        other.taken,
        other.arrival < departure,
        other.departure > arrival,
    )
    await session.execute(
        update(BookingRoom)
        .where(BookingRoom.booking_id == booking.id, theirs)
        .values(room_id=None)
        .execution_options(synchronize_session=False)
    )
