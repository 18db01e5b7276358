"""Where a request came from: the peer, or what our own proxies say of it."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request


@dataclass(frozen=True, slots=True)
class Caller:
    ip: str | None
    agent: str | None


def caller_of(request: Request, proxies: Sequence[str]) -> Caller:
    """`proxies` are networks; X-Forwarded-For is read from the right, past those only."""
    agent = request.headers.get("user-agent")
    peer = request.client.host if request.client else None
    told = [part.strip() for part in request.headers.get("x-forwarded-for", "").split(",")]
    while peer is not None and told and told[-1] and _inside(peer, proxies):
        peer = told.pop()
    return Caller(_address(peer), agent[:300].replace("\x00", "") if agent else None)


def _inside(address: str, proxies: Sequence[str]) -> bool:
    known = _address(address)
    if known is None:
        return False
    return any(ipaddress.ip_address(known) in ipaddress.ip_network(net) for net in proxies)


def _address(text: str | None) -> str | None:
    try:
        return str(ipaddress.ip_address(text or ""))
    except ValueError:
        return None
