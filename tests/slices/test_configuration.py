"""A hotel as a document: exported, compared, applied whole or not at all, rolled back."""

import copy
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import date, timedelta

import pytest
from sqlalchemy import update

from frontdesk.api.app import api_routes, create_app, scopes_of
from frontdesk.bookings.models import NightlyInventory
from frontdesk.cli_configuration import as_yaml, read_yaml
from frontdesk.configuration.kinds import SECTIONS
from frontdesk.configuration.spans import compact
from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.secrets import new_key
from frontdesk.kit.settings import Settings
from frontdesk.tenancy.schemas import HotelPatch
from tests.calling import Caller, calling
from tests.conftest import new_hotel

HOUSE = """
hotel:
  name: House as Code
  language: es
  phone: "+34 600 111 222"
  quote_minutes: 45
  quiet_hours: "22:00-08:00"
  retention: {messages: 400}
floors:
  - {code: "1", name: First floor, position: 1}
bed_types:
  - {code: queen, name: Queen bed, sleeps: 2, width_cm: 150}
features:
  - {name: balcony, category: view}
room_types:
  - {code: DBL, name: Double, max_adults: 2, max_guests: 3, base_price: 12000,
     bed_types: {queen: 1}, features: [balcony, "sea, near"]}
  - {code: OLD, name: Old single, max_adults: 1, max_guests: 1, base_price: 5000, active: false}
rooms:
  - {number: "101", room_type: DBL, floor: "1", features: [corner]}
  - {number: "102", room_type: DBL, floor: "2", notes: the quiet one}
photos:
  - {room_type: DBL, url: "https://1.1.1.1/double.jpg", caption: The bed, position: 1}
  - {room_type: DBL, url: "https://1.1.1.1/bath.jpg"}
  - {room: "101", url: "https://1.1.1.1/double.jpg"}
addons:
  - {code: breakfast, name: Breakfast, category: breakfast, pricing: person_night, price: 1800,
     tax_rate: 1000, available_from: 2027-01-01}
taxes:
  - {name: VAT, kind: percent, amount: 1000}
rate_plans:
  - {code: BAR, name: Flexible, is_default: true, cancellation: {free_hours: 48}}
  - {code: ABB, name: With breakfast, parent: BAR, amount: 1500, meal: breakfast}
rate_rules:
  - {name: Summer, layer: season, effect: percent, value: 2500, first: 2027-06-01, last: 2027-09-15}
  - {name: Summer, layer: weekday, effect: amount, value: 500, plan: ABB, room_type: DBL,
     weekdays: [sun, fri]}
rate_supplements:
  - {kind: child, age_from: 3, age_to: 11, amount: 2500}
rate_restrictions:
  - {min_stay: 2, weekdays: [sat]}
rate_allotments:
  - {plan: BAR, room_type: DBL, rooms: 1}
nights:
  - {room_type: DBL, first: 2027-06-01, last: 2027-09-15, price: 12000, capacity: 2,
     weekdays: [mon, tue, wed, thu, sun]}
  - {room_type: DBL, first: 2027-06-04, last: 2027-09-11, price: 15000, capacity: 2,
     weekdays: [fri, sat]}
  - {room_type: DBL, first: 2027-12-24, last: 2027-12-26, price: 30000, capacity: 2, closed: true}
plan_nights:
  - {plan: ABB, room_type: DBL, first: 2027-08-01, last: 2027-08-03, price: 17500}
overbooking:
  - {room_type: DBL, first: 2027-07-01, last: 2027-07-02, rooms: 1}
roles:
  - {name: Night desk, scopes: ["rooms:read", "bookings:read"], approval_limit: null}
staff:
  - {name: Night reception, phone: "34600999001", min_priority: 50,
     shifts: [{weekday: 5, starts: "22:00", ends: "06:00"},
              {weekday: 4, starts: "22:00", ends: "06:00"}]}
  - {name: Ana, phone: "34600999002", role: manager}
  - {name: Ana, phone: "34600999003"}
desk:
  rules: [{name: Complaints, reasons: [complaint], department: management, priority: high}]
  sticky: false
autonomy:
  rules: [{mode: draft, topic: cancel_booking, segment: vip}]
publishing: {contradictions: block}
model_limits: {tokens_per_day: 200000, model_enabled: false}
departments:
  - {code: pool, name: Pool}
  - {code: management, name: The managers}
  - {code: spa, name: Spa, active: false}
labels:
  - {name: vip, colour: "#c03030"}
canned_replies:
  - {shortcut: welcome, language: en, title: Welcome, text: "Dear {guest_name}, welcome."}
surveys:
  - name: After the stay
    questions: [{kind: rating, text: {en: "How was it?", es: "Bien?"}}]
    low: 2
escalation_causes:
  - {cause: sentiment, threshold: -0.3, action: tell, priority: 70}
alert_ladders:
  - {kind: complaint, min_priority: 40,
     levels: [{roles: [reception], minutes: 5}, {people: [Night reception, "34600999002"]}]}
alert_templates:
  - {kind: complaint, language: es, title: "Queja: {title}", body: "{body}"}
open_hours:
  - {week: {mon: ["08:00-12:00", "14:00-18:00"]}, country: ES, subdivision: CT,
     days: [{day: 2027-12-31, periods: []}, {day: 2027-12-24, periods: ["08:00-12:00"]}]}
  - {department: pool, week: {sat: ["10:00-20:00"]}}
sla_policies:
  - {name: House, first_minutes: 5, next_minutes: 15}
  - {name: Pool, department: pool, first_minutes: 20}
triggers:
  - {name: Angry, event: sentiment.detected, actions: [{type: notify_staff, priority: 80}],
     conditions: {all: [{field: score, op: lt, value: -0.5}]}}
facts:
  - {key: check_out_until, value: "11:00"}
  - {key: breakfast_price, value: 1400}
  - {key: pool_hours, value: {from: "09:00", until: "21:00"}, variant: summer}
  - {key: wifi_password, value: hello, language: es, audience: guest}
knowledge:
  - {title: Breakfast, body: From seven to ten., language: en}
  - {title: Breakfast, body: In summer on the terrace., language: en, valid_until: 2027-09-15}
"""
DOCUMENT = read_yaml(HOUSE)


@pytest.fixture
async def houses(
    settings: Settings, db: Database, clock: FixedClock
) -> AsyncIterator[tuple[Caller, Caller]]:
    async with AsyncExitStack() as stack:
        open_one = [calling(settings, db, await new_hotel(db), clock) for _ in range(2)]
        first, second = [await stack.enter_async_context(one) for one in open_one]
        yield first, second


async def _export(caller: Caller) -> tuple[dict, str]:
    answer = await caller("GET", "/configuration")
    assert answer.status_code == 200, answer.text
    return answer.json()["document"], answer.headers["etag"]


async def _apply(caller: Caller, document: object, etag: str | None = None, **more) -> dict:
    headers = {"If-Match": etag} if etag else {}
    body = {"document": document, **more}
    answer = await caller("POST", "/configuration", json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_every_section_is_in_the_example_and_every_setting_is_of_the_document() -> None:
    assert set(DOCUMENT) == set(SECTIONS)
    assert set(DOCUMENT["hotel"]) < set(HotelPatch.model_fields)


async def test_a_hotel_is_exported_into_another_and_both_are_equal(
    houses: tuple[Caller, Caller],
) -> None:
    one, other = houses
    planned = await _apply(one, DOCUMENT, dry_run=True)
    assert planned["version"] is None
    assert await one.listed("/rooms") == []
    done = await _apply(one, DOCUMENT)
    assert [c["path"] for c in done["changes"]] == [c["path"] for c in planned["changes"]]
    assert {c["path"].partition("/")[0] for c in done["changes"]} == set(SECTIONS)
    assert (await _apply(one, DOCUMENT))["changes"] == []

    exported, etag = await _export(one)
    assert exported["hotel"].items() >= DOCUMENT["hotel"].items()
    for section in ("room_types", "rate_plans", "rate_rules", "knowledge", "facts", "roles"):
        assert len(exported[section]) == len(DOCUMENT[section]), section
    assert [f["code"] for f in exported["floors"]] == ["1", "2"]
    again = read_yaml(as_yaml(exported))
    assert again == exported
    assert (await _apply(one, again))["changes"] == []
    await _apply(other, exported)
    assert await _export(other) == (exported, etag)
    assert (await _apply(other, exported))["changes"] == []


async def test_a_bad_document_changes_nothing_and_names_every_path(
    houses: tuple[Caller, Caller],
) -> None:
    one, _ = houses
    await _apply(one, DOCUMENT)
    before = await _export(one)
    bad = copy.deepcopy(DOCUMENT)
    bad["hotel"] |= {"currency": "USD", "name": None, "pace_ms": -1}
    bad["rooms"][1]["room_type"] = "SUITE"
    bad["rooms"].append({**bad["rooms"][0]})
    bad["rate_rules"][0]["value"] = "much"
    bad["taxes"] = {}
    bad["spa"] = []
    answer = await one("POST", "/configuration", json={"document": bad})
    assert answer.status_code == 422
    paths = {e["path"] for e in answer.json()["errors"]}
    assert paths == {
        *("spa", "taxes", "hotel.currency", "hotel.name", "hotel.pace_ms"),
        *("rooms[2].number", "rate_rules[0].value"),
    }
    for wrong, path in (
        ({"rooms": [{"number": "101", "room_type": "SUITE"}]}, "rooms[0].room_type"),
        ({"rooms": [{"number": "9", "room_type_id": "x"}]}, "rooms[0].room_type_id"),
        ({"room_types": [{**DOCUMENT["room_types"][0], "code": "D\x00"}]}, "document"),
        ({"rate_plans": [{"code": "X", "name": "X", "parent": "NONE"}]}, "rate_plans[0].parent"),
        ({"features": []}, "features/balcony"),
    ):
        answer = await one("POST", "/configuration", json={"document": wrong})
        assert answer.is_client_error, (path, answer.text)
        said = answer.json()
        assert said.get("path") == path or path in {e["path"] for e in said.get("errors", [])}, said
    assert await _export(one) == before
    (version,) = [v for v in await one.listed("/configuration/versions") if v["changes"]]
    assert version["number"] == 2


async def test_what_a_section_lacks_goes_or_is_turned_off_and_a_version_brings_it_back(
    houses: tuple[Caller, Caller],
) -> None:
    one, _ = houses
    await _apply(one, DOCUMENT)
    full, etag = await _export(one)
    less = {name: said[:1] for name, said in full.items() if name in ("rooms", "triggers", "taxes")}
    less |= {"rate_rules": [], "knowledge": [], "staff": [], "hotel": {"phone": None}}
    less["rate_plans"] = [
        {"code": "BAR", "name": "Flexible"},
        {"code": "NEW", "name": "New", "is_default": True},
    ]
    done = await _apply(one, less, etag)
    assert (await _apply(one, less))["changes"] == []
    rooms = {r["number"]: r["active"] for r in await one.listed("/rooms")}
    assert rooms == {"101": True, "102": False}
    plans = {p["code"]: (p["active"], p["is_default"]) for p in await one.listed("/rates/plans")}
    assert plans == {"BAR": (True, False), "ABB": (False, False), "NEW": (True, True)}
    assert "phone" not in (await _export(one))[0]["hotel"]

    stale = {"If-Match": etag}
    lost = await one("POST", "/configuration", json={"document": less}, headers=stale)
    assert (lost.status_code, lost.json()["type"][-16:]) == (412, "changed_meanwhile"[-16:])
    versions = {v["number"]: v for v in await one.listed("/configuration/versions")}
    assert {c["path"] for c in versions[done["version"]]["changes"]} == {
        c["path"] for c in done["changes"]
    }
    phone = next(c for c in done["changes"] if c["path"] == "hotel/phone")
    assert (phone["old"], phone["new"]) == (DOCUMENT["hotel"]["phone"], None)
    path = f"/configuration/versions/{versions[2]['id']}"
    assert (await one("GET", path)).json()["document"] == full
    assert (await one("POST", f"{path}/restore")).status_code == 200
    back, _ = await _export(one)
    assert {p["code"] for p in back["rate_plans"] if p.get("active", True)} == {"BAR", "ABB"}
    off = [p for p in back["rate_plans"] if not p.get("active", True)]
    assert back | {"rate_plans": [p for p in back["rate_plans"] if p not in off]} == full


async def test_settings_have_an_etag_and_what_other_routes_change_is_a_version_too(
    houses: tuple[Caller, Caller], hotel: HotelId
) -> None:
    one, other = houses
    etag = (await one("GET", "")).headers["etag"]
    patch = {"json": {"quote_minutes": 20}, "headers": {"If-Match": etag}}
    first = await one("PATCH", "", **patch)
    assert (first.status_code, first.json()["quote_minutes"]) == (200, 20)
    assert (await one("PATCH", "", **patch)).status_code == 412
    assert (await one("PATCH", "", json={"quote_minutes": 21})).status_code == 200
    fresh = {"If-Match": f'W/"x", {(await one("GET", "")).headers["etag"]}'}
    assert (await one("PATCH", "", json={"pace_ms": 5}, headers=fresh)).status_code == 200
    await one.made("/rates/taxes", name="City", kind="stay", amount=100)
    await one("PATCH", "", json={"language": "fr"})
    versions = await one.listed("/configuration/versions")
    assert [v["made_by"].partition(":")[0] for v in versions[:2]] == ["key", "elsewhere"]
    assert await other.listed("/configuration/versions") == []


async def test_nobody_reads_or_writes_a_section_beyond_their_permissions(
    houses: tuple[Caller, Caller],
) -> None:
    one, _ = houses
    await _apply(one, DOCUMENT)
    scopes = ["hotel:read", "hotel:write", "staff:read", "rooms:read", "rooms:write"]
    made = await one.made("/keys", name="little", scopes=[*scopes, "roles:write"])
    little = Caller(one.client, one.hotel, made["key"])
    seen, _ = await _export(little)
    assert set(seen) == {
        *(
            "hotel",
            "floors",
            "bed_types",
            "features",
            "room_types",
            "rooms",
            "photos",
            "addons",
            "staff",
        ),
        *("escalation_causes", "alert_ladders", "alert_templates", "open_hours", "sla_policies"),
    }
    for section, entry in (("taxes", []), ("staff", [])):
        answer = await little("POST", "/configuration", json={"document": {section: entry}})
        assert answer.status_code == 403, section
    more = {"roles": [*DOCUMENT["roles"], {"name": "Boss", "scopes": ["guests:erase"]}]}
    answer = await little("POST", "/configuration", json={"document": more})
    assert (answer.status_code, answer.json()["path"]) == (403, "roles/Boss")
    told = await little.listed("/configuration/versions")
    assert {c["path"].partition("/")[0] for v in told for c in v["changes"]} == set(seen)


async def test_photos_go_with_what_they_show_and_only_to_public_places(
    houses: tuple[Caller, Caller],
) -> None:
    one, _ = houses
    await _apply(one, DOCUMENT)
    (kind,) = [k for k in await one.listed("/room-types") if k["code"] == "DBL"]
    shown = await one.listed("/photos", room_type_id=kind["id"])
    assert [(p["caption"], p["url"][-8:]) for p in shown] == [
        ("", "bath.jpg"),
        ("The bed", "uble.jpg"),
    ]
    fewer = copy.deepcopy(DOCUMENT["photos"])
    del fewer[1]
    fewer[0]["caption"] = "Both beds"
    done = await _apply(one, {"photos": fewer})
    assert [(c["what"], c["new"]) for c in done["changes"]] == [
        ("change", {"caption": "Both beds"}),
        ("remove", None),
    ]
    assert (await _apply(one, {"photos": fewer}))["changes"] == []
    assert len(await one.listed("/photos")) == 2
    for bad, path in (
        ({"room_type": "DBL", "url": "https://10.0.0.1/x.jpg"}, "photos[0].url"),
        ({"room_type": "DBL", "url": "https://[::1/x.jpg"}, "photos[0].url"),
        ({"room_type": "DBL", "url": "http://1.1.1.1/x.jpg"}, "photos[0].url"),
        ({"room_type": "SUI", "url": "https://1.1.1.1/x.jpg"}, "photos[0].room_type"),
        ({"room": "101", "room_type": "DBL", "url": "https://1.1.1.1/x.jpg"}, "photos[0]"),
        ({"url": "https://1.1.1.1/x.jpg"}, "photos[0]"),
    ):
        answer = await one("POST", "/configuration", json={"document": {"photos": [bad]}})
        assert answer.status_code == 422, bad
        assert path in [e["path"] for e in answer.json()["errors"]], (bad, answer.text)
    many = [{"room": "101", "url": f"https://1.1.1.{n}/x.jpg"} for n in range(60)]
    answer = await one("POST", "/configuration", json={"document": {"photos": many}})
    assert answer.status_code == 422


async def test_nights_are_said_in_spans_compared_by_night_and_go_back(
    houses: tuple[Caller, Caller], db: Database
) -> None:
    one, _ = houses
    await _apply(one, DOCUMENT)
    exported, _ = await _export(one)
    for section in ("nights", "plan_nights", "overbooking"):
        known = sorted(exported[section], key=str)
        assert known == sorted(({**e} for e in DOCUMENT[section]), key=str), section
    wanted = {"first": "2027-06-15", "days": 1, "price": 13500}
    assert (await one("PUT", "/calendar", json=wanted)).json() == {"nights": 1}
    dry = await _apply(one, DOCUMENT, dry_run=True)
    (change,) = dry["changes"]
    assert change["path"] == "nights/DBL 2027-06-15..2027-06-15"
    assert (change["old"], change["new"]) == ({"price": 13500}, {"price": 12000})
    # said night by night or in other spans, it is the same; a room more does not move it
    other = copy.deepcopy(DOCUMENT)
    head, *rest = other["nights"]
    split = [{**head, "last": "2027-06-20"}, {**head, "first": "2027-06-21"}]
    other["nights"] = [*rest, *split]
    assert [c["path"] for c in (await _apply(one, other))["changes"]] == [change["path"]]
    other["rooms"].append({"number": "103", "room_type": "DBL", "floor": "1"})
    assert [c["path"] for c in (await _apply(one, other))["changes"]] == ["rooms/103"]
    assert (await _apply(one, other))["changes"] == []
    # more is allowed before there is less to sell, in one document
    await _sell(db, one, "2027-07-01", 2)
    tight = copy.deepcopy(other)
    tight["nights"] = [
        {
            "room_type": "DBL",
            "first": "2027-07-01",
            "last": "2027-07-02",
            "price": 9900,
            "capacity": 0,
        }
    ]
    answer = await one("POST", "/configuration", json={"document": tight})
    assert (answer.status_code, answer.json()["path"]) == (409, "nights/DBL 2027-07-01..2027-07-01")
    tight["overbooking"] = [{**tight["overbooking"][0], "rooms": 2}]
    tight["plan_nights"] = []
    done = await _apply(one, tight)
    assert {c["what"] for c in done["changes"]} == {"change", "remove"}
    assert (await _apply(one, tight))["changes"] == []
    nights = (await one("GET", "/calendar?first=2027-06-30&days=4")).json()[0]["nights"]
    assert [(n["night"], n["price"]) for n in nights] == [
        ("2027-07-01", 9900),
        ("2027-07-02", 9900),
    ]
    # rolled back, the season is there again; of what somebody has, only the door is shut
    versions = await one.listed("/configuration/versions")
    before = next(v for v in versions if v["number"] == done["version"] - 1)
    back = await one("POST", f"/configuration/versions/{before['id']}/restore")
    assert back.status_code == 200, back.text
    again, _ = await _export(one)
    assert again["nights"] == exported["nights"]
    assert again["overbooking"] == exported["overbooking"]
    shut = {**other, "nights": [], "overbooking": []}
    await _apply(one, shut)
    assert (await _apply(one, shut))["changes"] == []
    left, _ = await _export(one)
    assert [(n["first"], n["last"], n["closed"]) for n in left["nights"]] == [
        ("2027-07-01", "2027-07-01", True)
    ]


async def test_what_is_wrong_about_nights_is_named(houses: tuple[Caller, Caller]) -> None:
    one, _ = houses
    await _apply(one, DOCUMENT)
    night = {"room_type": "DBL", "first": "2027-06-01", "last": "2027-06-03", "price": 1}
    for section, entries, path in (
        ("nights", [{**night, "capacity": 1}, {**night, "capacity": 2}], "nights[1].first"),
        ("nights", [{**night, "capacity": 1, "last": "2027-05-01"}], "nights[0]"),
        ("nights", [{**night, "capacity": 1, "price": 0}], "nights[0].price"),
        ("nights", [{**night, "capacity": 1, "room_type": "SUITE"}], "nights.room_type"),
        ("nights", {}, "nights"),
        ("plan_nights", [{**night, "plan": "NONE"}], "plan_nights.plan"),
        ("overbooking", [{**night, "rooms": 1, "price": None}], "overbooking[0].price"),
        (
            "overbooking",
            [{"room_type": "DBL", "first": "2027-05-31", "last": "2027-06-01", "rooms": 1}],
            "overbooking/DBL",
        ),
    ):
        answer = await one("POST", "/configuration", json={"document": {section: entries}})
        assert answer.status_code == 422, (section, entries)
        assert [e["path"] for e in answer.json()["errors"]] == [path]


def test_days_are_said_in_the_same_spans_whatever_they_are() -> None:
    rng = random.Random(7)  # noqa: S311
    first = date(2027, 1, 1)
    for _ in range(300):
        days: dict[date, int] = {}
        week = [rng.randrange(2) for _ in range(7)]
        for n in range(rng.randrange(60)):
            day = first + timedelta(n)
            if rng.random() < 0.95:
                days[day] = rng.randrange(3) if rng.random() < 0.05 else week[day.weekday()]
        spans = compact(days)
        said = [(day, span.value) for span in spans for day in span.days()]
        assert len(said) == len(days)
        assert dict(said) == days
    whole = {first + timedelta(n): (first + timedelta(n)).weekday() >= 4 for n in range(365)}
    assert len(compact(whole)) == 2


async def _sell(db: Database, one: Caller, night: str, rooms: int) -> None:
    async with db.hotel(one.hotel) as session:
        sold = update(NightlyInventory).where(NightlyInventory.night == date.fromisoformat(night))
        await session.execute(sold.values(sold=rooms))


def test_every_route_that_writes_settings_is_in_the_document_or_known_not_to_be() -> None:
    """A new one has to be put into a section, or into this list and README's."""
    said = {
        *(
            "",
            "floors",
            "bed-types",
            "features",
            "room-types",
            "rooms",
            "photos",
            "addons",
            "roles",
        ),
        *("rates", "calendar", "staff", "triggers", "journeys", "configuration"),
        *("desk", "departments", "alert-ladders", "alert-templates", "sla", "autonomy"),
        *("escalation-causes", "surveys", "assistant", "knowledge"),
    }
    apart = {
        *("instances", "webhooks", "staff-webhooks", "staff-channels", "payment-account", "pms"),
        *("keys", "members", "calendar-sources"),
    }
    acts = {"broadcasts", "planned-sends", "rules-latch", "webhook-deliveries", "calendar-feeds"}
    app = create_app(Settings(_env_file=None, FRONTDESK_SECRET_KEY=new_key()))
    found: set[str] = set()
    for route in api_routes(app):
        settings = {s for s in scopes_of(route) if s.endswith(":write")} - WORK
        if settings and route.path.startswith(HOTEL_PATH) and "GET" not in (route.methods or ()):
            found.add(route.path.removeprefix(HOTEL_PATH).strip("/").partition("/")[0])
    assert found == said | apart | acts
    assert {"knowledge", "nights", "overbooking", "photos"} <= set(SECTIONS)


HOTEL_PATH = "/v1/hotels/{hotel_id}"
WORK = {
    *("conversations:write", "bookings:write", "housekeeping:write", "maintenance:write"),
    *("guests:write", "payments:write", "reviews:write", "imports:write"),
}
"""What is written under these is a day's work and no setting."""
