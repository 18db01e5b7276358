"""A simulator with one number, whatever it posts to, and our own door to it."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from frontdesk.kit.breaker import Breaker
from frontdesk.local.simulator.app import running_simulator
from frontdesk.local.simulator.client import Phones
from frontdesk.local.simulator.state import Number, Simulator
from frontdesk.messaging.connect import WANTED
from frontdesk.messaging.payload import read_event
from frontdesk.messaging.provider import GreenApi, Line
from frontdesk.messaging.wire import WireEvent

ID, TOKEN, WID = "7301", "simulated-token", "34971555030@c.us"
SLUG, GUEST = "simulated", "34600444001"
CHAT = f"{GUEST}@c.us"


@dataclass
class Inbox:
    """What a hotel's endpoint got, and the statuses that it answers first."""

    url: str = ""
    posted: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    async def take(self, request: Request) -> Response:
        self.posted.append((dict(request.headers), await request.body()))
        return Response(status_code=self.answers.pop(0) if self.answers else 200)

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(raw) for _, raw in self.posted]


@dataclass
class Wire:
    simulator: Simulator
    number: Number
    phones: Phones
    inbox: Inbox
    door: GreenApi
    line: Line

    async def call(
        self, method: str, body: dict[str, Any] | None = None, *, verb: str = "", **more: Any
    ) -> httpx.Response:
        """With a body a POST, else a GET, unless a verb is given."""
        url = f"{self.line.api_url}/waInstance{ID}/{method}/{TOKEN}"
        more |= {} if body is None else {"json": body}
        return await self.phones.client.request(verb or ("POST" if body else "GET"), url, **more)

    async def connected(self, **settings: Any) -> None:
        wanted = {**WANTED, "webhookUrl": self.inbox.url, **settings}
        await self.door.connect(self.line, wanted)

    async def events(self, count: int) -> list[WireEvent]:
        """The first `count` that were posted, as our own reader reads them."""
        async with asyncio.timeout(20):
            while len(self.inbox.posted) < count:  # noqa: ASYNC110 - another server's list
                await asyncio.sleep(0.01)
        return [read_event(raw) for _, raw in self.inbox.posted[:count]]

    async def quiet(self) -> list[WireEvent]:
        """Everything posted, once nothing waits or is on its way any more."""
        async with asyncio.timeout(20):
            while self.number.queue or self.number.outbox or len(self.simulator.tasks) > 2:  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.01)
        return [read_event(raw) for _, raw in self.inbox.posted]


@asynccontextmanager
async def simulated(
    *, retry_pause: float = 0.05, status_delay: float = 0.01
) -> AsyncIterator[Wire]:
    inbox = Inbox()
    app = Starlette(routes=[Route("/hook", inbox.take, methods=["POST"])])
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, access_log=False))
    serving = asyncio.create_task(server._serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    inbox.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/hook"
    try:
        async with (
            running_simulator(retry_pause=retry_pause, status_delay=status_delay) as (url, made),
            httpx.AsyncClient(timeout=20) as client,
        ):
            phones = Phones(client, url)
            await phones.add_instance(ID, TOKEN, WID, label="Simulated", slug=SLUG)
            door = GreenApi(client, Breaker())
            yield Wire(made, made.numbers[ID], phones, inbox, door, Line(url, ID, TOKEN))
    finally:
        server.should_exit = True
        await serving
