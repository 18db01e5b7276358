"""Addresses that a hotel gives us: only public ones, checked after the name is resolved."""

import asyncio
import ipaddress
import ssl
from collections.abc import Awaitable, Callable
from functools import cache
from urllib.parse import urlsplit

import httpx

from frontdesk.kit.errors import Invalid

Resolve = Callable[[str, int], Awaitable[list[str]]]
TRANSLATED = ipaddress.ip_network("64:ff9b::/96")
"""NAT64: the last 32 bits are an IPv4 address, maybe a private one."""


class PrivateAddress(Exception):
    """This address does not lead to the public internet"""


class NotWeb(ValueError):
    """It is not an http(s) address"""


class BadAddress(Invalid):
    """This address does not lead to the public internet as it must"""

    code = "bad_address"


def web_address(url: str) -> str:
    """The same, if it can be called at all; for pydantic's AfterValidator."""
    parts = urlsplit(url)
    (parts.hostname or "").encode("idna")
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.port == 0:
        raise ValueError("not an http(s) address")
    if not url.isprintable() or " " in url or "\\" in url:
        raise ValueError("not an address: it has a space, a backslash or a control character")
    if "@" in parts.netloc:
        raise ValueError("an address with a name and a password: they would be shown, and not sent")
    return url


async def only_public(url: str, *, allow_private: bool) -> None:
    """The same for an address that somebody enters. Raises BadAddress."""
    try:
        if not allow_private:
            await refuse_private(url)
    except (PrivateAddress, OSError, ValueError):
        raise BadAddress from None


async def refuse_private(url: str) -> None:
    """Raise PrivateAddress unless every address behind an http(s) URL is a public one."""
    await _judged(url, is_public, resolve)


async def resolve(host: str, port: int) -> list[str]:
    found = await asyncio.get_running_loop().getaddrinfo(host, port)
    return [str(entry[4][0]) for entry in found]


def is_public(address: str) -> bool:
    """Of one machine on the internet; also what an IPv6 address hides of IPv4 must be."""
    found = ipaddress.ip_address(address)
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo or (None, None))[1]
        if found in TRANSLATED:
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None:
            found = inner
    return found.is_global and not found.is_multicast and not found.is_reserved


def anywhere(_: str) -> bool:
    """In place of `is_public` where private addresses are allowed."""
    return True


async def pinned(
    client: httpx.AsyncClient,
    method: str,
    url: str,
    *,
    public: Callable[[str], bool] = is_public,
    resolved: Resolve = resolve,
    headers: dict[str, str] | None = None,
    content: bytes | None = None,
) -> httpx.Request:
    """To the address that was judged; the name stays in Host and in the certificate's check.

    The client may not keep connections: one to an address was checked for another name.
    Raises PrivateAddress, or NotWeb.
    """
    address = await _judged(url, public, resolved)
    return client.build_request(
        method,
        httpx.URL(url).copy_with(host=address, username=None, password=None),
        headers={
            "accept-encoding": "identity",
            "user-agent": "frontdesk",
            **(headers or {}),
            "host": urlsplit(url).netloc.rpartition("@")[2],
        },
        content=content,
        extensions={"sni_hostname": urlsplit(url).hostname},
    )


@cache
def trust() -> ssl.SSLContext:
    """Reading the certificates takes longer than most calls: once a process."""
    return ssl.create_default_context()


async def _judged(url: str, public: Callable[[str], bool], resolved: Resolve) -> str:
    """One of the addresses behind the name, where all of them are public."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.port == 0:
        raise NotWeb(NotWeb.__doc__)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    addresses = await resolved(parts.hostname, port)
    if not addresses or not all(map(public, addresses)):
        raise PrivateAddress(PrivateAddress.__doc__)
    return addresses[0]
