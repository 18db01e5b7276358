"""The door of a booking that was made elsewhere: given here as it is there, or refused in words."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings.assign import assign, rooms_of
from frontdesk.bookings.errors import RoomPromised
from frontdesk.bookings.import_desk import Desk
from frontdesk.bookings.lines import current_lines
from frontdesk.bookings.models import Booking
from frontdesk.bookings.stay_models import BookingRoom
from frontdesk.kit.errors import Conflict, NotFound
from frontdesk.rooms.models import Room
from frontdesk.tenancy.audit import record


async def number_of(session: AsyncSession, booking_id: UUID) -> str | None:
    """Where the guest sleeps, or is to; None without a door."""
    on = (Room.hotel_id == BookingRoom.hotel_id) & (Room.id == BookingRoom.room_id)
    query = select(Room.number).join(BookingRoom, on).where(BookingRoom.booking_id == booking_id)
    return await session.scalar(query.order_by(BookingRoom.departure.desc()).limit(1))


async def give_door(desk: Desk, booking_id: UUID, number: str | None) -> None:
    """None takes it away, as an import that is undone does.

    Raises NotFound, Conflict or RoomNotReady; the door that it has it keeps then.
    """
    booking, _ = await rooms_of(desk.session, booking_id)
    here = await current_lines(desk.session, booking)
    if len(here) != 1:
        raise Conflict("a room number is said of a booking of one room")
    (line,) = here
    if number is None:
        await _take_away(desk, booking, line)
        return
    room_id = await desk.session.scalar(select(Room.id).where(Room.number == number))
    if room_id is None:
        raise NotFound(f"there is no room {number}")
    try:
        await assign(desk.session, booking_id, line.id, room_id, by=desk.by, now=desk.now)
    except RoomPromised:
        raise Conflict(f"room {number} is somebody else's on one of these nights") from None


async def _take_away(desk: Desk, booking: Booking, line: BookingRoom) -> None:
    if booking.status != "confirmed":
        raise Conflict("its guests are in the room")
    old = {"room_id": str(line.room_id)}
    line.room_id = None
    await desk.session.flush()
    about = f"booking:{booking.id}"
    record(desk.session, booking.hotel_id, "booking.assign", about, by=desk.by, old=old, new={})
