"""A WhatsApp provider that does as the test says, and an engine that waits until it is let go."""

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from frontdesk.assistant.engine import Engine
from frontdesk.assistant.values import Line as Said
from frontdesk.assistant.values import Reading
from frontdesk.messaging.provider import Line, Outgoing, SendFailed, Sent
from frontdesk.webhooks.sink import Record, SinkDown


@dataclass
class FakeGateway:
    """Takes every message, unless `failures` says otherwise; keeps the journal of what it took."""

    sent: list[Outgoing] = field(default_factory=list)
    journal: list[Sent] = field(default_factory=list)
    received: list[dict[str, Any]] = field(default_factory=list)
    failures: deque[SendFailed] = field(default_factory=deque)
    loses_answers: bool = False
    """Takes the message into the journal even where it then fails."""
    now: datetime | None = None
    typed: int = 0
    phones: dict[str, str] = field(default_factory=dict[str, str])
    """By lid, what it tells."""
    looked_up: list[str] = field(default_factory=list[str])

    async def send(self, line: Line, message: Outgoing) -> str:
        failure = self.failures.popleft() if self.failures else None
        if failure is not None and not self.loses_answers:
            raise failure
        self.sent.append(message)
        provider_id = f"SENT{len(self.sent)}"
        at = int(self.now.timestamp()) if self.now else 0
        self.journal.append(Sent(provider_id, message.chat, message.text, at))
        if failure is not None:
            raise failure
        return provider_id

    async def typing(self, line: Line, chat: str) -> None:
        self.typed += 1

    async def outgoing_journal(self, line: Line, *, minutes: int) -> list[Sent]:
        return list(self.journal)

    async def incoming_journal(self, line: Line, *, minutes: int) -> list[dict[str, Any]]:
        return self.received

    async def phone_of(self, line: Line, chat: str) -> str | None:
        self.looked_up.append(chat)
        return self.phones.get(chat)

    async def state(self, line: Line) -> str:
        return "authorized"

    async def connect(self, line: Line, settings: Mapping[str, Any]) -> None:
        return

    @property
    def texts(self) -> list[str]:
        return [message.text for message in self.sent]


@dataclass
class SlowEngine:
    """The real engine, stopped in the middle of a thought until `go` is set."""

    engine: Engine
    thinking: asyncio.Event = field(default_factory=asyncio.Event)
    go: asyncio.Event = field(default_factory=asyncio.Event)

    async def read(
        self,
        text: str,
        *,
        history: Sequence[Said],
        now_local: datetime,
        guest_language: str | None,
    ) -> Reading:
        self.thinking.set()
        await self.go.wait()
        return await self.engine.read(
            text, history=history, now_local=now_local, guest_language=guest_language
        )


class BrokenEngine:
    """Fails on everything, as a full disk or a lost model would."""

    async def read(self, text: str, **_more: object) -> Reading:
        raise OSError("no model here")


class Partitions:
    """A broker as Kafka is one: a topic has partitions, a key has one, and only there is order."""

    def __init__(self, *, up: bool = True) -> None:
        self._up = up
        self._logs: dict[tuple[str, int], list[Record]] = {}

    async def publish(self, records: Sequence[Record]) -> None:
        if not self._up:
            raise SinkDown("away")
        for record in records:
            self._logs.setdefault((record.topic, hash(record.key) % 8), []).append(record)

    def read(self) -> list[tuple[str, str, bytes]]:
        return [(r.topic, r.key, r.value) for log in self._logs.values() for r in log]

    async def close(self) -> None:
        self._up = False
