"""The inbox: webhook bodies become rows, many in one commit, each under its own hotel."""

import asyncio
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import asyncpg

from frontdesk.kit.db import RawPool
from frontdesk.kit.jobs import Job
from frontdesk.kit.logs import get_logger
from frontdesk.messaging.payload import read_event

MAX_BATCH = 256
MAX_WAITING = 10_000
JOBS = {"turn": Job.TAKE_TURN, "apply": Job.APPLY_EVENTS}
ACCEPT = "SELECT accept_events($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"


KEY_LENGTH = 400
LOST = (
    OSError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # a connection cut in the middle of a call
    asyncpg.PostgresConnectionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
)
"""The database is away (a timeout is an OSError): every row of the batch shares that."""


class InboxFull(Exception):
    """More events wait to be written than the inbox may hold"""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One body for one instance, read just far enough to be filed."""

    hotel_id: UUID
    instance_id: UUID
    event_key: str
    kind: str
    lane: str
    chat: str | None
    raw: bytes
    occurred_at: datetime | None
    ring: str | None
    """The notice to send when it is new: see kit.db.ring."""


def arrival(hotel_id: UUID, instance_id: UUID, id_instance: str, raw: bytes) -> Arrival:
    """Read a body for filing; one that names another instance is kept and not acted on."""
    event = read_event(raw)
    lane = event.lane
    if event.id_instance is not None and event.id_instance != id_instance:
        lane = "none"
    key = f"{instance_id}|{event.chat}" if lane == "turn" else str(instance_id)
    job = JOBS.get(lane)
    return Arrival(
        hotel_id,
        instance_id,
        _event_key(instance_id, event.event_key),
        event.kind,
        lane,
        event.chat,
        raw,
        event.occurred_at,
        json.dumps([job, str(hotel_id), key]) if job else None,
    )


def _event_key(instance_id: UUID, key: str) -> str:
    short = key if len(key) <= KEY_LENGTH else hashlib.sha256(key.encode()).hexdigest()
    return f"{instance_id.hex[-12:]}:{short}"


def _only_kept(event: Arrival) -> Arrival:
    """The same bytes with nothing read into them: what the database takes if it takes anything."""
    key = _event_key(event.instance_id, f"refused:{hashlib.sha256(event.raw).hexdigest()}")
    return Arrival(
        event.hotel_id, event.instance_id, key, "unreadable", "none", None, event.raw, None, None
    )


class Inbox:
    """Natural group commit: what arrives while a commit is in flight goes with the next one."""

    def __init__(self, pool: RawPool, *, writers: int = 2) -> None:
        self._pool = pool
        self._waiting: list[tuple[Arrival, asyncio.Future[bool]]] = []
        self._free = writers
        self._tasks: set[asyncio.Task[None]] = set()

    async def accept(self, event: Arrival) -> bool:
        """True when it was new, false when it was known; returns once the row is durable."""
        if len(self._waiting) >= MAX_WAITING:
            raise InboxFull
        done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((event, done))
        if self._free:
            self._free -= 1
            task = asyncio.create_task(self._write())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return await done

    async def drain(self) -> None:
        """Wait until everything accepted so far is written."""
        while self._tasks:
            await asyncio.gather(*self._tasks)

    async def _write(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:MAX_BATCH], self._waiting[MAX_BATCH:]
                await self._flush(batch)
        finally:
            self._free += 1

    async def _flush(self, batch: Sequence[tuple[Arrival, asyncio.Future[bool]]]) -> None:
        try:
            fresh = await self._pool.fetchval(ACCEPT, *_columns([event for event, _ in batch]))
        except Exception as error:  # noqa: BLE001 - whatever it was, each row gets its own answer
            await self._one_by_one(batch, error)
            return
        for (_, done), new in zip(batch, fresh, strict=True):
            if not done.done():
                done.set_result(new)

    async def _one_by_one(
        self, batch: Sequence[tuple[Arrival, asyncio.Future[bool]]], error: Exception
    ) -> None:
        """One bad row must not harm the others; a lost database harms all of them at once.

        A row that is refused alone is kept unread: refused with 503 it would come again for a
        day and hold up everything behind it.
        """
        get_logger().warning("batch_refused", rows=len(batch), error=type(error).__name__)
        event, waiting = batch[0]
        if isinstance(error, LOST) or (len(batch) == 1 and event.kind == "unreadable"):
            for _, done in batch:
                if not done.done():
                    done.set_exception(error)
        elif len(batch) == 1:
            await self._flush([(_only_kept(event), waiting)])
        else:
            for entry in batch:
                await self._flush([entry])


def _columns(events: Sequence[Arrival]) -> tuple[list[object], ...]:
    now = datetime.now(UTC)  # noqa: TID251 - the moment of receipt, on the one hot path
    from_parts = [
        (
            e.hotel_id,
            e.instance_id,
            e.event_key,
            e.kind,
            e.lane,
            e.chat,
            e.raw,
            e.occurred_at or now,
            now,
            e.ring,
        )
        for e in events
    ]
    return tuple(list(column) for column in zip(*from_parts, strict=True))
