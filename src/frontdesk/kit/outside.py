"""Addresses that a hotel gives us: only public ones, checked after the name is resolved."""

import asyncio
import ipaddress
from urllib.parse import urlsplit

from frontdesk.kit.errors import Invalid


class PrivateAddress(Exception):
    """This address does not lead to the public internet"""


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
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise PrivateAddress(PrivateAddress.__doc__)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    loop = asyncio.get_running_loop()
    for found in await loop.getaddrinfo(parts.hostname, port):
        if not ipaddress.ip_address(found[4][0]).is_global:
            raise PrivateAddress(PrivateAddress.__doc__)
