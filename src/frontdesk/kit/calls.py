"""Bare asyncpg, for what must be one round trip and for what is not a transaction."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any, Protocol, cast

import asyncpg


class RawPool(Protocol):
    """The few calls of an asyncpg pool that the hot path makes."""

    async def fetchrow(self, query: str, *args: object) -> Sequence[Any] | None: ...

    async def fetchval(self, query: str, *args: object) -> Any: ...

    async def close(self) -> None: ...


async def open_raw_pool(url: str, *, size: int) -> RawPool:
    """Connections for the hot paths; every call must bind its hotel itself.

    Its calls leave nothing behind in a session (the hotel is bound for a transaction only), so
    a connection goes back without asyncpg's reset: that is a round trip for each call.
    """
    pool: Any = await asyncpg.create_pool(  # pyright: ignore[reportUnknownMemberType]
        plain_url(url),
        min_size=1,
        max_size=size,
        timeout=5,
        command_timeout=10,
        init=_read_json,
        reset=_as_it_is,
    )
    return cast("RawPool", pool)


class Calls:
    """A raw pool that opens at its first use."""

    def __init__(self, url: str, *, size: int) -> None:
        self._url = url
        self._size = size
        self._pool: RawPool | None = None
        self._opening = asyncio.Lock()

    async def pool(self) -> RawPool:
        if self._pool is None:
            async with self._opening:
                if self._pool is None:
                    self._pool = await open_raw_pool(self._url, size=self._size)
        return self._pool

    async def close(self) -> None:
        if self._pool is not None:
            await self._pool.close()


async def _read_json(connection: Any) -> None:
    """As SQLAlchemy's connections do."""
    await connection.set_type_codec(
        "jsonb", schema="pg_catalog", encoder=json.dumps, decoder=json.loads
    )


async def _as_it_is(_connection: object) -> None:
    """Nothing to reset."""


def plain_url(url: str) -> str:
    """The same address as asyncpg and psql write it."""
    return url.replace("postgresql+asyncpg://", "postgresql://", 1)


async def connect_plainly(url: str) -> Any:
    """One asyncpg connection, for ringing, listening to rings and holding the leader's lock."""
    return cast("Any", await asyncpg.connect(plain_url(url), timeout=5))  # pyright: ignore[reportUnknownMemberType]
