"""reserve() a second over a bare UPDATE of the same nights; hot nights over spread; oversold."""

import asyncio
import time
from datetime import timedelta

import asyncpg

from benches.common import ground, hotel_with_number, median, steady
from frontdesk.bookings.errors import RoomTaken
from frontdesk.bookings.inventory import open_nights
from frontdesk.bookings.quote import StayWish, make_quote
from frontdesk.bookings.reserve import reserve
from frontdesk.bookings.rules import stay_nights
from frontdesk.guests.actions import recognise
from frontdesk.kit.clock import SystemClock, local_day
from frontdesk.kit.db import plain_url
from frontdesk.rooms.models import RoomType
from frontdesk.tenancy.queries import the_hotel

BOOKERS = 16
STAYS = 320
ROUNDS = 5
CAPACITY = 20
BARE = (
    "UPDATE nightly_inventory SET sold = sold + 1"
    " WHERE hotel_id = $1 AND room_type_id = $2 AND night >= $3 AND night < $4"
    " AND sold + held + 1 <= capacity + allowance"
)


async def run() -> dict[str, object]:
    async with ground() as at:
        clock = SystemClock()
        today = local_day(clock.now(), "Europe/Madrid")
        hotel, _ = await hotel_with_number(at, 0)
        async with at.db.hotel(hotel) as session:
            kinds = []
            for code in ("BARE", "HOT", "SPREAD"):
                kind = RoomType(
                    hotel_id=hotel,
                    code=code,
                    name=code,
                    max_adults=2,
                    max_guests=2,
                    base_price=10000,
                )
                session.add(kind)
                kinds.append(kind)
            await session.flush()
            for kind in kinds:
                prices = dict.fromkeys(stay_nights(today, today + timedelta(days=400)), 10000)
                await open_nights(
                    session,
                    hotel,
                    kind.id,
                    first=today,
                    days=400,
                    capacity=100_000,
                    prices=prices,
                )
            guest = (await recognise(session, hotel, None, "34600111222@c.us", name="A")).id
        pool = [await asyncpg.connect(plain_url(at.settings.database_url)) for _ in range(BOOKERS)]
        for connection in pool:
            await connection.execute("SELECT set_config('app.hotel_id', $1, false)", str(hotel))
        bare, hot, spread = kinds

        async def bare_round() -> float:
            async def one(n: int) -> None:
                for k in range(n, STAYS, BOOKERS):
                    first = today + timedelta(days=1 + (k * 3) % 360)
                    await pool[n].execute(BARE, hotel, bare.id, first, first + timedelta(days=2))

            return await _timed(one)

        async def reserve_round(kind: RoomType, *, apart: int) -> float:
            quotes = []
            async with at.db.hotel(hotel) as session:
                house = await the_hotel(session)
                for k in range(STAYS):
                    first = today + timedelta(days=1 + (k * apart) % 360)
                    wish = StayWish(first, first + timedelta(days=2), 2)
                    made = await make_quote(session, house, wish, kind.id, guest, now=clock.now())
                    quotes.append(made.id)

            async def one(n: int) -> None:
                for k in range(n, STAYS, BOOKERS):
                    async with at.db.hotel(hotel) as session:
                        await reserve(
                            session, quotes[k], by="bench", source="rest", now=clock.now()
                        )

            return await _timed(one)

        rates = {"bare": [], "hot": [], "spread": []}
        for n in range(ROUNDS):
            order = ["bare", "hot", "spread"] if n % 2 == 0 else ["spread", "hot", "bare"]
            for name in order:
                if name == "bare":
                    rates[name].append(await bare_round())
                elif name == "hot":
                    rates[name].append(await reserve_round(hot, apart=0))
                else:
                    rates[name].append(await reserve_round(spread, apart=3))
        oversold = await _oversold(at, hotel, guest, spread, today, clock)
        for connection in pool:
            await connection.close()
        return {
            "ratio": round(median(rates["spread"]) / median(rates["bare"]), 3),
            "reserve_per_s": round(median(rates["spread"])),
            "bare_update_per_s": round(median(rates["bare"])),
            "hot_over_spread": round(median(rates["hot"]) / median(rates["spread"]), 2),
            "oversold": oversold,
            "steady": steady(rates["bare"]),
        }


async def _timed(one) -> float:
    start = time.perf_counter()
    await asyncio.gather(*(one(n) for n in range(BOOKERS)))
    return STAYS / (time.perf_counter() - start)


async def _oversold(at, hotel, guest, kind, today, clock) -> int:
    """64 bookers at once for a night with 20 rooms: how many more than 20 got one."""
    first = today + timedelta(days=390)
    async with at.db.hotel(hotel) as session:
        await open_nights(
            session,
            hotel,
            kind.id,
            first=first,
            days=1,
            capacity=CAPACITY,
            prices={first: 10000},
        )
        house = await the_hotel(session)
        quotes = [
            (
                await make_quote(
                    session,
                    house,
                    StayWish(first, first + timedelta(days=1), 2),
                    kind.id,
                    guest,
                    now=clock.now(),
                )
            ).id
            for _ in range(64)
        ]

    async def attempt(quote) -> bool:
        try:
            async with at.db.hotel(hotel) as session:
                await reserve(session, quote, by="bench", source="rest", now=clock.now())
        except RoomTaken:
            return False
        return True

    return sum(await asyncio.gather(*(attempt(q) for q in quotes))) - CAPACITY
