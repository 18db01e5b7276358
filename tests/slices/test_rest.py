"""REST: keys and scopes, the same answer to the same request, pages that hold still, problems."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from time import process_time

import httpx
import pytest
from sqlalchemy import select

from frontdesk.api.app import (
    UndeclaredRoute,
    api_routes,
    create_app,
    refuse_undeclared,
    serve_app,
    serving,
)
from frontdesk.bookings.models import NightlyInventory
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId, uuid7
from frontdesk.kit.settings import Settings
from frontdesk.kit.unread import read_by
from frontdesk.tenancy.actions import add_key
from frontdesk.tenancy.auth import SCOPES
from frontdesk.tenancy.models import AuditEntry
from frontdesk.tenancy.schemas import KeyIn

ROOM = {"code": "DBL", "name": "Double", "max_adults": 2, "max_guests": 3, "base_price": 10000}


@dataclass
class Caller:
    client: httpx.AsyncClient
    key: str

    async def __call__(self, method: str, path: str, **more) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.key}", **more.pop("headers", {})}
        return await self.client.request(method, path, headers=headers, **more)


@pytest.fixture
async def client(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    async with (
        serving(settings) as app,
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://t") as opened,
    ):
        yield opened


async def key_of(db: Database, hotel: HotelId, scopes: list[str] | None = None) -> str:
    async with db.hotel(hotel) as session:
        _, secret = await add_key(session, hotel, KeyIn(name="k", scopes=scopes), by="test")
    return secret


@pytest.fixture
async def call(client: httpx.AsyncClient, db: Database, hotel: HotelId) -> Caller:
    return Caller(client, await key_of(db, hotel))


async def test_whoever_comes_first_after_a_start_waits_for_no_routes_to_be_read(
    settings: Settings,
) -> None:
    door = httpx.ASGITransport(serve_app(settings))
    begun = process_time()
    async with httpx.AsyncClient(transport=door, base_url="http://t") as client:
        assert (await client.get("/nowhere/at/all")).status_code == 404
    assert process_time() - begun < 0.3  # cold it is 1.3 s


@pytest.mark.parametrize("header", [None, "Bearer nonsense", "Basic abc", "Bearer "])
async def test_without_a_valid_key_nothing_is_said(
    client: httpx.AsyncClient, hotel: HotelId, header: str | None
) -> None:
    headers = {} if header is None else {"Authorization": header}
    answer = await client.get(f"/v1/hotels/{hotel}", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_key_does_what_its_scopes_say(
    client: httpx.AsyncClient, db: Database, hotel: HotelId
) -> None:
    reader = Caller(client, await key_of(db, hotel, ["rooms:read"]))
    assert (await reader("GET", f"/v1/hotels/{hotel}/room-types")).status_code == 200
    refused = await reader("POST", f"/v1/hotels/{hotel}/room-types", json=ROOM)
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:frontdesk:problem:forbidden")


async def test_a_parameter_that_nobody_reads_is_refused_on_every_route_of_a_hotel(
    call: Caller, hotel: HotelId, settings: Settings
) -> None:
    app, tried = create_app(settings), 0
    for route in api_routes(app):
        if not route.path.startswith("/v1/hotels"):
            continue
        path = re.sub(r"\{(\w+)\}", str(uuid7()), route.path.replace("{hotel_id}", str(hotel)))
        for method in route.methods or ():
            answer = await call(method, path, params={"stat": "confirmed"})
            told = answer.json()
            assert answer.status_code == 422, (method, route.path, answer.text)
            assert told["type"] == "urn:frontdesk:problem:unknown_parameter"
            assert (told["unknown"], told["known"]) == (["stat"], sorted(read_by(route)))
            tried += 1
    assert tried > 350


async def test_a_body_that_nobody_reads_is_refused_on_every_route_of_a_hotel(
    call: Caller, hotel: HotelId, settings: Settings
) -> None:
    app, tried = create_app(settings), 0
    for route in api_routes(app):
        if not route.path.startswith("/v1/hotels") or route.body_field is not None:
            continue
        path = re.sub(r"\{(\w+)\}", str(uuid7()), route.path.replace("{hotel_id}", str(hotel)))
        for method in (route.methods or set()) - {"GET"}:
            answer = await call(method, path, json={"note": "the lift is out"})
            told = (answer.status_code, answer.json()["type"])
            assert told == (422, "urn:frontdesk:problem:unread_body"), (method, route.path)
            empty = await call(method, path, json={})
            assert "unread_body" not in empty.text, (method, route.path)
            tried += 1
    assert tried > 60


async def test_what_a_route_reads_is_what_its_description_says(settings: Settings) -> None:
    app = create_app(settings)
    paths = app.openapi()["paths"]
    for route in api_routes(app):
        for method in route.methods or () if route.include_in_schema else ():
            said = paths[route.path][method.lower()].get("parameters", [])
            assert read_by(route) == {p["name"] for p in said if p["in"] == "query"}, route.path


async def test_a_misspelt_filter_or_order_is_told_and_not_passed_over(
    call: Caller, hotel: HotelId
) -> None:
    here = f"/v1/hotels/{hotel}"
    refused = (await call("GET", f"{here}/bookings?stat=confirmed&limit=5")).json()
    assert refused["detail"].startswith("stat: it knows arrival_from, arrival_to, code, cursor")
    plain = (await call("GET", f"{here}/rules-latch?x=1&y=2")).json()
    assert plain["unknown"] == ["x", "y"]
    for wrong in (
        *("bookings?status=confirmt", "waitlist?status=wating", "notifications?status=opened"),
        *("conversations?status=open", "conversations?priority=top", "payments?status=payed"),
        *("rooms?sort=colour", "room-types?sort=--code", "addons?sort=", "floors?sort=x"),
        *("bed-types?sort=x", "features?sort=x", "search?q=a&sort=oldest"),
        "search/rooms?q=a&sort=oldest",
    ):
        assert (await call("GET", f"{here}/{wrong}")).status_code == 422, wrong


@pytest.mark.parametrize(
    "path", ["/healthz", "/auth/link", "/paid", "/v1/auth/oidc/callback?state=x"]
)
async def test_what_others_link_to_may_be_followed_with_marks_of_their_own(
    client: httpx.AsyncClient, path: str
) -> None:
    marks = "utm_source=mail&fbclid=1"
    answer = await client.get(f"{path}{'&' if '?' in path else '?'}{marks}")
    assert "unknown_parameter" not in answer.text


async def test_another_hotel_looks_like_none(call: Caller, other_hotel: HotelId) -> None:
    assert (await call("GET", f"/v1/hotels/{other_hotel}")).status_code == 404
    listed = (await call("GET", "/v1/hotels")).json()["items"]
    assert str(other_hotel) not in [h["id"] for h in listed]
    assert len(listed) == 1


async def test_who_may_not_read_a_hotel_learns_what_it_is_called(
    client: httpx.AsyncClient, call: Caller, db: Database, hotel: HotelId
) -> None:
    (whole,) = (await call("GET", "/v1/hotels")).json()["items"]
    assert {"settings", "phone", "timezone"} <= whole.keys()
    board = Caller(client, await key_of(db, hotel, ["rooms:read"]))
    named = {name: whole[name] for name in ("id", "slug", "name")}
    assert (await board("GET", "/v1/hotels")).json()["items"] == [named]


async def test_a_hotel_says_when_it_is_quiet_and_how_fast_it_writes(
    call: Caller, db: Database, hotel: HotelId
) -> None:
    wanted = {"quiet_hours": "23:00-07:30", "pace_ms": 500, "phone": "+34 971 555 000"}
    changed = (await call("PATCH", f"/v1/hotels/{hotel}", json=wanted)).json()
    assert changed["settings"] == {"quiet_hours": "23:00-07:30", "pace_ms": 500}
    assert changed["phone"] == "+34 971 555 000"
    for bad in ({"quiet_hours": "23-7"}, {"timezone": "UTC"}, {"pace_ms": -1}):
        assert (await call("PATCH", f"/v1/hotels/{hotel}", json=bad)).status_code == 422
    async with db.hotel(hotel) as session:
        query = select(AuditEntry.new).where(AuditEntry.action == "hotel.change")
        assert (await session.scalars(query)).all() == [wanted]


async def test_a_revoked_key_opens_nothing(call: Caller, hotel: HotelId) -> None:
    made = (await call("POST", f"/v1/hotels/{hotel}/keys", json={"name": "x"})).json()
    again = Caller(call.client, made["key"])
    assert (await again("GET", f"/v1/hotels/{hotel}")).status_code == 200
    await call("DELETE", f"/v1/hotels/{hotel}/keys/{made['id']}")
    assert (await again("GET", f"/v1/hotels/{hotel}")).status_code == 401


async def test_a_key_gives_no_more_than_it_has(
    client: httpx.AsyncClient, db: Database, hotel: HotelId
) -> None:
    keeper = Caller(client, await key_of(db, hotel, ["keys:write", "rooms:read"]))
    path = f"/v1/hotels/{hotel}/keys"
    more = await keeper("POST", path, json={"name": "x", "scopes": ["bookings:write"]})
    assert (more.status_code, more.json()["type"]) == (403, "urn:frontdesk:problem:forbidden")
    same = (await keeper("POST", path, json={"name": "x"})).json()
    assert same["scopes"] == ["keys:write", "rooms:read"]
    unknown = await keeper("POST", path, json={"name": "x", "scopes": ["everything"]})
    assert unknown.status_code == 422
    platform = Caller(client, "platform-key-of-the-tests")
    full = (await platform("POST", path, json={"name": "x"})).json()
    assert full["scopes"] == sorted(SCOPES)


async def test_a_key_takes_no_more_than_it_has(
    client: httpx.AsyncClient, db: Database, hotel: HotelId
) -> None:
    keeper = Caller(client, await key_of(db, hotel, ["keys:read", "keys:write", "rooms:read"]))
    master = Caller(client, await key_of(db, hotel, list(SCOPES)))
    path = f"/v1/hotels/{hotel}/keys"
    large = (await master("POST", path, json={"name": "desk", "scopes": ["bookings:write"]})).json()
    small = (await master("POST", path, json={"name": "board", "scopes": ["rooms:read"]})).json()
    refused = await keeper("DELETE", f"{path}/{large['id']}")
    assert (refused.status_code, "bookings:write" in refused.text) == (403, True)
    gone = await keeper("DELETE", f"{path}/{small['id']}")
    assert (gone.status_code, bool(gone.json()["revoked_at"])) == (200, True)
    keys = (await keeper("GET", path)).json()["items"]
    assert [key["name"] for key in keys if key["revoked_at"]] == ["board"]
    async with db.hotel(hotel) as session:
        query = select(AuditEntry.subject).where(AuditEntry.action == "key.revoke")
        assert (await session.scalars(query)).all() == [f"key:{small['id']}"]


async def test_only_the_platform_opens_hotels(call: Caller, client: httpx.AsyncClient) -> None:
    wanted = {"slug": "fresh-one", "name": "F", "timezone": "Asia/Tokyo", "currency": "JPY"}
    assert (await call("POST", "/v1/hotels", json=wanted)).status_code == 403
    platform = Caller(client, "platform-key-of-the-tests")
    headers = {"Idempotency-Key": "open-fresh-one"}
    first = await platform("POST", "/v1/hotels", json=wanted, headers=headers)
    again = await platform("POST", "/v1/hotels", json=wanted, headers=headers)
    assert (first.status_code, again.json()) == (201, first.json())
    assert (await platform("POST", "/v1/hotels", json=wanted)).status_code == 409


async def test_the_same_post_gets_the_first_answer_and_another_body_an_error(
    call: Caller, hotel: HotelId
) -> None:
    path, headers = f"/v1/hotels/{hotel}/room-types", {"Idempotency-Key": "one"}
    first = await call("POST", path, json=ROOM, headers=headers)
    again = await call("POST", path, json=ROOM, headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    other = await call("POST", path, json={**ROOM, "code": "SGL"}, headers=headers)
    assert (other.status_code, other.json()["type"]) == (
        409,
        "urn:frontdesk:problem:idempotency_key_reused",
    )
    assert len((await call("GET", path)).json()["items"]) == 1


async def test_pages_hold_still_while_rows_come(call: Caller, hotel: HotelId) -> None:
    path = f"/v1/hotels/{hotel}/staff"
    names = [f"Person {n}" for n in range(5)]
    for name in names:
        assert (await call("POST", path, json={"name": name})).status_code == 201
    page = (await call("GET", path, params={"limit": 2})).json()
    seen = [p["name"] for p in page["items"]]
    await call("POST", path, json={"name": "Late"})
    while page["next"]:
        page = (await call("GET", path, params={"limit": 2, "cursor": page["next"]})).json()
        seen += [p["name"] for p in page["items"]]
    assert seen == names[::-1]
    assert (await call("GET", path, params={"cursor": "rubbish"})).status_code == 422


async def test_quote_and_booking_over_rest(call: Caller, hotel: HotelId) -> None:
    base = f"/v1/hotels/{hotel}"
    kind = (await call("POST", f"{base}/room-types", json=ROOM)).json()["id"]
    nights = {"first": "2030-05-01", "days": 10, "capacity": 1, "price": 10000}
    put = await call("PUT", f"{base}/room-types/{kind}/nights", json=nights)
    assert put.json() == {"nights": 10}
    stay = {"arrival": "2030-05-02", "departure": "2030-05-04"}
    (offer,) = (await call("GET", f"{base}/availability", params=stay)).json()
    assert (offer["total"], offer["free"]) == (20000, 1)
    wanted = {**stay, "room_type_id": kind, "adults": 2, "guest_phone": "+34600111222"}
    alone = {"rooms": 3, "adults": 2}
    for asked in (
        call("POST", f"{base}/quotes", json=wanted | alone),
        call("GET", f"{base}/availability", params=stay | alone),
        call("GET", f"{base}/availability/search", params=stay | alone),
    ):
        refused = await asked
        said = refused.json()["type"]
        assert (refused.status_code, said) == (422, "urn:frontdesk:problem:too_many_rooms")
    first, second = [(await call("POST", f"{base}/quotes", json=wanted)).json() for _ in range(2)]
    booked = await call("POST", f"{base}/bookings", json={"quote_id": first["id"]})
    assert (booked.status_code, booked.json()["total"]) == (201, 20000)
    taken = await call("POST", f"{base}/bookings", json={"quote_id": second["id"]})
    assert (taken.status_code, taken.json()["type"]) == (409, "urn:frontdesk:problem:room_taken")
    cancelled = await call("POST", f"{base}/bookings/{booked.json()['id']}/cancel", json={})
    assert (cancelled.json()["status"], cancelled.json()["cancel_fee"]) == ("cancelled", 0)


async def test_a_rule_that_names_what_is_not_there_is_refused_with_its_place(
    call: Caller, hotel: HotelId
) -> None:
    nobody = "01932b1e-5a70-7c44-9f10-3f6d1c2b7a01"
    deep = {"field": "guest.vip", "op": "eq", "value": True}
    asks = {"type": "survey", "survey": "Stay"}
    actions = [
        {"type": "offer_addon", "addon": "spa"},
        {"type": "branch", "conditions": deep, "then": [asks], "otherwise": []},
        {"type": "assign", "user_id": nobody},
        {"type": "assign"},
    ]
    wanted = {"name": "r", "event": "message.understood", "conditions": {}, "actions": actions}
    path = f"/v1/hotels/{hotel}"
    refused = await call("POST", f"{path}/triggers", json=wanted)
    assert refused.status_code == 422
    assert [wrong["at"] for wrong in refused.json()["errors"]] == [
        "body.actions[0].addon",
        "body.actions[1].then[0].survey",
        "body.actions[2].user_id",
    ]
    questions = [{"kind": "rating", "text": {"en": "How was it?"}}]
    stay = {"name": "Stay", "questions": questions}
    assert (await call("POST", f"{path}/surveys", json=stay)).status_code == 201
    wanted["actions"] = actions[1:2]
    made = await call("POST", f"{path}/triggers", json=wanted)
    assert made.status_code == 201, made.text
    again = await call(
        "PUT", f"{path}/triggers/{made.json()['id']}", json=wanted | {"actions": actions}
    )
    assert again.status_code == 422


@pytest.mark.parametrize(
    ("conditions", "status"),
    [
        ({}, 201),
        ({"all": [{"not": {"field": "score", "op": "lt", "value": 0}}]}, 201),
        ({"field": "score", "op": "lt", "value": "low"}, 422),
        ({"field": "weather", "op": "eq", "value": 1}, 422),
        ({"field": "score", "op": "near", "value": 1}, 422),
        ({"some": []}, 422),
        ({"all": []}, 422),
    ],
)
async def test_a_trigger_that_could_never_be_judged_is_refused(
    call: Caller, hotel: HotelId, conditions: dict, status: int
) -> None:
    wanted = {
        "name": "t",
        "event": "sentiment.detected",
        "conditions": conditions,
        "actions": [{"type": "tag", "tag": "x"}],
    }
    answer = await call("POST", f"/v1/hotels/{hotel}/triggers", json=wanted)
    assert answer.status_code == status, answer.text


async def test_health_names_what_is_broken(client: httpx.AsyncClient) -> None:
    assert (await client.get("/healthz")).json() == {"status": "alive"}
    ready = await client.get("/readyz")
    assert (ready.status_code, ready.json()["database"]) == (200, "ok")
    assert ready.json()["broker"].startswith("broken")


def test_a_route_without_a_permission_stops_the_app(settings: Settings) -> None:
    app = create_app(settings)
    assert len(list(api_routes(app))) > 40

    @app.get("/v1/open")
    def anyone() -> str:
        return "come in"

    with pytest.raises(UndeclaredRoute, match="/v1/open"):
        refuse_undeclared(app)


def test_the_api_describes_itself_with_examples(settings: Settings) -> None:
    described = create_app(settings).openapi()
    assert len(described["paths"]) > 25
    assert described["components"]["schemas"]["HotelIn"]["example"]["slug"] == "seaside"


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b'{"code": "DBL", ', 422),
        (b"\xc0\x08", 400),
        (b'{"code":"A","name":"a\\u0000b","max_adults":2,"max_guests":3,"base_price":1}', 422),
        (b'{"code":"A","name":"\\ud800","max_adults":2,"max_guests":3,"base_price":1}', 422),
        (b'{"code":"A","name":"b","max_adults":2,"max_guests":3,"base_price":1e300}', 422),
    ],
)
async def test_a_body_that_cannot_be_kept_is_refused(
    call: Caller, hotel: HotelId, sent: bytes, status: int
) -> None:
    headers = {"Content-Type": "application/json"}
    answer = await call("POST", f"/v1/hotels/{hotel}/room-types", content=sent, headers=headers)
    assert answer.status_code == answer.json()["status"] == status
    assert answer.headers["content-type"] == "application/problem+json"


async def test_what_the_schema_forbids_is_a_conflict(
    call: Caller, db: Database, hotel: HotelId
) -> None:
    """No route says it itself: fewer rooms than are sold already; and a calendar that ends."""
    made = await call("POST", f"/v1/hotels/{hotel}/room-types", json=ROOM)
    nights = f"/v1/hotels/{hotel}/room-types/{made.json()['id']}/nights"
    night = {"first": "2027-05-03", "days": 1, "capacity": 2, "price": 100}
    assert (await call("PUT", nights, json=night)).status_code == 200
    async with db.hotel(hotel) as session:
        (await session.scalars(select(NightlyInventory))).one().sold = 2
    assert (await call("PUT", nights, json={**night, "capacity": 1})).status_code == 409
    assert (await call("PUT", nights, json={**night, "first": "9999-12-31"})).status_code == 422


@pytest.mark.parametrize("token", ["one/two-three", "with a space", "end\nofline", "a?b=cdefgh"])
async def test_a_token_that_would_change_the_address_is_refused(
    call: Caller, hotel: HotelId, token: str
) -> None:
    wanted = {"id_instance": "1", "api_url": "https://api.example.org", "api_token": token}
    answer = await call("POST", f"/v1/hotels/{hotel}/instances", json=wanted)
    assert answer.status_code == 422


@pytest.mark.parametrize(
    "url", ["http://[", "http://a:99999", "http://a\\b", "http://..", "ftp://a"]
)
async def test_an_address_that_cannot_be_called_is_refused(
    call: Caller, hotel: HotelId, url: str
) -> None:
    wanted = {"id_instance": "1", "api_url": url, "api_token": "long-enough"}
    answer = await call("POST", f"/v1/hotels/{hotel}/instances", json=wanted)
    assert answer.status_code == 422
