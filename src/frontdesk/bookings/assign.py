"""Which door: assigning rooms, moving guests between them, and a proposal for both."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings import queries
from frontdesk.bookings.check_in import READY, ready_rooms
from frontdesk.bookings.errors import NobodyThere, NoSuchMove, RoomNotReady, as_told_by_database
from frontdesk.bookings.lines import current_lines, lines
from frontdesk.bookings.models import Booking
from frontdesk.bookings.stay_models import BookingRoom
from frontdesk.bookings.told import shown, tell
from frontdesk.kit.clock import local_day
from frontdesk.kit.errors import NotFound
from frontdesk.rooms.care_models import RoomClaim
from frontdesk.rooms.housekeeping import after_check_in, after_check_out
from frontdesk.rooms.models import Room
from frontdesk.tenancy.audit import record
from frontdesk.tenancy.queries import the_hotel


@dataclass(frozen=True, slots=True)
class Guests:
    """Who stays in one room of a booking; None leaves it as it is."""

    guest_name: str | None = None
    adults: int | None = None
    children: int | None = None
    children_ages: list[int] | None = None


async def _open(session: AsyncSession, booking_id: UUID) -> Booking:
    booking = await queries.booking(session, booking_id, lock=True)
    if booking.status not in ("confirmed", "checked_in"):
        raise NoSuchMove(f"this booking is {booking.status}")
    return booking


async def rooms_of(session: AsyncSession, booking_id: UUID) -> tuple[Booking, list[BookingRoom]]:
    """The booking and its rooms one by one, as they are or would be."""
    booking = await queries.booking(session, booking_id, lock=True)
    return booking, await lines(session, booking)


async def name_guests(
    session: AsyncSession, booking_id: UUID, line_id: UUID, guests: Guests, *, by: str
) -> BookingRoom:
    line = _line(await lines(session, await _open(session, booking_id)), line_id)
    given = {
        name: value
        for name in ("guest_name", "adults", "children", "children_ages")
        if (value := getattr(guests, name)) is not None
    }
    if guests.children_ages is not None:
        given["children"] = max(guests.children or 0, len(guests.children_ages))
    if not given.get("adults", line.adults) + given.get("children", line.children):
        raise NobodyThere
    for name, value in given.items():
        setattr(line, name, value)
    await session.flush()
    subject = f"booking:{booking_id}"
    new = {"line": str(line.id), "set": sorted(given)}
    record(session, line.hotel_id, "booking.name_guests", subject, by=by, new=new)
    return line


async def assign(
    session: AsyncSession, booking_id: UUID, line_id: UUID, room_id: UUID, *, by: str, now: datetime
) -> BookingRoom:
    """Give a line its door; a guest who is in the house moves there today.

    Raises RoomPromised where it is somebody else's, RoomNotReady where it cannot be used.
    """
    booking = await _open(session, booking_id)
    line = _line(await lines(session, booking), line_id)
    room = await session.get(Room, (booking.hotel_id, room_id), populate_existing=True)
    if room is None:
        raise NotFound("there is no such room")
    if room.room_type_id != line.room_type_id or room.status == "out_of_order":
        raise RoomNotReady(
            "it is out of order, or of another type", rooms={room.number: room.status}
        )
    if line.room_id == room_id:
        return line
    if booking.status == "checked_in":
        return await _move(session, booking, line, room, by=by, now=now)
    old = {"room_id": str(line.room_id) if line.room_id else None}
    line.room_id = room_id
    with as_told_by_database():
        await session.flush()
    new = {"line": str(line.id), "room_id": str(room_id), "number": room.number}
    subject = f"booking:{booking.id}"
    record(session, booking.hotel_id, "booking.assign", subject, by=by, old=old, new=new)
    return line


async def _move(
    session: AsyncSession,
    booking: Booking,
    line: BookingRoom,
    room: Room,
    *,
    by: str,
    now: datetime,
) -> BookingRoom:
    """The nights slept stay with the old door, the rest goes with the new one."""
    if line.departure != booking.departure or line.room_id is None:
        raise NoSuchMove("the guest has moved already")
    today = local_day(now, (await the_hotel(session)).timezone)
    mine = (booking.hotel_id, line.room_id)
    left = await session.get(Room, mine, with_for_update={"key_share": True})
    if line.arrival < today < line.departure:
        line = await _split(session, booking, line, today)
    line.room_id = room.id
    with as_told_by_database():
        await session.flush()
    await ready_rooms(session, [line])
    await after_check_in(session, room.id, by=by, now=now)
    if left is not None:
        await after_check_out(session, left.id, by=by, now=now)
    told = {"line": str(line.id), "number": room.number, "was": left.number if left else None}
    await tell(session, booking, ("move", "moved"), by=by, old=shown(booking), **told)
    return line


async def _split(
    session: AsyncSession, booking: Booking, line: BookingRoom, today: date
) -> BookingRoom:
    last = select(func.max(BookingRoom.position)).where(BookingRoom.booking_id == booking.id)
    rest = BookingRoom(
        hotel_id=booking.hotel_id,
        booking_id=booking.id,
        position=(await session.scalar(last) or 0) + 1,
        room_type_id=line.room_type_id,
        arrival=today,
        departure=line.departure,
        adults=line.adults,
        children=line.children,
        children_ages=line.children_ages,
        guest_name=line.guest_name,
        taken=True,
    )
    line.departure = today
    await session.flush()
    session.add(rest)
    await session.flush()
    return rest


def _line(known: Sequence[BookingRoom], line_id: UUID) -> BookingRoom:
    for line in known:
        if line.id == line_id:
            return line
    raise NotFound("there is no such room in this booking")


async def suggest(session: AsyncSession, booking: Booking, *, now: datetime) -> dict[UUID, Room]:
    """A free door for each line without one, by the smallest gap to the stay before.

    Filling small gaps keeps long stays possible elsewhere. Who comes today gets a ready room first.
    """
    today = local_day(now, (await the_hotel(session)).timezone)
    found: dict[UUID, Room] = {}
    for line in await current_lines(session, booking):
        if line.room_id is None:
            taken = {room.id for room in found.values()}
            room = await _best(session, line, taken, today=today)
            if room is not None:
                found[line.id] = room
    return found


async def _best(
    session: AsyncSession, line: BookingRoom, taken: set[UUID], *, today: date
) -> Room | None:
    theirs = (BookingRoom.hotel_id == Room.hotel_id, BookingRoom.room_id == Room.id)
    overlaps = exists().where(
        RoomClaim.hotel_id == Room.hotel_id,
        RoomClaim.room_id == Room.id,
        RoomClaim.first < line.departure,
        RoomClaim.until > line.arrival,
    )
    before = (
        select(func.max(BookingRoom.departure))
        .where(*theirs, BookingRoom.taken, BookingRoom.departure <= line.arrival)
        .scalar_subquery()
    )
    query = select(Room).where(
        Room.room_type_id == line.room_type_id,
        Room.status != "out_of_order",
        Room.id.not_in(taken),
        ~overlaps,
    )
    ready = [Room.status.in_(READY).desc()] if line.arrival <= today else []
    query = query.order_by(*ready, before.desc().nulls_last(), Room.number)
    return await session.scalar(query.limit(1))


async def assign_all(
    session: AsyncSession, booking_id: UUID, *, by: str, now: datetime
) -> list[BookingRoom]:
    """Take the proposal for every line without a door. Raises RoomNotReady where one has none."""
    booking = await _open(session, booking_id)
    proposal = await suggest(session, booking, now=now)
    bare = [at for at in await current_lines(session, booking) if at.room_id is None]
    if without := [at.position for at in bare if at.id not in proposal]:
        raise RoomNotReady("no room of the type is free for all nights", positions=without)
    for line in bare:
        await assign(session, booking_id, line.id, proposal[line.id].id, by=by, now=now)
    return await lines(session, booking)
