"""40 room types over 60 nights in one query, over an empty transaction; and whole searches."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, timedelta

import asyncpg
from sqlalchemy import text

from benches.common import Ground, ground, hotel_with_number, median, percentile, steady
from frontdesk.bookings.finding import find_stays
from frontdesk.bookings.inventory import open_nights
from frontdesk.bookings.queries import availability
from frontdesk.bookings.quote import StayWish
from frontdesk.bookings.rate_models import RatePlan, RateRestriction, RateRule
from frontdesk.bookings.rules import stay_nights
from frontdesk.kit.cache import hit_rates
from frontdesk.kit.clock import SystemClock, local_day
from frontdesk.kit.db import plain_url
from frontdesk.kit.ids import HotelId
from frontdesk.rooms.models import RoomType, Tax
from frontdesk.tenancy.queries import the_hotel

TYPES = 40
NIGHTS = 60
DAYS = 365
CALLS = 60
ROUNDS = 7


@dataclass
class House:
    at: Ground
    hotel: HotelId
    first: date

    async def empty(self) -> None:
        async with self.at.db.hotel(self.hotel) as session:
            await session.execute(text("SELECT 1"))

    async def month(self) -> None:
        first = self.first + timedelta(10)
        async with self.at.db.hotel(self.hotel) as session:
            found = await availability(
                session, first, first + timedelta(NIGHTS), now=SystemClock().now()
            )
        if len(found) != TYPES or any(len(s.packed) != NIGHTS for s in found.values()):
            raise RuntimeError("not every type and night was answered")

    async def search(self, nights: int, flex: int) -> None:
        """As GET /availability/search answers it, with three plans."""
        first = self.first + timedelta(10)
        wish = StayWish(first, first + timedelta(nights), 2)
        async with self.at.db.hotel(self.hotel) as session:
            hotel = await the_hotel(session)
            found = await find_stays(session, hotel, wish, now=SystemClock().now(), flex=flex)
        if len(found.choices) != TYPES:
            raise RuntimeError("not every type was found")


async def timed(call: Callable[[], Awaitable[None]], times: int) -> list[float]:
    """Milliseconds of each call."""
    took: list[float] = []
    for _ in range(times):
        start = time.perf_counter()
        await call()
        took.append((time.perf_counter() - start) * 1000)
    return took


async def run() -> dict[str, object]:
    async with ground() as at:
        house = await build(at)
        calls = {"empty": house.empty, "month": house.month}
        got: dict[str, list[float]] = {name: [] for name in calls}
        for n in range(-1, ROUNDS):
            for name in calls if n % 2 == 0 else reversed(calls):
                took = await timed(calls[name], CALLS)
                if n >= 0:
                    got[name].append(median(took))
        figures: dict[str, object] = {
            "ratio": round(median(got["month"]) / median(got["empty"]), 2),
            "types_x_nights": f"{TYPES} x {NIGHTS}",
            "query_ms": round(median(got["month"]), 2),
            "empty_ms": round(median(got["empty"]), 2),
        }
        figures |= await searches(house)
        figures["steady"] = steady(got["empty"])
        return figures


async def searches(house: House) -> dict[str, object]:
    """95th percentiles against their goals: E1 under 50 ms, F1 under 150 ms."""
    figures: dict[str, object] = {}
    for name, nights, flex in (
        ("week", 7, 0),
        ("week_flexible_3_days", 7, 3),
        ("60_nights", NIGHTS, 0),
    ):
        took = (await timed(lambda n=nights, f=flex: house.search(n, f), 32))[2:]
        figures[f"search_{name}_p95_ms"] = round(percentile(took, 0.95), 1)
    took = await timed(house.month, 60)
    figures["E1_60_nights_x_40_types_p95_ms_below_50"] = round(percentile(took, 0.95), 1)
    figures["F1_flexible_p95_ms_below_150"] = figures["search_week_flexible_3_days_p95_ms"]
    figures["cache_hit_rate"] = hit_rates(dict(house.at.db.cache.counts)).get("all")
    return figures


async def build(at: Ground) -> House:
    """A big hotel with three plans, two seasons, weekends, a long stay's discount and limits."""
    hotel, _ = await hotel_with_number(at, 0)
    first = local_day(SystemClock().now(), "Europe/Madrid")
    async with at.db.hotel(hotel) as session:
        bar = RatePlan(hotel_id=hotel, code="BAR", name="Flexible", is_default=True)
        session.add(bar)
        await session.flush()
        for code, percent in (("NRF", -1000), ("BB", 1500)):
            session.add(
                RatePlan(hotel_id=hotel, code=code, name=code, parent_id=bar.id, percent=percent)
            )
        for layer, value, more in (
            ("season", 1500, {"first": first, "last": first + timedelta(90)}),
            ("weekday", 1000, {"weekdays": 48}),
            ("length", -500, {"min_nights": 7}),
        ):
            session.add(
                RateRule(
                    hotel_id=hotel, name=layer, layer=layer, effect="percent", value=value, **more
                )
            )
        session.add(RateRestriction(hotel_id=hotel, min_stay=2, weekdays=32))
        session.add(Tax(hotel_id=hotel, name="VAT", kind="percent", amount=1000))
        session.add(Tax(hotel_id=hotel, name="City", kind="person_night", amount=150))
        prices = dict.fromkeys(stay_nights(first, first + timedelta(DAYS)), 12000)
        for n in range(TYPES):
            kind = RoomType(
                hotel_id=hotel, code=f"T{n}", name=f"T{n}", max_adults=2, max_guests=3,
                base_price=10000 + n,
            )  # fmt: skip
            session.add(kind)
            await session.flush()
            await open_nights(
                session, hotel, kind.id, first=first, days=DAYS, capacity=10, prices=prices
            )
    owner = await asyncpg.connect(plain_url(at.settings.database_owner_url))
    await owner.execute("ANALYZE")
    await owner.close()
    return House(at, hotel, first)
