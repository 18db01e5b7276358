"""Many guests' yes in one transaction: each is answered as if it had come alone."""

import asyncio
from collections import Counter
from datetime import datetime, timedelta
from itertools import chain
from uuid import UUID, uuid4

from sqlalchemy import func, select, text, update

from frontdesk.bookings.errors import (
    NoSuchQuote,
    PriceChanged,
    QuoteExpired,
    RoomTaken,
)
from frontdesk.bookings.models import Booking, BookingNight, Hold, Quote
from frontdesk.bookings.quote import hold
from frontdesk.bookings.reserve import Yes, facts, reserve_at_once
from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database, open_database
from frontdesk.kit.errors import Problem
from frontdesk.kit.ids import HotelId
from frontdesk.kit.settings import Settings
from frontdesk.messaging.models import OutboxEvent
from frontdesk.tenancy.models import AuditEntry
from tests.slices.test_booking import counters, quoted, room_of
from tests.slices.test_booking_races import SameCode, copies


async def crowd(
    db: Database, hotel: HotelId, yeses: list[Yes], now: datetime
) -> list[Booking | type[Problem]]:
    async def attempt(yes: Yes) -> Booking | type[Problem]:
        try:
            return await reserve_at_once(db, hotel, yes, now=now)
        except Problem as refused:
            return type(refused)

    return await asyncio.gather(*map(attempt, yeses))


async def spoil(db: Database, hotel: HotelId, quote_id: UUID, **values: object) -> None:
    async with db.hotel(hotel) as session:
        await session.execute(update(Quote).where(Quote.id == quote_id).values(**values))


async def test_each_of_a_group_hears_what_it_would_hear_alone(
    db: Database, hotel: HotelId, other_hotel: HotelId, clock: FixedClock
) -> None:
    kind = await room_of(db, hotel, capacity=12)
    foreign = await quoted(db, other_hotel, await room_of(db, other_hotel), clock)
    pattern = await quoted(db, hotel, kind, clock)
    late, bent, dear, old, kept, *plain = await copies(db, hotel, pattern, 9)
    await spoil(db, hotel, late, expires_at=clock.now())
    await spoil(db, hotel, bent, policy={"fee": 1})
    await spoil(db, hotel, dear, rates_version=uuid4(), nights=[])
    await spoil(db, hotel, old, rates_version=uuid4())
    async with db.hotel(hotel) as session:
        await hold(session, kept, now=clock.now())
    asked = [late, bent, dear, uuid4(), foreign.id, old, kept, *plain, plain[0]]
    given = await crowd(
        db, hotel, [Yes(q, f"b{n}", "rest") for n, q in enumerate(asked)], clock.now()
    )
    assert given[:5] == [QuoteExpired, PriceChanged, PriceChanged, NoSuchQuote, NoSuchQuote]
    made = [b for b in given[5:] if isinstance(b, Booking)]
    assert [b.quote_id for b in made] == asked[5:]
    assert made[-1].id == made[2].id
    assert (await counters(db, hotel))[:3] == [(6, 0), (6, 0), (0, 0)]
    assert (await counters(db, other_hotel))[0] == (0, 0)
    async with db.hotel(hotel) as session:
        assert (await session.scalars(select(Hold.status))).all() == ["taken"]
        lines = {a.subject: a for a in (await session.scalars(select(AuditEntry))).all()}
        of_stays = select(OutboxEvent).where(OutboxEvent.event_type == "booking.created")
        told = {e.aggregate_id: e for e in (await session.scalars(of_stays)).all()}
        booked = (await session.scalars(select(Booking))).all()
        nights = (await session.scalars(select(BookingNight))).all()
        queued = await session.scalar(
            text("SELECT count(DISTINCT subject_id) FROM search_queue WHERE kind = 'bookings'")
        )
    assert {b.id for b in booked} == {b.id for b in made}
    assert Counter(n.booking_id for n in nights) == {b.id: 2 for b in booked}
    assert sum(n.price + n.tax for n in nights) == 6 * pattern.total
    assert (len(told), len(lines), queued) == (6, 6, 6)
    for stay in booked:
        line = lines[f"booking:{stay.id}"]
        by = line.actor if stay.quote_id != plain[0] else "b7"
        assert (line.action, asked.index(stay.quote_id)) == ("booking.create", int(by[1:]))
        assert line.new == {"code": stay.code, "total": stay.total, "quote": str(stay.quote_id)}
        assert told[stay.id].payload == facts(stay)


async def test_a_group_takes_what_there_is_and_the_rest_hear_that_it_is_gone(
    db: Database, hotel: HotelId, clock: FixedClock
) -> None:
    kind = await room_of(db, hotel, capacity=3)
    long = await copies(db, hotel, await quoted(db, hotel, kind, clock, nights=4), 30)
    short = await copies(db, hotel, await quoted(db, hotel, kind, clock), 30)
    mixed = [q for pair in zip(long, short, strict=True) for q in pair]
    for _ in range(2):
        given = await crowd(db, hotel, [Yes(q, "t", "rest") for q in mixed], clock.now())
        assert Counter(type(g) if isinstance(g, Booking) else g for g in given) == {
            Booking: 3,
            RoomTaken: 57,
        }
    async with db.hotel(hotel) as session:
        assert await session.scalar(select(func.count()).select_from(Booking)) == 3
    assert max(sold for sold, _ in await counters(db, hotel)) == 3


async def test_a_group_that_the_database_refuses_is_taken_one_by_one(
    db: Database, hotel: HotelId, clock: FixedClock
) -> None:
    kind = await room_of(db, hotel, capacity=9)
    quotes = await copies(db, hotel, await quoted(db, hotel, kind, clock), 2)
    given = await crowd(db, hotel, [SameCode(q, "t", "rest") for q in quotes], clock.now())
    assert sorted(b.code for b in given if isinstance(b, Booking)) == ["ABC234", "ABC234AB"]


class CodeOf(Yes):
    def arguments(self, now: datetime) -> dict[str, object]:
        return {**super().arguments(now), "code": self.by}


async def test_two_who_draw_the_same_code_at_the_same_time_both_get_their_room(
    db: Database, settings: Settings, hotel: HotelId, clock: FixedClock
) -> None:
    kind = await room_of(db, hotel, capacity=12)
    quotes = await copies(db, hotel, await quoted(db, hotel, kind, clock), 12)
    twin = open_database(settings)
    try:
        for n, pair in enumerate(zip(quotes[::2], quotes[1::2], strict=True)):
            yeses = [CodeOf(q, f"PAIR{n}", "rest") for q in pair]
            given = await asyncio.gather(
                crowd(db, hotel, yeses[:1], clock.now()), crowd(twin, hotel, yeses[1:], clock.now())
            )
            assert all(isinstance(b, Booking) for b in chain(*given))
    finally:
        await twin.close()


async def test_groups_of_two_processes_and_lapsed_holds_never_wait_in_a_circle(
    db: Database, settings: Settings, hotel: HotelId, clock: FixedClock
) -> None:
    kind = await room_of(db, hotel, capacity=40)
    for nights in (5, 3, 7):
        lapsed = await quoted(db, hotel, kind, clock, nights=nights)
        async with db.hotel(hotel) as session:
            await hold(session, lapsed.id, now=clock.now())
    clock.advance(timedelta(minutes=31))
    quotes: list[UUID] = []
    for nights in (6, 2, 4):
        quotes += await copies(db, hotel, await quoted(db, hotel, kind, clock, nights=nights), 10)
    yeses = [Yes(q, "t", "rest") for q in quotes]
    twin = open_database(settings)
    try:
        first, second = await asyncio.gather(
            crowd(db, hotel, yeses, clock.now()), crowd(twin, hotel, yeses[::-1], clock.now())
        )
    finally:
        await twin.close()
    assert [b.id for b in first if isinstance(b, Booking)] == [
        b.id for b in reversed(second) if isinstance(b, Booking)
    ]
    assert (await counters(db, hotel))[:6] == [(30, 0)] * 2 + [(20, 0)] * 2 + [(10, 0)] * 2
