"""What a hotel lets: rooms and their words, and the stock that follows them."""

from collections.abc import AsyncIterator
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import select, update

from frontdesk.bookings.models import NightlyInventory
from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.settings import Settings
from frontdesk.tenancy.models import AuditEntry
from tests.calling import Caller, calling
from tests.factories import all_of

TYPE = {"code": "DBL", "name": "Double", "max_adults": 2, "max_guests": 3, "base_price": 10000}
TODAY = date(2026, 11, 21)


@pytest.fixture
async def call(
    settings: Settings, db: Database, hotel: HotelId, clock: FixedClock
) -> AsyncIterator[Caller]:
    async with calling(settings, db, hotel, clock) as caller:
        yield caller


async def on_sale(call: Caller, kind: str, capacity: int, days: int = 4) -> None:
    wanted = {"first": "2026-11-20", "days": days, "capacity": capacity, "price": 10000}
    done = await call("PUT", f"/room-types/{kind}/nights", json=wanted)
    assert done.json() == {"nights": days}


async def nights(db: Database, hotel: HotelId) -> list[tuple[int, int]]:
    """(capacity, blocked) night by night."""
    return [(n.capacity, n.blocked) for n in await all_of(db, hotel, NightlyInventory)]


async def sell(db: Database, hotel: HotelId, night: date, sold: int) -> None:
    async with db.hotel(hotel) as session:
        await session.execute(
            update(NightlyInventory).where(NightlyInventory.night == night).values(sold=sold)
        )


def problem(answer) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].rpartition(":")[2]


async def test_capacity_follows_rooms_from_today_on(
    call: Caller, db: Database, hotel: HotelId
) -> None:
    kind = (await call.made("/room-types", **TYPE))["id"]
    await on_sale(call, kind, 2)
    room = await call.made("/rooms", room_type_id=kind, number="201", floor="2")
    assert await nights(db, hotel) == [(2, 0), (3, 0), (3, 0), (3, 0)]
    await sell(db, hotel, date(2026, 11, 22), 3)
    refused = await call("PATCH", f"/rooms/{room['id']}", json={"active": False})
    assert problem(refused) == (409, "would_oversell")
    assert refused.json()["nights"] == ["2026-11-22"]
    assert await nights(db, hotel) == [(2, 0), (3, 0), (3, 0), (3, 0)]
    await sell(db, hotel, date(2026, 11, 22), 2)
    out = await call("PATCH", f"/rooms/{room['id']}", json={"active": False})
    assert out.json()["active"] is False
    assert await nights(db, hotel) == [(2, 0), (2, 0), (2, 0), (2, 0)]
    back = await call("PATCH", f"/rooms/{room['id']}", json={"active": True})
    assert back.status_code == 200
    other = (await call.made("/room-types", **{**TYPE, "code": "SUI"}))["id"]
    await on_sale(call, other, 0)
    moved = await call("PATCH", f"/rooms/{room['id']}", json={"room_type_id": other})
    assert moved.json()["room_type_id"] == other
    assert sorted(await nights(db, hotel)) == sorted([(2, 0)] * 4 + [(0, 0), *[(1, 0)] * 3])
    assert (await call("DELETE", f"/rooms/{room['id']}")).status_code == 204
    assert sorted(await nights(db, hotel)) == sorted([(2, 0)] * 4 + [(0, 0)] * 4)


async def test_words_come_into_the_catalogue_and_stay_while_they_are_used(call: Caller) -> None:
    bed = await call.made("/bed-types", code="queen", name="Queen", sleeps=2)
    wanted = {**TYPE, "features": ["sea view"], "bed_types": {"queen": 1}, "accessible": True}
    kind = await call.made("/room-types", **wanted)
    assert (kind["bed_types"], kind["features"]) == ({"queen": 1}, ["sea view"])
    await call.made("/rooms", room_type_id=kind["id"], number="301", floor="3", features=["corner"])
    features = {f["name"]: f["id"] for f in await call.listed("/features")}
    (floor,) = await call.listed("/floors")
    assert (set(features), floor["code"]) == ({"sea view", "corner"}, "3")
    for path in (
        f"/features/{features['sea view']}",
        f"/features/{features['corner']}",
        f"/floors/{floor['id']}",
        f"/bed-types/{bed['id']}",
        f"/room-types/{kind['id']}",
    ):
        assert problem(await call("DELETE", path)) == (409, "in_use"), path
    await call("PATCH", f"/room-types/{kind['id']}", json={"features": [], "bed_types": {}})
    assert (await call("DELETE", f"/features/{features['sea view']}")).status_code == 204
    assert (await call("DELETE", f"/bed-types/{bed['id']}")).status_code == 204
    unknown = await call("PATCH", f"/room-types/{kind['id']}", json={"bed_types": {"cot": 1}})
    assert unknown.status_code == 404
    empty = await call("PATCH", f"/room-types/{kind['id']}", json={"name": None})
    assert empty.status_code == 422


async def test_lists_are_filtered_sorted_and_paged(call: Caller, other_hotel: HotelId) -> None:
    kind = (await call.made("/room-types", **TYPE, features=["balcony"]))["id"]
    cheap = await call.made("/room-types", **{**TYPE, "code": "SGL", "base_price": 5000})
    for number in ("12", "10", "11"):
        await call.made("/rooms", room_type_id=kind, number=number, floor=number[0])
    seen, cursor = [], None
    while True:
        params = {"sort": "-number", "limit": 2, **({"cursor": cursor} if cursor else {})}
        page = (await call("GET", "/rooms", params=params)).json()
        seen += [r["number"] for r in page["items"]]
        if (cursor := page["next"]) is None:
            break
        other_order = {"sort": "number", "cursor": cursor}
        assert (await call("GET", "/rooms", params=other_order)).status_code == 422
    assert seen == ["12", "11", "10"]
    assert len(await call.listed("/rooms", status="clean", floor="1", room_type_id=kind)) == 3
    assert await call.listed("/rooms", floor="9") == []
    by_price = await call.listed("/room-types", sort="base_price")
    assert [k["id"] for k in by_price] == [cheap["id"], kind]
    assert [k["id"] for k in await call.listed("/room-types", feature="balcony")] == [kind]
    for bad in ({"sort": "password"}, {"cursor": "rubbish"}, {"sort": "x" * 21}):
        assert (await call("GET", "/rooms", params=bad)).status_code == 422


async def test_a_second_room_of_a_number_is_refused(call: Caller, db: Database, hotel) -> None:
    kind = (await call.made("/room-types", **TYPE))["id"]
    await on_sale(call, kind, 0)
    wanted = {"room_type_id": kind, "number": "7"}
    await call.made("/rooms", **wanted)
    assert problem(await call("POST", "/rooms", json=wanted)) == (409, "taken")
    assert (await nights(db, hotel))[-1] == (1, 0)
    assert problem(await call("POST", "/room-types", json=TYPE)) == (409, "taken")
    nul = await call("POST", "/rooms", json={**wanted, "number": "1\0"})
    assert nul.status_code == 422


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("https://9.9.9.9/a.jpg", 201),
        ("http://9.9.9.9/a.jpg", 422),
        ("https://127.0.0.1/a.jpg", 422),
        ("https://10.0.0.8/a.jpg", 422),
        ("https://[::1]/a.jpg", 422),
        ("https://169.254.169.254/latest", 422),
        ("https://9.9.9.9:99999/a.jpg", 422),
    ],
)
async def test_a_photo_lies_on_the_public_internet(call: Caller, url: str, status: int) -> None:
    kind = (await call.made("/room-types", **TYPE))["id"]
    wanted = {"url": url, "caption": "the view"}
    answer = await call("POST", f"/room-types/{kind}/photos", json=wanted)
    assert answer.status_code == status, answer.text
    assert len(await call.listed("/photos", room_type_id=kind)) == (status == 201)


async def test_addons_say_how_they_are_sold(call: Caller, db: Database, hotel: HotelId) -> None:
    wanted = {"code": "spa", "name": "Spa", "category": "spa", "pricing": "person", "price": 4000}
    spa = await call.made("/addons", **wanted, tax_rate=2100, available_until="2026-12-01")
    ride = {**wanted, "code": "bus", "name": "Airport bus", "category": "transport"}
    await call.made("/addons", **ride)
    assert [a["code"] for a in await call.listed("/addons", category="spa")] == ["spa"]
    assert [a["code"] for a in await call.listed("/addons", on="2026-12-01")] == ["bus"]
    assert [a["code"] for a in await call.listed("/addons", q="AIRPORT")] == ["bus"]
    await call("PATCH", f"/addons/{spa['id']}", json={"active": False, "price": 4100})
    assert [a["code"] for a in await call.listed("/addons", active=True)] == ["bus"]
    backwards = {**wanted, "available_from": "2026-12-02", "available_until": "2026-12-01"}
    assert (await call("POST", "/addons", json=backwards)).status_code == 422
    assert (await call("DELETE", f"/addons/{spa['id']}")).status_code == 204
    async with db.hotel(hotel) as session:
        query = select(AuditEntry.action).where(AuditEntry.subject == f"addon:{UUID(spa['id'])}")
        said = (await session.scalars(query.order_by(AuditEntry.id))).all()
    assert said == ["addon.add", "addon.change", "addon.remove"]
