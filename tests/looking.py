"""People who look on live, in a test: the app on a real port, and a real WebSocket client."""

import asyncio
import json
import socket
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI
from websockets.asyncio.client import ClientConnection, connect

from frontdesk.api.app import create_app
from frontdesk.kit.clock import Clock
from frontdesk.kit.ids import HotelId
from frontdesk.kit.settings import Settings
from frontdesk.live.frames import FRAMES, name_of
from frontdesk.live.wire import OPTIONS, LateWebSocket

PATIENCE = 10.0
SHAPES = {name_of(frame): frame for frame in FRAMES}
QUIET = ("online_users", "online_change", "counters", "presence", "typing")
"""Frames of the moment, which come when they come."""


@dataclass
class Served:
    """One process of the API."""

    app: FastAPI
    port: int
    server: uvicorn.Server

    def address(self, hotel: HotelId, resume: str | None = None) -> str:
        query = f"?resume={resume}" if resume else ""
        return f"ws://127.0.0.1:{self.port}/v1/hotels/{hotel}/live{query}"

    @asynccontextmanager
    async def look(
        self, hotel: HotelId, token: str | None, resume: str | None = None, **more: Any
    ) -> AsyncIterator["Looking"]:
        async with connect(
            self.address(hotel, resume), **with_token(token), proxy=None, **more
        ) as wire:
            looking = Looking(wire)
            looking.first = await looking.frame("system")
            yield looking


def with_token(token: str | None) -> dict[str, Any]:
    return {"additional_headers": {"Authorization": f"Bearer {token}"}} if token else {}


@dataclass
class Looking:
    """Keeps every frame, holds each to its shape, and remembers where to resume."""

    wire: ClientConnection
    frames: list[dict[str, Any]] = field(default_factory=list)
    first: dict[str, Any] = field(default_factory=dict)
    resume: str | None = None
    _read: int = 0

    async def next(self) -> dict[str, Any]:
        async with asyncio.timeout(PATIENCE):
            frame = json.loads(await self.wire.recv())
        SHAPES[frame["type"]].model_validate(frame)
        self.resume = frame.get("resume") or self.resume
        self.frames.append(frame)
        return frame

    async def frame(self, kind: str, **wanted: Any) -> dict[str, Any]:
        """The next one that is so; what comes before it is kept in `frames`."""
        while True:
            frame = await self.next()
            if frame["type"] == kind and wanted.items() <= frame.items():
                return frame

    async def ask(self, kind: str, **said: Any) -> dict[str, Any]:
        """The answer, or the refusal."""
        ref = uuid.uuid4().hex
        await self.say(kind, ref=ref, **said)
        while True:
            frame = await self.next()
            if frame.get("ref") == ref:
                return frame

    async def say(self, kind: str, **said: Any) -> None:
        await self.wire.send(json.dumps({"type": kind, **said}))

    async def settle(self) -> list[dict[str, Any]]:
        """Everything durable that was told so far, in order: a ping comes back behind it."""
        await self.ask("ping")
        return [f for f in self.frames if f["type"] not in (*QUIET, "pong", "ack", "error")]

    def texts(self) -> list[str]:
        return [f["message"] for f in self.frames if f["type"] == "message"]


@asynccontextmanager
async def serving(settings: Settings, clock: Clock) -> AsyncIterator[Served]:
    app = create_app(settings, clock=clock)
    door = socket.socket()
    door.bind(("127.0.0.1", 0))
    config = uvicorn.Config(
        app, ws=LateWebSocket, **OPTIONS, log_config=None, timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve(sockets=[door]))
    try:
        async with asyncio.timeout(PATIENCE):
            while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
                await asyncio.sleep(0.01)
        yield Served(app, door.getsockname()[1], server)
    finally:
        server.should_exit = True
        await running
        door.close()


async def refused(served: Served, hotel: Any, token: str | None, **headers: str) -> int:
    """The status of a handshake that is not accepted; 101 where it is."""
    url = served.address(hotel).replace("ws://", "http://")
    asked = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        **({"Authorization": f"Bearer {token}"} if token else {}),
        **headers,
    }
    async with (
        httpx.AsyncClient(trust_env=False) as client,
        client.stream("GET", url, headers=asked) as answer,
    ):
        return answer.status_code
