"""Bookings in a crowd: one winner, one booking a quote, stock given back once, no room too many."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from uuid import UUID

import httpx
import pytest
from sqlalchemy import func, select, text

from frontdesk.api.app import serving
from frontdesk.bookings.alternatives import taken
from frontdesk.bookings.cancel import cancel
from frontdesk.bookings.errors import PriceChanged, QuoteExpired, RoomTaken
from frontdesk.bookings.models import Booking, BookingNight, Hold, NightlyInventory, Quote
from frontdesk.bookings.queries import quote as quote_of
from frontdesk.bookings.quote import StayWish, hold, make_quote, release
from frontdesk.bookings.reserve import Yes, facts, reserve, reserve_at_once
from frontdesk.bookings.rules import policy_hash, stay_nights
from frontdesk.guests.actions import recognise
from frontdesk.kit.clock import FixedClock, SystemClock, local_day
from frontdesk.kit.db import Database
from frontdesk.kit.errors import Problem
from frontdesk.kit.ids import HotelId
from frontdesk.kit.settings import Settings
from frontdesk.messaging.models import OutboxEvent
from frontdesk.rooms.models import RoomType
from frontdesk.tenancy.models import AuditEntry
from frontdesk.tenancy.queries import the_hotel
from tests.slices.test_booking import FIRST, counters, quoted, room_of
from tests.slices.test_rest import Caller, key_of

BOOKERS = 64


async def copies(db: Database, hotel: HotelId, quote: Quote, count: int) -> list[UUID]:
    """The same quote again, as many guests would be given it."""
    query = text(
        "INSERT INTO quotes (hotel_id, id, code, guest_id, room_type_id, arrival, departure, rooms,"
        " adults, nights, total, tax, currency, policy, policy_hash, expires_at,"
        " rates_version)"
        " SELECT hotel_id, gen_random_uuid(), gen_random_uuid()::text, guest_id, room_type_id,"
        " arrival, departure, rooms, adults, nights, total, tax, currency, policy, policy_hash,"
        " expires_at, rates_version FROM quotes, generate_series(1, :count) WHERE id = :id"
        " RETURNING id"
    )
    async with db.hotel(hotel) as session:
        return list((await session.scalars(query, {"count": count, "id": quote.id})).all())


async def how_many(db: Database, hotel: HotelId, model: type) -> int:
    async with db.hotel(hotel) as session:
        return await session.scalar(select(func.count()).select_from(model)) or 0


async def test_two_hundred_for_the_last_room_leave_one_winner_and_alternatives(
    db: Database, hotel: HotelId, clock: FixedClock
) -> None:
    kind = await room_of(db, hotel)
    first = await quoted(db, hotel, kind, clock)
    async with db.hotel(hotel) as session:
        twin = RoomType(
            hotel_id=hotel, code="TWN", name="Twin", max_adults=2, max_guests=2, base_price=9000
        )
        session.add(twin)
        await session.flush()
        for night in stay_nights(FIRST, FIRST + timedelta(2)):
            session.add(
                NightlyInventory(
                    hotel_id=hotel, room_type_id=twin.id, night=night, capacity=1, price=9000
                )
            )
    quotes = await copies(db, hotel, first, 200)

    async def attempt(quote_id: UUID) -> Problem | None:
        try:
            await reserve_at_once(db, hotel, Yes(quote_id, "test", "rest"), now=clock.now())
        except RoomTaken:
            return await taken(db, hotel, quote_id, now=clock.now())
        return None

    lost = [found for found in await asyncio.gather(*map(attempt, quotes)) if found]
    assert len(lost) == 199
    assert {tuple(a["name"] for a in found.extra["alternatives"]) for found in lost} == {("Twin",)}
    assert await how_many(db, hotel, Booking) == 1
    async with db.hotel(hotel) as session:
        query = select(NightlyInventory).where(NightlyInventory.sold > 0)
        sold = (await session.scalars(query.order_by(NightlyInventory.night))).all()
    assert [(n.room_type_id, n.night, n.sold) for n in sold] == [
        (kind, FIRST, 1),
        (kind, FIRST + timedelta(1), 1),
    ]


class SameCode(Yes):
    """What happens once in a hundred thousand bookings of a large hotel."""

    def arguments(self, now: datetime) -> dict[str, object]:
        return {**super().arguments(now), "code": "ABC234"}


async def test_a_code_that_is_taken_grows_longer(
    db: Database, hotel: HotelId, clock: FixedClock
) -> None:
    kind = await room_of(db, hotel, capacity=2)
    first = await quoted(db, hotel, kind, clock)
    quotes = await copies(db, hotel, first, 2)
    made = [
        await reserve_at_once(db, hotel, SameCode(q, "test", "rest"), now=clock.now())
        for q in quotes
    ]
    assert [booking.code for booking in made] == ["ABC234", "ABC234AB"]


async def test_a_year_of_random_stays_by_64_bookers_oversells_no_night(
    db: Database, hotel: HotelId, clock: FixedClock
) -> None:
    kind = await room_of(db, hotel, capacity=2, days=365)
    chance = random.Random(2026)  # noqa: S311 - the same stays in every run
    booked: list[Booking] = []

    async def book(booker: int) -> None:
        for _ in range(4):
            arrival = FIRST + timedelta(int(chance.triangular(0, 350, 20)))
            wish = StayWish(arrival, arrival + timedelta(chance.randint(1, 6)), 2)
            try:
                async with db.hotel(hotel) as session:
                    guest = await recognise(
                        session, hotel, None, f"346001112{booker:02d}@c.us", name="A"
                    )
                    house = await the_hotel(session)
                    made = await make_quote(session, house, wish, kind, guest.id, now=clock.now())
                    if chance.random() < 0.3:
                        await hold(session, made.id, now=clock.now())
                yes = Yes(made.id, "test", "rest")
                booked.append(await reserve_at_once(db, hotel, yes, now=clock.now()))
            except RoomTaken:
                continue
            if chance.random() < 0.2:
                async with db.hotel(hotel) as session:
                    await cancel(session, booked.pop().id, by="test", now=clock.now())

    async with asyncio.timeout(60):
        await asyncio.gather(*(book(n) for n in range(BOOKERS)))
    left = Counter(night for stay in booked for night in stay_nights(stay.arrival, stay.departure))
    assert len(booked) > BOOKERS / 2
    async with db.hotel(hotel) as session:
        nights = (await session.scalars(select(NightlyInventory))).all()
    assert {n.night: (n.sold, n.held) for n in nights} == {
        n.night: (left[n.night], 0) for n in nights
    }
    assert max(left.values()) == 2


async def test_a_quote_confirmed_in_a_crowd_is_one_booking(
    db: Database, hotel: HotelId, clock: FixedClock
) -> None:
    quote = await quoted(db, hotel, await room_of(db, hotel, capacity=9), clock)
    yes = Yes(quote.id, "test", "rest")

    async def inside() -> Booking:
        async with db.hotel(hotel) as session:
            return await reserve(session, yes, now=clock.now())

    tries = [reserve_at_once(db, hotel, yes, now=clock.now()) for _ in range(10)]
    given = await asyncio.gather(*tries, *(inside() for _ in range(10)))
    assert len({booking.id for booking in given}) == 1
    assert (await counters(db, hotel))[:3] == [(1, 0), (1, 0), (0, 0)]
    assert await how_many(db, hotel, BookingNight) == 2
    async with db.hotel(hotel) as session:
        of_stays = OutboxEvent.event_type.startswith("booking.")
        event = (await session.scalars(select(OutboxEvent).where(of_stays))).one()
        line = (await session.scalars(select(AuditEntry))).one()
    assert event.payload == facts(given[0])
    assert (line.action, line.subject) == ("booking.create", f"booking:{given[0].id}")
    assert line.new == {"code": given[0].code, "total": quote.total, "quote": str(quote.id)}


async def test_parallel_cancels_give_the_nights_back_once(
    db: Database, hotel: HotelId, clock: FixedClock
) -> None:
    kind = await room_of(db, hotel, capacity=3)
    first, second = [await quoted(db, hotel, kind, clock) for _ in range(2)]
    for quote in (first, second):
        stay = await reserve_at_once(db, hotel, Yes(quote.id, "test", "rest"), now=clock.now())

    async def give_back() -> None:
        async with db.hotel(hotel) as session:
            await cancel(session, stay.id, by="test", now=clock.now())

    await asyncio.gather(*(give_back() for _ in range(10)))
    assert (await counters(db, hotel))[:2] == [(1, 0), (1, 0)]
    async with db.hotel(hotel) as session:
        types = (await session.scalars(select(OutboxEvent.event_type))).all()
    told = Counter(t for t in types if t != "guest.created")
    assert told == {"booking.created": 2, "booking.cancelled": 1}


async def test_a_lapsed_hold_gives_its_nights_back_once(
    db: Database, hotel: HotelId, clock: FixedClock
) -> None:
    kind = await room_of(db, hotel, capacity=2)
    lapsed = await quoted(db, hotel, kind, clock, nights=4)
    async with db.hotel(hotel) as session:
        await hold(session, lapsed.id, now=clock.now())
    clock.advance(timedelta(minutes=31))
    quotes = await copies(db, hotel, await quoted(db, hotel, kind, clock), 8)

    async def attempt(quote_id: UUID) -> bool:
        try:
            await reserve_at_once(db, hotel, Yes(quote_id, "test", "rest"), now=clock.now())
        except RoomTaken:
            return False
        return True

    async def let_go() -> bool:
        async with db.hotel(hotel) as session:
            await release(session, lapsed.id)
        return False

    tries = await asyncio.gather(*map(attempt, quotes), let_go(), let_go())
    assert sum(tries) == 2
    assert (await counters(db, hotel))[:5] == [(2, 0), (2, 0), (0, 0), (0, 0), (0, 0)]
    async with db.hotel(hotel) as session:
        assert (await session.scalars(select(Hold.status))).all() == ["released"]


async def test_overlapping_stays_and_lapsed_holds_never_wait_in_a_circle(
    db: Database, hotel: HotelId, clock: FixedClock
) -> None:
    kind = await room_of(db, hotel, capacity=60)
    lapsed = [await quoted(db, hotel, kind, clock, nights=n) for n in (5, 3, 7, 2)]
    for quote in lapsed:
        async with db.hotel(hotel) as session:
            await hold(session, quote.id, now=clock.now())
    clock.advance(timedelta(minutes=31))
    quotes: list[UUID] = []
    for nights in (6, 2, 4):
        made = await quoted(db, hotel, kind, clock, nights=nights)
        quotes += await copies(db, hotel, made, 10)
    yeses = [Yes(quote_id, "test", "rest") for quote_id in quotes]
    await asyncio.gather(*(reserve_at_once(db, hotel, yes, now=clock.now()) for yes in yeses))
    assert (await counters(db, hotel))[:7] == [(30, 0)] * 2 + [(20, 0)] * 2 + [(10, 0)] * 2 + [
        (0, 0)
    ]


async def test_a_policy_that_was_tampered_with_is_refused(
    db: Database, hotel: HotelId, clock: FixedClock
) -> None:
    quote = await quoted(db, hotel, await room_of(db, hotel), clock)
    async with db.hotel(hotel) as session:
        stored = await quote_of(session, quote.id)
        assert policy_hash(stored.policy) == stored.policy_hash
        stored.policy = {**stored.policy, "fee": 1}
    with pytest.raises(PriceChanged):
        await reserve_at_once(db, hotel, Yes(quote.id, "test", "rest"), now=clock.now())
    assert (await counters(db, hotel))[0] == (0, 0)


async def test_an_expired_quote_is_not_booked_at_once_either(
    db: Database, hotel: HotelId, clock: FixedClock
) -> None:
    quote = await quoted(db, hotel, await room_of(db, hotel), clock)
    clock.advance(timedelta(minutes=31))
    with pytest.raises(QuoteExpired):
        await reserve_at_once(db, hotel, Yes(quote.id, "test", "rest"), now=clock.now())


@pytest.fixture
async def call(settings: Settings, db: Database, hotel: HotelId) -> AsyncIterator[Caller]:
    async with (
        serving(settings) as app,
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://t") as opened,
    ):
        yield Caller(opened, await key_of(db, hotel))


async def rest_quotes(call: Caller, hotel: HotelId, count: int) -> list[str]:
    """One room, and open quotes for it, by the API alone."""
    here = f"/v1/hotels/{hotel}"
    room = {"code": "DBL", "name": "Double", "max_adults": 2, "max_guests": 3, "base_price": 10000}
    kind = (await call("POST", f"{here}/room-types", json=room)).json()["id"]
    first = local_day(SystemClock().now(), "Europe/Madrid") + timedelta(3)
    nights = {"first": str(first), "days": 5, "capacity": 1, "price": 10000}
    await call("PUT", f"{here}/room-types/{kind}/nights", json=nights)
    stay = {"arrival": str(first), "departure": str(first + timedelta(2)), "adults": 2}
    made = [
        await call(
            "POST",
            f"{here}/quotes",
            json={**stay, "room_type_id": kind, "guest_phone": f"3460011122{n}", "guest_name": "A"},
        )
        for n in range(count)
    ]
    return [answer.json()["id"] for answer in made]


async def test_one_idempotency_key_in_parallel_is_one_booking(
    call: Caller, db: Database, hotel: HotelId
) -> None:
    (quote,) = await rest_quotes(call, hotel, 1)
    ask = {"json": {"quote_id": quote}, "headers": {"Idempotency-Key": "one"}}
    answers = await asyncio.gather(
        *(call("POST", f"/v1/hotels/{hotel}/bookings", **ask) for _ in range(12))
    )
    assert {a.status_code for a in answers} <= {201, 409}
    assert len({a.json()["id"] for a in answers if a.status_code == 201}) == 1
    again = await call("POST", f"/v1/hotels/{hotel}/bookings", **ask)
    assert again.json() in [a.json() for a in answers]
    assert await how_many(db, hotel, Booking) == 1


@pytest.mark.parametrize("key", [{}, {"Idempotency-Key": "two"}])
async def test_who_comes_too_late_is_told_what_else_is_free(
    call: Caller, hotel: HotelId, key: dict[str, str]
) -> None:
    first, second = await rest_quotes(call, hotel, 2)
    path = f"/v1/hotels/{hotel}/bookings"
    assert (await call("POST", path, json={"quote_id": first}, headers=key)).status_code == 201
    key = dict.fromkeys(key, "three")
    late = await call("POST", path, json={"quote_id": second}, headers=key)
    assert (late.status_code, late.json()["type"]) == (409, "urn:frontdesk:problem:room_taken")
    assert late.json()["alternatives"] == []
