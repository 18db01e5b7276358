"""One hotel in one process: everybody here who looks on it, and the place up to which they know."""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from time import monotonic
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.clock import Clock
from frontdesk.kit.db import Database
from frontdesk.live.changes import Change, Read, folded, now_at, since
from frontdesk.live.connection import Connection
from frontdesk.live.facts import Member, facts_of, people_of
from frontdesk.live.presence import Crowd, Elsewhere, Table, here
from frontdesk.live.render import Told, text_of, told
from frontdesk.live.resume import Place, token

PEOPLE_KEPT = 30.0
"""Seconds for which names and roles are not asked again."""
COUNTED = frozenset({"message", "conversation"})
FRESH, FRESHEST = 5.0, 2000
"""Seconds that frames are kept, and how many: a network that comes back brings many at once who
missed the same."""


class Room:
    """`advance` reads on and tells everybody; whoever enters does so between two readings."""

    def __init__(self, db: Database, clock: Clock, hotel_id: UUID) -> None:
        self.hotel_id = hotel_id
        self.connections: set[Connection] = set()
        self.elsewhere = Elsewhere()
        self.crowd, self.apart = Crowd(), Crowd()
        """As everybody is told, and those who see some departments only: not who looks at what."""
        self.changed = asyncio.Event()
        self.coming = 0
        """Who waits to be let in."""
        self.opened = False
        self.uncounted = True
        self.crowd_changed = True
        """Here; `crowd_heard`: at another process."""
        self.crowd_heard = False
        self.lag_ms = 0
        self.said_at = self.placed_at = monotonic()
        self.tip = Place("", 0)
        """Up to here everybody was told; between two readings it is a whole snapshot."""
        self._db = db
        self._clock = clock
        self._guests: defaultdict[UUID, set[Connection]] = defaultdict(set)
        self._reading = asyncio.Lock()
        self._rendering = asyncio.Lock()
        self._frames: dict[Change, tuple[float, Told | None]] = {}
        """The newest last, and when."""
        self._asked = self._done = 0
        self._people: Mapping[str, Member] = {}
        self._people_at = 0.0

    async def enter(self, connection: Connection) -> Place:
        """Read up to now, then let in: what the newcomer knew before is in no frame to come.

        Nobody enters in the middle of a reading that failed: its first pages were told to others.
        """
        while True:
            await self.advance()
            async with self._reading:
                if not self.tip.until:
                    return self._let_in(connection)

    def _let_in(self, connection: Connection) -> Place:
        connection.hold()
        self.connections.add(connection)
        if connection.looker.guest is not None:
            self._guests[connection.looker.guest.guest_id].add(connection)
        self.crowd_changed = self.uncounted = True
        return self.tip

    def leave(self, connection: Connection) -> None:
        self.connections.discard(connection)
        guest = connection.looker.guest
        if guest is not None:
            self._guests[guest.guest_id].discard(connection)
            if not self._guests[guest.guest_id]:
                del self._guests[guest.guest_id]
        self.crowd_changed = True

    def table(self) -> Table:
        return self.elsewhere.with_those(here(self.connections))

    async def advance(self) -> None:
        """Everything that was committed before this call has been told when it returns.

        Those who wait for a reading that has not begun share it.
        """
        self._asked += 1
        mine = self._asked
        async with self._reading:
            if self._done < mine:
                upto = self._asked
                await self._read_on()
                self._done = upto

    async def _read_on(self) -> None:
        """From the tip, wherever an error had left it; a page that was told is not told again."""
        if not self.opened:
            self._move(await now_at(self._db, self.hotel_id))
            self.opened = True
            return
        up_to_now = False
        while True:
            tip = self.tip
            up_to_now = up_to_now or not tip.until
            until = tip.until or None
            read = await since(self._db, self.hotel_id, tip.seen, until=until, past=tip.past)
            if read.changes:
                self._tell(await self.told(read.changes), read)
            if read.is_all:
                self._move(read.until)
                if up_to_now:
                    return
            else:
                self._move(tip.seen, read.until, read.changes[-1].seq)

    def _move(self, seen: str, until: str = "", past: int = 0) -> None:
        self.tip = Place(seen, int(self._clock.now().timestamp()), until, past)

    async def told(self, changes: Sequence[Change]) -> list[Told]:
        """As frames; what is gone meanwhile is left out."""
        wanted = folded(changes)
        async with self._rendering:
            self._forget_frames()
            missing = [c for c in wanted if c not in self._frames]
            if missing:
                async with self._db.hotel(self.hotel_id) as session:
                    facts = await facts_of(session, missing)
                    people = await self._known(session)
                at = monotonic()
                self._frames.update((c, (at, told(c, facts, people))) for c in missing)
            found = [self._frames[c][1] for c in wanted]
        return [t for t in found if t is not None]

    def _forget_frames(self) -> None:
        old = monotonic() - FRESH
        while self._frames:
            first = next(iter(self._frames))
            if self._frames[first][0] > old and len(self._frames) <= FRESHEST:
                return
            del self._frames[first]

    @property
    def known(self) -> Mapping[str, Member]:
        """As they were last asked for."""
        return self._people

    async def people(self) -> Mapping[str, Member]:
        async with self._db.hotel(self.hotel_id) as session:
            return await self._known(session)

    async def _known(self, session: AsyncSession) -> Mapping[str, Member]:
        if monotonic() - self._people_at > PEOPLE_KEPT:
            self._people, self._people_at = await people_of(session), monotonic()
        return self._people

    def _tell(self, what: list[Told], read: Read) -> None:
        at = int(self._clock.now().timestamp())
        for one in what:
            self.hand_out(one, token(Place(self.tip.seen, at, read.until, one.change.seq)))
        self.uncounted = self.uncounted or any(c.kind in COUNTED for c in read.changes)
        self.lag_ms = _lag(read.changes[-1].at, self._clock.now())

    def hand_out(self, one: Told, place: str) -> None:
        """Each frame is written once, however many hear it."""
        *before, last = one.staff
        staff = [*(text_of(f) for f in before), text_of(last, place)]
        for connection in self.connections:
            if connection.looker.hears(one.scope, one.departments):
                for frame in staff:
                    connection.offer(frame)
        guests = self._guests.get(one.guest_id) if one.guest_id is not None else None
        if one.guest is not None and guests:
            frame = text_of(one.guest, place)
            for connection in guests:
                connection.offer(frame)

    def say(
        self,
        frame: Mapping[str, Any],
        *,
        scope: str,
        departments: Collection[UUID] = (),
        but: Connection | None = None,
    ) -> None:
        """Of the moment only: nothing to resume."""
        text = text_of(frame)
        for connection in self.connections:
            if connection is not but and connection.looker.hears(scope, departments):
                connection.offer(text)

    def say_to_guest(self, guest_id: UUID, frame: Mapping[str, Any]) -> None:
        text = text_of(frame)
        for connection in self._guests.get(guest_id, ()):
            connection.offer(text)


def _lag(committed: datetime, now: datetime) -> int:
    """Milliseconds from the beginning of the newest change's transaction until it was told."""
    return max(0, round((now - committed).total_seconds() * 1000))
