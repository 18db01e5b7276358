"""What the simulated WhatsApp remembers: numbers, chats, what is queued, what is to go wrong."""

import asyncio
import secrets
import time
from collections import deque
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from frontdesk.local.simulator.faults import Faults

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
    "markIncomingMessagesReaded": "no",
    "markIncomingMessagesReadedOnReply": "no",
    "statusInstanceWebhook": "no",
    "deviceWebhook": "no",
    "outgoingCallWebhook": "no",
    "incomingBlockWebhook": "no",
    "catalogWebhook": "no",
    "keepOnlineStatus": "no",
    "linkPreview": "yes",
    "autoTyping": 0,
}
"""A new instance has every notification off (2.1); the last eight change nothing here."""
REMEMBERED = 10_000
"""Messages, notifications and unsent messages that one number keeps, of each the newest."""


@dataclass(frozen=True, slots=True)
class File:
    content: bytes
    media_type: str


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
    """pending | sent | delivered | read | failed | noAccount; a guest's own has ticks too."""
    data: dict[str, Any] = field(default_factory=dict[str, Any])
    """messageData, as the wire writes it."""
    name: str = ""
    sender: str = ""
    """Who wrote it, where the chat is a group."""
    about: str = ""
    """The message that this one answers, edits, deletes, votes in or reacts to."""
    edited: bool = False
    deleted: bool = False
    reaction: str = ""
    typing: float = 0
    """Seconds of typing that the sender asked for."""

    def shown(self) -> dict[str, Any]:
        """As the page and the tests' phones see it."""
        poll: Mapping[str, Any] = self.data.get("pollMessageData", {})
        return {
            "id": self.id,
            "by": self.by,
            "kind": self.kind,
            "text": self.text,
            "at": self.at,
            "buttons": self.buttons,
            "status": self.status,
            "about": self.about,
            "edited": self.edited,
            "deleted": self.deleted,
            "reaction": self.reaction,
            "options": [option["optionName"] for option in poll.get("options", [])],
        }


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
    outbox: deque[Bubble] = field(default_factory=lambda: deque[Bubble](maxlen=REMEMBERED))
    """Accepted and not yet sent."""
    queue: deque[dict[str, Any]] = field(
        default_factory=lambda: deque[dict[str, Any]](maxlen=REMEMBERED)
    )
    """Notifications not yet taken."""
    receipts: int = 0
    typing: dict[str, float] = field(default_factory=dict[str, float])
    lids: dict[str, str] = field(default_factory=dict[str, str])
    """Hidden identity to phone, as far as anybody was named by one."""
    faults: Faults = field(default_factory=Faults)
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    unsent: asyncio.Event = field(default_factory=asyncio.Event)
    taps: int = 0

    def remember(self, bubble: Bubble) -> None:
        self.bubbles.append(bubble)
        del self.bubbles[:-REMEMBERED]

    def chat(self, chat: str) -> list[Bubble]:
        return [b for b in self.bubbles if b.chat == chat]

    def find(self, message_id: str, chat: str = "") -> Bubble | None:
        """An idMessage is unique only within a chat."""
        found = (b for b in reversed(self.bubbles) if b.id == message_id and chat in ("", b.chat))
        return next(found, None)

    def wants(self, setting: str) -> bool:
        return self.settings.get(setting) == "yes"

    def on_the_wire(self, chat: str) -> str:
        """How the wire names a chat: by phone, or by lid in that mode or by a planned leak."""
        hidden = self.wants("enableLidMode")
        if not hidden and self.faults.leak_lid:
            hidden = self.faults.chance.random() < self.faults.leak_lid
        return self.lid(chat) if hidden and chat.endswith("@c.us") else chat

    def lid(self, chat: str) -> str:
        """Unique per instance, and without the phone in it (green-api.md 3.5)."""
        digest = sha256(f"{self.id_instance} {chat}".encode()).hexdigest()
        hidden = f"{int(digest, 16) % 10**14 + 10**14}@lid"
        self.lids[hidden] = chat
        return hidden

    def person(self, chat: str) -> str:
        """The chat behind a name on the wire."""
        return self.lids.get(chat, chat)

    def instance_data(self) -> dict[str, Any]:
        return {
            "idInstance": int(self.id_instance),
            "wid": "" if self.state == "notAuthorized" else self.wid,
            "typeInstance": "whatsapp",
        }


@dataclass
class Simulator:
    """All numbers, the listeners of the page, and the pause after a refused webhook."""

    numbers: dict[str, Number] = field(default_factory=dict[str, Number])
    retry_pause: float = 60
    """Seconds between deliveries of a webhook that was not answered 200 (green-api.md 2.1)."""
    status_delay: float = 0.3
    pace: float = 1
    """Which share of `delaySendMessagesMilliseconds` and `typingTime` is really waited out."""
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    time: Callable[[], float] = time.time
    """What the phones' clocks say of a message: a rehearsal has its own."""
    tasks: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])
    files: dict[str, File] = field(default_factory=dict[str, File])
    """Uploaded by a hotel or sent by a guest, by name in the address."""

    def by_name(self, name: str) -> Number | None:
        """By instance id or by the hotel's slug."""
        known = self.numbers.get(name)
        return known or next((n for n in self.numbers.values() if n.slug == name), None)

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """In the background, until it ends or the simulator does."""
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def tell(self) -> None:
        """Wake every page that is looking."""
        changed, self.changed = self.changed, asyncio.Event()
        changed.set()


def new_id(prefix: str = "3EB0") -> str:
    return prefix + secrets.token_hex(8).upper()


def now() -> float:
    return time.time()
