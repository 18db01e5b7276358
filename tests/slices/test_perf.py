"""`scripts/perf`: what it says of a database and of a cache is what is there."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator

import asyncpg
import pytest

from frontdesk.kit.cache import COUNTS
from frontdesk.kit.db import plain_url
from frontdesk.kit.settings import Settings
from frontdesk.local.valkey import start_valkey

CALL = [sys.executable, "-m", "frontdesk.cli_perf"]
TOLD = 60


async def perf(settings: Settings, *words: str, redis: str = "") -> tuple[int, dict]:
    told = {
        **os.environ,
        "DATABASE_URL": settings.database_url,
        "DATABASE_OWNER_URL": settings.database_owner_url,
        "DATABASE_PLATFORM_URL": settings.database_platform_url,
        "FRONTDESK_SECRET_KEY": settings.secret_key.get_secret_value(),
        "REDIS_URL": redis,
    }
    done = await asyncio.to_thread(
        subprocess.run, [*CALL, *words, "--json"], env=told, capture_output=True, check=False
    )
    assert done.stderr == b""
    return done.returncode, json.loads(done.stdout)


@pytest.fixture
async def owner(apart: Settings) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(plain_url(apart.database_owner_url))
    yield connection
    await connection.close()


async def test_a_lost_index_is_named(apart: Settings, owner: asyncpg.Connection) -> None:
    code, found = await perf(apart, "check-indexes")
    assert (code, found["lacking"]) == (0, [])
    before = found["not_led_by_hotel"]
    assert "ix_bookings_recent" in {row["index_name"] for row in found["unused"]}
    await owner.execute("DROP INDEX ix_bookings_recent")
    await owner.execute("CREATE INDEX stray ON bookings (arrival)")
    code, found = await perf(apart, "check-indexes")
    assert (code, found["lacking"]) == (1, ["ix_bookings_recent"])
    stray = {"table": "bookings", "index": "stray"}
    assert [row for row in found["not_led_by_hotel"] if row not in before] == [stray]


async def test_statements_are_told_by_shape_without_their_values(
    apart: Settings, owner: asyncpg.Connection
) -> None:
    # Told often: what is called once is the first to be forgotten when other tests' databases
    # have filled the 5,000 shapes that one server counts.
    for _ in range(TOLD):
        await owner.execute("SELECT count(*) FROM hotels, pg_class WHERE relname <> 'a secret'")
    _, found = await perf(apart, "analyze-queries", "--limit", "500")
    (mine,) = [s for s in found["statements"] if "FROM hotels, pg_class" in s["query"]]
    assert "a secret" not in json.dumps(found)
    assert TOLD / 2 < mine["calls"] <= TOLD


async def test_the_cache_tells_its_hit_rate(apart: Settings, tmp_path_factory) -> None:
    server = start_valkey(tmp_path_factory.mktemp("valkey"))
    try:
        empty = (await perf(apart, "cache-stats", redis=server.url))[1]
        counts = ("rates:near", "6", "rates:far", "2", "rates:miss", "2")
        await asyncio.to_thread(_told, server.url, *counts)
        _, found = await perf(apart, "cache-stats", redis=server.url)
    finally:
        server.stop()
    assert empty["hit_rates"] == {}
    assert found["hit_rates"] == {"rates": 0.8, "all": 0.8}


def _told(url: str, *counts: str) -> None:
    import redis  # noqa: PLC0415 - the plain client, for this one test

    with redis.Redis.from_url(url) as client:
        client.hset(COUNTS, items=list(counts))
