"""What the demo hotels show of before: done by the desk's own actions, so it can be so."""

from datetime import timedelta

from sqlalchemy import select, text

from frontdesk.bookings.addon_models import BookingAddon
from frontdesk.bookings.folio import booking_balance
from frontdesk.bookings.import_models import Import
from frontdesk.bookings.inventory import open_nights
from frontdesk.bookings.master import members
from frontdesk.bookings.models import Booking
from frontdesk.bookings.payment_models import Refund
from frontdesk.bookings.review_models import Review
from frontdesk.bookings.rules import stay_nights
from frontdesk.bookings.stay_models import Walk
from frontdesk.kit.clock import local_day
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.local.demo_past import Scene, load_past
from frontdesk.local.demo_trade import load_trade
from frontdesk.rooms.calendar_models import CalendarFeed
from frontdesk.rooms.care_models import RoomBlock
from frontdesk.rooms.catalogue_models import Addon
from frontdesk.rooms.models import Room, RoomType
from frontdesk.tenancy.queries import the_hotel
from tests.conftest import NOON

ROOMS = 6
DAYS = 60


async def test_a_stay_over_one_going_on_and_a_group(db: Database, hotel: HotelId) -> None:
    async with db.hotel(hotel) as session:
        kind = RoomType(
            hotel_id=hotel, code="DBL", name="Double", max_adults=2, max_guests=2, base_price=10000
        )
        session.add(kind)
        await session.flush()
        for n in range(ROOMS):
            session.add(Room(hotel_id=hotel, room_type_id=kind.id, number=f"1{n}", floor="1"))
        own = await the_hotel(session)
        today = local_day(NOON, own.timezone)
        nights = stay_nights(today, today + timedelta(days=DAYS))
        prices = dict.fromkeys(nights, kind.base_price)
        await open_nights(
            session, hotel, kind.id, first=today, days=DAYS, capacity=ROOMS, prices=prices
        )
        session.add(
            Addon(
                hotel_id=hotel,
                code="breakfast",
                name="Breakfast",
                category="breakfast",
                pricing="person_night",
                price=1500,
                stock_per_day=3,
            )
        )
        scene = Scene(own, kind, NOON)
        await load_past(session, scene)
        await load_trade(session, scene)
    async with db.hotel(hotel) as session:
        found = {
            (b.status, (b.arrival - today).days, (b.departure - today).days): b
            for b in (await session.scalars(select(Booking).order_by(Booking.rooms))).all()
            if b.arrival < today + timedelta(days=23)
        }
        over, here = found["checked_out", -3, -1], found["checked_in", -1, 2]
        leader = found["confirmed", 20, 22]
        assert len(found) == 4
        assert leader.rooms == 2
        assert [m.rooms for m in await members(session, leader.id)] == [1]
        assert await booking_balance(session, over.id) == 0
        assert await booking_balance(session, here.id) >= 10600
        (review,) = (await session.scalars(select(Review))).all()
        assert (review.booking_id, review.status) == (over.id, "published")
        assert review.reply

        (apart,) = (
            await session.scalars(select(Booking).where(Booking.split_from.is_not(None)))
        ).all()
        first = await session.get_one(Booking, (hotel, apart.split_from))
        assert (apart.departure - first.departure).days == first.rooms == apart.rooms == 1
        (refund,) = (await session.scalars(select(Refund))).all()
        late = select(Booking).where(Booking.cancel_reason == "plans changed")
        gone = (await session.scalars(late)).one()
        assert (refund.status, refund.amount) == ("paid", gone.total * 3 // 10)
        (work,) = (await session.scalars(select(Import))).all()
        assert (work.created, len(work.conflicts)) == (1, 1)
        for one in (BookingAddon, RoomBlock, CalendarFeed, Walk):
            assert len((await session.scalars(select(one))).all()) == 1
        assert (await session.execute(text("SELECT * FROM uneven_nights()"))).all() == []
