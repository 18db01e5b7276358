"""What the stories of a stay share: a house with doors, a booking, and counters that must agree."""

from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select, text, update

from frontdesk.bookings.assign import assign_all
from frontdesk.bookings.check_in import check_in
from frontdesk.bookings.models import Booking
from frontdesk.bookings.quote import StayWish, make_quote
from frontdesk.bookings.reserve import Yes, reserve
from frontdesk.bookings.stay_models import BookingRoom
from frontdesk.guests.actions import recognise
from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.messaging.models import OutboxEvent
from frontdesk.rooms.models import Room
from frontdesk.tenancy.models import AuditEntry
from frontdesk.tenancy.queries import the_hotel
from tests.factories import all_of
from tests.slices.test_booking import FIRST


def at(day: date, hour: int = 12) -> datetime:
    return datetime.combine(day, time(hour), ZoneInfo("Europe/Madrid"))


async def stay_of(
    db: Database,
    hotel: HotelId,
    kind: UUID,
    clock: FixedClock,
    *,
    after: int = 0,
    nights: int = 2,
    rooms: int = 1,
    phone: str = "34600111222",
) -> Booking:
    """A confirmed booking from FIRST + `after` days on."""
    arrival = FIRST + timedelta(after)
    async with db.hotel(hotel) as session:
        guest = await recognise(session, hotel, None, f"{phone}@c.us", name="A")
        wish = StayWish(arrival, arrival + timedelta(nights), adults=2 * rooms, rooms=rooms)
        house = await the_hotel(session)
        quote = await make_quote(session, house, wish, kind, guest.id, now=clock.now())
        return await reserve(session, Yes(quote.id, "test", "rest"), now=clock.now())


async def doors(
    db: Database, hotel: HotelId, kind: UUID, *numbers: str, status: str = "clean"
) -> list[UUID]:
    async with db.hotel(hotel) as session:
        rooms = [
            Room(hotel_id=hotel, room_type_id=kind, number=number, status=status)
            for number in numbers
        ]
        session.add_all(rooms)
        await session.flush()
        return [room.id for room in rooms]


async def in_house(db: Database, hotel: HotelId, booking: Booking, clock: FixedClock) -> None:
    """Assigned and checked in on the day of arrival."""
    clock.at = at(booking.arrival, 16)
    async with db.hotel(hotel) as session:
        await assign_all(session, booking.id, by="test", now=clock.now())
        await check_in(session, booking.id, by="test", now=clock.now())


async def become(db: Database, booking: Booking, *states: str, at: datetime | None = None) -> None:
    """Through these states, each a way that the database knows; what else hangs on them stays."""
    async with db.hotel(booking.hotel_id) as session:
        for state in states:
            gone = {"cancelled_at": at} if state == "cancelled" else {}
            step = update(Booking).where(Booking.id == booking.id)
            await session.execute(step.values(status=state, **gone))


async def read(db: Database, hotel: HotelId, booking_id: UUID) -> Booking:
    async with db.hotel(hotel) as session:
        return (await session.scalars(select(Booking).where(Booking.id == booking_id))).one()


async def lines_of(db: Database, hotel: HotelId, booking_id: UUID) -> list[BookingRoom]:
    async with db.hotel(hotel) as session:
        query = select(BookingRoom).where(BookingRoom.booking_id == booking_id)
        return list((await session.scalars(query.order_by(BookingRoom.position))).all())


async def uneven(db: Database, hotel: HotelId) -> list[tuple]:
    """Nights whose counters are not the sum of the stays and holds on them."""
    async with db.hotel(hotel) as session:
        return [tuple(row) for row in await session.execute(text("SELECT * FROM uneven_nights()"))]


async def sold(db: Database, hotel: HotelId, days: int = 6) -> list[int]:
    """By night from FIRST on, over all types."""
    query = text(
        "SELECT sum(sold)::int FROM nightly_inventory WHERE night >= :first"
        " GROUP BY night ORDER BY night LIMIT :days"
    )
    async with db.hotel(hotel) as session:
        return list((await session.scalars(query, {"first": FIRST, "days": days})).all())


async def events(db: Database, hotel: HotelId) -> list[str]:
    """But for the guest, who is new in every test."""
    told = [event.event_type for event in await all_of(db, hotel, OutboxEvent)]
    return [event for event in told if event != "guest.created"]


async def told(db: Database, hotel: HotelId, kind: str) -> dict:
    """The payload of the last event of a kind."""
    return [e for e in await all_of(db, hotel, OutboxEvent) if e.event_type == kind][-1].payload


async def audited(db: Database, hotel: HotelId) -> list[str]:
    return [line.action for line in await all_of(db, hotel, AuditEntry)]


async def picture(db: Database, hotel: HotelId, booking_id: UUID) -> tuple:
    """All that a booking is, to be compared before and after; its nights, lines and the stock."""
    async with db.hotel(hotel) as session:
        rows = []
        for table, column in (
            ("bookings", "id"),
            ("booking_nights", "booking_id"),
            ("booking_rooms", "booking_id"),
        ):
            query = text(f"SELECT to_jsonb(t) FROM {table} t WHERE {column} = :id ORDER BY 1")  # noqa: S608
            rows.append((await session.scalars(query, {"id": booking_id})).all())
        stock = "SELECT room_type_id, night, sold, held FROM nightly_inventory ORDER BY 1, 2"
        rows.append([tuple(row) for row in await session.execute(text(stock))])
    return tuple(rows)
