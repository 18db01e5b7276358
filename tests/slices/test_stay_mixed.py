"""Rooms of several types in one booking: sold, priced anew, changed and made longer as one stay."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text, update

from frontdesk.bookings.assign import Guests, name_guests
from frontdesk.bookings.change import Shown, commit_change, preview_change
from frontdesk.bookings.errors import (
    NobodyThere,
    NotChangeable,
    PriceChanged,
    RoomTaken,
    SeveralPlans,
    TooManyRooms,
)
from frontdesk.bookings.extend import extend
from frontdesk.bookings.group import GroupYes, reserve_group
from frontdesk.bookings.models import Booking, BookingNight, NightlyInventory
from frontdesk.bookings.nights import NewNights, swap
from frontdesk.bookings.offering import offer_next
from frontdesk.bookings.parts import RoomWanted, Wanted, parts_of
from frontdesk.bookings.payments import Sum, take
from frontdesk.bookings.quote import StayWish, make_quote
from frontdesk.bookings.rate_models import RateAllotment, RatePlan, RateRule, RateSupplement
from frontdesk.bookings.reserve import Yes, reserve
from frontdesk.bookings.waitlist import Waiting, join
from frontdesk.guests.actions import recognise
from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.rooms.models import Tax
from frontdesk.tenancy.queries import the_hotel
from tests.factories import all_of
from tests.slices.stays import lines_of, picture, read, sold, uneven
from tests.slices.test_booking import FIRST, room_of
from tests.slices.test_stay_desk import twins

STAY_TAX, CHILD = 700, 400


@dataclass
class House:
    """Doubles and twins, a plan at a tenth off, a tax on the stay, a price for small children."""

    db: Database
    hotel: HotelId
    clock: FixedClock
    double: UUID
    twin: UUID
    plan: UUID

    async def quote(self, kind: UUID, *, plan: UUID | None, rooms: int = 1, **party) -> UUID:
        arrival = FIRST + timedelta(party.pop("after", 0))
        wish = StayWish(arrival, arrival + timedelta(2), adults=2 * rooms, rooms=rooms, **party)
        async with self.db.hotel(self.hotel) as session:
            guest = await recognise(session, self.hotel, None, "34600111222@c.us", name="A")
            house = await the_hotel(session)
            about = {"now": self.clock.now(), "rate_plan_id": plan}
            return (await make_quote(session, house, wish, kind, guest.id, **about)).id

    async def group(self, *quotes: UUID) -> Booking:
        async with self.db.hotel(self.hotel) as session:
            yes = GroupYes(quotes, "test", "rest")
            return await reserve_group(session, yes, now=self.clock.now())

    async def show(self, booking: Booking, **wanted) -> Shown:
        async with self.db.hotel(self.hotel) as session:
            asked, now = Wanted(**wanted), self.clock.now()
            return await preview_change(session, booking.id, asked, by="test", now=now)

    async def change(self, booking: Booking, **wanted) -> int:
        shown = await self.show(booking, **wanted)
        await self.commit(booking, shown)
        return shown.change.difference

    async def commit(self, booking: Booking, shown: Shown) -> None:
        async with self.db.hotel(self.hotel) as session:
            now = self.clock.now()
            await commit_change(session, booking.id, shown.change.id, by="test", now=now)

    async def nights(self, booking: Booking) -> list[BookingNight]:
        found = await all_of(self.db, self.hotel, BookingNight)
        mine = [n for n in found if n.booking_id == booking.id and n.released_at is None]
        return sorted(mine, key=lambda n: (n.night, n.room_type_id))


@pytest.fixture
async def house(db: Database, hotel: HotelId, other_hotel: HotelId, clock: FixedClock) -> House:
    double, twin = await room_of(db, hotel, capacity=3, days=6), await twins(db, hotel, capacity=2)
    async with db.hotel(hotel) as session:
        plan = RatePlan(hotel_id=hotel, code="NR", name="Saver", deposit=2000)
        session.add_all(
            [
                plan,
                Tax(hotel_id=hotel, name="Stay", kind="stay", amount=STAY_TAX),
                RateSupplement(hotel_id=hotel, kind="child", amount=CHILD, age_from=0, age_to=5),
            ]
        )
        await session.flush()
        rule = {
            "name": "Saver",
            "layer": "season",
            "effect": "percent",
            "value": -1000,
            "plan_id": plan.id,
        }
        session.add(RateRule(hotel_id=hotel, **rule))
    return House(db, hotel, clock, double, twin, plan.id)


async def test_a_group_keeps_plan_rules_and_taxes_and_is_priced_anew(house: House) -> None:
    own = await house.quote(house.double, plan=house.plan, children=1, children_ages=(4,))
    more = await house.quote(house.double, plan=house.plan)
    other = await house.quote(house.twin, plan=None)
    async with house.db.hotel(house.hotel) as session:  # a rate that moves none of these prices
        session.add(RateSupplement(hotel_id=house.hotel, kind="adult", amount=900, above=3))
    booking = await house.group(own, more, other)
    doubles = [n for n in await house.nights(booking) if n.room_type_id == house.double]
    assert [(n.rooms, n.rate_plan_id, len(n.rules)) for n in doubles] == [(2, house.plan, 1)] * 2
    for night in await house.nights(booking):
        assert sum(t["amount"] for t in night.taxes) == night.tax > 0
        assert len({t["tax_id"] for t in night.taxes}) == len(night.taxes) == 3
    lines = await lines_of(house.db, house.hotel, booking.id)
    assert [x.children_ages for x in lines] == [[4], [], []]

    await house.group(await house.quote(house.twin, plan=None, after=2))
    changed = await house.quote(house.twin, plan=None, after=4)
    async with house.db.hotel(house.hotel) as session:
        await session.execute(update(NightlyInventory).values(price=20000))
    with pytest.raises(PriceChanged):
        await house.group(changed)
    two = [await house.quote(house.double, plan=plan) for plan in (house.plan, None)]
    with pytest.raises(RoomTaken):
        await house.group(*two[:1], await house.quote(house.double, plan=house.plan))
    later = [await house.quote(house.double, plan=plan, after=2) for plan in (house.plan, None)]
    with pytest.raises(SeveralPlans):
        await house.group(*later)
    assert await uneven(house.db, house.hotel) == []


async def test_several_types_move_together_or_not_at_all(house: House) -> None:
    booking = await house.group(
        await house.quote(house.double, plan=house.plan, children=1, children_ages=(4,)),
        await house.quote(house.twin, plan=None),
    )
    assert await house.change(booking, arrival=FIRST + timedelta(1), departure=FIRST + timedelta(4))
    moved = await read(house.db, house.hotel, booking.id)
    nights = await house.nights(booking)
    assert sum(n.price + n.tax for n in nights) == moved.total
    assert (len(nights), moved.rooms, moved.adults, moved.children) == (6, 2, 4, 1)
    plans = {n.room_type_id: n.rate_plan_id for n in nights}
    assert plans == {house.double: house.plan, house.twin: None}
    assert {n.price for n in nights if n.room_type_id == house.double} == {9045 + CHILD}
    assert await sold(house.db, house.hotel) == [0, 2, 2, 2, 0, 0]
    assert sum(t["amount"] for n in nights for t in n.taxes) == moved.tax

    await house.group(await house.quote(house.twin, plan=None, rooms=2, after=4))
    before = await picture(house.db, house.hotel, booking.id)
    with pytest.raises(RoomTaken):
        await house.show(booking, departure=FIRST + timedelta(5))
    with pytest.raises(NotChangeable):
        await house.show(booking, adults=3)
    assert await picture(house.db, house.hotel, booking.id) == before

    shown = await house.show(booking, arrival=FIRST, departure=FIRST + timedelta(3))
    await house.group(await house.quote(house.twin, plan=None, rooms=1))
    await house.group(await house.quote(house.double, plan=None, rooms=2))
    async with house.db.hotel(house.hotel) as session:  # the twins are full on the first night
        full = update(NightlyInventory).where(NightlyInventory.room_type_id == house.twin)
        await session.execute(full.where(NightlyInventory.night == FIRST).values(capacity=1))
    before = await picture(house.db, house.hotel, booking.id)
    with pytest.raises(RoomTaken):
        await house.commit(booking, shown)
    assert await picture(house.db, house.hotel, booking.id) == before
    assert await uneven(house.db, house.hotel) == []


async def test_one_room_of_a_booking_changes_on_its_own(house: House) -> None:
    booking = await house.group(await house.quote(house.double, plan=house.plan, rooms=2))
    first, second = await lines_of(house.db, house.hotel, booking.id)
    wanted = RoomWanted(second.id, room_type_id=house.twin, children_ages=(3,), adults=1)
    difference = await house.change(booking, lines=(wanted,))
    mixed = await read(house.db, house.hotel, booking.id)
    assert mixed.total == booking.total + difference
    lines = await lines_of(house.db, house.hotel, booking.id)
    assert [(x.room_type_id, x.adults, x.children, x.children_ages) for x in lines] == [
        (house.double, 2, 0, []),
        (house.twin, 1, 1, [3]),
    ]
    async with house.db.hotel(house.hotel) as session:
        parts = await parts_of(session, mixed)
    assert {(p.room_type_id, p.rate_plan_id, p.children_ages) for p in parts} == {
        (house.double, house.plan, ()),
        (house.twin, house.plan, (3,)),
    }
    with pytest.raises(NotChangeable):
        await house.show(mixed, lines=(RoomWanted(first.id, adults=1),), rooms=3)
    assert await house.change(mixed, room_type_id=house.double)
    again = await lines_of(house.db, house.hotel, booking.id)
    assert {x.room_type_id for x in again} == {house.double}
    assert sum(len(x.children_ages) for x in again) == 1
    assert await sold(house.db, house.hotel) == [2, 2, 0, 0, 0, 0]
    assert await uneven(house.db, house.hotel) == []


async def test_a_longer_stay_keeps_plan_and_ages_and_pays_a_tax_on_the_stay_once(
    house: House,
) -> None:
    quote = await house.quote(house.double, plan=house.plan, children=1, children_ages=(4,))
    async with house.db.hotel(house.hotel) as session:
        booking = await reserve(session, Yes(quote, "test", "rest"), now=house.clock.now())
    async with house.db.hotel(house.hotel) as session:
        capped = update(Tax).where(Tax.name == "City").values(max_nights=3)
        await session.execute(capped)
        done = await extend(
            session, booking.id, FIRST + timedelta(4), by="test", now=house.clock.now()
        )
    third, fourth = (await house.nights(booking))[2:]
    assert (third.rate_plan_id, fourth.price) == (house.plan, 9045 + CHILD)
    vat = (9045 + CHILD) // 10
    assert (third.tax - fourth.tax, fourth.tax) in {(450, vat), (450, vat + 1)}
    assert done.total == sum(n.price + n.tax for n in await house.nights(booking))

    async with house.db.hotel(house.hotel) as session:
        session.add(
            RateAllotment(
                hotel_id=house.hotel, plan_id=house.plan, room_type_id=house.double, rooms=1
            )
        )
    shifted = await house.change(booking, arrival=FIRST + timedelta(1))  # its own room counts not
    assert shifted < 0
    await house.group(await house.quote(house.double, plan=house.plan, after=4))
    with pytest.raises(RoomTaken):
        await house.change(booking, departure=FIRST + timedelta(5))
    async with house.db.hotel(house.hotel) as session:
        now = house.clock.now()
        with pytest.raises(RoomTaken):
            await extend(session, booking.id, FIRST + timedelta(5), by="test", now=now)
        await session.rollback()
    night = {"night": (FIRST + timedelta(4)).isoformat(), "price": 9045, "tax": 0}
    async with house.db.hotel(house.hotel) as session:
        more = [NewNights(house.double, 1, [night], house.plan)]
        with pytest.raises(RoomTaken):
            await swap(session, booking, more, since=None, now=now)
        await session.rollback()
    assert await uneven(house.db, house.hotel) == []


async def test_an_offer_from_the_waitlist_keeps_plan_and_ages(house: House) -> None:
    wish = StayWish(FIRST, FIRST + timedelta(2), 2, 1, children_ages=(4,))
    async with house.db.hotel(house.hotel) as session:
        guest = await recognise(session, house.hotel, None, "34600111222@c.us", name="A")
        waiting = Waiting(guest.id, house.double, wish, rate_plan_id=house.plan)
        await join(session, house.hotel, waiting, by="test", now=house.clock.now())
    async with house.db.hotel(house.hotel) as session:
        entry = await offer_next(session, now=house.clock.now())
        assert entry is not None
        sold_as = await session.execute(
            text("SELECT rate_plan_id, children_ages, nights->0->>'price' FROM quotes")
        )
        assert [tuple(row) for row in sold_as] == [(house.plan, [4], str(9045 + CHILD))]


async def test_nobody_sleeps_in_a_room_for_nobody(house: House) -> None:
    booking = await house.group(await house.quote(house.double, plan=None))
    with pytest.raises(TooManyRooms):
        await house.show(booking, rooms=3)
    (line,) = await lines_of(house.db, house.hotel, booking.id)
    async with house.db.hotel(house.hotel) as session:
        with pytest.raises(NobodyThere):
            await name_guests(session, booking.id, line.id, Guests(adults=0), by="test")
        assert (await session.scalars(select(Booking.rooms))).all() == [1]


async def test_a_deposit_is_asked_by_the_plans_of_nights_that_are_still_booked(
    house: House,
) -> None:
    booking = await house.group(await house.quote(house.double, plan=None))
    gone = {"night": FIRST, "room_type_id": house.twin, "rooms": 1, "price": 9000, "tax": 0}
    async with house.db.hotel(house.hotel) as session:
        night = BookingNight(hotel_id=house.hotel, booking_id=booking.id, **gone)
        night.rate_plan_id, night.released_at = house.plan, house.clock.now()
        session.add(night)
        await session.flush()
        asked = await take(session, booking.id, Sum(), method="cash", reference=None, by="test")
        assert asked.amount == booking.total
