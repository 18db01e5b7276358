"""The cache: a Valkey that is there, one that is gone, and what is counted."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from frontdesk.kit.cache import Area, Cache, hit_rates
from frontdesk.local.valkey import RunningValkey, start_valkey

HOTEL, OTHER = UUID(int=1), UUID(int=2)


@pytest.fixture(scope="module")
def valkey() -> Iterator[RunningValkey]:
    with tempfile.TemporaryDirectory(prefix="frontdesk-cache-") as folder:
        running = start_valkey(Path(folder))
        yield running
        running.stop()


class Shelf:
    """What the database would give, and how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    async def read(self) -> dict[str, int]:
        self.asked += 1
        return {"asked": self.asked}


def whole(raw: dict[str, int]) -> tuple[int, ...]:
    return tuple(raw.values())


async def test_one_process_finds_what_another_read_until_the_version_moves(
    valkey: RunningValkey,
) -> None:
    shelf, one, two = Shelf(), Cache(valkey.url), Cache(valkey.url)
    for cache in (one, two, one):
        assert await cache.kept(Area.ROOM_TYPES, HOTEL, "v1", shelf.read, whole) == (1,)
    assert await two.kept(Area.ROOM_TYPES, HOTEL, "v2", shelf.read, whole) == (2,)
    assert await two.kept(Area.ROOM_TYPES, OTHER, "v1", shelf.read, whole) == (3,)
    assert await two.kept(Area.REPORTS, HOTEL, "v1", shelf.read, whole) == (4,)
    assert one.counts == {"room_types:miss": 1, "room_types:near": 1}
    assert two.counts["room_types:far"] == 1
    await one.close()
    assert (await two.everywhere())["room_types:near"] == 1
    await two.close()


async def test_a_valkey_that_is_gone_is_a_miss_and_not_an_error() -> None:
    shelf = Shelf()
    cache = Cache("redis://127.0.0.1:1/0", near=1)
    for version in ("a", "b", "a"):
        await cache.kept(Area.ROOM_TYPES, HOTEL, version, shelf.read, whole)
    assert shelf.asked == 3
    assert await cache.everywhere() == {}
    await cache.close()


async def test_kept_values_fade_with_their_time_in_valkey(valkey: RunningValkey) -> None:
    cache = Cache(valkey.url)
    await cache.kept(Area.AVAILABILITY, HOTEL, "fades", Shelf().read, whole)
    key = f"frontdesk:{HOTEL}:availability:fades"
    left = await cache._ask(lambda client: client.ttl(key))
    assert 0 < left <= 120
    await cache.close()


def test_the_hit_rate_is_what_was_not_read_again() -> None:
    counts = {"room_types:near": 6, "room_types:far": 3, "room_types:miss": 1, "reports:miss": 10}
    assert hit_rates(counts) == {"reports": 0.0, "room_types": 0.9, "all": 0.45}
    assert hit_rates({}) == {}
