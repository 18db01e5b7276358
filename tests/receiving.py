"""A hotel's own system, as a real HTTP server that keeps what it got and answers as told."""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import uvicorn


@dataclass
class Receiver:
    url: str = ""
    answers: deque[int] = field(default_factory=deque)
    """The next ones; 200 after that."""
    judge: Callable[[dict], int] | None = None
    """In place of `answers`: a status for what a body says."""
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    words: bytes = b""
    hold: asyncio.Event | None = None
    """No answer before it is set."""
    got: list[tuple[Mapping[str, str], bytes]] = field(default_factory=list)
    most: int = 0
    """Calls at once, at most."""
    open: int = 0

    async def __call__(self, scope, receive, send) -> None:
        self.open += 1
        self.most = max(self.most, self.open)
        body = b""
        while True:
            part = await receive()
            body += part.get("body", b"")
            if not part.get("more_body"):
                break
        headers = {k.decode(): v.decode() for k, v in scope["headers"]}
        self.got.append((headers, body))
        if self.hold is not None:
            await self.hold.wait()
        status = self.answers.popleft() if self.answers else 200
        if self.judge is not None:
            status = self.judge(json.loads(body))
        where = [(b"location", self.url.encode()), *self.headers]
        self.open -= 1
        await send({"type": "http.response.start", "status": status, "headers": where})
        await send({"type": "http.response.body", "body": self.words})

    def told(self) -> list[dict]:
        return [json.loads(body) for _, body in self.got]


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    told = Receiver()
    server = uvicorn.Server(
        uvicorn.Config(told, port=0, log_config=None, access_log=False, lifespan="off")
    )
    serving = asyncio.create_task(server._serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    told.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/hook"
    yield told
    if told.hold is not None:
        told.hold.set()
    server.should_exit = True
    await serving
