"""`frontdesk receive`: the webhook alone, in a process that no REST call can slow.

Nothing of FastAPI or SQLAlchemy is in its memory. Whoever runs it beside the API sends
`/webhooks/` to it and everything else to the API.
"""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from frontdesk.kit.bell import RING_CHANNEL, Bell
from frontdesk.kit.bypass import CAN_BYPASS, CanBypassRowSecurity
from frontdesk.kit.logs import configure_logging
from frontdesk.kit.raw import RawPool
from frontdesk.kit.settings import Settings
from frontdesk.messaging.webhook import PREFIX, Webhook


def receive_app() -> ASGIApp:
    """The webhook, `GET /healthz`, and 404 for everything else."""
    settings = Settings()  # pyright: ignore[reportCallIssue]
    configure_logging(settings.log_level, settings.log_format)
    webhook: Webhook

    @asynccontextmanager
    async def lifespan(_: object) -> AsyncGenerator[None]:
        nonlocal webhook
        async with AsyncExitStack() as opened:
            webhook = await _open(settings, opened)
            yield

    others = Router([Route("/healthz", _alive)], lifespan=lifespan)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        hot = scope["type"] == "http" and scope["path"].startswith(PREFIX)
        await (webhook if hot else others)(scope, receive, send)

    return app


async def _alive(_: Request) -> JSONResponse:
    return JSONResponse({"status": "alive"})


async def _open(settings: Settings, opened: AsyncExitStack) -> Webhook:
    pool = RawPool(settings.database_url, size=4)
    opened.push_async_callback(pool.close)
    if await pool.fetchval(CAN_BYPASS):
        raise CanBypassRowSecurity(CanBypassRowSecurity.__doc__)
    bell = Bell(settings.database_url, RING_CHANNEL)
    opened.push_async_callback(bell.close)
    webhook = Webhook(pool, bell.ring)
    opened.push_async_callback(webhook.inbox.drain)
    return webhook
