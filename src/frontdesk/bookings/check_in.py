"""Arriving and leaving: the guest gets a room that is ready, and leaves one to be cleaned."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings import queries
from frontdesk.bookings.errors import NoSuchMove, RoomNotReady, TooEarly
from frontdesk.bookings.extend import shorten
from frontdesk.bookings.lines import current_lines
from frontdesk.bookings.models import Booking
from frontdesk.bookings.posting import end_on_folio
from frontdesk.bookings.stay_models import BookingRoom
from frontdesk.bookings.told import shown, tell
from frontdesk.kit.clock import local_day
from frontdesk.rooms.housekeeping import after_check_in, after_check_out
from frontdesk.rooms.models import Room
from frontdesk.tenancy.queries import the_hotel

READY = ("clean", "inspected")


async def check_in(session: AsyncSession, booking_id: UUID, *, by: str, now: datetime) -> Booking:
    """The guest is here. Raises RoomNotReady unless every room is assigned and clean."""
    booking = await queries.booking(session, booking_id, lock=True)
    if booking.status != "confirmed":
        raise NoSuchMove(f"this booking is {booking.status}")
    today = local_day(now, (await the_hotel(session)).timezone)
    if not booking.arrival <= today < booking.departure:
        raise TooEarly(f"the stay is from {booking.arrival} to {booking.departure}")
    rooms = await ready_rooms(session, await current_lines(session, booking))
    old = shown(booking)
    booking.status = "checked_in"
    booking.checked_in_at = now
    await session.flush()
    for room in rooms:
        await after_check_in(session, room.id, by=by, now=now)
    numbers = [room.number for room in rooms]
    await tell(session, booking, ("check_in", "checked_in"), by=by, old=old, numbers=numbers)
    return booking


async def check_out(session: AsyncSession, booking_id: UUID, *, by: str, now: datetime) -> Booking:
    """The guest has left; before the day that was booked, that shortens the stay first."""
    booking = await queries.booking(session, booking_id, lock=True)
    if booking.status != "checked_in":
        raise NoSuchMove(f"this booking is {booking.status}")
    today = local_day(now, (await the_hotel(session)).timezone)
    if today < booking.departure and (booking.departure - booking.arrival).days > 1:
        await shorten(session, booking_id, today, by=by, now=now)
    rooms = await _rooms(session, await current_lines(session, booking))
    old = shown(booking)
    booking.status = "checked_out"
    booking.checked_out_at = now
    await session.flush()
    for room in rooms:
        await after_check_out(session, room.id, by=by, now=now)
    numbers = [room.number for room in rooms]
    await end_on_folio(session, booking, by=by, now=now)
    await tell(session, booking, ("check_out", "checked_out"), by=by, old=old, numbers=numbers)
    return booking


async def ready_rooms(session: AsyncSession, lines: Sequence[BookingRoom]) -> Sequence[Room]:
    """Each line's room, locked. Raises RoomNotReady with what is missing."""
    if bare := [line.position for line in lines if line.room_id is None]:
        raise RoomNotReady("a room has to be assigned first", positions=bare)
    rooms = await _rooms(session, lines)
    if wanting := {room.number: room.status for room in rooms if room.status not in READY}:
        raise RoomNotReady("not clean yet", rooms=wanting)
    return rooms


async def _rooms(session: AsyncSession, lines: Sequence[BookingRoom]) -> Sequence[Room]:
    wanted = [line.room_id for line in lines if line.room_id is not None]
    query = select(Room).where(Room.id.in_(wanted)).order_by(Room.id)
    query = query.with_for_update(key_share=True)
    return (await session.scalars(query.execution_options(populate_existing=True))).all()
