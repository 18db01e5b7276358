"""Keeps the guests' side to this machine: no other host, and no other site's page, may drive it."""

from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

HERE = frozenset({"127.0.0.1", "::1", "localhost"})
OPEN = ("/waInstance", "/files/")


class OnlyHere:
    """The wire and its files are open to whoever reaches the port, as the real ones are."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not scope["path"].startswith(OPEN):
            connection = HTTPConnection(scope)
            if not _from_here(connection):
                refusal = PlainTextResponse("only from this machine", 403)
                await refusal(scope, receive, send)
                return
        await self._app(scope, receive, send)


def _from_here(connection: HTTPConnection) -> bool:
    """By address, by name (a rebound DNS name is not ours) and by the page that asks."""
    client, host = connection.client, connection.url.hostname
    origin = connection.headers.get("origin")
    own = f"{connection.url.scheme}://{connection.url.netloc}"
    at_home = client is not None and client.host in HERE
    return at_home and host in HERE and origin in (None, own)
