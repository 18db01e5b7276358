"""Staying longer, or leaving before the day that was booked."""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings import queries
from frontdesk.bookings.errors import NoSuchMove, NotChangeable, PriceChanged, as_told_by_database
from frontdesk.bookings.lines import kept_lines, let_go_of_promised
from frontdesk.bookings.models import Booking, Quote
from frontdesk.bookings.nights import NewNights, as_if_gone, give_back, lock, sums, swap, types
from frontdesk.bookings.quote import StayWish, make_quote
from frontdesk.bookings.terms import early_fee
from frontdesk.bookings.told import shown, stock_came_back, tell
from frontdesk.kit.clock import local_day
from frontdesk.tenancy.queries import the_hotel


async def extend(
    session: AsyncSession,
    booking_id: UUID,
    departure: date,
    *,
    by: str,
    now: datetime,
    expected: int | None = None,
) -> Booking:
    """Stay until `departure`: nights that were booked keep their price, new ones get today's.

    `expected` is the price of the new nights as shown to the guest; another raises PriceChanged.
    Raises RoomTaken, or RoomPromised where a guest who is in the house would lose the room.
    """
    booking = await queries.booking(session, booking_id, lock=True)
    if booking.status not in ("confirmed", "checked_in"):
        raise NoSuchMove(f"this booking is {booking.status}")
    if departure <= booking.departure:
        raise NotChangeable("it lasts that long already")
    added = await _new_nights(session, booking, departure, now=now)
    price = sum(n["price"] + n["tax"] for new in added for n in new.nights)
    if expected is not None and expected != price:
        raise PriceChanged
    old = shown(booking)
    if booking.status == "confirmed":
        await let_go_of_promised(session, booking, booking.arrival, departure)
    for new in added:
        await swap(session, booking, new, now=now)
    booking.departure = departure
    booking.version += 1
    with as_told_by_database():
        await session.flush()
    booking.total, booking.tax = await sums(session, booking)
    await tell(session, booking, ("extend", "extended"), by=by, old=old, difference=price)
    return booking


async def _new_nights(
    session: AsyncSession, booking: Booking, departure: date, *, now: datetime
) -> list[NewNights]:
    """The nights after the present departure, type by type in one order, as quoted now."""
    hotel = await the_hotel(session)
    first = max(booking.arrival, local_day(now, hotel.timezone))
    added: list[NewNights] = []
    kinds = sorted((await types(session, booking)).items())
    for kind, rooms in kinds:
        adults, children = await _party(session, booking, kind, alone=len(kinds) == 1)
        wish = StayWish(min(first, booking.departure), departure, adults, children, rooms)
        await lock(session, booking, kind, (booking.departure, departure), now=now)
        async with as_if_gone(session, booking):
            quote = await make_quote(session, hotel, wish, kind, booking.guest_id, now=now)
        added.append(_from(quote, booking.departure))
        await session.delete(quote)
        await session.flush()
    return added


def _from(quote: Quote, since: date) -> NewNights:
    nights = [n for n in quote.nights if n["night"] >= since.isoformat()]
    return NewNights(None, quote.room_type_id, quote.rooms, nights, quote.rate_plan_id)


async def _party(
    session: AsyncSession, booking: Booking, kind: UUID, *, alone: bool
) -> tuple[int, int]:
    if alone:
        return booking.adults, booking.children
    lines = [at for at in await kept_lines(session, booking.id) if at.room_type_id == kind]
    last = [at for at in lines if at.departure == booking.departure]
    return sum(at.adults for at in last), sum(at.children for at in last)


async def shorten(
    session: AsyncSession, booking_id: UUID, departure: date, *, by: str, now: datetime
) -> Booking:
    """A guest in the house leaves before the day booked: the nights after it are on sale again.

    The accepted policy says what they cost all the same. A night begun is a night stayed.
    """
    booking = await queries.booking(session, booking_id, lock=True)
    if booking.status != "checked_in":
        raise NoSuchMove(f"this booking is {booking.status}")
    today = local_day(now, (await the_hotel(session)).timezone)
    departure = max(departure, today, booking.arrival + timedelta(days=1))
    if departure >= booking.departure:
        raise NotChangeable("it does not last that long")
    old = shown(booking)
    await drop_moves_after(session, booking, departure)
    unused = await give_back(session, booking, departure, now=now)
    booking.departure = departure
    booking.version += 1
    booking.early_fee += early_fee(booking.policy, unused, now)
    booking.total, booking.tax = await sums(session, booking)
    await session.flush()
    told = {"fee": booking.early_fee, "unused": unused}
    await tell(session, booking, ("shorten", "shortened"), by=by, old=old, **told)
    await stock_came_back(session, booking.hotel_id)
    return booking


async def drop_moves_after(session: AsyncSession, booking: Booking, departure: date) -> None:
    """Moves to another room that were planned for nights which will not be stayed."""
    for line in await kept_lines(session, booking.id):
        if line.arrival >= departure:
            await session.delete(line)
        else:
            line.departure = min(line.departure, departure)
    await session.flush()
