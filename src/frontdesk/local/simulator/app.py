"""The simulator as an ASGI app, and as something to run beside a test."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route

from frontdesk.local.mews.app import MewsStandIn, create_mews
from frontdesk.local.simulator import files, guests
from frontdesk.local.simulator.loopback import OnlyHere
from frontdesk.local.simulator.memory import keep, recall
from frontdesk.local.simulator.saying import Nonsense
from frontdesk.local.simulator.state import Simulator
from frontdesk.local.simulator.wire import call, delete_notification
from frontdesk.local.till.app import create_till
from frontdesk.local.till.state import Till
from frontdesk.local.vectors import VECTORS_KEY, create_vectors

PAGE = Path(__file__).parent / "page"
TYPES = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}
KEPT = 75
"""Seconds that an idle connection is kept: longer than any client keeps it, or a message is posted
on one that is just being closed.
"""
POLICY = "default-src 'self'; style-src 'self'; script-src 'self'; frame-ancestors 'none'"


async def page(request: Request) -> Response:
    name = request.path_params.get("name", "index.html")
    path = PAGE / Path(name).name
    if not path.is_file():
        return Response(status_code=404)
    headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-cache"}
    return FileResponse(path, media_type=TYPES.get(path.suffix), headers=headers)


async def _nonsense(_: Request, error: Exception) -> Response:
    return JSONResponse({"error": str(error)}, 400)


async def _alive(_: Request) -> Response:
    return JSONResponse({"status": "alive"})


def create_simulator(simulator: Simulator, memory: Path | None = None) -> Starlette:
    """GREEN-API; `/stripe` is a payment provider, `/pinecone` a store of vectors, `/mews` a PMS.

    `memory` is the file in which the simulator finds its numbers and chats again.
    """
    till = Till(retry_pause=simulator.retry_pause)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncGenerator[None]:
        if memory is not None:
            recall(simulator, memory)
            simulator.start(keep(simulator, memory))
        yield
        under_way = [*simulator.tasks, *till.tasks]
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)

    api = "/waInstance{id_instance}/{method}/{token}"
    app = Starlette(
        lifespan=lifespan,
        exception_handlers={Nonsense: _nonsense},
        middleware=[Middleware(OnlyHere)],
        routes=[
            Route("/", page),
            Route("/page/{name}", page),
            Route("/healthz", _alive),
            Mount("/stripe", create_till(till)),
            Mount("/pinecone", create_vectors(VECTORS_KEY)),
            Mount("/mews", create_mews(MewsStandIn())),
            Route("/files/{name}", files.serve_file),
            Route("/simulator/instances", guests.list_numbers, methods=["GET"]),
            Route("/simulator/instances", guests.add_number, methods=["POST"]),
            Route("/simulator/guest/messages", guests.guest_message, methods=["POST"]),
            Route("/simulator/guest/calls", guests.guest_call, methods=["POST"]),
            Route("/simulator/phone/messages", guests.phone_message, methods=["POST"]),
            Route("/simulator/faults", guests.set_faults, methods=["POST"]),
            Route("/simulator/state", guests.set_state, methods=["POST"]),
            Route("/simulator/chats/{instance}", guests.list_chats),
            Route("/simulator/chats/{instance}/{chat}", guests.read_chat),
            Route("/simulator/events", guests.events),
            Route(f"{api}/{{receipt}}", delete_notification, methods=["DELETE"]),
            Route(api, call, methods=["GET", "POST", "DELETE", "OPTIONS"]),
        ],
    )
    app.state.simulator = simulator
    app.state.till = till
    return app


def simulator_server(
    simulator: Simulator, *, host: str, port: int, memory: Path | None = None
) -> uvicorn.Server:
    """For the machine's own use: it stays on loopback."""
    config = uvicorn.Config(
        create_simulator(simulator, memory),
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=1,
        timeout_keep_alive=KEPT,
    )
    return uvicorn.Server(config)


@asynccontextmanager
async def running_simulator(
    *, port: int = 0, retry_pause: float = 0.5, status_delay: float = 0.02, pace: float = 0
) -> AsyncGenerator[tuple[str, Simulator]]:
    """A simulator on a free loopback port, in this process; gives its address and its state."""
    simulator = Simulator(retry_pause=retry_pause, status_delay=status_delay, pace=pace)
    server = simulator_server(simulator, host="127.0.0.1", port=port)
    with contextlib.ExitStack() as signals:
        signals.enter_context(contextlib.suppress(asyncio.CancelledError))
        task = asyncio.create_task(cast("Any", server)._serve())  # serve() would take our signals
        try:
            while not server.started:
                if task.done():
                    task.result()
                await asyncio.sleep(0.01)
            bound = server.servers[0].sockets[0].getsockname()[1]
            yield f"http://127.0.0.1:{bound}", simulator
        finally:
            server.should_exit = True
            await task


def create_app() -> Starlette:
    """For uvicorn's factory."""
    return create_simulator(Simulator())
