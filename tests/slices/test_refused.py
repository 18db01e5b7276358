"""Floods with wrong keys and tokens: told to wait by address, and in nobody else's way."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.settings import Settings
from frontdesk.local.valkey import RunningValkey, start_valkey
from tests.calling import Caller, calling

MANY = 5
HERE, THERE = "203.0.113.7", "203.0.113.8"
WRONG = ("Bearer fd_nobody", "Bearer a.b.c", "Basic abc", "Bearer fdg_x.y.z")


@pytest.fixture(scope="module")
def valkey() -> Iterator[RunningValkey]:
    with tempfile.TemporaryDirectory(prefix="frontdesk-refused-") as folder:
        running = start_valkey(Path(folder))
        yield running
        running.stop()


@pytest.fixture
async def call(
    settings: Settings, db: Database, hotel: HotelId, clock: FixedClock, valkey: RunningValkey
) -> AsyncIterator[Caller]:
    limited = {"redis_url": valkey.url, "rate_refused": f"{MANY}/hour", "rate_principal": "3/hour"}
    chosen = settings.model_copy(update={**limited, "trusted_proxies": "127.0.0.0/8"})
    async with calling(chosen, db, hotel, clock) as caller:
        yield caller


async def knock(call: Caller, credential: str, *, at: str, path: str = "") -> httpx.Response:
    path = path or f"/v1/hotels/{call.hotel}/rooms"
    headers = {"Authorization": credential, "X-Forwarded-For": at}
    return await call.client.get(path, headers=headers)


async def test_a_flood_of_wrong_keys_is_told_to_wait_and_a_right_one_passes(call: Caller) -> None:
    for at in range(MANY):
        assert (await knock(call, WRONG[at % len(WRONG)], at=HERE)).status_code == 401
    for credential in WRONG:
        for path in ("", "/v1/guest/booking"):
            refused = await knock(call, credential, at=HERE, path=path)
            assert refused.status_code == 429, (credential, path)
            assert 0 < int(refused.headers["Retry-After"]) <= 3600
    assert (await knock(call, WRONG[0], at=THERE)).status_code == 401
    for expected in (200, 200, 200, 429):  # counted once each, by its own rate
        assert (await knock(call, f"Bearer {call.key}", at=HERE)).status_code == expected


async def test_who_shows_nothing_is_not_counted(call: Caller) -> None:
    for _ in range(MANY + 2):
        answer = await call.client.get(
            f"/v1/hotels/{call.hotel}/rooms", headers={"X-Forwarded-For": "203.0.113.9"}
        )
        assert answer.status_code == 401
