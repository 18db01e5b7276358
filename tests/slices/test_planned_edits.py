"""A thousand stays edited at random, also while rules are planned: all is as from scratch."""

import random
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, delete, func, text, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Date, DateTime, String, Uuid

from frontdesk.bookings.models import Booking
from frontdesk.guests.models import Guest
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId, uuid7
from frontdesk.rooms.models import RoomType
from frontdesk.triggers.models import Trigger
from frontdesk.triggers.plan_models import PlannedSend
from frontdesk.triggers.planning import FENCE, STEP
from tests.factories import all_of

STAYS, ROUNDS = 1000, 3
MADRID = ZoneInfo("Europe/Madrid")
RULES = {
    "before": {"anchor": "arrival", "days": -3, "at": "02:30"},
    "middle": {"anchor": "mid_stay", "days": 0, "at": "18:00"},
    "leaving": {"anchor": "departure", "days": 0, "at": "02:30"},
    "settled": {"anchor": "checked_in", "minutes": 90},
    "after": {"anchor": "checked_out", "days": 2, "at": "02:30"},
}
QUOTES = """
INSERT INTO quotes (hotel_id, id, code, guest_id, room_type_id, arrival, departure, rooms, adults,
    nights, total, tax, currency, policy, policy_hash, expires_at, status)
SELECT :hotel, id, id::text, :guest, :kind, day, day + 2, 1, 1, '[]', 1, 0, 'EUR', '{}', '', now(),
    'booked' FROM unnest(:ids, :days) AS s (id, day)"""
BOOKINGS = """
INSERT INTO bookings (hotel_id, id, code, guest_id, quote_id, room_type_id, arrival, departure,
    rooms, adults, total, tax, currency, policy, source)
SELECT hotel_id, id, code, guest_id, id, room_type_id, arrival, departure, 1, 1, 1, 0, 'EUR', '{}',
    'rest' FROM quotes"""
EDIT = """
UPDATE bookings b SET arrival = e.arrival, departure = e.departure, status = e.status,
    guest_id = e.guest, checked_in_at = e.came, checked_out_at = e.went, cancelled_at = e.gone
FROM unnest(:ids, :arrivals, :departures, :statuses, :guests, :came, :went, :gone)
    AS e (id, arrival, departure, status, guest, came, went, gone)
WHERE b.id = e.id"""
NEXT = {"confirmed": ("confirmed",) * 4 + ("checked_in", "cancelled", "no_show")}
NEXT |= {"checked_in": ("checked_in", "checked_out")}
INSTANT = DateTime(timezone=True)


def spring_and_autumn() -> list[date]:
    """The two nights of next year on which Europe's clocks change."""
    year = datetime.now(UTC).year + 1
    ends = (date(year, 3, 31), date(year, 10, 31))
    return [end - timedelta((end.weekday() + 1) % 7) for end in ends]


def at(day: date, said: str) -> datetime:
    """A time that autumn repeats is the second one."""
    return datetime.combine(day, time.fromisoformat(said), MADRID).replace(fold=1)


def civil(day: date, said: dict) -> datetime:
    there = at(day + timedelta(said["days"]), said["at"])
    if there.astimezone(UTC).astimezone(MADRID).replace(tzinfo=None) != there.replace(tzinfo=None):
        there = there.replace(fold=0)  # a time that spring skips is as much later
    return there.astimezone(UTC)


def wanted(stay: Booking) -> dict[str, datetime]:
    """Written again, from what the rules mean."""
    if stay.status in ("cancelled", "no_show"):
        return {}
    nights = (stay.departure - stay.arrival).days
    due = {
        "before": civil(stay.arrival, RULES["before"]),
        "leaving": civil(stay.departure, RULES["leaving"]),
    }
    if nights >= 2:
        due["middle"] = civil(stay.arrival + timedelta(nights // 2), RULES["middle"])
    if stay.checked_in_at:
        due["settled"] = stay.checked_in_at + timedelta(minutes=90)
    if stay.checked_out_at:
        due["after"] = civil(stay.checked_out_at.astimezone(MADRID).date(), RULES["after"])
    return due


def edited(chance: random.Random, stay: dict, guests: list[UUID]) -> None:
    """Moved, shortened, extended, merged, arrived, left, cancelled, or left alone."""
    stay["status"] = chance.choice(NEXT.get(stay["status"], (stay["status"],)))
    stay["arrival"] += timedelta(chance.choice((0, 0, -5, 1, 9)))
    stay["departure"] = stay["arrival"] + timedelta(chance.randint(1, 6))
    stay["guest"] = chance.choice(guests)
    came = datetime.combine(stay["arrival"], time(15), UTC)
    stay["came"] = came if stay["status"] in ("checked_in", "checked_out") else None
    left = datetime.combine(stay["departure"], time(chance.choice((1, 9, 23))), UTC)
    stay["went"] = left if stay["status"] == "checked_out" else None
    stay["gone"] = came if stay["status"] == "cancelled" else None


def waits(plan: PlannedSend) -> bool:
    return plan.state == "planned"


async def planned(db: Database, hotel: HotelId) -> dict:
    rows = await all_of(db, hotel, PlannedSend)
    return {(p.subject, p.trigger_id): (p.due_at, p.guest_id) for p in rows if waits(p)}


async def test_a_thousand_edited_stays_are_planned_as_if_from_scratch(
    db: Database, hotel: HotelId
) -> None:
    chance = random.Random(5)  # noqa: S311 - the same stays each time
    ids, names = [uuid7() for _ in range(STAYS)], {}
    turns = spring_and_autumn()
    stays = [
        {"status": "confirmed", "arrival": chance.choice(turns) + timedelta(chance.randint(-5, 5))}
        for _ in ids
    ]
    async with db.hotel(hotel) as session:
        kind = RoomType(
            hotel_id=hotel, code="D", name="D", max_adults=2, max_guests=2, base_price=1
        )
        guests = [Guest(hotel_id=hotel) for _ in range(3)]
        rules = [
            Trigger(hotel_id=hotel, name=n, event="stay.moment", schedule=s, actions=[])
            for n, s in RULES.items()
        ]
        session.add_all([kind, *guests, *rules])
        await session.flush()
        names = {rule.name: rule.id for rule in rules}
        people, kind_id = [g.id for g in guests], kind.id
    async with db.hotel(hotel) as session:
        quotes = text(QUOTES).bindparams(
            bindparam("ids", type_=ARRAY(Uuid)), bindparam("days", type_=ARRAY(Date))
        )
        days = [s["arrival"] for s in stays]
        given = {"hotel": hotel, "guest": people[0], "kind": kind_id, "ids": ids, "days": days}
        await session.execute(quotes, given)
        await session.execute(text(BOOKINGS))
    kinds = {"ids": Uuid, "guests": Uuid, "arrivals": Date, "departures": Date}
    kinds |= {"statuses": String, "came": INSTANT, "went": INSTANT, "gone": INSTANT}
    edit = text(EDIT).bindparams(*(bindparam(n, type_=ARRAY(t)) for n, t in kinds.items()))
    columns = {"arrivals": "arrival", "departures": "departure", "statuses": "status"}
    columns |= {"guests": "guest", "came": "came", "went": "went", "gone": "gone"}

    async def edit_some(some: slice) -> None:
        for stay in stays[some]:
            edited(chance, stay, people)
        async with db.hotel(hotel) as session:
            told = {many: [s[one] for s in stays[some]] for many, one in columns.items()}
            await session.execute(edit, {"ids": ids[some], **told})

    async def meant() -> dict:
        return {
            (stay.id, names[name]): (due, stay.guest_id)
            for stay in await all_of(db, hotel, Booking)
            for name, due in wanted(stay).items()
        }

    for _ in range(ROUNDS):
        await edit_some(slice(None))
    assert len(await meant()) > STAYS
    assert await planned(db, hotel) == await meant()
    async with db.hotel(hotel) as session:
        await session.execute(delete(PlannedSend).where(PlannedSend.id < func.gen_random_uuid()))
        await session.execute(update(Trigger).values(priority=1, version=2))
        assert await session.scalar(FENCE, {"hotel": hotel})
    for _ in range(200):
        async with db.hotel(hotel) as session:
            if await session.scalar(STEP, {"hotel": hotel, "most": 99}) != "on":
                break
        first = chance.randrange(STAYS - 40)
        await edit_some(slice(first, first + 40))
    assert await planned(db, hotel) == await meant()
    assert {p.trigger_version for p in await all_of(db, hotel, PlannedSend) if waits(p)} == {2}
