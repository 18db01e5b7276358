"""The inbox: webhook bodies become rows, many in one commit, each under its own hotel."""

import asyncio
import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

import asyncpg

from frontdesk.kit.clock import Clock, SystemClock
from frontdesk.kit.jobs import Job
from frontdesk.kit.logs import get_logger
from frontdesk.kit.raw import RawPool
from frontdesk.messaging.payload import file_event
from frontdesk.messaging.wire import Lane

MAX_BATCH = 256
MAX_WAITING = 10_000
ACCEPT = "SELECT accept_events($1, $2, $3, $4, $5, $6, $7, $8, $9)"


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


class Address:
    """One instance of one hotel; what all its rows share is written once."""

    __slots__ = ("_apply", "_instance", "_turn", "hotel_id", "id_instance", "instance_id", "prefix")

    def __init__(self, hotel_id: UUID, instance_id: UUID, id_instance: str) -> None:
        self.hotel_id = hotel_id
        self.instance_id = instance_id
        self.id_instance = id_instance
        self.prefix = f"{instance_id.hex[-12:]}:"
        self._instance = str(instance_id)
        self._turn = f'["{Job.TAKE_TURN}", "{hotel_id}", '
        self._apply = json.dumps([Job.APPLY_EVENTS, str(hotel_id), self._instance])

    def ring(self, lane: Lane, chat: str | None) -> str | None:
        """The notice of a new row: see kit.db.ring."""
        if lane == "turn":
            return f"{self._turn}{json.dumps(f'{self._instance}|{chat}')}]"
        return self._apply if lane == "apply" else None


class Arrival(NamedTuple):
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


def arrival(to: Address, raw: bytes) -> Arrival:
    """Read a body for filing; one that names another instance is kept and not acted on."""
    kind, key, lane, chat, occurred_at, named = file_event(raw)
    if named is not None and named != to.id_instance:
        lane = "none"
    if occurred_at is None and lane == "apply":
        key = f"{key}:{_now():%Y-%m-%d}"  # quotaExceeded says no time: next month's is another
    short = key if len(key) <= KEY_LENGTH else hashlib.sha256(key.encode()).hexdigest()
    return Arrival(
        to.hotel_id,
        to.instance_id,
        to.prefix + short,
        kind,
        lane,
        chat,
        raw,
        occurred_at,
        to.ring(lane, chat),
    )


def _only_kept(event: Arrival) -> Arrival:
    """The same bytes with nothing read into them: what the database takes if it takes anything."""
    key = f"{event.instance_id.hex[-12:]}:refused:{hashlib.sha256(event.raw).hexdigest()}"
    return Arrival(
        event.hotel_id, event.instance_id, key, "unreadable", "none", None, event.raw, None, None
    )


class Inbox:
    """Natural group commit: what arrives while a commit is in flight goes with the next one."""

    def __init__(
        self,
        pool: RawPool,
        ring: Callable[[Iterable[str]], None],
        *,
        writers: int = 1,
        clock: Clock | None = None,
    ) -> None:
        self._pool = pool
        self._ring = ring
        self._waiting: list[tuple[Arrival, asyncio.Future[bool]]] = []
        self._free = writers
        self._clock = clock or SystemClock()
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
            await asyncio.sleep(0)  # gathering what is done does not let its callbacks run (3.13)

    async def _write(self) -> None:
        """Once idle, what is at hand is read first; after a commit the next batch goes at once."""
        try:
            await self._gather()
            while self._waiting:
                batch, self._waiting = self._waiting[:MAX_BATCH], self._waiting[MAX_BATCH:]
                await self._flush(batch)
        finally:
            self._free += 1

    async def _gather(self) -> None:
        """Wait for as long as each turn of the loop brings more."""
        known = 0
        while known < len(self._waiting) < MAX_BATCH:
            known = len(self._waiting)
            await asyncio.sleep(0)

    async def _flush(self, batch: Sequence[tuple[Arrival, asyncio.Future[bool]]]) -> None:
        try:
            fresh = await self._pool.fetchval(ACCEPT, *self._columns(batch))
        except Exception as error:  # noqa: BLE001 - whatever it was, each row gets its own answer
            await self._one_by_one(batch, error)
            return
        self._tell(batch, set(fresh))

    def _columns(self, batch: Sequence[tuple[Arrival, asyncio.Future[bool]]]) -> list[object]:
        columns = list(zip(*(event for event, _ in batch), strict=True))
        return [*columns[:8], self._clock.now()]

    def _tell(self, batch: Sequence[tuple[Arrival, asyncio.Future[bool]]], fresh: set[str]) -> None:
        """Each row's answer; of one event twice in a batch, the first was new."""
        rings: dict[str, None] = {}
        for event, done in batch:
            new = event.event_key in fresh
            if new:
                fresh.discard(event.event_key)
                if event.ring is not None:
                    rings[event.ring] = None
            if not done.done():
                done.set_result(new)
        self._ring(rings)

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


def _now() -> datetime:
    """The moment of receipt, on the one hot path."""
    return datetime.now(UTC)  # noqa: TID251 - what the clock of the wall says
