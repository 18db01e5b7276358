"""What was read before, by hotel: near in this process, and in Valkey for every process.

A key ends in a version that the database changes in the transaction that changes the rows. Whoever
reads the version in its own transaction cannot find what is older, also where Valkey was away when
the rows changed: nothing has to be told, and old versions fade with their time.
"""

import asyncio
import time
from collections import Counter, OrderedDict
from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Any, TypeVar, cast
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

T = TypeVar("T")


class Area(StrEnum):
    """What is kept, and for how long."""

    ROOM_TYPES = "room_types"
    AVAILABILITY = "availability"
    REPORTS = "reports"


SECONDS = {Area.ROOM_TYPES: 3600, Area.AVAILABILITY: 120, Area.REPORTS: 900}
NEAR = 512
"""Values kept in this process; the one not asked for the longest goes."""
PATIENCE = 0.25
"""Seconds for Valkey to answer: the database is never far."""
AWAY = 5.0
"""Seconds in which a Valkey that failed is not asked again."""
COUNT_EVERY = 64
COUNTS = "frontdesk:cache:counts"
"""A hash in Valkey: `<area>:near`, `<area>:far` and `<area>:miss`, over all processes."""
WRITES = "frontdesk:writes"
CACHE = "cache"
"""Where a session finds its cache."""


class Cache:
    """Answers from memory or not at all: every failure is a miss."""

    def __init__(self, url: str = "", *, near: int = NEAR) -> None:
        self._url = url
        self._client: Any = None
        self._near: OrderedDict[str, tuple[float, Any]] = OrderedDict()
        self._room = near
        self._asleep_until = 0.0
        self._untold: Counter[str] = Counter()
        self.counts: Counter[str] = Counter()
        """Of this process: `<area>:near`, `<area>:far`, `<area>:miss`."""

    async def kept(
        self,
        area: Area,
        hotel_id: UUID,
        version: str,
        read: Callable[[], Awaitable[Any]],
        parse: Callable[[Any], T],
    ) -> T:
        """What `read` gives, parsed; asked for only where nothing is kept under this version.

        What is read must be JSON. What is parsed is shared: it must not be changed.
        """
        key = f"frontdesk:{hotel_id}:{area}:{version}"
        found = self._find(key)
        if found is not None:
            self._count(area, "near")
            return cast("T", found)
        raw = await self._far(key)
        self._count(area, "miss" if raw is None else "far")
        if raw is None:
            raw = await read()
            await self._put(key, raw, SECONDS[area])
        parsed = parse(raw)
        self._keep(key, parsed, SECONDS[area])
        await self.tell()
        return parsed

    async def writes(self, hotel_id: UUID) -> str | None:
        """A version for what no counter of the database covers: it moves with every write.

        None where there is no Valkey: then nothing is kept. It is moved after the commit, so an
        answer may be late by that moment, and by the area's seconds where moving it failed.
        """
        count = await self._ask(lambda client: client.incrby(f"{WRITES}:{hotel_id}", 0))
        return None if count is None else f"w{count}"

    async def wrote(self, hotel_id: UUID) -> None:
        """Whatever was kept under the hotel's `writes` is not found any more."""
        await self._ask(lambda client: client.incr(f"{WRITES}:{hotel_id}"))

    def _find(self, key: str) -> Any:
        entry = self._near.get(key)
        if entry is None or entry[0] < time.monotonic():
            return None
        self._near.move_to_end(key)
        return entry[1]

    def _keep(self, key: str, value: object, seconds: float) -> None:
        self._near[key] = (time.monotonic() + seconds, value)
        self._near.move_to_end(key)
        while len(self._near) > self._room:
            self._near.popitem(last=False)

    async def _far(self, key: str) -> Any:
        raw = await self._ask(lambda client: client.get(key))
        return None if raw is None else orjson.loads(raw)

    async def _put(self, key: str, value: object, seconds: int) -> None:
        await self._ask(lambda client: client.set(key, orjson.dumps(value), ex=seconds))

    async def _ask(self, call: Callable[[Any], Awaitable[Any]]) -> Any:
        """None where there is no Valkey, or none that answers in time."""
        if not self._url or time.monotonic() < self._asleep_until:
            return None
        from redis.exceptions import RedisError  # noqa: PLC0415 - 5 MiB; webhooks need none

        self._client = self._client or _client(self._url)
        try:
            async with asyncio.timeout(PATIENCE):
                return await call(self._client)
        except (RedisError, OSError, TimeoutError):
            self._asleep_until = time.monotonic() + AWAY
            return None

    def _count(self, area: Area, how: str) -> None:
        self.counts[f"{area}:{how}"] += 1
        self._untold[f"{area}:{how}"] += 1

    async def tell(self, *, at_least: int = COUNT_EVERY) -> None:
        """Add what was counted to the count of all processes."""
        if self._untold.total() < at_least:
            return
        told, self._untold = self._untold, Counter()

        async def add(client: Any) -> bool:
            pipe = client.pipeline(transaction=False)
            for name, count in told.items():
                pipe.hincrby(COUNTS, name, count)
            await pipe.execute()
            return True

        if await self._ask(add) is None:
            self._untold.update(told)

    async def everywhere(self) -> dict[str, int]:
        """The counts of all processes; empty where Valkey does not answer."""
        found: dict[bytes, bytes] = await self._ask(lambda client: client.hgetall(COUNTS)) or {}
        return {name.decode(): int(count) for name, count in found.items()}

    async def close(self) -> None:
        await self.tell(at_least=1)
        if self._client is not None:
            await self._client.aclose()


def _client(url: str) -> Any:
    from redis import asyncio as valkey  # noqa: PLC0415 - see Cache

    return cast("Any", valkey).from_url(
        url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, max_connections=16
    )


def cache_of(session: AsyncSession) -> Cache:
    """The process's own; a session opened elsewhere than at the door has an empty one."""
    found = session.info.get(CACHE)
    return found if isinstance(found, Cache) else Cache()


def hit_rates(counts: dict[str, int]) -> dict[str, float]:
    """By area and over all: the share that was not read from the database again."""
    areas = sorted({name.rpartition(":")[0] for name in counts})
    rates = {area: _rate([counts.get(f"{area}:{how}", 0) for how in HOW]) for area in areas}
    total = [sum(counts.get(f"{area}:{how}", 0) for area in areas) for how in HOW]
    return {**rates, "all": _rate(total)} if areas else {}


HOW = ("near", "far", "miss")


def _rate(counts: list[int]) -> float:
    asked = sum(counts)
    return round(1 - counts[-1] / asked, 4) if asked else 0.0
