"""The webhook: who it is for, is it allowed, is it stored; nothing else happens in the request."""

import base64
import binascii
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import asyncpg
from starlette.types import Receive, Scope, Send

from frontdesk.kit.clock import Clock
from frontdesk.kit.logs import get_logger
from frontdesk.kit.patience import Patience
from frontdesk.kit.raw import RawPool
from frontdesk.kit.secrets import digest, same
from frontdesk.messaging.inbox import Address, Inbox, InboxFull, arrival

MAX_BODY = 1024 * 1024
CACHE_SECONDS = 5
CACHE_SIZE = 10_000
KEY_LENGTH = 100
"""No key is longer; a longer one, or one with NUL, is looked up as if it were empty."""
PATIENCE = 8
"""Seconds that a request waits for the database before it answers 503."""
NO_DIGEST = digest("no token is set")
PREFIX = "/webhooks/green-api/"
EMPTY = [(b"content-length", b"0")]
LOST = (
    TimeoutError,
    OSError,
    InboxFull,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)
FIND = "SELECT hotel_id, instance_id, id_instance, webhook_token_digest FROM find_instance($1)"


UNKNOWN: tuple[float, None] = (0.0, None)


@dataclass(frozen=True, slots=True)
class Door:
    """One instance's way in; without a digest it stays shut."""

    address: Address
    digest: bytes | None


class Webhook:
    """`POST /webhooks/green-api/{instance_key}` as a bare ASGI app: the one hot path."""

    def __init__(
        self,
        pool: RawPool,
        ring: Callable[[Iterable[str]], None],
        *,
        clock: Clock | None = None,
    ) -> None:
        self._pool = pool
        self._patience = Patience(PATIENCE)
        self.inbox = Inbox(pool, ring, clock=clock)
        self._doors: OrderedDict[str, tuple[float, Door | None]] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            with self._patience:
                status = await self._answer(scope, receive)
        except LOST as lost:
            get_logger().error("webhook_not_stored", exc_info=lost)
            status = 503
        await send({"type": "http.response.start", "status": status, "headers": EMPTY})
        await send({"type": "http.response.body", "body": b""})

    async def _answer(self, scope: Scope, receive: Receive) -> int:
        if scope["method"] != "POST":
            return 405
        headers: dict[bytes, bytes] = dict(scope["headers"])
        key = scope["path"][len(PREFIX) :]
        if len(key) > KEY_LENGTH or not key.isprintable():
            key = ""
        until, door = self._doors.get(key, UNKNOWN)
        if until < time.monotonic():
            door = await self._look_up(key)
        credential = headers.get(b"authorization", b"").decode("latin-1")
        if not may_enter(door, credential) or door is None:
            return 401
        raw = await _body(headers.get(b"content-length", b"0"), receive)
        if raw is None:
            return 413
        await self.inbox.accept(arrival(door.address, raw))
        return 200

    async def _look_up(self, key: str) -> Door | None:
        """Kept for a few seconds, also when there is none."""
        row = await self._pool.fetchrow(FIND, key)
        door = None if row is None else Door(Address(row[0], row[1], row[2]), row[3])
        self._doors[key] = (time.monotonic() + CACHE_SECONDS, door)
        self._doors.move_to_end(key)
        if len(self._doors) > CACHE_SIZE:
            self._doors.popitem(last=False)
        return door


def may_enter(door: Door | None, authorization: str) -> bool:
    """Bearer or Basic, compared in constant time; an unknown door costs the same as a wrong token.

    A token set without a scheme arrives as `Bearer <token>`, one set as `Basic ..` as it was set
    (green-api.md 2.1).
    """
    expected = door.digest if door is not None and door.digest is not None else NO_DIGEST
    scheme, _, credential = authorization.partition(" ")
    offered = [credential.strip(), f"{scheme} {credential.strip()}"]
    if scheme.lower() == "basic":
        offered += _basic(credential)
    elif scheme.lower() != "bearer":
        offered = [""]
    matches = [same(digest(o), expected) for o in offered]
    return any(matches) and door is not None and door.digest is not None


def _basic(credential: str) -> list[str]:
    """`user:password` in base64: the token may be the password or the whole of it."""
    try:
        decoded = base64.b64decode(credential, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return []
    return [decoded, decoded.partition(":")[2]]


async def _body(declared: bytes, receive: Receive) -> bytes | None:
    """The whole body, or None past the cap, whatever its Content-Length claims."""
    if declared.isdigit() and int(declared) > MAX_BODY:
        return None
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise ConnectionError("the sender is gone")
        part: bytes = message.get("body", b"")
        size += len(part)
        if size > MAX_BODY:
            return None
        parts.append(part)
        if not message.get("more_body"):
            return part if len(parts) == 1 else b"".join(parts)
