"""A stay stated anew by whoever made it elsewhere: its nights are swapped in one step."""

from datetime import date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings.addons_follow import addons_after, follow
from frontdesk.bookings.change import refuse
from frontdesk.bookings.lines import kept_lines, let_go_of_promised
from frontdesk.bookings.models import Booking
from frontdesk.bookings.nights import NewNights, lock, sums, swap
from frontdesk.bookings.rooms_follow import alike
from frontdesk.bookings.told import shown, stock_came_back, tell


async def restate(
    session: AsyncSession,
    booking: Booking,
    nights: NewNights,
    *,
    party: tuple[int, int],
    by: str,
    now: datetime,
) -> None:
    """The whole stay anew, at prices that were made elsewhere; whole or not at all.

    `booking` is locked. Raises NotChangeable or RoomTaken.
    """
    refuse(booking)
    days = [date.fromisoformat(night["night"]) for night in nights.nights]
    stay = (days[0], days[-1] + timedelta(days=1))
    old = shown(booking)
    await follow(session, await addons_after(session, booking, *stay), by=by, now=now)
    await lock(session, booking, [nights.room_type_id], stay, now=now)
    await let_go_of_promised(session, booking, *stay)
    await swap(session, booking, [nights], since=date.min, now=now)
    booking.arrival, booking.departure = stay
    booking.room_type_id, booking.rooms = nights.room_type_id, nights.rooms
    booking.adults, booking.children = party
    booking.total, booking.tax = await sums(session, booking)
    booking.version += 1
    await session.flush()
    known = await kept_lines(session, booking.id)
    if known:
        ages = [age for line in known for age in line.children_ages]
        await alike(session, booking, known, ages[: booking.children])
    difference = booking.total - int(old["total"])
    await tell(session, booking, ("change", "changed"), by=by, old=old, difference=difference)
    await stock_came_back(session, booking.hotel_id)
