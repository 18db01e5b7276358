"""Trying the wall at the live channel: who is let in by a WebSocket's handshake, and who is not."""

from typing import Any

from fastapi import FastAPI
from starlette.routing import WebSocketRoute

from frontdesk.kit.rehearsal import Rehearsal
from frontdesk.operations.findings import Finding
from frontdesk.operations.probe_world import World

ACCEPTED = 101
FORGED = "https://elsewhere.example"


async def probe_live(app: FastAPI, stage: Rehearsal, mine: World, other: World) -> list[Finding]:
    """Every WebSocket that the app has, as the routes are tried: see probe_routes()."""
    found: list[Finding] = []
    for route in app.routes:
        if isinstance(route, WebSocketRoute):
            found += await _tried(app, stage, route.path, mine, other)
    return found


async def _tried(
    app: FastAPI, stage: Rehearsal, path: str, mine: World, other: World
) -> list[Finding]:
    own, foreign = (path.replace("{hotel_id}", str(w.hotel_id)) for w in (mine, other))
    tries: tuple[tuple[str, str, str | None, str | None, int], ...] = (
        ("no key, no entry", own, None, None, 401),
        ("a key without the scope does nothing", own, mine.bare_key, None, 403),
        ("a foreign hotel is not there", foreign, mine.key, None, 404),
        ("a foreign page does not look on", own, mine.key, FORGED, 403),
        ("its own id is there", own, mine.key, None, ACCEPTED),
    )
    found: list[Finding] = []
    for check, at, key, origin, wanted in tries:
        async with stage.undone():
            status = await _shake(app, at, key, origin)
        found.append(Finding(check, f"WS {path}", status == wanted, str(status)))
    return found


async def _shake(app: FastAPI, path: str, key: str | None, origin: str | None) -> int:
    """The status that a handshake is answered with; whoever is let in leaves at once."""
    headers = [(b"host", b"probe")]
    headers += [(b"authorization", f"Bearer {key}".encode())] if key else []
    headers += [(b"origin", origin.encode())] if origin else []
    scope: dict[str, Any] = {
        "type": "websocket",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "scheme": "ws",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("probe", 80),
        "subprotocols": [],
        "extensions": {"websocket.http.response": {}},
        "state": {},
    }
    heard = [{"type": "websocket.connect"}]
    status: list[int] = []

    async def receive() -> Any:
        return heard.pop() if heard else {"type": "websocket.disconnect", "code": 1000}

    async def send(message: Any) -> None:
        if message["type"] == "websocket.accept":
            status.append(ACCEPTED)
        elif message["type"] == "websocket.http.response.start":
            status.append(message["status"])

    await app(scope, receive, send)
    return status[0] if status else 0
