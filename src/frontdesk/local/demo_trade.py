"""What else a desk has: a repair, an order, money back, a walk, two dates, an old book."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings.addons import AddonWish, order_addon
from frontdesk.bookings.cancel import cancel
from frontdesk.bookings.change import commit_change, preview_change
from frontdesk.bookings.import_models import Import
from frontdesk.bookings.imports import start
from frontdesk.bookings.learn import Told, learn
from frontdesk.bookings.lines import lines
from frontdesk.bookings.overbook import SentAway, walk
from frontdesk.bookings.parts import RoomWanted, Wanted
from frontdesk.bookings.payments import Sum, take
from frontdesk.bookings.quote import StayWish, make_quote
from frontdesk.bookings.refund import give_back
from frontdesk.bookings.reserve import Yes, reserve
from frontdesk.guests.actions import recognise
from frontdesk.kit.ids import uuid7
from frontdesk.kit.secrets import digest, new_token
from frontdesk.local.demo_past import BY, DAYS, Scene, booked
from frontdesk.rooms.calendar_models import CalendarFeed
from frontdesk.rooms.catalogue_models import Addon
from frontdesk.rooms.maintenance import BlockWish, block
from frontdesk.rooms.models import Room


async def load_trade(session: AsyncSession, scene: Scene) -> None:
    await _repair(session, scene)
    await _order(session, scene)
    await _money_back(session, scene)
    await _walked(session, scene)
    await _two_dates(session, scene)
    await _old_book(session, scene)


async def _repair(session: AsyncSession, scene: Scene) -> None:
    """The last room is off sale for two nights, and has a calendar that others may read."""
    rooms = select(Room).where(Room.room_type_id == scene.kind.id).order_by(Room.number.desc())
    room = (await session.scalars(rooms.limit(1))).one()
    wish = BlockWish(room.id, scene.day(40), scene.day(42), "New carpet")
    await block(session, wish, by=BY, now=scene.now)
    session.add(
        CalendarFeed(
            hotel_id=scene.hotel.id,
            id=uuid7(),
            room_id=room.id,
            name="For the holiday portal",
            digest=digest(new_token()),
        )
    )
    await session.flush()


async def _order(session: AsyncSession, scene: Scene) -> None:
    """Breakfast, out of the day's stock."""
    who = ("34600000005@c.us", "Guest with breakfast")
    booking = await booked(session, scene, who, (25, 27), made=-1)
    addon = await session.scalar(select(Addon).where(Addon.code == "breakfast"))
    if addon is not None:
        await order_addon(session, booking.id, AddonWish(addon.id), by=BY)


async def _money_back(session: AsyncSession, scene: Scene) -> None:
    """A deposit in cash, and all of it back on a cancellation in time."""
    who = ("34600000006@c.us", "Guest who cancelled")
    booking = await booked(session, scene, who, (30, 32), made=-2)
    paid = await take(session, booking.id, Sum(share=3000), method="cash", reference=None, by=BY)
    await learn(session, paid, Told(paid=paid.amount), by=BY, now=scene.at(-2))
    await cancel(session, booking.id, by=BY, now=scene.at(-1), reason="plans changed")
    await give_back(session, paid.id, None, reason="cancelled in time", by=BY, now=scene.at(-1))


async def _walked(session: AsyncSession, scene: Scene) -> None:
    """Nobody's room in the end: sent next door at the house's cost."""
    who = ("34600000008@c.us", "Guest next door")
    booking = await booked(session, scene, who, (-1, 0), made=-DAYS)
    away = SentAway("The house next door", 1, 14000, None)
    await walk(session, booking.id, away, by=BY, now=scene.at(-1))


async def _two_dates(session: AsyncSession, scene: Scene) -> None:
    """Two rooms were booked together, and one of them stays a night longer."""
    guest = await recognise(session, scene.hotel.id, None, "34600000007@c.us", name="Two dates")
    stay = StayWish(scene.day(33), scene.day(35), 2, rooms=2)
    quote = await make_quote(session, scene.hotel, stay, scene.kind.id, guest.id, now=scene.now)
    booking = await reserve(session, Yes(quote.id, BY, "rest"), now=scene.now)
    second = (await lines(session, booking))[1]
    longer = Wanted(lines=(RoomWanted(second.id, departure=stay.departure + timedelta(days=1)),))
    shown = await preview_change(session, booking.id, longer, by=BY, now=scene.now)
    await commit_change(session, booking.id, shown.change.id, by=BY, now=scene.now)


async def _old_book(session: AsyncSession, scene: Scene) -> None:
    """Two lines of the book before this one: one is taken, one cannot be."""
    stay = {"arrival": scene.day(50).isoformat(), "departure": scene.day(52).isoformat()}
    whole = {"guest_name": "From the old book", "adults": "1", "total": "200.00", "tax": "20.00"}
    rows = [
        {"line": 1, "external_id": "B-1", "room_type": scene.kind.code, **stay, **whole},
        {"line": 2, "external_id": "B-2", "room_type": "ATTIC", **stay, **whole},
    ]
    work = Import(
        hotel_id=scene.hotel.id,
        kind="bookings",
        source="old-book",
        overwrite=False,
        rows=rows,
        made_by=BY,
    )
    await start(session, work, apply=True, now=scene.now)
