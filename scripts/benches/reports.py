"""The reports' 95th percentile in ms, at a hotel with a year of 20,000 bookings."""

import time
from datetime import date, timedelta

import asyncpg

from benches.common import ground
from frontdesk.bookings.reports import daily, ledger, pick_up, sales
from frontdesk.kit.clock import SystemClock, local_day
from frontdesk.kit.db import plain_url
from frontdesk.kit.ids import HotelId
from frontdesk.tenancy.actions import open_hotel
from frontdesk.tenancy.schemas import HotelIn

BOOKINGS = 20_000
DAYS = 365
ROUNDS = 20
GOAL = 5000
"""Milliseconds."""
HOTEL = {"slug": "bench", "name": "Bench", "timezone": "Europe/Madrid", "currency": "EUR"}
MADE = (
    "SELECT set_config('app.hotel_id', '{h}', false)",
    "INSERT INTO room_types (hotel_id, id, code, name, max_adults, max_guests, base_price)"
    " SELECT '{h}', gen_random_uuid(), 'T' || n, 'Type ' || n, 2, 2, 10000"
    " FROM generate_series(1, 8) n",
    "INSERT INTO nightly_inventory (hotel_id, room_type_id, night, capacity, price)"
    " SELECT '{h}', t.id, d::date, 40, 10000 FROM room_types t,"
    " generate_series('{first}'::date, '{first}'::date + {days} + 5, '1 day') d",
    "INSERT INTO guests (hotel_id, id, name) VALUES ('{h}', gen_random_uuid(), 'G')",
    "INSERT INTO quotes (hotel_id, id, code, guest_id, room_type_id, arrival, departure, rooms,"
    " adults, nights, total, tax, currency, policy, policy_hash, expires_at, status)"
    " SELECT '{h}', gen_random_uuid(), n, g.id, t.kinds[1 + n % 8], '{first}'::date + n * 7919 %"
    " {days}, '{first}'::date + n * 7919 % {days} + 1 + n % 4, 1, 2, '[]', 11000, 1000, 'EUR',"
    " '{{}}', 'x', now(), 'booked' FROM generate_series(1, {count}) n, guests g,"
    " (SELECT array_agg(id ORDER BY code) AS kinds FROM room_types) t",
    "INSERT INTO bookings (hotel_id, id, code, guest_id, quote_id, room_type_id, arrival,"
    " departure, rooms, adults, status, total, tax, currency, policy, source, created_at)"
    " SELECT '{h}', id, code, guest_id, id, room_type_id, arrival, departure, 1, 2, 'confirmed',"
    " total, tax, 'EUR', '{{}}', (ARRAY['rest', 'whatsapp'])[1 + code::int % 2],"
    " now() - code::int % 30 * interval '1 day' FROM quotes",
    "INSERT INTO booking_nights (hotel_id, booking_id, night, room_type_id, rooms, price, tax)"
    " SELECT '{h}', id, d::date, room_type_id, 1, 10000, 1000 FROM bookings,"
    " generate_series(arrival, departure - 1, '1 day') d",
    "INSERT INTO folios (hotel_id, id, booking_id, number, name, currency)"
    " SELECT '{h}', id, id, 1, 'Main', 'EUR' FROM bookings",
    "INSERT INTO folio_lines (hotel_id, id, folio_id, business_date, kind, description, amount,"
    " posted_by) SELECT '{h}', gen_random_uuid(), n.booking_id, n.night, k.kind, k.kind, k.amount,"
    " 'bench' FROM booking_nights n, (VALUES ('room', 10000), ('tax', 1000)) k (kind, amount)",
)


async def _fill(url: str, owner_url: str, hotel: HotelId, first: date) -> None:
    """As the app: the policies judge every row. What later columns ask, their defaults answer."""
    own: asyncpg.Connection = await asyncpg.connect(plain_url(url))
    for statement in MADE:
        await own.execute(
            statement.format(h=hotel, first=first, days=DAYS, count=BOOKINGS), timeout=120
        )
    await own.close()
    owner: asyncpg.Connection = await asyncpg.connect(plain_url(owner_url))
    await owner.execute("ANALYZE")
    await owner.close()


async def run() -> dict[str, float]:
    async with ground() as at:
        async with at.db.platform() as session:
            hotel = HotelId((await open_hotel(session, HotelIn.model_validate(HOTEL))).id)
        now = SystemClock().now()
        first = local_day(now, "Europe/Madrid")
        await _fill(at.settings.database_url, at.settings.database_owner_url, hotel, first)
        asked = {
            "daily": lambda s: daily(s, first, DAYS),
            "sales": lambda s: sales(s, first, DAYS),
            "pick_up": lambda s: pick_up(s, first, DAYS, since=now - timedelta(7), until=now),
            "ledger": lambda s: ledger(s, first, DAYS),
        }
        found: dict[str, float] = {}
        for name, ask in asked.items():
            times: list[float] = []
            for _ in range(ROUNDS):
                began = time.perf_counter()
                async with at.db.hotel(hotel) as session:
                    rows = await ask(session)
                times.append((time.perf_counter() - began) * 1000)
            assert len(rows) >= DAYS  # noqa: S101 - a report of nothing is fast
            found[f"{name}_p95_ms"] = round(sorted(times)[int(ROUNDS * 0.95) - 1], 1)
        found["ratio"] = round(max(found.values()) / GOAL, 4)
        return {**found, "bookings": BOOKINGS, "goal_ms": GOAL}
