"""Bookings a second over a bare UPDATE of the same nights; hot nights over spread; oversold."""

import asyncio
import json
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

import asyncpg

from benches.common import Ground, cpu_seconds, ground, hotel_with_number, median, steady
from frontdesk.bookings.errors import RoomTaken
from frontdesk.bookings.inventory import open_nights
from frontdesk.bookings.quote import StayWish, make_quote
from frontdesk.bookings.reserve import Yes, reserve, reserve_at_once
from frontdesk.bookings.reserve_once import reserve_once
from frontdesk.bookings.rules import new_code, stay_nights
from frontdesk.guests.actions import recognise
from frontdesk.kit.clock import SystemClock, local_day
from frontdesk.kit.db import plain_url
from frontdesk.kit.ids import HotelId, uuid7
from frontdesk.rooms.models import RoomType
from frontdesk.tenancy.idempotency import Once
from frontdesk.tenancy.queries import the_hotel

BOOKERS = 64
ROOMS = 20
DAYS = 365
NIGHTS = 2
TRIES = 960
ROUNDS = 5
PRICE = 10000
BARE = (
    "UPDATE nightly_inventory SET sold = sold + 1"
    " WHERE hotel_id = $1 AND room_type_id = $2 AND night >= $3 AND night < $4"
    " AND sold + held + 1 <= capacity + allowance"
)
COPY_QUOTE = (
    "INSERT INTO quotes (hotel_id, id, code, guest_id, room_type_id, arrival, departure, rooms,"
    " adults, children, nights, total, tax, currency, policy, policy_hash, expires_at,"
    " rates_version)"
    " SELECT hotel_id, $2, $3, $4, room_type_id, $5, $6, rooms, adults, children, $7::jsonb, total,"
    " tax, currency, policy, policy_hash, expires_at, rates_version FROM quotes WHERE id = $1"
)


@dataclass
class House:
    """One hotel with a room type for the bare statement and one for the product."""

    at: Ground
    hotel: HotelId
    bare: UUID
    sold: UUID
    guests: list[UUID]
    pattern: UUID
    first: date
    pool: list[asyncpg.Connection]
    owner: asyncpg.Connection
    chance: random.Random = field(default_factory=lambda: random.Random(2026))  # noqa: S311 - the same stays

    def arrivals(self, days: int) -> list[date]:
        return [self.first + timedelta(self.chance.randrange(days)) for _ in range(TRIES)]

    async def emptied(self, *, rooms: int = ROOMS) -> None:
        await self.pool[0].execute("UPDATE nightly_inventory SET sold = 0, capacity = $1", rooms)

    async def quotes(self, arrivals: Sequence[date]) -> list[UUID]:
        """Open quotes as make_quote stores them, a guest each."""
        rows = []
        for n, arrival in enumerate(arrivals):
            nights = [
                {"night": str(night), "price": PRICE, "tax": 0}
                for night in stay_nights(arrival, arrival + timedelta(NIGHTS))
            ]
            departure = arrival + timedelta(NIGHTS)
            guest = self.guests[n % BOOKERS]
            row = (uuid7(), new_code(12), guest, arrival, departure, json.dumps(nights))
            rows.append((self.pattern, *row))
        await self.pool[0].executemany(COPY_QUOTE, rows)
        return [row[1] for row in rows]


@dataclass
class Run:
    """Tries a second, CPU microseconds a try (this process and PostgreSQL's), and how many won."""

    rate: float
    cpu: float
    booked: int


async def measure(house: House, attempt: Callable[[int, int], Awaitable[bool]]) -> Run:
    """TRIES answers by BOOKERS at once; `attempt` gets the booker and the try."""

    async def book(booker: int) -> int:
        return sum([await attempt(booker, k) for k in range(booker, TRIES, BOOKERS)])

    before = await _cpu(house)
    start = time.perf_counter()
    booked = sum(await asyncio.gather(*(book(n) for n in range(BOOKERS))))
    took = time.perf_counter() - start
    return Run(TRIES / took, (await _cpu(house) - before) / TRIES * 1e6, booked)


async def _cpu(house: House) -> float:
    rows = await house.pool[0].fetch(
        "SELECT pid FROM pg_stat_activity WHERE usename = current_user"
    )
    return time.process_time() + sum(cpu_seconds(row["pid"]) for row in rows)


async def bare(house: House) -> Run:
    arrivals = house.arrivals(DAYS)

    async def attempt(booker: int, k: int) -> bool:
        nights = (arrivals[k], arrivals[k] + timedelta(NIGHTS))
        await house.pool[booker].execute(BARE, house.hotel, house.bare, *nights)
        return True

    return await measure(house, attempt)


async def at_once(house: House, days: int) -> Run:
    """The product as a guest's yes takes it: one transaction, one round trip."""
    quotes = await house.quotes(house.arrivals(days))
    now = SystemClock().now()

    async def attempt(_: int, k: int) -> bool:
        try:
            await reserve_at_once(
                house.at.db, house.hotel, Yes(quotes[k], "bench", "rest"), now=now
            )
        except RoomTaken:
            return False
        return True

    return await measure(house, attempt)


async def in_session(house: House) -> Run:
    """The product inside a longer transaction, as in a turn of talk."""
    quotes = await house.quotes(house.arrivals(DAYS))
    now = SystemClock().now()

    async def attempt(_: int, k: int) -> bool:
        async with house.at.db.hotel(house.hotel) as session:
            await reserve(session, Yes(quotes[k], "bench", "rest"), now=now)
        return True

    return await measure(house, attempt)


async def keyed(house: House) -> Run:
    """The product as a request with an Idempotency-Key takes it."""
    quotes = await house.quotes(house.arrivals(DAYS))
    now = SystemClock().now()

    async def attempt(_: int, k: int) -> bool:
        once = Once("POST /bookings", str(quotes[k]), quotes[k].bytes)
        yes = Yes(quotes[k], "bench", "rest")
        try:
            await reserve_once(house.at.db, house.hotel, yes, once, now=now)
        except RoomTaken:
            return False
        return True

    return await measure(house, attempt)


async def run() -> dict[str, object]:
    async with ground() as at:
        house = await build(at)
        variants: dict[str, Callable[[], Awaitable[Run]]] = {
            "bare": lambda: bare(house),
            "spread": lambda: at_once(house, DAYS),
            "hot": lambda: at_once(house, 7),
            "session": lambda: in_session(house),
            "keyed": lambda: keyed(house),
        }
        got: dict[str, list[Run]] = {name: [] for name in variants}
        oversold = 0
        for n in range(-1, ROUNDS):
            for name in variants if n % 2 == 0 else reversed(variants):
                await house.emptied()
                found = await variants[name]()
                oversold += await _oversold(house)
                if n >= 0:
                    got[name].append(found)
            if n < 0:  # warm; and no plan made for empty tables, as after autovacuum's first visit
                await house.owner.execute("ANALYZE")
        await house.emptied(rooms=100_000)
        endless = [await at_once(house, 1) for _ in range(3)]
        figures = _figures(got, endless)
        figures["oversold"] = oversold
        figures["uncounted"] = await _uncounted(house)
        for connection in [*house.pool, house.owner]:
            await connection.close()
        return figures


def _figures(got: dict[str, list[Run]], endless: list[Run]) -> dict[str, object]:
    rate = {name: median([r.rate for r in runs]) for name, runs in got.items()}
    cpu = {name: median([r.cpu for r in runs]) for name, runs in got.items()}
    return {
        "ratio": round(rate["spread"] / rate["bare"], 3),
        "reserve_per_s": round(rate["spread"]),
        "bare_update_per_s": round(rate["bare"]),
        "cpu_ratio": round(cpu["spread"] / cpu["bare"], 2),
        "cpu_us": round(cpu["spread"]),
        "in_session_ratio": round(rate["session"] / rate["bare"], 3),
        "in_session_cpu_us": round(cpu["session"]),
        "with_key_ratio": round(rate["keyed"] / rate["bare"], 3),
        "with_key_cpu_us": round(cpu["keyed"]),
        "hot_over_spread": round(rate["hot"] / rate["spread"], 2),
        "hot_booked_of_tries": f"{round(median([r.booked for r in got['hot']]))} of {TRIES}",
        "one_endless_night_over_spread": round(
            median([r.rate for r in endless]) / rate["spread"], 2
        ),
        "steady": steady([r.rate for r in got["bare"]]),
    }


async def _oversold(house: House) -> int:
    """Rooms sold beyond what there are, over all nights."""
    query = (
        "SELECT coalesce(sum(greatest(sold - capacity - allowance, 0)), 0) FROM nightly_inventory"
    )
    return int(await house.pool[0].fetchval(query))


async def _uncounted(house: House) -> int:
    """Bookings whose nights, audit line or event are not there: rows against answers."""
    return await house.pool[0].fetchval(
        "SELECT count(*) FROM bookings b WHERE"
        " (SELECT count(*) FROM booking_nights n WHERE n.booking_id = b.id) <> $1"
        " OR NOT EXISTS (SELECT FROM audit_log a WHERE a.subject = 'booking:' || b.id)"
        " OR NOT EXISTS (SELECT FROM outbox_events e WHERE e.aggregate_id = b.id)",
        NIGHTS,
    )


async def build(at: Ground) -> House:
    now = SystemClock().now()
    first = local_day(now, "Europe/Madrid") + timedelta(1)
    hotel, _ = await hotel_with_number(at, 0)
    async with at.db.hotel(hotel) as session:
        kinds = [
            RoomType(
                hotel_id=hotel, code=code, name=code, max_adults=2, max_guests=2, base_price=PRICE
            )
            for code in ("BARE", "SOLD")
        ]
        session.add_all(kinds)
        await session.flush()
        days = DAYS + NIGHTS
        prices = dict.fromkeys(stay_nights(first, first + timedelta(days)), PRICE)
        for kind in kinds:
            await open_nights(
                session, hotel, kind.id, first=first, days=days, capacity=ROOMS, prices=prices
            )
        guests = [
            (await recognise(session, hotel, None, f"346001112{n:02d}@c.us", name="A")).id
            for n in range(BOOKERS)
        ]
        wish = StayWish(first, first + timedelta(NIGHTS), 2)
        house = await the_hotel(session)
        house.quote_minutes = 60
        pattern = await make_quote(session, house, wish, kinds[1].id, guests[0], now=now)
    pool = [await asyncpg.connect(plain_url(at.settings.database_url)) for _ in range(BOOKERS)]
    for connection in pool:
        await connection.execute("SELECT set_config('app.hotel_id', $1, false)", str(hotel))
    owner = await asyncpg.connect(plain_url(at.settings.database_owner_url))
    ids = (kinds[0].id, kinds[1].id, guests, pattern.id)
    return House(at, hotel, *ids, first, pool, owner)
