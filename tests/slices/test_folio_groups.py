"""Folios that close and stay closed, and the one of a group that pays for its bookings."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from frontdesk.bookings.closing import NotSettled, close, reopen
from frontdesk.bookings.entries import Charge, post, standing, transfer
from frontdesk.bookings.errors import FolioClosed
from frontdesk.bookings.folio import (
    balance,
    booking_balance,
    folio,
    folios_of,
    lines,
    main_folio,
    split,
)
from frontdesk.bookings.folio_models import FolioLine
from frontdesk.bookings.learn import learn
from frontdesk.bookings.master import NotAGroup, join_group, leave_group
from frontdesk.bookings.models import Booking, BookingNight
from frontdesk.bookings.payments import Sum, owed, take
from frontdesk.bookings.posting import post_stay
from frontdesk.bookings.provider import Told
from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database
from frontdesk.kit.errors import Conflict
from frontdesk.kit.ids import HotelId
from frontdesk.kit.settings import Settings
from tests.calling import calling
from tests.slices.stays import audited, stay_of
from tests.slices.test_booking import FIRST, room_of

LAST = FIRST + timedelta(9)


@pytest.fixture
async def bookings(
    db: Database, hotel: HotelId, other_hotel: HotelId, clock: FixedClock
) -> list[Booking]:
    """Who leads a group, and two who come with it."""
    kind = await room_of(db, hotel, capacity=4)
    phones = ("34600111222", "34600111333", "34600111444")
    return [await stay_of(db, hotel, kind, clock, phone=phone) for phone in phones]


async def posted(db: Database, booking: Booking, clock: FixedClock) -> None:
    async with db.hotel(booking.hotel_id) as session:
        await post_stay(session, booking.id, through=LAST, by="t", now=clock.now())


async def paid(db: Database, booking: Booking, amount: int, clock: FixedClock) -> UUID:
    async with db.hotel(booking.hotel_id) as session:
        made = await take(session, booking.id, Sum(amount), method="cash", reference=None, by="t")
        await learn(session, made, Told(paid=amount), by="t", now=clock.now())
        return made.id


async def test_a_closed_folio_takes_no_line_and_what_comes_later_opens_another(
    db: Database, hotel: HotelId, bookings: list[Booking], clock: FixedClock
) -> None:
    booking, *_ = bookings
    await posted(db, booking, clock)
    async with db.hotel(hotel) as session:
        (first,) = await folios_of(session, booking.id)
        with pytest.raises(NotSettled):
            await close(session, first.id, reason=None, by="t", now=clock.now())
    payment = await paid(db, booking, booking.total, clock)
    async with db.hotel(hotel) as session:
        for _ in range(2):
            done = await close(session, first.id, reason=None, by="t", now=clock.now())
        assert done.closed_by == "t"
    async with db.hotel(hotel) as session:
        spa = Charge("addon", "Spa", 500, FIRST)
        with pytest.raises(FolioClosed):
            await post(session, await folio(session, first.id), spa, by="t")
        await session.rollback()

    night = update(BookingNight).where(BookingNight.night == FIRST)
    async with db.hotel(hotel) as session:
        await session.execute(night.where(BookingNight.booking_id == booking.id).values(price=9000))
    for _ in range(2):
        await posted(db, booking, clock)
    async with db.hotel(hotel) as session:
        _, second = await folios_of(session, booking.id)
        assert [(p.kind, p.amount) for p in await lines(session, second.id)] == [("room", -1050)]
        known = (
            await session.scalars(select(FolioLine).where(FolioLine.payment_id == payment))
        ).one()
        assert known.folio_id == first.id
        assert await balance(session, first.id) == 0
        await close(session, second.id, reason="kept for the next stay", by="t", now=clock.now())
        await reopen(session, first.id, reason="a minibar", by="t")
        await post(session, await folio(session, first.id), spa, by="t")
        assert await booking_balance(session, booking.id) == 500 - 1050
    assert {"folio.close", "folio.reopen"} <= set(await audited(db, hotel))


async def test_the_database_lets_no_line_into_a_closed_folio(
    db: Database, hotel: HotelId, bookings: list[Booking], clock: FixedClock
) -> None:
    async with db.hotel(hotel) as session:
        made = await main_folio(session, bookings[0])
        await close(session, made.id, reason=None, by="t", now=clock.now())
    line = (
        "INSERT INTO folio_lines (hotel_id, id, folio_id, business_date, kind, description, amount,"
        " posted_by) VALUES (:hotel, gen_random_uuid(), :folio, :day, 'addon', 'x', 1, 't')"
    )
    said = {"hotel": hotel, "folio": made.id, "day": FIRST}
    async with db.hotel(hotel) as session:
        with pytest.raises(DBAPIError, match="closed"):
            await session.execute(text(line), said)
        await session.rollback()


async def test_the_group_pays_the_nights_and_everybody_the_rest(
    db: Database, hotel: HotelId, bookings: list[Booking], clock: FixedClock
) -> None:
    leader, one, two = bookings
    await posted(db, two, clock)  # stands on its own folio before it comes along
    async with db.hotel(hotel) as session:
        master = await split(session, leader.id, name="Conference", by="t")
        await join_group(session, one.id, master.id, "nights", by="t")
        await join_group(session, two.id, master.id, "all", by="t")
        with pytest.raises(NotAGroup):
            await join_group(session, leader.id, (await main_folio(session, one)).id, "all", by="t")
        assert await owed(session, leader) == leader.total + one.total
        assert (await owed(session, one), await owed(session, two)) == (0, two.total)
    for booking in bookings:
        await posted(db, booking, clock)
        await posted(db, booking, clock)
    async with db.hotel(hotel) as session:
        own = await main_folio(session, one)
        await post(session, own, Charge("addon", "Spa", 500, FIRST), by="t")
        assert await balance(session, master.id) == one.total
        assert await booking_balance(session, leader.id) == leader.total + one.total
        assert await booking_balance(session, one.id) == await owed(session, one) == 500
        assert {line.booking_id for line in await lines(session, master.id)} == {one.id}
        (room, *_) = [x for x in await standing(session, two.id) if x.kind == "room"]
        await transfer(session, room.id, master.id, by="t")
        gone = [x.description for x in await lines(session, room.folio_id) if x.reverses_id]
        assert gone == [f"{room.description} (to folio {master.number} of {leader.code})"]
        assert await balance(session, master.id) == one.total + room.amount
        assert await owed(session, leader) == leader.total + one.total + room.amount
        assert await owed(session, two) == two.total - room.amount
        stray = await main_folio(session, leader)
        with pytest.raises(Conflict):
            await transfer(session, (await standing(session, one.id))[0].id, stray.id, by="t")
    await posted(db, two, clock)
    async with db.hotel(hotel) as session:
        whole = "SELECT sum(amount) FROM folio_lines"
        assert await session.scalar(text(whole)) == sum(b.total for b in bookings) + 500
        await leave_group(session, one.id, by="t")
        await session.execute(
            update(BookingNight).where(BookingNight.booking_id == one.id).values(price=9000)
        )
    await posted(db, one, clock)
    async with db.hotel(hotel) as session:
        assert await balance(session, master.id) == room.amount + one.tax
        assert await session.scalar(text(whole)) == sum(b.total for b in bookings) + 500 - 2 * 1050


async def test_extras_of_a_group_that_pays_all_go_to_its_folio(
    db: Database, hotel: HotelId, bookings: list[Booking], clock: FixedClock, settings: Settings
) -> None:
    leader, one, two = bookings
    async with db.hotel(hotel) as session:
        master = await split(session, leader.id, name="Conference", by="t")
        await join_group(session, one.id, master.id, "nights", by="t")
        await join_group(session, two.id, master.id, "all", by="t")
        own = {b.id: (await main_folio(session, b)).id for b in bookings}
        aside = await split(session, two.id, name="Own bar", by="t")
    spa = {"kind": "addon", "description": "Spa", "amount": 500, "tax": 50}
    async with calling(settings, db, hotel, clock) as call:
        for folio_id in (*own.values(), aside.id):
            assert (await call("POST", f"/folios/{folio_id}/lines", json=spa)).status_code == 201
    async with db.hotel(hotel) as session:
        said = [line.description for line in await lines(session, aside.id)]
        assert said == ["Spa", "Spa (tax)"]
        assert await balance(session, master.id) == 550
        assert {line.booking_id for line in await lines(session, master.id)} == {two.id}
        assert [await balance(session, own[b.id]) for b in bookings] == [550, 550, 0]
        assert await balance(session, aside.id) == 550
        assert await owed(session, leader) == sum(b.total for b in bookings) + 2 * 550
        assert (await owed(session, one), await owed(session, two)) == (550, 550)
