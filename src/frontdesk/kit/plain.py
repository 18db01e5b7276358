"""Bare asyncpg connections, for what is not a transaction."""

from typing import Any, cast

import asyncpg


def plain_url(url: str) -> str:
    """The same address as asyncpg and psql write it."""
    return url.replace("postgresql+asyncpg://", "postgresql://", 1)


async def connect_plainly(url: str) -> Any:
    """One asyncpg connection, for ringing, listening to rings and holding the leader's lock."""
    return cast("Any", await asyncpg.connect(plain_url(url), timeout=5))  # pyright: ignore[reportUnknownMemberType]
