"""An app on a loopback port, in a process of its own or in this one."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, cast

import uvicorn
from starlette.applications import Starlette

from frontdesk.local.spawn import HOST


def server_of(app: Starlette, *, port: int) -> uvicorn.Server:
    """It stays on loopback."""
    config = uvicorn.Config(
        app,
        host=HOST,
        port=port,
        log_config=None,
        lifespan="off",
        access_log=False,
        timeout_graceful_shutdown=1,
    )
    return uvicorn.Server(config)


@asynccontextmanager
async def running(app: Starlette, *, port: int = 0) -> AsyncGenerator[str]:
    """On a free port where none is said, in this process; gives its address."""
    server = server_of(app, port=port)
    task = asyncio.create_task(cast("Any", server)._serve())  # serve() would take our signals
    try:
        while not server.started:
            if task.done():
                task.result()
            await asyncio.sleep(0.01)
        yield f"http://{HOST}:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        server.force_exit = True
        await task
