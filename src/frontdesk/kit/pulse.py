"""Tells every process that a hotel changed, through Valkey: a ring, and never what changed."""

import asyncio
import contextlib
import json
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast
from uuid import UUID

from frontdesk.kit.ids import uuid7
from frontdesk.kit.logs import get_logger

PREFIX = "frontdesk:live"
PATIENCE = 0.5
"""Seconds for Valkey to take what is said."""
PAUSE = 1.0
"""Seconds before a lost subscription is tried again."""
MOST = 2000
"""Words on their way out; more are lost, as in a cut: rooms are read again, presence said again."""
Hear = Callable[[UUID, Mapping[str, Any] | None], None]
"""Called with the hotel, and what a process (`from`) says of who is there; None for a ring."""


class Pulse:
    """Whoever listens in this process hears at once; the other processes by way of Valkey."""

    def __init__(self, url: str = "") -> None:
        self.name = uuid7().hex
        self.up = False
        """Whether the other processes are heard just now."""
        self._url = url
        self._hear: Hear | None = None
        self._rung: dict[UUID, None] = {}
        self._said: deque[tuple[UUID, str]] = deque(maxlen=MOST)
        self._sending: asyncio.Task[None] | None = None
        self._client: Any = None
        self._subscription: Any = None
        self._hotels: set[UUID] = set()

    def ring(self, hotels: Iterable[UUID]) -> None:
        """Something was committed for these; returns at once."""
        fresh = dict.fromkeys(hotels)
        if self._hear is not None:
            for hotel_id in fresh:
                self._hear(hotel_id, None)
        self._rung.update(fresh)
        self._send()

    def say(self, hotel_id: UUID, told: Mapping[str, Any]) -> None:
        """To the other processes that look after this hotel."""
        self._said.append((hotel_id, json.dumps({"from": self.name, **told})))
        self._send()

    def _send(self) -> None:
        if self._url and (self._rung or self._said):
            if self._sending is None or self._sending.done():
                self._sending = asyncio.create_task(self._send_all())
        else:
            self._rung.clear()
            self._said.clear()

    async def _send_all(self) -> None:
        from redis.exceptions import RedisError  # noqa: PLC0415 - 5 MiB; webhooks need none

        while self._rung or self._said:
            ring = json.dumps({"from": self.name})
            words = [*((h, ring) for h in self._rung), *self._said]
            self._rung.clear()
            self._said.clear()
            try:
                pipe = self._opened().pipeline(transaction=False)
                for hotel_id, word in words:
                    pipe.publish(f"{PREFIX}:{hotel_id}", word)
                async with asyncio.timeout(PATIENCE):
                    await pipe.execute()
            except (RedisError, OSError, TimeoutError) as lost:
                get_logger().warning("pulse_lost", words=len(words), why=type(lost).__name__)
                await asyncio.sleep(PATIENCE)

    def _opened(self) -> Any:
        from redis import asyncio as valkey  # noqa: PLC0415 - see above

        if self._client is None:
            self._client = cast("Any", valkey).from_url(
                self._url,
                socket_connect_timeout=PATIENCE,
                max_connections=4,
                health_check_interval=10,
            )
        return self._client

    def join(self, hotel_id: UUID) -> None:
        """From now on this process hears of the hotel."""
        self._hotels.add(hotel_id)
        self._change("subscribe", hotel_id)

    def leave(self, hotel_id: UUID) -> None:
        self._hotels.discard(hotel_id)
        self._change("unsubscribe", hotel_id)

    def _change(self, how: str, hotel_id: UUID) -> None:
        if self._subscription is not None:
            task = asyncio.create_task(self._changed(how, hotel_id))
            task.add_done_callback(lambda _: None)

    async def _changed(self, how: str, hotel_id: UUID) -> None:
        with contextlib.suppress(Exception):  # the listening loop finds it broken too, and says so
            await getattr(self._subscription, how)(f"{PREFIX}:{hotel_id}")

    async def listen(self, hear: Hear) -> None:
        """Until cancelled. After a loss every hotel is rung: what was said meanwhile is unknown."""
        from redis.exceptions import RedisError  # noqa: PLC0415 - see above

        self._hear = hear
        while True:
            try:
                await self._listen()
            except (RedisError, OSError, TimeoutError) as lost:
                get_logger().warning("pulse_unheard", why=type(lost).__name__)
            finally:
                self.up = False
            await asyncio.sleep(PAUSE)

    async def _listen(self) -> None:
        if not self._url:
            await asyncio.Event().wait()
        async with self._opened().pubsub() as subscription:
            await subscription.subscribe(PREFIX, *(f"{PREFIX}:{h}" for h in self._hotels))
            self._subscription = subscription
            try:
                while True:
                    self._heard(await subscription.get_message(timeout=PAUSE))
            finally:
                self._subscription = None

    def _heard(self, word: Mapping[str, Any] | None) -> None:
        if word is None or self._hear is None:
            return
        channel = cast("bytes", word["channel"]).decode()
        hotel = channel.removeprefix(PREFIX).removeprefix(":")
        if word["type"] == "subscribe":
            self.up = True
            if hotel:
                self._hear(UUID(hotel), None)
        elif word["type"] == "message" and hotel:
            told = json.loads(word["data"])
            if told["from"] != self.name:
                self._hear(UUID(hotel), told if len(told) > 1 else None)

    async def close(self) -> None:
        if self._sending is not None:
            await self._sending
        if self._client is not None:
            await self._client.aclose()
