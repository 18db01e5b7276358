"""Add-ons of a booking: priced by what they count, never more than there are, gone with it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date

import pytest

from frontdesk.bookings.addon_models import BookingAddon
from frontdesk.bookings.addons import AddonSoldOut, AddonWish, order_addon
from frontdesk.bookings.addons_follow import day_after, days_after
from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.settings import Settings
from frontdesk.messaging.models import OutboxEvent
from frontdesk.rooms.catalogue_models import AddonStock
from tests.calling import Caller, calling
from tests.factories import all_of

TYPE = {"code": "DBL", "name": "Double", "max_adults": 2, "max_guests": 3, "base_price": 10000}


@pytest.fixture
async def call(
    settings: Settings, db: Database, hotel: HotelId, clock: FixedClock
) -> AsyncIterator[Caller]:
    async with calling(settings, db, hotel, clock) as caller:
        yield caller


async def booked(call: Caller, *, rooms: int = 1) -> list[str]:
    """Bookings of two adults for three nights from 1 December."""
    kind = (await call.made("/room-types", **TYPE))["id"]
    sale = {"first": "2026-12-01", "days": 5, "capacity": rooms, "price": 10000}
    await call("PUT", f"/room-types/{kind}/nights", json=sale)
    stay = {"arrival": "2026-12-01", "departure": "2026-12-04", "adults": 2, "room_type_id": kind}
    made = []
    for n in range(rooms):
        quote = await call.made("/quotes", **stay, guest_phone=f"3460011122{n}")
        made.append((await call.made("/bookings", quote_id=quote["id"]))["id"])
    return made


async def addon(call: Caller, pricing: str, **more) -> str:
    wanted = {"code": pricing, "name": "A", "category": "other", "pricing": pricing, "price": 999}
    return (await call.made("/addons", **wanted, **more))["id"]


@pytest.mark.parametrize(
    ("pricing", "amount", "until"),
    [
        ("stay", 999, "2026-12-02"),
        ("night", 999 * 3, "2026-12-04"),
        ("person", 999 * 2, "2026-12-02"),
        ("person_night", 999 * 2 * 3, "2026-12-04"),
    ],
)
async def test_an_order_costs_what_it_counts(
    call: Caller, pricing: str, amount: int, until: str
) -> None:
    (booking,) = await booked(call)
    sold = await addon(call, pricing, tax_rate=1000)
    made = await call.made(f"/bookings/{booking}/addons", addon_id=sold)
    assert (made["amount"], made["until"]) == (amount, until)
    assert made["tax"] == (amount + 5) // 10
    await call("PATCH", f"/addons/{sold}", json={"price": 5})
    (kept,) = await call.listed(f"/bookings/{booking}/addons")
    assert kept == made


async def test_the_last_pieces_go_to_one_of_many(
    call: Caller, db: Database, hotel: HotelId, clock: FixedClock
) -> None:
    bookings = await booked(call, rooms=8)
    wish = AddonWish(await addon(call, "night", stock_per_day=3))

    async def order(booking: str) -> bool:
        try:
            async with db.hotel(hotel) as session:
                await order_addon(session, booking, wish, by="t")
        except AddonSoldOut:
            return False
        return True

    won = await asyncio.gather(*(order(b) for b in bookings))
    assert sum(won) == 3
    assert [(s.taken, s.stock) for s in await all_of(db, hotel, AddonStock)] == [(3, 3)] * 3
    assert len(await all_of(db, hotel, BookingAddon)) == 3


async def test_orders_end_with_their_booking_or_by_themselves(
    call: Caller, db: Database, hotel: HotelId
) -> None:
    (booking,) = await booked(call)
    sold = await addon(call, "person", stock_per_day=5)
    orders = [await call.made(f"/bookings/{booking}/addons", addon_id=sold) for _ in range(2)]
    refused = await call("POST", f"/bookings/{booking}/addons", json={"addon_id": sold})
    assert refused.json()["type"].endswith("addon_sold_out")
    for _ in range(2):
        done = await call("POST", f"/booking-addons/{orders[0]['id']}/cancel")
        assert done.json()["status"] == "cancelled"
    (stock,) = await all_of(db, hotel, AddonStock)
    assert stock.taken == 2
    below = await call("PATCH", f"/addons/{sold}", json={"stock_per_day": 1})
    assert below.json()["type"].endswith("in_use")
    await call("POST", f"/bookings/{booking}/cancel", json={})
    (stock,) = await all_of(db, hotel, AddonStock)
    assert stock.taken == 0
    left = await call.listed(f"/bookings/{booking}/addons")
    assert {o["status"] for o in left} == {"cancelled"}
    told = [e.payload for e in await all_of(db, hotel, OutboxEvent) if "addon" in e.event_type]
    assert len(told) == 4
    assert told[0].keys() == told[-1].keys()
    late = await call("POST", f"/bookings/{booking}/addons", json={"addon_id": sold})
    assert late.json()["type"].endswith("not_orderable")


async def test_an_order_keeps_to_the_stay_and_the_window(call: Caller) -> None:
    (booking,) = await booked(call)
    sold = await addon(call, "night", available_until="2026-12-03")
    for days, status in (
        ({}, 409),
        ({"until": "2026-12-03"}, 201),
        ({"first": "2026-11-30", "until": "2026-12-02"}, 422),
        ({"first": "2026-12-02", "until": "2026-12-02"}, 422),
        ({"first": "9999-12-31"}, 422),
        ({"quantity": 101}, 422),
    ):
        wanted = {"addon_id": sold, **days}
        answer = await call("POST", f"/bookings/{booking}/addons", json=wanted)
        assert answer.status_code == status, (days, answer.text)


async def test_what_is_ordered_by_the_night_follows_the_stay_and_the_difference_is_shown(
    call: Caller, db: Database, hotel: HotelId
) -> None:
    (booking,) = await booked(call)
    breakfast = await addon(call, "person_night", tax_rate=1000, stock_per_day=2)
    spa, bike = await addon(call, "stay"), await addon(call, "night")
    for sold, days in ((breakfast, {}), (spa, {}), (bike, {"first": "2026-12-03"})):
        await call.made(f"/bookings/{booking}/addons", addon_id=sold, **days)
    await call("PATCH", f"/addons/{breakfast}", json={"price": 5})

    async def orders() -> dict[str, tuple]:
        listed = await call.listed(f"/bookings/{booking}/addons")
        known = {breakfast: "breakfast", spa: "spa", bike: "bike"}
        said = ("status", "first", "until", "amount", "tax")
        return {known[o["addon_id"]]: tuple(o[name] for name in said) for o in listed}

    async def taken() -> list[int]:
        rows = sorted(await all_of(db, hotel, AddonStock), key=lambda s: s.day)
        return [row.taken for row in rows]

    before = await orders()
    assert before["breakfast"] == ("ordered", "2026-12-01", "2026-12-04", 999 * 6, 599)
    shown = await call.made(f"/bookings/{booking}/changes", departure="2026-12-05")
    (addons,) = shown["addons"]
    assert (addons["name"], addons["until"], addons["difference"]) == ("A", "2026-12-05", 2198)
    assert (addons["amount"], addons["tax"], await orders()) == (999 * 8, 799, before)
    assert shown["difference"] == 10000 + 2198
    confirm = f"/bookings/{booking}/changes/{shown['id']}/confirm"
    assert (await call("POST", confirm)).status_code == 200
    longer = ("ordered", "2026-12-01", "2026-12-05", 999 * 8, 799)
    assert await orders() == before | {"breakfast": longer}
    assert await taken() == [2] * 4
    shown = await call.made(f"/bookings/{booking}/changes", departure="2026-12-03")
    assert shown["difference"] == -20000 - 4395 - 999
    assert (await call("POST", f"/bookings/{booking}/changes/{shown['id']}/confirm")).is_success
    after = await orders()
    assert after["breakfast"] == ("ordered", "2026-12-01", "2026-12-03", 999 * 4, 400)
    assert (after["spa"], after["bike"][0]) == (before["spa"], "cancelled")
    assert await taken() == [2, 2, 0, 0]
    told = [e.payload for e in await all_of(db, hotel, OutboxEvent) if "addon.ch" in e.event_type]
    assert [t["difference"] for t in told] == [2198, -4395]


async def test_a_stay_does_not_change_where_its_addons_cannot_follow(
    call: Caller, db: Database, hotel: HotelId
) -> None:
    (booking,) = await booked(call)
    sold = await addon(call, "night", stock_per_day=1, available_until="2026-12-05")
    await call.made(f"/bookings/{booking}/addons", addon_id=sold)
    before = await call.listed(f"/bookings/{booking}/addons")
    shown = await call.made(f"/bookings/{booking}/changes", departure="2026-12-05")
    async with db.hotel(hotel) as session:
        day = date(2026, 12, 4)
        session.add(AddonStock(hotel_id=hotel, addon_id=sold, day=day, stock=1, taken=1))
    confirm = f"/bookings/{booking}/changes/{shown['id']}/confirm"
    for path, body in (
        (confirm, None),
        (f"/bookings/{booking}/changes", {"departure": "2026-12-05"}),
        (f"/bookings/{booking}/extend", {"departure": "2026-12-05"}),
    ):
        refused = await call("POST", path, json=body)
        assert refused.json()["type"].endswith("addon_sold_out"), refused.text
    late = await call("POST", f"/bookings/{booking}/changes", json={"departure": "2026-12-06"})
    assert late.json()["type"].endswith("not_orderable")
    stay = (await call("GET", f"/bookings/{booking}")).json()
    assert (stay["departure"], stay["version"]) == ("2026-12-04", 1)
    assert await call.listed(f"/bookings/{booking}/addons") == before


async def test_an_extension_costs_its_nights_and_what_is_ordered_by_the_night(
    call: Caller, db: Database, hotel: HotelId
) -> None:
    (booking,) = await booked(call)
    sold = await addon(call, "night")
    await call.made(f"/bookings/{booking}/addons", addon_id=sold)
    path, wanted = f"/bookings/{booking}/extend", {"departure": "2026-12-05"}
    refused = await call("POST", path, json={**wanted, "expected": 10000})
    assert (refused.status_code, refused.json()["price"]) == (409, 10999)
    assert (await call("POST", path, json={**wanted, "expected": 10999})).status_code == 200
    (order,) = await call.listed(f"/bookings/{booking}/addons")
    assert (order["until"], order["amount"]) == ("2026-12-05", 999 * 4)


async def test_what_is_given_once_moves_with_its_stay_at_its_price(
    call: Caller, db: Database, hotel: HotelId
) -> None:
    (booking,) = await booked(call)
    taxi = await addon(call, "person", stock_per_day=2, tax_rate=1000)
    await call.made(f"/bookings/{booking}/addons", addon_id=taxi, first="2026-12-04")
    await call("PATCH", f"/addons/{taxi}", json={"tax_rate": 0})
    shown = await call.made(f"/bookings/{booking}/changes", departure="2026-12-05")
    (told,) = shown["addons"]
    assert (told["first"], told["difference"], shown["difference"]) == ("2026-12-05", 0, 10000)
    confirm = f"/bookings/{booking}/changes/{shown['id']}/confirm"
    assert (await call("POST", confirm)).status_code == 200
    (order,) = await call.listed(f"/bookings/{booking}/addons")
    assert (order["first"], order["until"], order["amount"], order["tax"]) == (
        *("2026-12-05", "2026-12-06"),
        *(999 * 2, 200),
    )
    stock = {row.day.day: row.taken for row in await all_of(db, hotel, AddonStock)}
    assert stock == {4: 0, 5: 2}


@pytest.mark.parametrize(
    ("day", "stay", "after"),
    [
        (1, (11, 13), 11),
        (4, (2, 3), 3),
        (2, (11, 14), 12),
        (3, (2, 6), 3),
        (3, (1, 2), 2),
        (2, (11, 19), 12),
    ],
)
def test_on_which_day_of_the_new_stay_it_is_given(
    day: int, stay: tuple[int, int], after: int
) -> None:
    def of(number: int) -> date:
        return date(2026, 12, number)

    assert day_after(of(day), (of(1), of(4)), (of(stay[0]), of(stay[1]))) == of(after)


@pytest.mark.parametrize(
    ("days", "stay", "after"),
    [
        ((1, 4), (1, 6), (1, 6)),
        ((1, 5), (2, 3), (2, 4)),  # and the day of departure
        ((1, 4), (11, 14), (11, 14)),
        ((2, 3), (11, 14), (12, 13)),
        ((2, 3), (1, 6), (2, 3)),
        ((3, 4), (1, 6), (3, 4)),
        ((2, 4), (1, 3), (2, 3)),
    ],
)
def test_which_days_of_an_order_are_of_the_new_stay(
    days: tuple[int, int], stay: tuple[int, int], after: tuple[int, int]
) -> None:
    def of(pair: tuple[int, int]) -> tuple[date, date]:
        return date(2026, 12, pair[0]), date(2026, 12, pair[1])

    assert days_after(of(days), of((1, 4)), of(stay)) == of(after)
