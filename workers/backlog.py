"""How many rings wait in the broker for a worker."""

from collections.abc import Awaitable, Callable

from redis import asyncio as valkey
from redis.exceptions import RedisError

from workers.rings import QUEUE

CROWD = 200
PATIENCE = 1.0
"""Seconds for the broker to answer."""


def crowd_at(redis_url: str) -> Callable[[], Awaitable[bool]]:
    """Tells whether so many wait that the clock's rings for the same rows only come on top.

    Without workers a row would be rung at every sweep: after an hour the first worker to come
    back had thousands of idle rings before each that has work. A broker that does not answer
    takes no rings either.
    """
    client = valkey.from_url(redis_url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)

    async def crowded() -> bool:
        try:
            return await client.llen(QUEUE) >= CROWD
        except (RedisError, OSError):
            return True

    return crowded
