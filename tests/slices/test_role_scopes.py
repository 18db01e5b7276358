"""Roles that a hotel makes for a department open its routes and no other department's."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from frontdesk.api.app import api_routes, create_app, scopes_of
from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.secrets import Vault, new_key
from frontdesk.kit.settings import Settings
from frontdesk.operations.probe_routes import PARAMETER, calls
from frontdesk.tenancy.auth import NOT_OF_A_HOTEL
from frontdesk.tenancy.permissions import SCOPES
from tests.people import House, house_of

API = create_app(Settings(_env_file=None, FRONTDESK_SECRET_KEY=new_key()))
DECLARED = {(m, r.path): scopes_of(r) for r in api_routes(API) for m in r.methods or ()}
CALLS = [c for c in calls(API.openapi(), api_routes(API)) if "{hotel_id}" in c.path]
DEPARTMENTS = {
    "Housekeeping only": ["housekeeping:read", "housekeeping:write", "rooms:read"],
    "Front desk only": [
        *("bookings:read", "bookings:write", "bookings:check_in", "guests:read", "guests:write"),
        *("payments:read", "rooms:read", "rates:read"),
    ],
}


@pytest.fixture
async def house(
    settings: Settings, db: Database, clock: FixedClock, vault: Vault, tmp_path: Path
) -> AsyncIterator[House]:
    async with house_of(settings, db, clock, vault, tmp_path) as opened:
        yield opened


def test_there_are_more_than_forty_permissions_and_each_opens_a_route() -> None:
    assert len(SCOPES) == len(set(SCOPES)) > 40
    used = set().union(*DECLARED.values()) - NOT_OF_A_HOTEL
    assert used <= set(SCOPES)
    assert len(used) > 40, sorted(set(SCOPES) - used)


@pytest.mark.parametrize("department", DEPARTMENTS)
async def test_a_department_has_its_own_routes_and_no_other(
    house: House, hotel: HotelId, other_hotel: HotelId, department: str
) -> None:
    scopes = DEPARTMENTS[department]
    address = f"{department.replace(' ', '-')}@hotel.example".lower()
    admin = await house.member(hotel, f"admin-{address}", "admin")
    role = {"name": department, "scopes": scopes, "approval_limit": 0}
    made = await admin("POST", f"/v1/hotels/{hotel}/roles", json=role)
    assert made.status_code == 201, made.text
    person = await house.member(hotel, address, department)
    opened, shut = 0, 0
    for call in CALLS:
        ids = {"hotel_id": str(hotel)}
        nothing = "00000000-0000-0000-0000-000000000001"
        path = PARAMETER.sub(lambda m, k=ids, n=nothing: k.get(m[1], n), call.path)
        answer = await person(call.method, path, json=call.body)
        (scope,) = DECLARED[call.method, call.path]
        assert (answer.status_code == 403) is (scope not in scopes), (call.name, answer.text)
        opened, shut = opened + (scope in scopes), shut + (scope not in scopes)
    assert opened > 10
    assert shut > 100
    assert (await person("GET", f"/v1/hotels/{other_hotel}/rooms")).status_code == 404
