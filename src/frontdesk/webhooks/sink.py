"""The door to a deployment's own broker, which may have every event of every hotel.

A sink takes records in order and raises SinkDown unless it has them all. A record is shaped as
Kafka has it (topic, key, value, headers): the topic is the event's name, the key is its subject, so
that a partition keeps a subject's order. Redis Streams has one stream for all topics.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, cast

from frontdesk.kit.settings import Settings

PATIENCE = 5.0
"""Seconds for a batch."""
TOPICS = (
    "booking.created",
    "booking.cancelled",
    "payment.completed",
    "payment.failed",
    "room.status.changed",
    "user.registered",
    "notification.sent",
)
"""What the founding systems listen to, to the letter."""


class SinkDown(Exception):
    """The broker did not take the events; they wait"""


@dataclass(frozen=True, slots=True)
class Record:
    topic: str
    key: str
    value: bytes
    """JSON, as a webhook's body."""
    event_id: str
    """By which a receiver knows what comes twice."""
    hotel_id: str


class Sink(Protocol):
    async def publish(self, records: Sequence[Record]) -> None:
        """All of them, in order, or SinkDown; what was taken before that may come again."""
        ...

    async def close(self) -> None: ...


class RedisStreams:
    """Appends to one stream, which keeps about the last `length` entries."""

    def __init__(self, url: str, stream: str, length: int) -> None:
        self._url, self._stream, self._length = url, stream, length
        self._client: Any = None

    async def publish(self, records: Sequence[Record]) -> None:
        from redis.exceptions import RedisError  # noqa: PLC0415 - only where a sink is set

        try:
            pipe: Any = self._opened().pipeline(transaction=False)
            for record in records:
                pipe.xadd(self._stream, _fields(record), maxlen=self._length, approximate=True)
            await pipe.execute()
        except (RedisError, OSError) as lost:
            raise SinkDown(type(lost).__name__) from lost

    def _opened(self) -> Any:
        from redis import asyncio as valkey  # noqa: PLC0415 - as above

        if self._client is None:
            self._client = cast("Any", valkey).from_url(
                self._url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE
            )
        return self._client

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()
            self._client = None


def _fields(record: Record) -> dict[str, str | bytes]:
    return {
        "topic": record.topic,
        "key": record.key,
        "id": record.event_id,
        "hotel_id": record.hotel_id,
        "value": record.value,
    }


def open_sink(settings: Settings) -> Sink | None:
    """None: nothing is forwarded."""
    if settings.sink != "redis":
        return None
    url = settings.sink_url or settings.redis_url
    return RedisStreams(url, settings.sink_stream, settings.sink_length)
