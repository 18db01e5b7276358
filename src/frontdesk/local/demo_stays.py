"""The desk at work in the demo hotels: who has a door, who waits, and who allowed one too many."""

from datetime import timedelta

from sqlalchemy import func, select

from frontdesk.bookings.assign import Guests, assign_all, name_guests
from frontdesk.bookings.models import Booking
from frontdesk.bookings.overbook import Allowance, allow_overbooking
from frontdesk.bookings.quote import StayWish, make_quote
from frontdesk.bookings.reserve import Yes, reserve
from frontdesk.bookings.waitlist import Waiting, join
from frontdesk.guests.actions import recognise
from frontdesk.kit.clock import Clock, local_day
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.local.demo_past import Scene, load_past
from frontdesk.local.demo_trade import load_trade
from frontdesk.rooms.queries import active_room_types
from frontdesk.tenancy.queries import the_hotel

BY = "demo"
CHAT = "34600000000@c.us"


async def load_stays(db: Database, clock: Clock, hotel_id: HotelId) -> None:
    """Once: a booking with its door, a wait, one room allowed too many, and what was before."""
    now = clock.now()
    async with db.hotel(hotel_id) as session:
        if await session.scalar(select(func.count()).select_from(Booking)):
            return
        hotel = await the_hotel(session)
        kind = (await active_room_types(session))[0]
        first = local_day(now, hotel.timezone) + timedelta(days=14)
        guest = await recognise(session, hotel_id, None, CHAT, name="Demo guest")
        stay = StayWish(first, first + timedelta(days=2), 1)
        quote = await make_quote(session, hotel, stay, kind.id, guest.id, now=now)
        booking = await reserve(session, Yes(quote.id, BY, "rest"), now=now)
        (line,) = await assign_all(session, booking.id, by=BY, now=now)
        await name_guests(session, booking.id, line.id, Guests("Demo guest"), by=BY)
        nights = Allowance(kind.id, first, first + timedelta(days=2), 1, "two cancel of a hundred")
        await allow_overbooking(session, hotel_id, nights, by=BY)
        long = StayWish(first, first + timedelta(days=30), kind.max_adults * 20, 0, 20)
        await join(session, hotel_id, Waiting(guest.id, kind.id, long), by=BY, now=now)
        scene = Scene(hotel, kind, now)
        await load_past(session, scene)
        await load_trade(session, scene)
