"""Housekeeping and maintenance: steps, words from staff, and blocks that take stock at once."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from frontdesk.bookings.errors import RoomTaken
from frontdesk.bookings.inventory import Stay, move, open_nights
from frontdesk.bookings.models import NightlyInventory
from frontdesk.conversations.filing import file_waiting
from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.secrets import Vault
from frontdesk.kit.settings import Settings
from frontdesk.messaging.models import OutboundMessage, OutboxEvent
from frontdesk.notifications.models import Staff
from frontdesk.rooms.care_models import HousekeepingTask, RoomBlock, RoomClaim
from frontdesk.rooms.coming_back import come_back
from frontdesk.rooms.errors import NoSuchStep, RoomClaimed, WouldOversell
from frontdesk.rooms.housekeeping import after_check_in, after_check_out, set_status
from frontdesk.rooms.maintenance import BlockWish, block, unblock
from frontdesk.rooms.models import Room, RoomType
from frontdesk.rooms.rules import word_for_room
from tests.calling import Caller, calling
from tests.factories import all_of, number_of, receive, says

TODAY = date(2026, 11, 21)
ANA = "34600999001"
PROMISED = "urn:frontdesk:problem:room_promised"


@pytest.fixture
async def call(
    settings: Settings, db: Database, hotel: HotelId, clock: FixedClock
) -> AsyncIterator[Caller]:
    async with calling(settings, db, hotel, clock) as caller:
        yield caller


@pytest.fixture
async def rooms(db: Database, hotel: HotelId) -> list[Room]:
    """Two doubles, both on sale for ten nights from today."""
    async with db.hotel(hotel) as session:
        kind = RoomType(
            hotel_id=hotel, code="DBL", name="Double", max_adults=2, max_guests=3, base_price=1
        )
        session.add(kind)
        await session.flush()
        made = [Room(hotel_id=hotel, room_type_id=kind.id, number=n) for n in ("204", "205")]
        session.add_all(made)
        await session.flush()
        prices = {TODAY + timedelta(days=n): 100 for n in range(10)}
        await open_nights(session, hotel, kind.id, first=TODAY, days=10, capacity=2, prices=prices)
        for room in made:
            await session.refresh(room)
    return made


def wish(room: Room, first: int = 0, nights: int = 2, **more: object) -> BlockWish:
    start = TODAY + timedelta(days=first)
    return BlockWish(room.id, start, start + timedelta(days=nights), **more)


async def stock(db: Database, hotel: HotelId) -> list[tuple[int, int, int]]:
    """(capacity, blocked, sold) of the first four nights."""
    rows = await all_of(db, hotel, NightlyInventory)
    return [(n.capacity, n.blocked, n.sold) for n in rows[:4]]


async def sell(db: Database, room: Room, first: int, nights: int, rooms: int) -> None:
    start = TODAY + timedelta(days=first)
    stay = Stay(room.hotel_id, room.room_type_id, start, start + timedelta(days=nights), rooms)
    async with db.hotel(room.hotel_id) as session:
        await move(session, stay, sold=rooms)


async def test_a_block_takes_stock_and_gives_it_back(
    db: Database, hotel: HotelId, clock: FixedClock, rooms: list[Room]
) -> None:
    async with db.hotel(hotel) as session:
        made = await block(session, wish(rooms[0]), by="t", now=clock.now())
    assert await stock(db, hotel) == [(1, 1, 0), (1, 1, 0), (2, 0, 0), (2, 0, 0)]
    first, _ = sorted(await all_of(db, hotel, Room), key=lambda r: r.number)
    assert first.status == "out_of_order"
    with pytest.raises(RoomClaimed):
        async with db.hotel(hotel) as session:
            await set_status(session, first.id, "clean", by="t", now=clock.now())
    clock.advance(timedelta(days=1))
    for _ in range(2):
        async with db.hotel(hotel) as session:
            await unblock(session, made.id, by="t", now=clock.now())
    assert await stock(db, hotel) == [(1, 1, 0), (2, 0, 0), (2, 0, 0), (2, 0, 0)]
    first, _ = sorted(await all_of(db, hotel, Room), key=lambda r: r.number)
    assert first.status == "dirty"
    assert await all_of(db, hotel, RoomClaim) == []


async def test_a_block_that_would_oversell_says_which_bookings_stand_in_the_way(
    db: Database, hotel: HotelId, clock: FixedClock, rooms: list[Room], call: Caller
) -> None:
    kind = str(rooms[0].room_type_id)
    stay = {"arrival": "2026-11-22", "departure": "2026-11-23", "rooms": 2, "adults": 2}
    quote = await call.made("/quotes", **stay, room_type_id=kind, guest_phone=ANA)
    booked = await call.made("/bookings", quote_id=quote["id"])
    wanted = {"first": "2026-11-21", "until": "2026-11-24", "reason": "paint"}
    path = f"/rooms/{rooms[0].id}/blocks"
    refused = await call("POST", path, json=wanted)
    assert (refused.status_code, refused.json()["nights"]) == (409, ["2026-11-22"])
    assert [b["code"] for b in refused.json()["bookings"]] == [booked["code"]]
    assert await stock(db, hotel) == [(2, 0, 0), (2, 0, 2), (2, 0, 0), (2, 0, 0)]
    assert await all_of(db, hotel, RoomBlock) == []
    taken = await call.made(path, **wanted, even_if_full=True)
    assert taken["short"] == ["2026-11-22"]
    assert await stock(db, hotel) == [(1, 1, 0), (2, 0, 2), (1, 1, 0), (2, 0, 0)]
    again = {"first": "2026-11-21", "days": 10, "capacity": 2, "price": 100}
    assert (await call("PUT", f"/room-types/{kind}/nights", json=again)).status_code == 200
    assert await stock(db, hotel) == [(1, 1, 0), (2, 0, 2), (1, 1, 0), (2, 0, 0)]
    assert (await call("POST", f"/blocks/{taken['id']}/end")).status_code == 200
    assert await stock(db, hotel) == [(2, 0, 0), (2, 0, 2), (2, 0, 0), (2, 0, 0)]


async def test_what_comes_back_to_a_house_that_is_a_room_short_is_the_blocks(
    db: Database, hotel: HotelId, clock: FixedClock, rooms: list[Room], call: Caller
) -> None:
    kind = str(rooms[0].room_type_id)
    stay = {"arrival": "2026-11-21", "departure": "2026-11-22", "adults": 1, "room_type_id": kind}

    async def booked(phone: str) -> str:
        quote = await call.made("/quotes", **stay, guest_phone=phone)
        return (await call.made("/bookings", quote_id=quote["id"]))["id"]

    async def cancelled(booking: str) -> None:
        gone = await call("POST", f"/bookings/{booking}/cancel", json={"fee": 0})
        assert gone.status_code == 200, gone.text

    first, second = [await booked(f"3460011120{n}") for n in (1, 2)]
    wanted = {"first": "2026-11-21", "until": "2026-11-22", "even_if_full": True}
    taken = await call.made(f"/rooms/{rooms[0].id}/blocks", **wanted)
    assert taken["short"] == ["2026-11-21"]
    assert (await stock(db, hotel))[0] == (2, 0, 2)
    asked = {"departure": "2026-11-23"}
    change = await call.made(f"/bookings/{first}/changes", **asked)
    done = await call("POST", f"/bookings/{first}/changes/{change['id']}/confirm")
    assert (done.status_code, (await stock(db, hotel))[0]) == (200, (2, 0, 2))
    await cancelled(second)
    assert (await stock(db, hotel))[0] == (1, 1, 1)
    full = await call("POST", "/quotes", json={**stay, "guest_phone": ANA})
    assert (full.status_code, full.json()["why"]) == (409, "sold_out")
    assert (await call("POST", f"/blocks/{taken['id']}/end")).status_code == 200
    assert (await stock(db, hotel))[0] == (2, 0, 1)
    again = await booked("34600111203")
    taken = await call.made(f"/rooms/{rooms[0].id}/blocks", **wanted)
    nights = {"first": "2026-11-21", "days": 1, "capacity": 3, "price": 100}
    assert (await call("PUT", f"/room-types/{kind}/nights", json=nights)).status_code == 200
    assert (await stock(db, hotel))[0] == (2, 1, 2)
    assert (await call("POST", f"/blocks/{taken['id']}/end")).status_code == 200
    await cancelled(again)
    assert (await stock(db, hotel))[0] == (3, 0, 1)


async def test_a_block_says_where_it_uses_up_what_may_be_overbooked(
    db: Database, hotel: HotelId, clock: FixedClock, rooms: list[Room], call: Caller
) -> None:
    kind = str(rooms[0].room_type_id)
    nights = {"first": "2026-11-21", "until": "2026-11-23", "rooms": 1, "reason": "a fair"}
    await call.made("/overbooking", room_type_id=kind, **nights)
    await sell(db, rooms[0], 0, 2, 2)
    await sell(db, rooms[0], 1, 1, 1)
    wanted = {"first": "2026-11-21", "until": "2026-11-24", "reason": "paint"}
    path = f"/rooms/{rooms[0].id}/blocks"
    refused = await call("POST", path, json=wanted)
    short = ["2026-11-21", "2026-11-22"]
    assert (refused.status_code, refused.json()["nights"]) == (409, short)
    leaving = await call("PATCH", f"/rooms/{rooms[0].id}", json={"active": False})
    assert (leaving.status_code, leaving.json()["nights"]) == (409, short)
    taken = await call.made(path, **wanted, even_if_full=True)
    assert taken["short"] == short
    assert await stock(db, hotel) == [(1, 1, 2), (2, 0, 3), (1, 1, 0), (2, 0, 0)]
    assert (await call("POST", f"/blocks/{taken['id']}/end")).status_code == 200
    assert await stock(db, hotel) == [(2, 0, 2), (2, 0, 3), (2, 0, 0), (2, 0, 0)]


async def test_a_room_has_one_claim_at_a_time(
    db: Database, hotel: HotelId, clock: FixedClock, rooms: list[Room], call: Caller
) -> None:
    stay = {"arrival": "2026-11-22", "departure": "2026-11-24", "adults": 2}
    kind = str(rooms[0].room_type_id)
    quote = await call.made("/quotes", **stay, room_type_id=kind, guest_phone=ANA)
    booking = (await call.made("/bookings", quote_id=quote["id"]))["id"]
    (line,) = (await call("GET", f"/bookings/{booking}/rooms")).json()
    door = f"/bookings/{booking}/rooms/{line['id']}/assign"
    first, second = ({"room_id": str(room.id)} for room in rooms)
    assert (await call("POST", door, json=first)).json()["room_id"] == first["room_id"]
    with pytest.raises(RoomClaimed) as refused:
        async with db.hotel(hotel) as session:
            await block(session, wish(rooms[0], 1, 1), by="t", now=clock.now())
    assert [c["kind"] for c in refused.value.extra["claims"]] == ["stay"]
    async with db.hotel(hotel) as session:
        await block(session, wish(rooms[0], 0, 1), by="t", now=clock.now())
        await block(session, wish(rooms[1], 1, 1), by="t", now=clock.now())
    blocked = await call("POST", door, json=second)
    assert (blocked.status_code, blocked.json()["type"]) == (409, PROMISED)
    assert (await call("GET", f"/bookings/{booking}/rooms")).json()[0]["room_id"] == str(
        rooms[0].id
    )
    assert (await call("POST", f"/bookings/{booking}/cancel", json={})).status_code == 200
    async with db.hotel(hotel) as session:
        await block(session, wish(rooms[0], 1, 1), by="t", now=clock.now())
    assert {c.kind for c in await all_of(db, hotel, RoomClaim)} == {"block"}


async def test_no_room_that_will_be_blocked_is_suggested(
    db: Database, hotel: HotelId, clock: FixedClock, rooms: list[Room], call: Caller
) -> None:
    stay = {"arrival": "2026-11-22", "departure": "2026-11-24", "adults": 2}
    kind = str(rooms[0].room_type_id)
    quote = await call.made("/quotes", **stay, room_type_id=kind, guest_phone=ANA)
    booking = (await call.made("/bookings", quote_id=quote["id"]))["id"]
    async with db.hotel(hotel) as session:
        await block(session, wish(rooms[0], 2, 1), by="t", now=clock.now())
    (free,) = (await call("GET", f"/bookings/{booking}/rooms/suggestion")).json()
    assert free["number"] == "205"
    taken = await call("POST", f"/bookings/{booking}/rooms/assign")
    assert (taken.status_code, taken.json()[0]["room_id"]) == (200, str(rooms[1].id))


async def test_blocks_and_bookings_race_for_the_last_room_and_one_wins(
    db: Database, hotel: HotelId, clock: FixedClock, rooms: list[Room]
) -> None:
    await sell(db, rooms[0], 0, 2, 1)

    async def blocking(room: Room) -> str:
        try:
            async with db.hotel(hotel) as session:
                await block(session, wish(room), by="t", now=clock.now())
        except WouldOversell:
            return ""
        return "block"

    async def selling() -> str:
        try:
            await sell(db, rooms[0], 0, 2, 1)
        except RoomTaken:
            return ""
        return "sale"

    tries = [blocking(rooms[n % 2]) if n < 2 else selling() for n in range(10)]
    won = [w for w in await asyncio.gather(*tries) if w]
    assert len(won) == 1
    for capacity, blocked, sold in (await stock(db, hotel))[:2]:
        assert (capacity + blocked, sold) == (2, capacity)


async def test_nights_opened_beside_a_block_lose_its_room_exactly_once(
    db: Database, hotel: HotelId, clock: FixedClock, rooms: list[Room]
) -> None:
    late = [TODAY + timedelta(days=n) for n in range(10, 20)]

    async def opening() -> None:
        async with db.hotel(hotel) as session:
            await open_nights(
                session,
                hotel,
                rooms[0].room_type_id,
                first=late[0],
                days=10,
                capacity=2,
                prices=dict.fromkeys(late, 100),
            )

    async def blocking(room: Room) -> None:
        async with db.hotel(hotel) as session:
            await block(session, wish(room, 8, 6), by="t", now=clock.now())

    await asyncio.gather(opening(), blocking(rooms[0]), blocking(rooms[1]))
    rows = [(n.capacity, n.blocked) for n in await all_of(db, hotel, NightlyInventory)]
    assert rows == [(2, 0)] * 8 + [(0, 2)] * 6 + [(2, 0)] * 6


async def test_check_in_and_out_turn_the_room_and_the_board(
    db: Database, hotel: HotelId, clock: FixedClock, rooms: list[Room], call: Caller
) -> None:
    room = rooms[0].id
    for act in (after_check_in, after_check_out, after_check_out):
        async with db.hotel(hotel) as session:
            await act(session, room, by="t", now=clock.now())
    (task,) = await all_of(db, hotel, HousekeepingTask)
    assert (task.kind, task.day, task.status) == ("departure", TODAY, "open")
    shown = (await call("GET", "/housekeeping/board")).json()
    assert [(r["number"], r["status"], len(r["tasks"])) for r in shown] == [
        ("204", "dirty", 1),
        ("205", "clean", 0),
    ]
    path = f"/housekeeping/tasks/{task.id}/step"
    assert (await call("POST", path, json={"status": "inspected"})).status_code == 409
    for status in ("assigned", "started", "done", "inspected"):
        done = await call("POST", path, json={"status": status, "assignee": "Ana"})
        assert done.json()["status"] == status, done.text
    (mine,) = (await call("GET", "/housekeeping/board", params={"assignee": "Ana"})).json()
    assert (mine["status"], mine["tasks"][0]["assignee"]) == ("inspected", "Ana")
    history = [h["new"] for h in await call.listed(f"/rooms/{room}/history")]
    assert history == ["inspected", "clean", "dirty", "occupied"]
    told = await all_of(db, hotel, OutboxEvent)
    events = [e.payload for e in told if e.event_type == "room.status.changed"]
    assert (events[0]["old"], events[0]["new"]) == ("clean", "occupied")
    assert len(events) == 4


async def test_what_is_no_cleaning_leaves_a_room_as_dirty_as_it_was(
    rooms: list[Room], call: Caller
) -> None:
    path = f"/rooms/{rooms[0].id}"
    assert (await call("POST", f"{path}/status", json={"status": "dirty"})).is_success
    cot = await call.made(f"{path}/tasks", kind="other", day=str(TODAY), notes="a cot")
    clean = await call.made(f"{path}/tasks", kind="deep", day=str(TODAY))
    for task, left in ((cot, "dirty"), (clean, "clean")):
        step = f"/housekeeping/tasks/{task['id']}/step"
        assert (await call("POST", step, json={"status": "done"})).json()["status"] == "done"
        assert (await call("GET", path)).json()["status"] == left


async def test_what_an_inspection_finds_leaves_the_room_dirty_and_the_task_with_who_had_it(
    rooms: list[Room], call: Caller
) -> None:
    path = f"/rooms/{rooms[0].id}"
    assert (await call("POST", f"{path}/status", json={"status": "dirty"})).is_success
    task = await call.made(f"{path}/tasks", kind="departure", day=str(TODAY))
    step = f"/housekeeping/tasks/{task['id']}/step"
    nobody = await call("POST", step, json={"status": "assigned"})
    assert (nobody.status_code, (await call("GET", path)).json()["status"]) == (422, "dirty")
    for status, assignee, left in (
        ("assigned", "Ana", "dirty"),
        ("done", None, "clean"),
        ("assigned", None, "dirty"),
        ("done", None, "clean"),
        ("open", None, "dirty"),
        ("done", None, "clean"),
        ("inspected", None, "inspected"),
    ):
        done = await call("POST", step, json={"status": status, "assignee": assignee})
        assert (done.json()["status"], done.json()["assignee"]) == (status, "Ana")
        assert (await call("GET", path)).json()["status"] == left, status


async def test_the_day_is_planned_once(
    db: Database, hotel: HotelId, clock: FixedClock, rooms: list[Room], call: Caller
) -> None:
    assert (await call("POST", f"/rooms/{rooms[0].id}/status", json={"status": "dirty"})).is_success
    async with db.hotel(hotel) as session:
        await after_check_in(session, rooms[1].id, by="t", now=clock.now())
    plan = {"day": str(TODAY)}
    assert (await call("POST", "/housekeeping/plan", json=plan)).json() == {"added": 2}
    assert (await call("POST", "/housekeeping/plan", json=plan)).json() == {"added": 0}
    kinds = {
        t["room_id"]: t["kind"] for t in await call.listed("/housekeeping/tasks", day=str(TODAY))
    }
    assert kinds == {str(rooms[0].id): "departure", str(rooms[1].id): "stayover"}
    with pytest.raises(NoSuchStep):
        async with db.hotel(hotel) as session:
            await set_status(session, rooms[1].id, "inspected", by="t", now=clock.now())


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("204 clean", ("204", "clean")),
        ("Room 204: READY!", ("204", "clean")),
        ("hab. 12b limpia", ("12b", "clean")),
        ("Zimmer 7 schmutzig", ("7", "dirty")),
        ("номер 305 готово", ("305", "clean")),
        ("204 out of order", ("204", "out_of_order")),
        ("clean", None),
        ("204", None),
        ("204 is not clean", None),
        ("the room is clean", None),
        ("ok", None),
    ],
)
def test_a_word_for_a_room(text: str, meant: tuple[str, str] | None) -> None:
    assert word_for_room(text) == meant


async def test_staff_change_a_room_with_one_word(
    db: Database,
    settings: Settings,
    vault: Vault,
    hotel: HotelId,
    clock: FixedClock,
    rooms: list[Room],
) -> None:
    number = await number_of(db, vault, hotel)
    async with db.hotel(hotel) as session:
        session.add(Staff(hotel_id=hotel, name="Ana", phone=ANA))

    async def told(text: str, message: str) -> str:
        chat = f"{ANA}@c.us"
        await receive(settings, hotel, number.id, says(text, message, clock.now(), chat=chat))
        async with db.hotel(hotel) as session:
            await file_waiting(session, hotel, number.id, chat, now=clock.now())
        return (await all_of(db, hotel, OutboundMessage))[-1].text

    assert await told("204 dirty", "a") == "✅ Room 204 is dirty."
    assert await told("999 clean", "b") == "There is no room 999."
    assert await told("205 ooo", "c") == "✅ Room 205 is out of order."
    assert await stock(db, hotel) == [(1, 1, 0), (2, 0, 0), (2, 0, 0), (2, 0, 0)]
    assert (await told("205 clean", "d")).startswith("Room 205 stays out of order: it is blocked;")
    assert await told("204 limpia", "e") == "✅ Room 204 is clean."
    async with db.hotel(hotel) as session:
        await session.execute(update(Staff).values(language="de"))
    kept = "Zimmer 205 bleibt außer Betrieb: "
    assert (await told("205 sauber", "f")).startswith(f"{kept}es ist gesperrt; die Rezeption")
    assert (await told("205 defekt", "g")).startswith(f"{kept}heute Nacht ist ein Gast darin")
    async with db.hotel(hotel) as session:
        await session.execute(update(Room).where(Room.number == "204").values(status="occupied"))
    assert await told("204 geprüft", "h") == (
        "Zimmer 204 bleibt belegt: von belegt geht es nicht zu geprüft."
    )
    async with db.hotel(hotel) as session:
        query = select(Room.cleaned_by).where(Room.number == "204")
        assert (await session.scalar(query) or "").startswith("staff:")


async def test_a_repair_that_is_done_ends_its_blocks(
    db: Database, hotel: HotelId, rooms: list[Room], call: Caller
) -> None:
    room = str(rooms[0].id)
    job = await call.made("/maintenance", room_id=room, title="The shower leaks", priority="high")
    wanted = {"first": "2026-11-21", "until": "2026-11-23", "maintenance_job_id": job["id"]}
    await call.made(f"/rooms/{room}/blocks", **wanted)
    assert await call.listed("/maintenance", status="open", priority="high") == [job]
    path = f"/maintenance/{job['id']}/step"
    done = await call("POST", path, json={"status": "done", "resolution": "A new seal."})
    assert (done.json()["status"], done.json()["resolution"]) == ("done", "A new seal.")
    assert (await call("POST", path, json={"status": "cancelled"})).status_code == 409
    assert await call.listed("/blocks", active=True) == []
    assert await stock(db, hotel) == [(2, 0, 0)] * 4
    for bad in ({"until": "2026-11-21"}, {"until": "9999-12-31"}):
        answer = await call("POST", f"/rooms/{room}/blocks", json={**wanted, **bad})
        assert answer.status_code == 422


async def test_a_room_comes_back_when_its_block_has_run_out(
    db: Database, hotel: HotelId, other_hotel: HotelId, rooms: list[Room], clock: FixedClock
) -> None:
    async with db.hotel(hotel) as session:
        for at, room in enumerate(rooms):
            await block(session, wish(room, nights=at + 1), by="t", now=clock.now())
        await block(session, wish(rooms[0], first=3), by="t", now=clock.now())
    assert await come_back(db, clock, hotel) == 0
    clock.advance(timedelta(days=1))
    assert await come_back(db, clock, other_hotel) == 0
    assert [await come_back(db, clock, hotel) for _ in range(2)] == [1, 0]
    states = {r.number: r.status for r in await all_of(db, hotel, Room)}
    assert states == {"204": "dirty", "205": "out_of_order"}
    clock.advance(timedelta(days=1))
    assert await come_back(db, clock, hotel) == 1


async def test_what_is_known_of_a_repair_can_be_corrected(call: Caller, rooms: list[Room]) -> None:
    made = await call("POST", "/maintenance", json={"room_id": str(rooms[0].id), "title": "Leak"})
    path = f"/maintenance/{made.json()['id']}"
    done = (
        await call("PATCH", path, json={"title": "Leak, drain too", "priority": "urgent"})
    ).json()
    assert (done["title"], done["priority"], done["status"]) == (
        "Leak, drain too",
        "urgent",
        "open",
    )
    assert (await call("PATCH", path, json={"title": None})).status_code == 422
    assert (await call("PATCH", path, json={"status": "done"})).status_code == 422
    assert (await call("GET", path)).json()["title"] == "Leak, drain too"
