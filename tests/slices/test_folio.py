"""The folio: only ever added to, always footing, whatever is charged, split, moved and reversed."""

import asyncio
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings.cancel import cancel
from frontdesk.bookings.entries import (
    Charge,
    NotByHand,
    Reversed,
    post,
    reverse,
    standing,
    transfer,
)
from frontdesk.bookings.folio import (
    CHARGES,
    balance,
    booking_balance,
    folios_of,
    lines,
    main_folio,
    split,
)
from frontdesk.bookings.folio_models import Folio, FolioLine
from frontdesk.bookings.learn import learn
from frontdesk.bookings.models import Booking, BookingNight
from frontdesk.bookings.payment_models import Payment
from frontdesk.bookings.payments import Sum, take
from frontdesk.bookings.posting import post_nights, post_stay
from frontdesk.bookings.provider import Told
from frontdesk.bookings.refund import NotRefundable, give_back
from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database
from frontdesk.kit.errors import Conflict
from frontdesk.kit.ids import HotelId
from tests.slices.test_booking import FIRST, booked, quoted, room_of

DAY = date(2026, 11, 21)


@pytest.fixture
async def booking(db: Database, hotel: HotelId, other_hotel: HotelId, clock: FixedClock) -> Booking:
    kind = await room_of(db, hotel, capacity=5)
    return await booked(db, hotel, await quoted(db, hotel, kind, clock, nights=3), clock)


def lines_of_night(night: BookingNight) -> list[tuple[str, date, int]]:
    """The room, then a tax a line, by name: here that is by amount, too."""
    city, vat = sorted(t["amount"] for t in night.taxes)
    taxes = [("tax", night.night, amount) for amount in (city, vat)]
    return [("room", night.night, night.price), *taxes]


async def opened(db: Database, booking: Booking) -> UUID:
    async with db.hotel(booking.hotel_id) as session:
        return (await main_folio(session, booking)).id


async def charged(db: Database, hotel: HotelId, folio_id: UUID, amount: int) -> FolioLine:
    async with db.hotel(hotel) as session:
        to = (await session.scalars(select(Folio).where(Folio.id == folio_id))).one()
        return await post(session, to, Charge("addon", "Spa", amount, DAY), by="t")


async def test_nights_are_posted_on_their_own_date_at_the_price_they_were_sold_at(
    db: Database, hotel: HotelId, booking: Booking, clock: FixedClock
) -> None:
    last = FIRST + timedelta(days=1)
    for _ in range(2):
        async with db.hotel(hotel) as session:
            done = await post_stay(session, booking.id, through=last, by="t", now=clock.now())
    async with db.hotel(hotel) as session:
        posted = await lines(session, done.id)
        nights = (await session.scalars(select(BookingNight).order_by(BookingNight.night))).all()
        owed = await balance(session, done.id)
    assert [(p.kind, p.business_date, p.amount) for p in posted] == [
        line for night in nights[:2] for line in lines_of_night(night)
    ]
    assert [p.description.partition(",")[0] for p in posted[:3]] == ["Room", "City", "VAT"]
    assert owed == sum(n.price + n.tax for n in nights[:2]) > 0


async def test_a_cancelled_stay_owes_its_fee_and_no_nights(
    db: Database, hotel: HotelId, booking: Booking, clock: FixedClock
) -> None:
    clock.advance(timedelta(days=12))
    last = FIRST + timedelta(days=5)
    async with db.hotel(hotel) as session:
        await post_stay(session, booking.id, through=last, by="t", now=clock.now())
    async with db.hotel(hotel) as session:
        done = await cancel(session, booking.id, by="t", now=clock.now())
        assert await booking_balance(session, booking.id) == done.cancel_fee > 0
    for _ in range(2):
        async with db.hotel(hotel) as session:
            owed = await post_stay(session, booking.id, through=last, by="t", now=clock.now())
    async with db.hotel(hotel) as session:
        posted = await lines(session, owed.id)
        assert await balance(session, owed.id) == done.cancel_fee
        fee = next(line for line in posted if line.kind == "fee")
        await reverse(session, fee.id, reason="waived", by="t")
    async with db.hotel(hotel) as session:
        await post_stay(session, booking.id, through=last, by="t", now=clock.now())
        assert await balance(session, owed.id) == 0


async def test_a_night_that_was_repriced_or_lost_is_reversed_and_posted_anew(
    db: Database, hotel: HotelId, booking: Booking, clock: FixedClock, owner: asyncpg.Connection
) -> None:
    last = FIRST + timedelta(days=5)
    async with db.hotel(hotel) as session:
        await post_stay(session, booking.id, through=last, by="t", now=clock.now())
        await session.execute(
            update(BookingNight).where(BookingNight.night == FIRST).values(price=5000)
        )
    async with db.hotel(hotel) as session:
        done = await post_stay(session, booking.id, through=last, by="t", now=clock.now())
        nights = (await session.scalars(select(BookingNight))).all()
        assert await balance(session, done.id) == sum(n.price + n.tax for n in nights)
        assert len([p for p in await lines(session, done.id) if p.reverses_id]) == 1


async def test_the_night_audit_posts_every_stay_in_the_house(
    db: Database, hotel: HotelId, booking: Booking, clock: FixedClock
) -> None:
    async with db.hotel(hotel) as session:
        await session.execute(update(Booking).values(status="checked_in"))
    async with db.hotel(hotel) as session:
        assert await post_nights(session, day=FIRST, by="t", now=clock.now()) == 1
        assert await post_nights(session, day=FIRST - timedelta(1), by="t", now=clock.now()) == 0
        nights = (await session.scalars(select(BookingNight).order_by(BookingNight.night))).all()
        assert await booking_balance(session, booking.id) == nights[0].price + nights[0].tax


async def test_what_was_posted_ahead_is_not_taken_back_by_a_night_audit_before_it(
    db: Database, hotel: HotelId, booking: Booking, clock: FixedClock
) -> None:
    """Who settles the evening before, or leaves on the day of arrival, has nights ahead of it."""
    last = FIRST + timedelta(days=5)
    async with db.hotel(hotel) as session:
        await session.execute(update(Booking).values(status="checked_in"))
        done = await post_stay(session, booking.id, through=last, by="t", now=clock.now())
    async with db.hotel(hotel) as session:
        posted = len(await lines(session, done.id))
        owed = await balance(session, done.id)
        assert await post_nights(session, day=FIRST, by="t", now=clock.now()) == 1
        before = FIRST - timedelta(1)
        await post_stay(session, booking.id, through=before, by="t", now=clock.now())
        assert (len(await lines(session, done.id)), await balance(session, done.id)) == (
            posted,
            owed,
        )


@pytest.mark.parametrize("model", [FolioLine])
async def test_nobody_changes_or_takes_away_a_line(
    db: Database,
    hotel: HotelId,
    booking: Booking,
    owner: asyncpg.Connection,
    server,
    model: type,
) -> None:
    line = await charged(db, hotel, await opened(db, booking), 100)
    for statement in (update(model).values(amount=1), delete(model)):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with db.hotel(hotel) as session:
                await session.execute(statement)
    database = await owner.fetchval("SELECT current_database()")
    root = await asyncpg.connect(server.superuser.rpartition("/")[0] + f"/{database}")
    for said in ("UPDATE folio_lines SET amount = 1", "DELETE FROM folio_lines"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="never changed"):
            await root.execute(f"{said} WHERE id = '{line.id}'")
    await root.close()


async def test_the_database_refuses_a_reversal_that_is_no_mirror(
    db: Database, hotel: HotelId, booking: Booking
) -> None:
    line = await charged(db, hotel, await opened(db, booking), 100)
    for wrong in ({"amount": -99}, {"kind": "fee"}, {"business_date": DAY + timedelta(1)}):
        fields = {
            "hotel_id": hotel,
            "folio_id": line.folio_id,
            "kind": "addon",
            "description": "x",
            "amount": -100,
            "business_date": DAY,
            "reverses_id": line.id,
            "posted_by": "t",
        }
        with pytest.raises(DBAPIError, match="a reversal mirrors its line"):
            async with db.hotel(hotel) as session:
                session.add(FolioLine(**{**fields, **wrong}))


async def test_of_many_reversals_at_once_one_counts(
    db: Database, hotel: HotelId, booking: Booking
) -> None:
    line = await charged(db, hotel, await opened(db, booking), 100)

    async def attempt() -> bool:
        try:
            async with db.hotel(hotel) as session:
                await reverse(session, line.id, reason="r", by="t")
        except Reversed:
            return False
        return True

    assert sorted(await asyncio.gather(*(attempt() for _ in range(8)))) == [False] * 7 + [True]
    async with db.hotel(hotel) as session:
        assert await balance(session, line.folio_id) == 0


async def test_a_payment_is_refunded_and_not_reversed_and_never_beyond_itself(
    db: Database, hotel: HotelId, booking: Booking, clock: FixedClock
) -> None:
    async with db.hotel(hotel) as session:
        paid = await take(session, booking.id, Sum(500), method="cash", reference=None, by="t")
        await learn(session, paid, Told(paid=500), by="t", now=clock.now())
        (line,) = await lines(session, paid.folio_id)
    with pytest.raises(NotByHand):
        async with db.hotel(hotel) as session:
            await reverse(session, line.id, reason="r", by="t")

    async def attempt() -> bool:
        try:
            async with db.hotel(hotel) as session:
                await give_back(session, paid.id, 200, reason=None, by="t", now=clock.now())
        except NotRefundable:
            return False
        return True

    assert sum(await asyncio.gather(*(attempt() for _ in range(6)))) == 2
    async with db.hotel(hotel) as session:
        known = (await session.scalars(select(Payment))).one()
        assert (known.status, known.refunded_amount) == ("partially_refunded", 400)
        assert await balance(session, known.folio_id) == -100
        await give_back(session, paid.id, None, reason=None, by="t", now=clock.now())
        assert (known.status, await balance(session, known.folio_id)) == ("refunded", 0)


@dataclass
class Desk:
    """Does one deed after another, and keeps a plain sum beside the folios."""

    session: AsyncSession
    booking: Booking
    now: datetime
    expected: int = 0
    payments: list[Payment] = field(default_factory=list)

    async def do(self, what: str, amount: int, which: int) -> None:
        folios = await folios_of(self.session, self.booking.id)
        await getattr(self, what)(folios[which % len(folios)], amount, which)

    async def _free(self, which: int) -> FolioLine | None:
        charges = [
            line for line in await standing(self.session, self.booking.id) if line.kind in CHARGES
        ]
        return charges[which % len(charges)] if charges else None

    async def charge(self, to: Folio, amount: int, which: int) -> None:
        signed = amount if which % 3 else -amount
        await post(self.session, to, Charge("addon", "x", signed, DAY), by="t")
        self.expected += signed

    async def reverse(self, to: Folio, amount: int, which: int) -> None:
        line = await self._free(which)
        if line is not None:
            await reverse(self.session, line.id, reason="r", by="t")
            self.expected -= line.amount

    async def move(self, to: Folio, amount: int, which: int) -> None:
        line = await self._free(which)
        if line is not None and line.folio_id == to.id:
            with pytest.raises(Conflict, match="already"):
                await transfer(self.session, line.id, to.id, by="t")
        elif line is not None:
            await transfer(self.session, line.id, to.id, by="t")

    async def split(self, to: Folio, amount: int, which: int) -> None:
        if to.number < 4:
            await split(self.session, self.booking.id, name="n", by="t")

    async def pay(self, to: Folio, amount: int, which: int) -> None:
        wanted = Sum(amount, folio_id=to.id)
        made = await take(
            self.session, self.booking.id, wanted, method="cash", reference=None, by="t"
        )
        await learn(self.session, made, Told(paid=amount), by="t", now=self.now)
        self.payments.append(made)
        self.expected -= amount

    async def refund(self, to: Folio, amount: int, which: int) -> None:
        left = [p for p in self.payments if p.paid_amount > p.refunded_amount]
        if left:
            paid = left[which % len(left)]
            back = amount % (paid.paid_amount - paid.refunded_amount) + 1
            await give_back(self.session, paid.id, back, reason=None, by="t", now=self.now)
            self.expected += back


DEEDS = st.lists(
    st.tuples(
        st.sampled_from(["charge", "reverse", "move", "split", "pay", "refund"]),
        st.integers(1, 10**9),
        st.integers(0, 30),
    ),
    max_size=25,
)


@given(deeds=DEEDS)
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_whatever_is_done_the_balance_foots(
    db: Database, hotel: HotelId, booking: Booking, clock: FixedClock, deeds: list
) -> None:
    """A plain sum kept beside the folios agrees with all of them after every deed."""
    async with db.hotel(hotel) as session:
        await main_folio(session, booking)
        desk = Desk(session, booking, clock.now(), await booking_balance(session, booking.id))
        for deed in deeds:
            await desk.do(*deed)
            sums = [await balance(session, f.id) for f in await folios_of(session, booking.id)]
            assert sum(sums) == desk.expected == await booking_balance(session, booking.id)
