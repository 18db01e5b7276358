"""The cache: a Valkey that is there, one that is gone, and what is counted."""

import tempfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from frontdesk.bookings.quote import StayWish, make_quote
from frontdesk.bookings.reserve import Yes, reserve_at_once
from frontdesk.guests.actions import recognise
from frontdesk.kit.cache import Area, Cache, hit_rates
from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import open_database
from frontdesk.kit.errors import Forbidden
from frontdesk.kit.ids import HotelId
from frontdesk.kit.settings import Settings
from frontdesk.local.valkey import RunningValkey, start_valkey
from frontdesk.tenancy.audit import record
from frontdesk.tenancy.queries import the_hotel
from tests.calling import calling
from tests.slices.stays import FIRST, stay_of
from tests.slices.test_booking import room_of

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


async def test_a_report_is_kept_until_any_process_writes_to_the_hotel(
    valkey: RunningValkey,
    settings: Settings,
    hotel: HotelId,
    other_hotel: HotelId,
    clock: FixedClock,
) -> None:
    cached = settings.model_copy(update={"redis_url": valkey.url})
    elsewhere = open_database(cached)
    path, counted = "/reports/daily", {"first": "2027-05-01", "days": 2}
    async with calling(cached, elsewhere, hotel, clock) as call:
        answers = [await call("GET", path, params=counted) for _ in range(3)]
        assert {a.status_code for a in answers} == {200}
        assert len({a.text for a in answers}) == 1
        cache = call.client._transport.app.state.db.cache  # type: ignore[attr-defined]
        assert cache.counts["reports:near"] == 2
        async with elsewhere.hotel(other_hotel) as session:
            record(session, other_hotel, "tax.add", "tax:1", by="test")
        await call("GET", path, params=counted)
        assert cache.counts["reports:near"] == 3
        async with elsewhere.hotel(hotel) as session:
            record(session, hotel, "tax.add", "tax:1", by="test")
        assert (await call("GET", path, params=counted)).status_code == 200
        assert (cache.counts["reports:near"], cache.counts["reports:miss"]) == (3, 2)
        as_csv = await call("GET", path, params={**counted, "form": "csv"})
        assert as_csv.headers["content-type"].startswith("text/csv")
        with suppress(Forbidden):
            async with elsewhere.hotel(hotel) as session:
                record(session, hotel, "tax.add", "tax:1", by="test")
                raise Forbidden
        await call("GET", path, params=counted)
        assert cache.counts["reports:near"] == 4
    await elsewhere.close()


async def test_without_valkey_no_report_is_kept(valkey: RunningValkey) -> None:
    away, none, there = Cache("redis://127.0.0.1:9/0"), Cache(""), Cache(valkey.url)
    assert await away.writes(HOTEL) is None
    assert await none.writes(HOTEL) is None
    assert await there.writes(OTHER) == "w0"
    for cache in (away, there):
        await cache.close()


async def test_availability_is_kept_in_a_browse_and_stale_with_a_sale_or_a_block(
    valkey: RunningValkey,
    settings: Settings,
    hotel: HotelId,
    other_hotel: HotelId,
    clock: FixedClock,
) -> None:
    cached = settings.model_copy(update={"redis_url": valkey.url})
    db = open_database(cached)
    kind = await room_of(db, hotel, capacity=2)
    async with calling(cached, db, hotel, clock) as call:
        cache = call.client._transport.app.state.db.cache  # type: ignore[attr-defined]

        async def free(day: int = 0) -> int:
            stay = {"arrival": FIRST + timedelta(day), "departure": FIRST + timedelta(day + 2)}
            asked = {name: f"{date}" for name, date in stay.items()}
            (offer,) = (await call("GET", "/availability", params=asked)).json()
            (choice,) = (await call("GET", "/availability/search", params=asked)).json()["choices"]
            assert offer["free"] == choice["free"]
            return offer["free"]

        assert [await free() for _ in range(3)] == [2, 2, 2]
        await stay_of(db, other_hotel, await room_of(db, other_hotel, capacity=2), clock)
        assert (await free(), cache.counts["availability:near"]) == (2, 6)
        await stay_of(db, hotel, kind, clock)
        assert await free() == 1
        async with db.hotel(hotel) as session:
            guest = await recognise(session, hotel, None, "34600111223@c.us", name="B")
            wish = StayWish(FIRST, FIRST + timedelta(2), adults=2)
            house = await the_hotel(session)
            quote = await make_quote(session, house, wish, kind, guest.id, now=clock.now())
        await reserve_at_once(db, hotel, Yes(quote.id, "test", "rest"), now=clock.now())
        assert await free(2) == 2
        gone = {"arrival": f"{FIRST}", "departure": f"{FIRST + timedelta(2)}"}
        assert (await call("GET", "/availability", params=gone)).json() == []

        before = dict(cache.counts)
        for day in (2, 3, 4, 3, 2, 3, 2, 4, 3, 2):  # back and forth, as people look
            await free(day)
        asked = {how: cache.counts[f"availability:{how}"] for how in ("near", "far", "miss")}
        share = {n: asked[n] - before.get(f"availability:{n}", 0) for n in asked}
        assert (share["near"] + share["far"]) / sum(share.values()) > 0.7
        assert hit_rates(dict(cache.counts))["availability"] > 0
    await db.close()
