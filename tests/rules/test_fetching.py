"""Fetching: no private address at any step, no name that changes its mind, no endless answer."""

import asyncio
import gzip
from collections.abc import AsyncIterator

import pytest

from frontdesk.kit.fetching import Bounds, FetchFailed, fetch

OPEN, SHUT = "127.0.0.2", "127.0.0.1"
"""Here the first stands for the public internet, and the second for a private network."""
BOUNDS = Bounds(most=1000, seconds=2)


class Web:
    """Somebody's web server, on both addresses; `names` is the only DNS there is."""

    def __init__(self) -> None:
        self.names = {"hotel.test": [OPEN], "inside.test": [SHUT], "both.test": [OPEN, SHUT]}
        self.asked: list[str] = []
        self.hosts: list[str] = []
        self.port = 0

    async def resolve(self, host: str, port: int) -> list[str]:
        self.asked.append(host)
        return self.names.get(host, [host])

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        path = head.split()[1]
        self.hosts += [l[6:] for l in head.splitlines() if l.lower().startswith("host: ")]  # noqa: E741
        writer.write(self.page(path))
        await writer.drain()
        if path == "/slow":
            await reader.read()  # until it is given up
        writer.close()

    def page(self, path: str) -> bytes:
        if path.startswith("/to/"):
            return f"HTTP/1.1 302 Found\r\nLocation: {path[4:]}\r\n\r\n".encode()
        if path == "/zipped":
            return b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(b"x" * 9999)
        body = b"x" * (2000 if path == "/long" else 5)
        return b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n" + body

    async def get(self, path: str, *, host: str = "hotel.test") -> bytes:
        url = f"http://{host}:{self.port}{path}"
        found = await fetch(url, BOUNDS, public=lambda a: a == OPEN, resolved=self.resolve)
        return found.body


@pytest.fixture
async def web() -> AsyncIterator[Web]:
    made = Web()
    server = await asyncio.start_server(made.answer, OPEN, 0)
    made.port = server.sockets[0].getsockname()[1]
    inside = await asyncio.start_server(made.answer, SHUT, made.port)
    yield made
    for one in (server, inside):
        one.close()


async def test_it_goes_where_the_name_led_when_it_was_judged(web: Web) -> None:
    assert await web.get("/a") == b"xxxxx"
    assert (web.asked, web.hosts) == (["hotel.test"], [f"hotel.test:{web.port}"])
    assert await web.get(f"/to/http://hotel.test:{web.port}/b") == b"xxxxx"
    assert await web.get("/to//c") == b"xxxxx"


@pytest.mark.parametrize(
    ("path", "host", "why"),
    [
        ("/a", "inside.test", "public internet"),
        ("/a", "both.test", "public internet"),
        ("/a", SHUT, "public internet"),
        ("/to/http://inside.test/a", "hotel.test", "public internet"),
        ("/to/http://127.0.0.1/a", "hotel.test", "public internet"),
        ("/to/file:///etc/passwd", "hotel.test", "not an http"),
        ("/to//to//to//to//to//to//to//a", "hotel.test", "redirects more"),
        ("/zipped", "hotel.test", "compressed"),
        ("/long", "hotel.test", "longer than 1000"),
    ],
)
async def test_it_goes_nowhere_else(web: Web, path: str, host: str, why: str) -> None:
    with pytest.raises(FetchFailed, match=why):
        await web.get(path, host=host)
    assert "inside.test" not in str(web.hosts)


async def test_it_waits_no_longer_than_it_may(web: Web) -> None:
    with pytest.raises(FetchFailed, match="longer than"):
        await fetch(
            f"http://hotel.test:{web.port}/slow",
            Bounds(10_000, 0.3),
            public=lambda a: a == OPEN,
            resolved=web.resolve,
        )
