"""One connection: what it is owed, bounded, and what becomes of it when it does not take it."""

import asyncio
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from time import monotonic

from starlette.websockets import WebSocket, WebSocketDisconnect

from frontdesk.live.doors import Looker

MOST = 512
MOST_BYTES = 2 << 20
"""Frames, and characters of them, that a connection may be behind; then it is closed, to resume."""
FAREWELL = 2.0
"""Seconds in which a close must go out; who takes nothing is cut off."""
SLOW = 1013
"""Registered as "try again later": the newest `resume` goes on where it was."""
ENDED = 4401
"""The token is over or opens less: come again with another, and the same `resume`."""
NOISY = 4429


class Connection:
    """Frames in order, and beside them the newest of each kind of which only the newest counts."""

    def __init__(self, looker: Looker) -> None:
        self.looker = looker
        self.viewing: str | None = None
        self.checked = monotonic()
        self.knows_crowd = False
        self.staffed: bool | None = None
        """What a guest was told: whether somebody of the house is there."""
        self.gone: tuple[int, str] | None = None
        self.most = MOST
        self._frames: deque[str] = deque()
        self._held: deque[str] | None = None
        self._newest: dict[str, str] = {}
        self._size = 0
        self._over = asyncio.Event()
        self._owed = asyncio.Event()
        self._taken = asyncio.Event()

    def offer(self, frame: str) -> None:
        """Never waits: whoever is too far behind is let go."""
        if self.gone is not None:
            return
        (self._frames if self._held is None else self._held).append(frame)
        self._size += len(frame)
        waiting = len(self._frames) + len(self._held or ())
        if waiting > self.most or self._size > MOST_BYTES:
            self.close(SLOW, "too slow; resume")
        self._owed.set()

    def newest(self, kind: str, frame: str) -> None:
        """In place of an older one that has not gone out."""
        if self.gone is None:
            self._newest[kind] = frame
            self._owed.set()

    def amend(self, kind: str, whole: str, change: str) -> None:
        """What changed since; all of it where that is still owed, or would overtake the held."""
        if self._held is not None or kind in self._newest:
            self.newest(kind, whole)
        else:
            self.offer(change)

    def hold(self) -> None:
        """What is offered from now on comes after what is put."""
        self._held = deque()

    async def put(self, frame: str) -> None:
        """Before all that is held; waits until there is room."""
        while self.gone is None and len(self._frames) >= self.most // 2:
            self._taken.clear()
            await self._taken.wait()
        self._frames.append(frame)
        self._size += len(frame)
        self._owed.set()

    def release(self) -> None:
        self._frames.extend(self._held or ())
        self._held = None

    def close(self, code: int, reason: str) -> None:
        """What was still owed is not sent: the place of the last frame that was is kept."""
        if self.gone is None:
            self.gone = (code, reason)
            self._frames.clear()
            self._held = None
            self._newest.clear()
            self._size = 0
        self._over.set()
        self._owed.set()
        self._taken.set()

    async def cut(self) -> None:
        """Returns a while after it was closed: whoever reads nothing hears no farewell either."""
        await self._over.wait()
        await asyncio.sleep(FAREWELL)

    async def write(self, socket: WebSocket) -> None:
        """Until it is closed from either side."""
        with suppress(WebSocketDisconnect, RuntimeError, OSError):
            while self.gone is None:
                await self._owed.wait()
                self._owed.clear()
                for frame in self._due():
                    await socket.send_text(frame)
            await socket.close(*self.gone)

    def _due(self) -> Iterator[str]:
        while self._frames or self._newest:
            if self._frames:
                frame = self._frames.popleft()
                self._size -= len(frame)
                self._taken.set()
                yield frame
            else:
                yield self._newest.pop(next(iter(self._newest)))
