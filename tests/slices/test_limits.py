"""Request rates, counted in a real Valkey: per person or key, per hotel, per address; fail open."""

import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.secrets import Vault
from frontdesk.kit.settings import Settings
from frontdesk.local.valkey import RunningValkey, start_valkey
from tests.people import House, house_of, problem


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[RunningValkey]:
    started = start_valkey(tmp_path / "valkey")
    yield started
    started.stop()


@pytest.fixture
async def house(
    settings: Settings,
    db: Database,
    clock: FixedClock,
    vault: Vault,
    tmp_path: Path,
    valkey: RunningValkey,
) -> AsyncIterator[House]:
    rates = {"rate_principal": "5/hour", "rate_hotel": "8/hour", "rate_address": "6/hour"}
    changes = {"redis_url": valkey.url, **rates}
    async with house_of(settings, db, clock, vault, tmp_path, **changes) as opened:
        yield opened


def address() -> str:
    return f"p-{uuid.uuid4().hex[:10]}@mail.example"


async def test_each_has_its_own_measure_and_one_hotel_does_not_take_anothers(
    house: House, hotel: HotelId, other_hotel: HotelId
) -> None:
    one, two = [await house.member(hotel, address(), "staff") for _ in range(2)]
    far = await house.member(other_hotel, address(), "staff")
    path, other = f"/v1/hotels/{hotel}/room-types", f"/v1/hotels/{other_hotel}/room-types"
    assert [(await one("GET", path)).status_code for _ in range(5)] == [200] * 5
    refused = await one("GET", path)
    assert problem(refused) == (429, "too_many_requests")
    assert 0 < int(refused.headers["Retry-After"]) <= 3600
    assert [(await two("GET", path)).status_code for _ in range(4)] == [200] * 3 + [429]
    assert (await far("GET", other)).status_code == 200
    login = {"email": address(), "password": "x"}
    answers = [await house.client.post("/v1/auth/login", json=login) for _ in range(4)]
    assert [a.status_code for a in answers] == [401] * 3 + [429]


async def test_a_valkey_that_is_gone_stops_nobody_and_is_told(
    house: House, hotel: HotelId, valkey: RunningValkey
) -> None:
    person = await house.member(hotel, address(), "staff")
    valkey.stop()
    with capture_logs() as logs:
        path = f"/v1/hotels/{hotel}/room-types"
        assert [(await person("GET", path)).status_code for _ in range(12)] == [200] * 12
    assert [line["event"] for line in logs].count("rate_limit_open") == 1
