"""Bare asyncpg for the hot paths, webhooks and bookings; every call binds its hotel itself."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, cast

import asyncpg

from frontdesk.kit.plain import plain_url


class RawPool:
    """At most `size` connections, opened when needed and again when lost.

    Its calls leave nothing behind in a session (the hotel is bound for a transaction only), so
    none is reset, and taking one costs next to nothing: asyncpg's own pool costs as much again
    as storing four rows.
    """

    def __init__(self, url: str, *, size: int) -> None:
        self._url = plain_url(url)
        self._size = size
        self._free = asyncio.Semaphore(size)
        self._idle: list[Any] = []
        self._closed = False

    async def fetchrow(self, query: str, *args: object) -> Sequence[Any] | None:
        return await self._call(lambda connection: connection.fetchrow(query, *args))

    async def fetch(self, query: str, *args: object) -> Sequence[Any]:
        return await self._call(lambda connection: connection.fetch(query, *args))

    async def fetchval(self, query: str, *args: object) -> Any:
        return await self._call(lambda connection: connection.fetchval(query, *args))

    async def _call(self, work: Callable[[Any], Awaitable[Any]]) -> Any:
        async with self._free:
            connection = await self._take()
            try:
                answer = await work(connection)
            except asyncpg.PostgresError:
                self._idle.append(connection)
                raise
            except BaseException:
                connection.terminate()  # who knows what it is in the middle of
                raise
            self._idle.append(connection)
            return answer

    async def _take(self) -> Any:
        if self._closed:
            raise asyncpg.InterfaceError("the pool is closed")
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_closed():
                return connection
        return await self._open()

    async def _open(self) -> Any:
        connection = cast("Any", await asyncpg.connect(self._url, timeout=5, command_timeout=10))  # pyright: ignore[reportUnknownMemberType]
        await connection.set_type_codec(  # as SQLAlchemy's connections read it
            "jsonb", schema="pg_catalog", encoder=json.dumps, decoder=json.loads
        )
        return connection

    async def close(self) -> None:
        """Waits for the calls under way."""
        self._closed = True
        for _ in range(self._size):
            await self._free.acquire()
        for connection in self._idle:
            await connection.close(timeout=5)
        for _ in range(self._size):
            self._free.release()
