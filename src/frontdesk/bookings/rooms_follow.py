"""After a change of a booking its rooms are as many, of such types and guests, as it says."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings.lines import kept_lines, line_of, share, share_of_ages
from frontdesk.bookings.models import Booking, Quote
from frontdesk.bookings.stay_models import BookingChange, BookingRoom


async def rooms_follow(
    session: AsyncSession, booking: Booking, change: BookingChange, quotes: Sequence[Quote]
) -> None:
    """Rooms too many go, rooms too few come, and none keeps a door of another type."""
    known = await kept_lines(session, booking.id)
    if change.rooms:
        asked = {room["line_id"]: room for room in change.rooms}
        for line in known:
            if str(line.id) in asked:
                _become(line, asked[str(line.id)])
    elif known and len(quotes) == 1:
        await alike(session, booking, known, quotes[0].children_ages)
    if known:
        booking.room_type_id = known[0].room_type_id
    await session.flush()


async def alike(
    session: AsyncSession, booking: Booking, known: Sequence[BookingRoom], ages: Sequence[int]
) -> None:
    """All rooms of one type, the guests shared out evenly."""
    for line in known[booking.rooms :]:
        await session.delete(line)
    for at in range(len(known), booking.rooms):
        session.add(line_of(booking, at + 1, booking.room_type_id, booking.rooms, ages))
    for at, line in enumerate(known[: booking.rooms], 1):
        _become(
            line,
            {
                "room_type_id": str(booking.room_type_id),
                "adults": share(booking.adults, booking.rooms, at),
                "children": share(booking.children, booking.rooms, at),
                "children_ages": share_of_ages(ages, booking.children, booking.rooms, at),
            },
        )


def _become(line: BookingRoom, room: dict[str, Any]) -> None:
    for name in ("adults", "children", "children_ages"):
        setattr(line, name, room[name])
    kind = UUID(room["room_type_id"])
    if line.room_type_id != kind:
        line.room_type_id, line.room_id = kind, None
