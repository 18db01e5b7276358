"""Rings the workers after a commit: what is rung while a ring is on its way goes with the next."""

import asyncio
from collections.abc import Iterable
from typing import Any

import asyncpg

from frontdesk.kit.logs import get_logger
from frontdesk.kit.plain import connect_plainly

RING_CHANNEL = "frontdesk_ring"
PAUSE = 0.01
"""Seconds after a ring in which others gather: the first is never kept waiting."""
TRIES = 2
"""The kept connection may have been cut while nothing rang."""


class Bell:
    """One connection of its own, so that no transaction has to carry the NOTIFY.

    A transaction that notifies commits alone: PostgreSQL holds one lock over all of them until
    the commit is on disk (64 bookers: 5 times slower). Rung after the commit, a crash between the
    two loses the ring and not the row, and the clock's sweep rings again; so the ring itself need
    not wait for the disk.
    """

    def __init__(self, url: str, channel: str) -> None:
        self._url = url
        self._channel = channel
        self._waiting: dict[str, None] = {}
        self._ringing: asyncio.Task[None] | None = None
        self._connection: Any = None

    def ring(self, notices: Iterable[str]) -> None:
        """Returns at once; the same notice twice on its way is one."""
        self._waiting.update(dict.fromkeys(notices))
        if self._waiting and (self._ringing is None or self._ringing.done()):
            self._ringing = asyncio.create_task(self._ring_all())

    async def _ring_all(self) -> None:
        while self._waiting:
            notices = list(self._waiting)
            self._waiting.clear()
            try:
                await self._notify(notices)
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as lost:
                get_logger().warning("rings_lost", count=len(notices), why=type(lost).__name__)
            await asyncio.sleep(PAUSE)

    async def _notify(self, notices: list[str]) -> None:
        for left in reversed(range(TRIES)):
            try:
                if self._connection is None or self._connection.is_closed():
                    self._connection = await connect_plainly(self._url)
                    await self._connection.execute("SET synchronous_commit = off")
                await self._connection.execute(
                    "SELECT pg_notify($1, notice) FROM unnest($2::text[]) AS notice",
                    self._channel,
                    notices,
                    timeout=5,
                )
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                if not left:
                    raise
                self._drop()
            else:
                return

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None

    async def close(self) -> None:
        """Rings what is left, then hangs up."""
        if self._ringing is not None:
            await self._ringing
        if self._connection is not None:
            await _hang_up(self._connection)
            self._connection = None


async def _hang_up(connection: Any) -> None:
    try:
        await connection.close(timeout=2)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        connection.terminate()
