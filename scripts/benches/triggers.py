"""How late planned sends go out with 100,000 waiting, and what planning adds to a booking."""

import asyncio
import time
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg
from sqlalchemy import bindparam, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Date, Uuid

from benches.common import Ground, ground, hotel_with_number, median, percentile, steady
from frontdesk.guests.models import Guest, GuestIdentity
from frontdesk.kit.clock import SystemClock
from frontdesk.kit.db import plain_url
from frontdesk.kit.ids import HotelId, uuid7
from frontdesk.kit.jobs import Job
from frontdesk.messaging.models import OutboundMessage
from frontdesk.rooms.models import RoomType
from frontdesk.tenancy.models import Hotel
from frontdesk.triggers.due import work_due
from frontdesk.triggers.models import Trigger
from frontdesk.triggers.plan_models import PlannedSend
from frontdesk.triggers.planning import plan_on
from frontdesk.triggers.ready_made import JOURNEYS, rule_of
from workers.sweeps import SWEEPS

PENDING, DUE = 100_000, 600
GUESTS, WORKERS = 600, 2
ROUNDS, BOOKINGS = 5, 400
ZONE = ZoneInfo("Europe/Madrid")
QUOTES = text(
    "INSERT INTO quotes (hotel_id, id, code, guest_id, room_type_id, arrival, departure, rooms,"
    " adults, nights, total, tax, currency, policy, policy_hash, expires_at, status)"
    " SELECT :hotel, id, id::text, guest, :kind, day, day + 2, 1, 1, '[]', 1, 0, 'EUR', '{}', '',"
    " now(), 'booked' FROM unnest(:ids, :days, :guests) AS s (id, day, guest)"
).bindparams(
    bindparam("ids", type_=ARRAY(Uuid)),
    bindparam("days", type_=ARRAY(Date)),
    bindparam("guests", type_=ARRAY(Uuid)),
)
BOOK = text(
    "INSERT INTO bookings (hotel_id, id, code, guest_id, quote_id, room_type_id, arrival,"
    " departure, rooms, adults, total, tax, currency, policy, source)"
    " SELECT hotel_id, id, code, guest_id, id, room_type_id, arrival, departure, 1, 1, 1, 0, 'EUR',"
    " '{}', 'rest' FROM quotes WHERE id = ANY(:ids)"
).bindparams(bindparam("ids", type_=ARRAY(Uuid)))


async def run() -> dict[str, object]:
    async with ground() as at:
        hotel, _ = await hotel_with_number(at, 1)
        kind, guests = await _furnish(at, hotel)
        planning = await _planning(at, hotel, kind, guests)
        return {**planning, **await _lateness(at, hotel, kind, guests)}


async def _furnish(at: Ground, hotel: HotelId) -> tuple[UUID, list[UUID]]:
    guests = [uuid7() for _ in range(GUESTS)]
    async with at.db.hotel(hotel) as session:
        kind = RoomType(
            hotel_id=hotel, code="D", name="D", max_adults=2, max_guests=2, base_price=1
        )
        session.add(kind)
        free = {"pace_ms": 0, "quiet_hours": "", "rules_per_hour": 1_000_000}
        await session.execute(update(Hotel).values(settings=free))
        await session.execute(insert(Guest).values([{"hotel_id": hotel, "id": g} for g in guests]))
        phones = [
            {
                "hotel_id": hotel,
                "id": uuid7(),
                "guest_id": g,
                "kind": "phone",
                "value": f"3466{n:07d}",
            }
            for n, g in enumerate(guests)
        ]
        await session.execute(insert(GuestIdentity).values(phones))
        await session.flush()
        return kind.id, guests


async def _quoted(
    at: Ground, hotel: HotelId, kind: UUID, guests: list[UUID], days: list
) -> list[UUID]:
    ids = [uuid7() for _ in days]
    whose = [guests[n % len(guests)] for n in range(len(days))]
    given = {"hotel": hotel, "kind": kind, "ids": ids, "days": days, "guests": whose}
    async with at.db.hotel(hotel) as session:
        await session.execute(QUOTES, given)
    return ids


async def _planning(
    at: Ground, hotel: HotelId, kind: UUID, guests: list[UUID]
) -> dict[str, object]:
    """Bookings one by one: in a hotel without rules, then with every ready-made one."""
    took: dict[bool, list[float]] = {False: [], True: []}
    day = datetime.now(ZONE).date() + timedelta(40)
    for _ in range(ROUNDS):
        for rules in (False, True):
            await _switch(at, hotel, on=rules)
            ids = await _quoted(at, hotel, kind, guests, [day] * BOOKINGS)
            began = time.perf_counter()
            for one in ids:
                async with at.db.hotel(hotel) as session:
                    await session.execute(BOOK, {"ids": [one]})
            took[rules].append((time.perf_counter() - began) / BOOKINGS * 1e6)
    await _switch(at, hotel, on=False)
    bare, planned = median(took[False]), median(took[True])
    return {
        "booking_us": round(bare),
        "booking_with_7_rules_us": round(planned),
        "planning_ratio": round(planned / bare, 2),
        "steady": steady(took[False]),
    }


async def _switch(at: Ground, hotel: HotelId, *, on: bool) -> None:
    async with at.db.hotel(hotel) as session:
        known = await session.scalar(select(func.count()).select_from(Trigger))
        if not known:
            for name in JOURNEYS:
                session.add(Trigger(hotel_id=hotel, version=1, **rule_of(name)))
            await session.flush()
        ready = update(Trigger).where(Trigger.name != "bench")
        await session.execute(ready.values(enabled=on))


async def _lateness(
    at: Ground, hotel: HotelId, kind: UUID, guests: list[UUID]
) -> dict[str, object]:
    """Hundreds due at one instant among a hundred thousand, worked as sweeps ring for them."""
    today = datetime.now(ZONE).date()
    days = [today] * DUE + [today + timedelta(1 + n % 300) for n in range(PENDING - DUE)]
    for first in range(0, PENDING, 5000):
        ids = await _quoted(at, hotel, kind, guests, days[first : first + 5000])
        async with at.db.hotel(hotel) as session:
            await session.execute(BOOK, {"ids": ids})
    say = [{"type": "send_message", "text": "Welcome to {hotel.name}"}]
    due = (datetime.now(UTC) + timedelta(minutes=3)).replace(second=0, microsecond=0)
    wall = f"{due.astimezone(ZONE):%H:%M}"
    schedule = {"anchor": "arrival", "days": 0, "at": wall, "minutes": 0, "late": "skip"}
    began = time.perf_counter()
    async with at.db.hotel(hotel) as session:
        rule = {"name": "bench", "event": "stay.moment", "schedule": schedule, "actions": say}
        session.add(Trigger(hotel_id=hotel, version=1, enabled=True, **rule))
    saved = time.perf_counter() - began
    meanwhile = await _filled(at, hotel, kind, guests, today + timedelta(40))
    filled = time.perf_counter() - began
    owner = await asyncpg.connect(plain_url(at.settings.database_owner_url))
    await owner.execute("ANALYZE")
    await owner.close()
    async with at.db.hotel(hotel) as session:
        waiting = select(func.count()).where(PlannedSend.state == "planned")
        pending = await session.scalar(waiting)
    while datetime.now(UTC) < due:
        await asyncio.sleep(at.settings.sweep_seconds)
    cpu = time.process_time()
    while datetime.now(UTC) < due + timedelta(seconds=90):
        await _sweep(at, hotel)
        if await _sent(at, hotel) >= DUE:
            break
        await asyncio.sleep(at.settings.sweep_seconds)
    cpu = time.process_time() - cpu
    async with at.db.hotel(hotel) as session:
        query = select(PlannedSend.worked_at - PlannedSend.due_at).where(
            PlannedSend.state == "sent"
        )
        late = [d.total_seconds() for d in (await session.scalars(query)).all()]
    return {
        "pending": pending,
        "rule_saved_ms": round(saved * 1e3),
        "planned_s": round(filled, 1),
        "planned_a_second": round(PENDING / filled),
        "bookings_meanwhile": len(meanwhile),
        "booking_meanwhile_p50_ms": round(median(meanwhile), 1),
        "booking_meanwhile_max_ms": round(max(meanwhile), 1),
        "due_at_once": DUE,
        "sent": len(late),
        "late_p50_s": round(median(late), 1),
        "late_p95_s": round(percentile(late, 0.95), 1),
        "late_p99_s": round(percentile(late, 0.99), 1),
        "late_max_s": round(max(late), 1),
        "worker_cpu_ms_a_send": round(cpu / len(late) * 1e3, 1),
        "within_30_s": len(late) == DUE and max(late) < 30,
    }


async def _filled(
    at: Ground, hotel: HotelId, kind: UUID, guests: list[UUID], day: date
) -> list[float]:
    """Plans the saved rule, as the job does; gives what bookings made meanwhile took, in ms."""
    took: list[float] = []
    ids = await _quoted(at, hotel, kind, guests, [day] * 2000)

    async def work() -> None:
        while (wait := await plan_on(at.db, hotel)) is not None:
            await asyncio.sleep(wait)

    working = asyncio.create_task(work())
    while not working.done() and ids:
        began = time.perf_counter()
        async with at.db.hotel(hotel) as session:
            await session.execute(BOOK, {"ids": [ids.pop()]})
        took.append((time.perf_counter() - began) * 1e3)
        await asyncio.sleep(0.02)
    await working
    return took


async def _sweep(at: Ground, hotel: HotelId) -> None:
    """The clock's own question, and the workers that its ring wakes."""
    asked = next(query for job, query in SWEEPS if job is Job.SEND_PLANNED)
    async with at.db.platform() as session:
        rung = (await session.execute(text(asked), {"now": datetime.now(UTC)})).all()

    async def worker() -> None:
        while await work_due(at.db, SystemClock(), hotel):
            pass

    if rung:
        await asyncio.gather(*(worker() for _ in range(WORKERS)))


async def _sent(at: Ground, hotel: HotelId) -> int:
    async with at.db.hotel(hotel) as session:
        return await session.scalar(select(func.count()).select_from(OutboundMessage)) or 0
