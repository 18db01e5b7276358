"""All rooms of this process: rung by commits here and elsewhere, and looked after by one clock."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from time import monotonic
from typing import Any
from uuid import UUID

from frontdesk.kit.clock import Clock
from frontdesk.kit.db import Database
from frontdesk.kit.errors import TooMany
from frontdesk.kit.logs import get_logger
from frontdesk.kit.settings import Settings
from frontdesk.live.connection import ENDED, Connection
from frontdesk.live.crowd import heard, say_who_is_here, tell_counters, tell_who_is_there
from frontdesk.live.doors import Looker
from frontdesk.live.presence import SAID_EVERY
from frontdesk.live.render import text_of
from frontdesk.live.resume import Place, token
from frontdesk.live.room import Room

TICK = 1.0
LISTENED = 5.0
"""Seconds after which a room is read unrung while the other processes are heard."""
ALONE = 1.0
PLACED = 60.0
"""Seconds after which whoever heard nothing is told where they are, so that less is read again."""
AT_ONCE = 8
"""Handshakes judged, and cut connections caught up, at the same time."""
FULL = 30
"""Seconds that whoever finds no room is told to wait."""


class Hub:
    def __init__(self, db: Database, clock: Clock, settings: Settings) -> None:
        self.db = db
        self.clock = clock
        self.settings = settings
        self.rooms: dict[UUID, Room] = {}
        self.doors = asyncio.Semaphore(AT_ONCE)
        """A network that comes back brings everybody at once; the others' requests go on."""
        self._tasks: dict[UUID | str, asyncio.Task[None]] = {}

    def start(self) -> None:
        self._tasks["pulse"] = asyncio.create_task(self.db.pulse.listen(self._heard))
        self._tasks["tick"] = asyncio.create_task(self._tick_all())

    async def close(self) -> None:
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    def admit(self, looker: Looker) -> None:
        """Raises TooMany where the principal, or their hotel, has enough connections."""
        room = self.rooms.get(looker.hotel_id)
        if room is None:
            return
        table = room.table()
        mine = table.get(looker.actor)
        if mine is not None and mine.connections >= self.settings.live_per_principal:
            raise TooMany("enough connections of yours are open", retry_after=FULL)
        if sum(s.connections for s in table.values()) >= self.settings.live_per_hotel:
            raise TooMany("enough connections of this hotel are open", retry_after=FULL)

    async def enter(self, connection: Connection) -> tuple[Room, Place]:
        hotel_id = connection.looker.hotel_id
        room = self.rooms.get(hotel_id)
        if room is None:
            room = self.rooms[hotel_id] = Room(self.db, self.clock, hotel_id)
            self.db.pulse.join(hotel_id)
            self._tasks[hotel_id] = asyncio.create_task(self._read_all(room))
            self.db.pulse.say(hotel_id, {"hello": True})
        room.coming += 1
        try:
            return room, await room.enter(connection)
        finally:
            room.coming -= 1
            self._tidy(room)

    def leave(self, room: Room, connection: Connection) -> None:
        room.leave(connection)
        self._tidy(room)

    def _tidy(self, room: Room) -> None:
        """A room where nobody is, and where nobody is on their way in, is shut."""
        if not room.connections and not room.coming:
            say_who_is_here(self.db.pulse, room)
            del self.rooms[room.hotel_id]
            self.db.pulse.leave(room.hotel_id)
            self._tasks.pop(room.hotel_id).cancel()

    def _heard(self, hotel_id: UUID, told: Mapping[str, Any] | None) -> None:
        room = self.rooms.get(hotel_id)
        if room is None:
            return
        if told is None:
            room.changed.set()
        else:
            heard(self.db.pulse, room, told)

    async def _read_all(self, room: Room) -> None:
        """When rung, and now and then: a ring may be lost, a row is not."""
        while True:
            patience = LISTENED if self.db.pulse.up else ALONE
            with suppress(TimeoutError):
                await asyncio.wait_for(room.changed.wait(), patience)
            room.changed.clear()
            try:
                await room.advance()
            except Exception as error:  # noqa: BLE001 - whoever looks on is not left in the dark
                get_logger().error("live_unread", exc_info=error)
                await asyncio.sleep(ALONE)

    async def _tick_all(self) -> None:
        while True:
            await asyncio.sleep(TICK)
            for room in list(self.rooms.values()):
                try:
                    await self._tick(room)
                except Exception as error:  # noqa: BLE001 - the other rooms go on
                    get_logger().error("live_uncounted", exc_info=error)

    async def _tick(self, room: Room) -> None:
        at, now = monotonic(), self.clock.now()
        for connection in list(room.connections):
            if connection.looker.ends_at is not None and connection.looker.ends_at <= now:
                connection.close(ENDED, "the token is over")
        if room.crowd_changed or at - room.said_at > SAID_EVERY:
            say_who_is_here(self.db.pulse, room)
        if room.elsewhere.fade(at=at) or room.crowd_changed or room.crowd_heard:
            room.crowd_changed = room.crowd_heard = False
            await tell_who_is_there(room)
        if room.uncounted:
            room.uncounted = False
            await tell_counters(self.db, room)
        if at - room.placed_at > PLACED and room.opened:
            room.placed_at = at
            self._tell_place(room)

    @staticmethod
    def _tell_place(room: Room) -> None:
        frame = text_of({"type": "system", "event": "place", "message": "so far"}, token(room.tip))
        for connection in room.connections:
            connection.offer(frame)
