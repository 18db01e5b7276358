"""The HTTP application: everything it needs is opened once, every route declares its permission."""

import uuid
from collections.abc import AsyncGenerator, Iterable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from fastapi import APIRouter, FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.middleware.cors import CORSMiddleware
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.routing import WebSocketRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from frontdesk.api.description import describe
from frontdesk.api.problems import render_problems
from frontdesk.api.routers import ROUTERS
from frontdesk.bookings.pay_stripe import Stripe
from frontdesk.bookings.payment_doors import DOORS
from frontdesk.kit.asked import bind_asked, unbind_asked
from frontdesk.kit.caller import caller_of
from frontdesk.kit.clock import Clock, SystemClock
from frontdesk.kit.db import open_database
from frontdesk.kit.limiter import Limiter
from frontdesk.kit.logs import bind_ids, clear_ids, configure_logging
from frontdesk.kit.memory import keep_loaded
from frontdesk.kit.raw import RawPool
from frontdesk.kit.secrets import Vault
from frontdesk.kit.settings import Settings
from frontdesk.kit.tokens import Signer
from frontdesk.knowledge.embedder import open_embedder
from frontdesk.knowledge.library import open_library
from frontdesk.live.routes import SOCKET as LIVE
from frontdesk.messaging.webhook import PREFIX, Webhook
from frontdesk.operations.routes import router as operations
from frontdesk.tenancy.auth import SCOPE_ATTRIBUTE
from frontdesk.tenancy.oidc import Provider

OPEN = frozenset({"/healthz", "/readyz", "/calendars/{hotel_id}/{token}.ics"})
HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
    (b"x-frame-options", b"DENY"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"geolocation=(), camera=(), microphone=()"),
)
"""On every answer that does not say better itself."""
READ_HEADERS = ("Idempotency-Key", "If-Match", "X-CSRF-Token")
"""What our routes read of a request beside its body; a page elsewhere has to be let send them."""
ONLY_TLS = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")


class UndeclaredRoute(Exception):
    """A route declares no permission; refusing to start"""


def create_app(settings: Settings | None = None, *, clock: Clock | None = None) -> FastAPI:
    """Settings come from the environment where none are given (uvicorn's factory)."""
    chosen = settings or Settings()  # pyright: ignore[reportCallIssue]
    configure_logging(chosen.log_level, chosen.log_format)
    webhook = _Later()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
        async with AsyncExitStack() as stack:
            await _open(app, chosen, webhook, stack)
            yield

    app = FastAPI(
        title="Frontdesk",
        version="0.1.0",
        description="The self-hosted, multi-tenant WhatsApp front desk for hotels.",
        lifespan=lifespan,
        docs_url=None,  # both pages load their scripts from elsewhere; /openapi.json stands alone
        redoc_url=None,
    )
    app.state.settings = chosen
    app.state.clock = clock or SystemClock()
    app.state.vault = Vault(chosen.fernet_keys())
    app.state.signer = Signer(chosen.keys_to_sign())
    app.state.limiter = Limiter(chosen.redis_url)
    app.state.provider = Provider(chosen)
    app.state.webhook = webhook
    app.state.hub = None
    app.state.pay_provider = Stripe(chosen.provider_timeout)
    app.include_router(operations)
    for router in ROUTERS:
        app.include_router(router)
    app.router.routes.extend((*DOORS, LIVE))
    render_problems(app)
    _let_in(app, chosen)
    is_tls = chosen.public_url.startswith("https://")
    app.add_middleware(_Envelope, is_tls=is_tls, proxies=chosen.proxies())
    refuse_undeclared(app)
    describe(app, lambda: _scopes_by_call(app))
    return app


def _let_in(app: FastAPI, settings: Settings) -> None:
    """CORS: closed, but to the pages that the settings name."""
    if settings.origins():
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.origins(),
            allow_credentials=True,
            allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
            allow_headers=["Authorization", "Content-Type", *READ_HEADERS],
            expose_headers=["Content-Disposition", "ETag", "Retry-After"],
            max_age=600,
        )


@asynccontextmanager
async def serving(settings: Settings) -> AsyncGenerator[ASGIApp]:
    """The served app with everything open, for whoever calls it in this process."""
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        yield _in_front_of(app)


def serve_app(settings: Settings | None = None) -> ASGIApp:
    """What a server serves."""
    app = create_app(settings)
    read_routes(app)
    keep_loaded()
    return _in_front_of(app)


def read_routes(app: FastAPI) -> None:
    """FastAPI reads what a route takes when one is first looked for, all that come before it too:
    seconds, in which whoever comes first after a start would hold up everybody.
    """
    nowhere: Scope = {
        "type": "http",
        "method": "GET",
        "path": "/nowhere",
        "root_path": "",
        "headers": [],
    }
    for route in app.routes:
        route.matches(nowhere)


def _in_front_of(app: FastAPI) -> ASGIApp:
    """Webhooks go straight in, everything else through FastAPI."""
    later: _Later = app.state.webhook

    async def dispatch(scope: Scope, receive: Receive, send: Send) -> None:
        hot = scope["type"] == "http" and scope["path"].startswith(PREFIX)
        await (later.app if hot else app)(scope, receive, send)

    return dispatch


async def _open(app: FastAPI, settings: Settings, webhook: "_Later", stack: AsyncExitStack) -> None:
    db = open_database(settings)
    stack.push_async_callback(db.close)
    await db.refuse_to_bypass()
    pool = RawPool(settings.database_url, size=4)
    stack.push_async_callback(pool.close)
    stack.push_async_callback(app.state.limiter.close)
    app.state.db = db
    app.state.library = open_library(settings, db, open_embedder(settings.embedder))
    stack.push_async_callback(_close_hub, app)
    webhook.app = Webhook(pool, db.ring)
    stack.push_async_callback(webhook.app.inbox.drain)
    stack.push_async_callback(app.state.pay_provider.close)


async def _close_hub(app: FastAPI) -> None:
    """Of the live channel, where somebody looked on."""
    if app.state.hub is not None:
        await app.state.hub.close()
        app.state.hub = None


class _Later:
    """The webhook's place until the lifespan has opened its pool."""

    app: Webhook


class _Envelope:
    """Security headers on every answer, and a fresh set of bound log ids for every request."""

    def __init__(self, app: ASGIApp, *, is_tls: bool, proxies: Sequence[str]) -> None:
        self._app = app
        self._proxies = proxies
        self._headers = (*HEADERS, ONLY_TLS) if is_tls else HEADERS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        clear_ids()
        before = bind_asked(caller_of(Request(scope), self._proxies))
        bind_ids(request=uuid.uuid4().hex)

        async def sealed(message: Message) -> None:
            if message["type"] == "http.response.start":
                said = {name.lower() for name, _ in message["headers"]}
                ours = [header for header in self._headers if header[0] not in said]
                message["headers"] = [*message["headers"], *ours]
            await send(message)

        try:
            await self._app(scope, receive, sealed)
        finally:
            unbind_asked(before)


def api_routes(app: FastAPI) -> Iterator[APIRoute]:
    """Every route that FastAPI serves, also inside included routers."""
    for route in app.routes:
        inside: APIRouter | None = getattr(route, "original_router", None)
        for found in inside.routes if inside is not None else (route,):
            if isinstance(found, APIRoute):
                yield found


def refuse_undeclared(app: FastAPI) -> None:
    """Raise UndeclaredRoute unless every route but health asks for a scope."""
    for route in api_routes(app):
        if route.path not in OPEN and not scopes_of(route):
            raise UndeclaredRoute(f"{route.path}: {UndeclaredRoute.__doc__}")
    for socket in app.routes:
        if isinstance(socket, WebSocketRoute) and socket is not LIVE:
            raise UndeclaredRoute(f"{socket.path}: {UndeclaredRoute.__doc__}")


def _scopes_by_call(app: FastAPI) -> dict[tuple[str, str], set[str]]:
    return {(m, r.path): scopes_of(r) for r in api_routes(app) for m in r.methods or ()}


def scopes_of(route: APIRoute) -> set[str]:
    return set(_scopes((route.dependant,)))


def _scopes(dependants: Iterable[Dependant]) -> Iterable[str]:
    for dependant in dependants:
        scope = getattr(dependant.call, SCOPE_ATTRIBUTE, None)
        if scope is not None:
            yield scope
        yield from _scopes(dependant.dependencies)
