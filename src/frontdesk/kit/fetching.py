"""Asking what somebody's address leads to: public at every step, bounded in size and time."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urljoin

import httpx

from frontdesk.kit.outside import (
    NotWeb,
    PrivateAddress,
    Resolve,
    is_public,
    pinned,
    resolve,
    trust,
)

REDIRECTS = 5


class FetchFailed(Exception):
    """The address could not be fetched"""


@dataclass(frozen=True, slots=True)
class Fetched:
    body: bytes
    content_type: str
    url: str
    """Where it was in the end."""


@dataclass(frozen=True, slots=True)
class Answered:
    status: int
    body: bytes
    retry_after: float | None
    """Seconds, where it said so; a date is not read."""


@dataclass(frozen=True, slots=True)
class Bounds:
    most: int
    """Bytes."""
    seconds: float
    """For everything, redirects and all."""


async def fetch(
    url: str,
    bounds: Bounds,
    *,
    public: Callable[[str], bool] = is_public,
    resolved: Resolve = resolve,
) -> Fetched:
    """Raises FetchFailed, with words that somebody of the hotel can read.

    A name is resolved once a step, all its addresses are judged, and the connection goes to the
    one that was judged: a name that changes its mind in between gains nothing.
    """
    async with _bounded(bounds) as client:
        for _ in range(REDIRECTS + 1):
            found = await _step(client, url, bounds, public, resolved)
            if isinstance(found, Fetched):
                return found
            url = found
    raise FetchFailed(f"it redirects more than {REDIRECTS} times")


async def ask(
    url: str,
    body: bytes,
    bounds: Bounds,
    *,
    public: Callable[[str], bool] = is_public,
    resolved: Resolve = resolve,
) -> Answered:
    """POST some JSON, and read the whole answer, whatever its status. Raises FetchFailed."""
    headers = {"content-type": "application/json", "accept": "application/json"}
    async with _bounded(bounds) as client:
        request = await pinned(
            *(client, "POST", url), public=public, resolved=resolved, headers=headers, content=body
        )
        answer = await client.send(request, stream=True)
        try:
            wait = answer.headers.get("retry-after", "")
            seconds = float(wait) if wait.isascii() and wait.isdecimal() else None
            return Answered(answer.status_code, await _body(answer, bounds), seconds)
        finally:
            await answer.aclose()


@asynccontextmanager
async def _bounded(bounds: Bounds) -> AsyncGenerator[httpx.AsyncClient]:
    try:
        async with asyncio.timeout(bounds.seconds), _client(bounds) as client:
            yield client
    except TimeoutError:
        raise FetchFailed(f"it took longer than {bounds.seconds:g} seconds") from None
    except PrivateAddress:
        raise FetchFailed("it does not lead to the public internet") from None
    except NotWeb:
        raise FetchFailed("it is not an http(s) address") from None
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as failed:
        raise FetchFailed(f"it could not be reached ({type(failed).__name__})") from None


def _client(bounds: Bounds) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        timeout=bounds.seconds, follow_redirects=False, trust_env=False, verify=trust()
    )


async def _step(
    client: httpx.AsyncClient,
    url: str,
    bounds: Bounds,
    public: Callable[[str], bool],
    resolved: Resolve,
) -> Fetched | str:
    """What lies there, or where it sends us."""
    request = await pinned(client, "GET", url, public=public, resolved=resolved)
    answer = await client.send(request, stream=True)
    try:
        if answer.is_redirect:
            return urljoin(url, answer.headers["location"])
        if answer.status_code != 200:
            raise FetchFailed(f"it answered {answer.status_code}")
        if answer.headers.get("content-encoding", "identity") != "identity":
            raise FetchFailed("it answered compressed, which was not asked for")
        return Fetched(await _body(answer, bounds), answer.headers.get("content-type", ""), url)
    finally:
        await answer.aclose()


async def _body(answer: httpx.Response, bounds: Bounds) -> bytes:
    body = bytearray()
    async for part in answer.aiter_raw():
        body += part
        if len(body) > bounds.most:
            raise FetchFailed(f"it is longer than {bounds.most} bytes")
    return bytes(body)
