"""Staying longer, or leaving before the day that was booked."""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings import queries
from frontdesk.bookings.addons_follow import addons_after, follow
from frontdesk.bookings.errors import (
    BadStay,
    NoSuchMove,
    NoSuchPlan,
    NotChangeable,
    PriceChanged,
    as_told_by_database,
)
from frontdesk.bookings.fees import EARLY, fees_to_come
from frontdesk.bookings.lines import kept_lines, let_go_of_promised
from frontdesk.bookings.models import Booking, BookingNight
from frontdesk.bookings.nights import NewNights, as_if_gone, give_back, lock, sums, swap
from frontdesk.bookings.parts import Part, parts_of
from frontdesk.bookings.pricing import price_stay
from frontdesk.bookings.quote import night_row, read_market
from frontdesk.bookings.refused import not_sold
from frontdesk.bookings.rules import MAX_NIGHTS
from frontdesk.bookings.search import Market, Search
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

    Who takes back every night that they had given up owes no fee for leaving early any more; one
    that is on the folio already is reversed by a person.

    `expected` is the price of the new nights as shown to the guest, with what is ordered by the
    night; another raises PriceChanged. Raises RoomTaken, StayBarred, or RoomPromised where a guest
    in the house would lose the room; NotOrderable or AddonSoldOut where an add-on cannot follow.
    """
    booking = await queries.booking(session, booking_id, lock=True)
    if booking.status not in ("confirmed", "checked_in"):
        raise NoSuchMove(f"this booking is {booking.status}")
    if departure <= booking.departure:
        raise NotChangeable("it lasts that long already")
    addons = await addons_after(session, booking, booking.arrival, departure)
    price = sum(one.difference for one in addons)
    await follow(session, addons, by=by, now=now)
    added = await _new_nights(session, booking, departure, now=now)
    price += sum(n["price"] + n["tax"] for new in added for n in new.nights)
    if expected is not None and expected != price:
        raise PriceChanged(f"the longer stay costs {price} more", price=price)
    old = shown(booking)
    if booking.status == "confirmed":
        await let_go_of_promised(session, booking, booking.arrival, departure)
    await swap(session, booking, added, since=None, now=now)
    booking.departure = departure
    booking.version += 1
    with as_told_by_database():
        await session.flush()
    booking.total, booking.tax = await sums(session, booking)
    if booking.early_fee and not await _given_up(session, booking):
        booking.early_fee -= (await fees_to_come(session, booking)).get(EARLY, 0)
    await tell(session, booking, ("extend", "extended"), by=by, old=old, difference=price)
    return booking


async def _given_up(session: AsyncSession, booking: Booking) -> bool:
    """Whether there are nights after the departure that were the booking's."""
    query = select(BookingNight.night).where(
        BookingNight.booking_id == booking.id,
        BookingNight.night >= booking.departure,
        BookingNight.released_at.is_not(None),
    )
    return await session.scalar(query.limit(1)) is not None


async def _new_nights(
    session: AsyncSession, booking: Booking, departure: date, *, now: datetime
) -> list[NewNights]:
    """The nights after the present departure, type by type, priced as the end of the whole stay.

    So a tax on the stay is not due again, and one on the first nights only counts from the first.
    """
    if (departure - booking.arrival).days > MAX_NIGHTS:
        raise BadStay(f"a stay has at most {MAX_NIGHTS} nights")
    hotel = await the_hotel(session)
    parts = await parts_of(session, booking)
    kinds = [part.room_type_id for part in parts]
    await lock(session, booking, kinds, (booking.departure, departure), now=now)
    async with as_if_gone(session, booking):
        market = await read_market(session, hotel, booking.arrival, departure, now=now)
    return [_longer(market, booking, part, departure) for part in parts]


def _longer(market: Market, booking: Booking, part: Part, departure: date) -> NewNights:
    plan = market.book.sold_as(part.rate_plan_id)
    kind = market.book.kind(part.room_type_id)
    if plan is None or kind is None:
        raise NoSuchPlan
    wish = part.wish(booking.arrival, departure)
    search = Search(market, wish.party)
    block = search.bars_longer(kind, plan, wish.dates, booking.departure)
    if block is not None:
        raise not_sold(kind, block)
    nights = price_stay(search.fare(kind, plan), wish.dates.days, wish.party)
    rows = [night_row(night) for night in nights if night.night >= booking.departure]
    return NewNights(kind.id, part.rooms, rows, plan.id)


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
    addons = await addons_after(session, booking, booking.arrival, departure)
    await follow(session, addons, by=by, now=now)
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
