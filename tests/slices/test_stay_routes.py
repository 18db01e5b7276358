"""A stay over HTTP from two quotes to the door, with what each key may do."""

from datetime import timedelta
from uuid import UUID

import httpx
import pytest

from frontdesk.kit.clock import SystemClock, local_day
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from tests.slices.stays import doors, uneven
from tests.slices.test_rest import Caller, call, client, key_of

__all__ = ["call", "client"]
PHONE = {"guest_phone": "34600111222", "guest_name": "A"}


async def house(call: Caller, hotel: HotelId, capacity: int) -> tuple[str, dict[str, str]]:
    """A room type on sale from today on, and a stay of two nights from today."""
    here = f"/v1/hotels/{hotel}"
    room = {"code": "DBL", "name": "Double", "max_adults": 2, "max_guests": 3, "base_price": 10000}
    kind = (await call("POST", f"{here}/room-types", json=room)).json()["id"]
    first = local_day(SystemClock().now(), "Europe/Madrid")
    nights = {"first": str(first), "days": 9, "capacity": capacity, "price": 10000}
    await call("PUT", f"{here}/room-types/{kind}/nights", json=nights)
    return kind, {"arrival": str(first), "departure": str(first + timedelta(2))}


async def test_from_two_quotes_to_the_door_and_away(
    call: Caller, db: Database, hotel: HotelId
) -> None:
    here = f"/v1/hotels/{hotel}"
    kind, stay = await house(call, hotel, 2)
    quotes = [
        (
            await call(
                "POST", f"{here}/quotes", json={**stay, **PHONE, "room_type_id": kind, "adults": 2}
            )
        ).json()["id"]
        for _ in range(2)
    ]
    made = await call("POST", f"{here}/bookings/group", json={"quote_ids": quotes})
    assert (made.status_code, made.json()["rooms"]) == (201, 2)
    booking = f"{here}/bookings/{made.json()['id']}"
    later = str(local_day(SystemClock().now(), "Europe/Madrid") + timedelta(4))
    shown = (await call("POST", f"{booking}/changes", json={"departure": later})).json()
    assert shown["difference"] == 40000
    done = await call("POST", f"{booking}/changes/{shown['id']}/confirm")
    assert (done.json()["departure"], done.json()["total"]) == (later, 80000)
    full = await call(
        "POST", f"{here}/quotes", json={**stay, **PHONE, "room_type_id": kind, "adults": 2}
    )
    assert (full.status_code, full.json()["type"]) == (409, "urn:frontdesk:problem:room_taken")
    wait = {**stay, **PHONE, "room_type_id": kind, "adults": 2}
    assert (await call("POST", f"{here}/waitlist", json=wait)).json()["status"] == "waiting"
    assert (await call("POST", f"{booking}/check-in")).status_code == 409
    await doors(db, hotel, UUID(kind), "101", "102")
    assert len((await call("GET", f"{booking}/rooms/suggestion")).json()) == 2
    lines = (await call("POST", f"{booking}/rooms/assign")).json()
    assert None not in {line["room_id"] for line in lines}
    assert (await call("POST", f"{booking}/check-in")).json()["status"] == "checked_in"
    gone = await call("POST", f"{booking}/cancel", json={})
    assert (gone.status_code, gone.json()["type"]) == (409, "urn:frontdesk:problem:not_cancellable")
    left = (await call("POST", f"{booking}/check-out")).json()
    assert (left["status"], left["total"], left["early_fee"]) == ("checked_out", 20000, 20000)
    assert await uneven(db, hotel) == []


async def test_one_room_of_two_goes_its_own_way(call: Caller, db: Database, hotel: HotelId) -> None:
    here = f"/v1/hotels/{hotel}"
    kind, stay = await house(call, hotel, 2)
    wish = {**stay, **PHONE, "room_type_id": kind, "adults": 4, "rooms": 2}
    quote = (await call("POST", f"{here}/quotes", json=wish)).json()["id"]
    made = (await call("POST", f"{here}/bookings", json={"quote_id": quote})).json()
    booking = f"{here}/bookings/{made['id']}"
    lines = [line["id"] for line in (await call("GET", f"{booking}/rooms")).json()]
    later = str(local_day(SystemClock().now(), "Europe/Madrid") + timedelta(3))
    asked = {"lines": [{"line_id": lines[1], "departure": later}]}
    shown = (await call("POST", f"{booking}/changes", json=asked)).json()
    assert (shown["apart"], shown["difference"], shown["rooms"]) == ([lines[1]], 10000, 1)
    own = (await call("POST", f"{booking}/changes/{shown['id']}/confirm")).json()
    assert (own["split_from"], own["departure"], own["total"]) == (made["id"], later, 30000)
    rest = (await call("GET", booking)).json()
    assert (rest["rooms"], rest["departure"], rest["total"]) == (1, stay["departure"], 20000)
    assert (await call("GET", f"{booking}/cancel?line={lines[0]}")).json()["fee"] == 20000 // 2
    split = (await call("POST", f"{booking}/split", json={"line_ids": lines[:1]})).json()
    assert split["booking"]["id"] == split["rest"]["id"] == made["id"]
    stranger = await call("POST", f"{booking}/check-in", json={"line_ids": [made["id"]]})
    assert stranger.status_code == 404
    gone = (await call("POST", f"{booking}/cancel", json={"line_ids": lines[1:]})).json()
    assert (gone["id"], gone["status"]) == (own["id"], "cancelled")
    assert (await call("GET", booking)).json()["status"] == "confirmed"
    guest = (await call("POST", f"{booking}/guest-links", json={})).json()["token"]
    entered = await call.client.post("/v1/guest/session", json={"token": guest})
    token = {"Authorization": f"Bearer {entered.json()['access_token']}"}
    page = (await call.client.get("/v1/guest/booking", headers=token)).json()
    assert [(o["code"], o["status"]) for o in page["other_rooms"]] == [(own["code"], "cancelled")]
    assert await uneven(db, hotel) == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("status=confirmed", 1),
        ("status=cancelled", 0),
        ("arrival_from=2020-01-01&arrival_to=9999-12-31", 1),
        ("departure_to=2020-01-01", 0),
        ("code=ZZZZZZ", 0),
    ],
)
async def test_bookings_are_found_by_what_is_asked(
    call: Caller, hotel: HotelId, query: str, found: int
) -> None:
    here = f"/v1/hotels/{hotel}"
    kind, stay = await house(call, hotel, 1)
    ask = {**stay, **PHONE, "room_type_id": kind, "adults": 2}
    quote = (await call("POST", f"{here}/quotes", json=ask)).json()["id"]
    booking = (await call("POST", f"{here}/bookings", json={"quote_id": quote})).json()
    listed = (await call("GET", f"{here}/bookings?{query}")).json()["items"]
    assert len(listed) == found
    mine = f"{here}/bookings?code={booking['code'].lower()}&guest_id={booking['guest_id']}"
    assert [b["id"] for b in (await call("GET", mine)).json()["items"]] == [booking["id"]]
    assert (await call("GET", f"{here}/bookings?guest_id={kind}")).status_code == 404
    terms = (await call("GET", f"{here}/bookings/{booking['id']}/cancel")).json()
    done = await call("POST", f"{here}/bookings/{booking['id']}/cancel", json={"reason": "x"})
    assert done.json()["cancel_fee"] == terms["fee"]
    assert done.json()["cancel_number"] == f"{booking['code']}-X"


async def test_only_who_may_overbook_does(
    client: httpx.AsyncClient, db: Database, hotel: HotelId
) -> None:
    call = Caller(client, await key_of(db, hotel))
    kind, stay = await house(call, hotel, 1)
    wanted = {
        "room_type_id": kind,
        "first": stay["arrival"],
        "until": stay["departure"],
        "rooms": 1,
        "reason": "late cancels",
    }
    clerk = Caller(client, await key_of(db, hotel, ["bookings:write", "bookings:check_in"]))
    path = f"/v1/hotels/{hotel}/overbooking"
    assert (await clerk("POST", path, json=wanted)).status_code == 403
    assert (await call("POST", path, json=wanted)).status_code == 201
    assert [a["rooms"] for a in (await call("GET", path)).json()["items"]] == [1]
