"""The rooms of a booking one by one: who stays in which, and for which nights."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from frontdesk.bookings.models import Booking, Quote
from frontdesk.bookings.nights import types
from frontdesk.bookings.stay_models import BookingChange, BookingRoom


async def lines(session: AsyncSession, booking: Booking) -> list[BookingRoom]:
    """The booking's rooms in order, made on first need with its guests spread over them."""
    known = await kept_lines(session, booking.id)
    if known:
        return list(known)
    kinds = [had.room_type_id for had in await types(session, booking) for _ in range(had.rooms)]
    ages = await quoted_ages(session, booking)
    made = [line_of(booking, at, kind, len(kinds), ages) for at, kind in enumerate(kinds, 1)]
    session.add_all(made)
    await session.flush()
    return made


def line_of(
    booking: Booking, position: int, kind: UUID, rooms: int, ages: Sequence[int]
) -> BookingRoom:
    return BookingRoom(
        hotel_id=booking.hotel_id,
        booking_id=booking.id,
        position=position,
        room_type_id=kind,
        room_id=None,
        arrival=booking.arrival,
        departure=booking.departure,
        adults=share(booking.adults, rooms, position),
        children=share(booking.children, rooms, position),
        children_ages=share_of_ages(ages, booking.children, rooms, position),
        guest_name=None,
        taken=True,
    )


async def quoted_ages(session: AsyncSession, booking: Booking) -> list[int]:
    """The children's ages as they were last agreed on, by the booking or by a change of it."""
    changed = (
        select(Quote.children_ages)
        .join(
            BookingChange,
            (BookingChange.hotel_id == Quote.hotel_id) & (BookingChange.quote_id == Quote.id),
        )
        .where(
            BookingChange.booking_id == booking.id,
            BookingChange.split_id.is_(None),
            BookingChange.status == "done",
        )
        .order_by(BookingChange.booking_version.desc())
        .limit(1)
    )
    ages = await session.scalar(changed)
    if ages is None:
        ages = await session.scalar(select(Quote.children_ages).where(Quote.id == booking.quote_id))
    return list(ages or ())


async def kept_lines(session: AsyncSession, booking_id: UUID) -> Sequence[BookingRoom]:
    query = select(BookingRoom).where(BookingRoom.booking_id == booking_id)
    fresh = query.order_by(BookingRoom.position).execution_options(populate_existing=True)
    return (await session.scalars(fresh)).all()


def share(guests: int, rooms: int, position: int) -> int:
    """How many of the guests sleep in this room; the first ones get one more."""
    return (guests + rooms - position) // rooms


def share_of_ages(ages: Sequence[int], children: int, rooms: int, position: int) -> list[int]:
    """The ages of the children of this room, where the children are spread like that."""
    before = sum(share(children, rooms, at) for at in range(1, position))
    return list(ages[before : before + share(children, rooms, position)])


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
