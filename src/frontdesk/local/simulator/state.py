"""What the simulated WhatsApp remembers: numbers, chats, what is queued, what is to go wrong."""

import asyncio
import random
import secrets
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

DEFAULTS: Mapping[str, Any] = {
    "webhookUrl": "",
    "webhookUrlToken": "",
    "delaySendMessagesMilliseconds": 500,
    "incomingWebhook": "no",
    "outgoingWebhook": "no",
    "outgoingMessageWebhook": "no",
    "outgoingAPIMessageWebhook": "no",
    "stateWebhook": "no",
    "incomingCallWebhook": "no",
    "pollMessageWebhook": "no",
    "editedMessageWebhook": "no",
    "deletedMessageWebhook": "no",
    "enableLidMode": "no",
    "markIncomingMessagesReadedOnReply": "no",
}
"""A new instance has every notification off (green-api.md 2.1)."""


@dataclass
class Bubble:
    """One message of a chat, seen from the guest's phone."""

    id: str
    chat: str
    by: str
    """guest | api | phone"""
    kind: str
    text: str
    at: float
    buttons: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    status: str = "sent"
    data: dict[str, Any] = field(default_factory=dict[str, Any])
    """messageData, as the wire writes it."""

    def shown(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "by": self.by,
            "kind": self.kind,
            "text": self.text,
            "at": self.at,
            "buttons": self.buttons,
            "status": self.status,
        }


@dataclass
class Faults:
    """Everything bounded and, where chance is asked for, seeded."""

    duplicates: int = 0
    """Extra deliveries of each webhook, in parallel."""
    shuffle: bool = False
    """Webhooks that wait are delivered in any order."""
    delay: float = 0
    """Seconds before a webhook is delivered."""
    answers: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    """[{"method", "status", "times"}]: the next calls of a method get this status."""
    hang_after_accept: int = 0
    """The next sends are accepted and then never answered."""
    hang_before_accept: int = 0
    drip: float = 0
    """Seconds that every answer is held back."""
    outage_until: float = 0
    """Monotonic time until which every call is answered 502."""
    statuses: bool = True
    """False: no delivery statuses are ever sent."""
    seed: int = 1


@dataclass
class Number:
    """One instance: a hotel's WhatsApp number."""

    id_instance: str
    token: str
    wid: str
    label: str = ""
    slug: str = ""
    state: str = "authorized"
    settings: dict[str, Any] = field(default_factory=lambda: dict(DEFAULTS))
    bubbles: list[Bubble] = field(default_factory=list[Bubble])
    queue: deque[dict[str, Any]] = field(default_factory=deque[dict[str, Any]])
    receipts: int = 0
    typing: dict[str, float] = field(default_factory=dict[str, float])
    faults: Faults = field(default_factory=Faults)
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    chance: random.Random = field(default_factory=lambda: random.Random(1))  # noqa: S311 - seeded faults
    taps: int = 0

    def chat(self, chat: str) -> list[Bubble]:
        return [b for b in self.bubbles if b.chat == chat]

    def find(self, message_id: str) -> Bubble | None:
        return next((b for b in self.bubbles if b.id == message_id), None)

    def wants(self, setting: str) -> bool:
        return self.settings.get(setting) == "yes"

    def instance_data(self) -> dict[str, Any]:
        return {
            "idInstance": int(self.id_instance),
            "wid": self.wid,
            "typeInstance": "whatsapp",
        }


@dataclass
class Simulator:
    """All numbers, the listeners of the page, and the pause after a refused webhook."""

    numbers: dict[str, Number] = field(default_factory=dict[str, Number])
    retry_pause: float = 60
    """Seconds between deliveries of a webhook that was not answered 200 (green-api.md 2.1)."""
    status_delay: float = 0.3
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    tasks: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])

    def by_name(self, name: str) -> Number | None:
        """By instance id or by the hotel's slug."""
        known = self.numbers.get(name)
        return known or next((n for n in self.numbers.values() if n.slug == name), None)

    def tell(self) -> None:
        """Wake every page that is looking."""
        changed, self.changed = self.changed, asyncio.Event()
        changed.set()


def new_id(prefix: str = "3EB0") -> str:
    return prefix + secrets.token_hex(8).upper()


def now() -> float:
    return time.time()
