"""Stays that are over, going on and to come in the demo hotels: folios, a review and a group."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings.assign import assign_all
from frontdesk.bookings.check_in import check_in, check_out
from frontdesk.bookings.closing import close
from frontdesk.bookings.entries import Charge, post
from frontdesk.bookings.folio import balance, main_folio
from frontdesk.bookings.group import GroupYes, reserve_group
from frontdesk.bookings.inventory import open_nights
from frontdesk.bookings.invoice import BilledTo, issue
from frontdesk.bookings.learn import Told, learn
from frontdesk.bookings.master import join_group
from frontdesk.bookings.models import Booking
from frontdesk.bookings.payments import Sum, take
from frontdesk.bookings.posting import post_stay
from frontdesk.bookings.quote import StayWish, make_quote
from frontdesk.bookings.reserve import Yes, reserve
from frontdesk.bookings.reviews import Opinion, answer, moderate, write
from frontdesk.bookings.rules import stay_nights
from frontdesk.guests.actions import recognise
from frontdesk.kit.clock import local_day
from frontdesk.rooms.models import Room, RoomType
from frontdesk.tenancy.models import Hotel

BY = "demo"
DAYS = 4
"""How far back the demo has had nights on sale."""
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Scene:
    hotel: Hotel
    kind: RoomType
    now: datetime

    def day(self, days: int) -> date:
        return local_day(self.now, self.hotel.timezone) + timedelta(days=days)

    def at(self, days: int) -> datetime:
        return self.now + timedelta(days=days)


async def load_past(session: AsyncSession, scene: Scene) -> None:
    """Everything by the desk's own actions, at the moments it would have been done."""
    await _open_the_past(session, scene)
    await _stayed(session, scene)
    await _in_house(session, scene)
    await _group(session, scene)


async def _open_the_past(session: AsyncSession, scene: Scene) -> None:
    rooms = select(Room).where(Room.room_type_id == scene.kind.id)
    nights = stay_nights(scene.day(-DAYS), scene.day(0))
    prices: Mapping[date, int] = dict.fromkeys(nights, scene.kind.base_price)
    found = (await session.scalars(rooms)).all()
    for room in found[2:4]:
        room.status = "inspected"
    await open_nights(
        session,
        scene.hotel.id,
        scene.kind.id,
        first=scene.day(-DAYS),
        days=DAYS,
        capacity=len(found),
        prices=prices,
    )


async def booked(
    session: AsyncSession, scene: Scene, who: tuple[str, str], days: tuple[int, int], *, made: int
) -> Booking:
    """`who` is a chat and a name; `days` and `made` count from today."""
    chat, name = who
    guest = await recognise(session, scene.hotel.id, None, chat, name=name)
    stay = StayWish(scene.day(days[0]), scene.day(days[1]), 1)
    at = scene.at(made)
    quote = await make_quote(session, scene.hotel, stay, scene.kind.id, guest.id, now=at)
    return await reserve(session, Yes(quote.id, BY, "rest"), now=at)


async def _arrived(session: AsyncSession, booking: Booking, at: datetime) -> None:
    for line in await assign_all(session, booking.id, by=BY, now=at):
        room = await session.get_one(Room, (line.hotel_id, line.room_id))
        room.status = "inspected"
    await check_in(session, booking.id, by=BY, now=at)


async def _stayed(session: AsyncSession, scene: Scene) -> None:
    """Two nights, paid in cash, invoiced, closed and praised."""
    who = ("34600000001@c.us", "Earlier guest")
    booking = await booked(session, scene, who, (-3, -1), made=-DAYS)
    await _arrived(session, booking, scene.at(-3))
    left = scene.at(-1)
    folio = await post_stay(session, booking.id, through=scene.day(-1), by=BY, now=left)
    sum_ = Sum(await balance(session, folio.id), None, "balance", folio.id)
    paid = await take(session, booking.id, sum_, method="cash", reference=None, by=BY)
    await learn(session, paid, Told(paid=paid.amount), by=BY, now=left)
    await check_out(session, booking.id, by=BY, now=left)
    to = BilledTo("Earlier guest", "", "")
    await issue(session, folio.id, to, language=None, by=BY, now=left)
    await close(session, folio.id, reason=None, by=BY, now=left)
    said = Opinion(5, "Quiet room, kind people, and breakfast on the terrace.", "We come again")
    review = await write(session, booking.id, said, by=BY, now=scene.now)
    await moderate(session, review.id, status="published", reason=None, by=BY, now=scene.now)
    await answer(session, review.id, text="You are always welcome.", by=BY, now=scene.now)


async def _in_house(session: AsyncSession, scene: Scene) -> None:
    """Came yesterday, has a drink on the folio and owes the rest."""
    who = ("34600000002@c.us", "Guest in house")
    booking = await booked(session, scene, who, (-1, 2), made=-2)
    await _arrived(session, booking, scene.at(-1))
    await post_stay(session, booking.id, through=scene.day(-1), by=BY, now=scene.now)
    drink = Charge("addon", "Minibar: two waters", 600, scene.day(-1))
    await post(session, await main_folio(session, booking), drink, by=BY)


async def _group(session: AsyncSession, scene: Scene) -> None:
    """Two rooms in one booking, and a friend whose charges go to its folio."""
    guest = await recognise(session, scene.hotel.id, None, "34600000003@c.us", name="Group leader")
    stay = StayWish(scene.day(20), scene.day(22), 1)
    quotes = [
        await make_quote(session, scene.hotel, stay, scene.kind.id, guest.id, now=scene.now)
        for _ in range(2)
    ]
    yes = GroupYes([quote.id for quote in quotes], BY, "rest")
    leader = await reserve_group(session, yes, now=scene.now)
    who = ("34600000004@c.us", "Guest of the group")
    friend = await booked(session, scene, who, (20, 22), made=0)
    await join_group(session, friend.id, (await main_folio(session, leader)).id, "all", by=BY)
