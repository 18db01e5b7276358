"""Add-ons of a booking: priced by what they count, never more than there are, gone with it."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from frontdesk.bookings.addon_models import BookingAddon
from frontdesk.bookings.addons import AddonSoldOut, AddonWish, order_addon
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
