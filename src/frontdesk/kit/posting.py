"""Posting to a hotel's own systems: signed, to a public machine only, bounded in size and time.

The signature is that of Standard Webhooks 1.0.0: HMAC-SHA256 over `id.timestamp.body`, base64,
behind `v1,`; one for each secret that is valid, so that a secret can be changed without a gap.
"""

import asyncio
import base64
import binascii
import hashlib
import hmac
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import httpx

from frontdesk.kit.outside import PrivateAddress, Resolve, is_public, pinned, resolve, trust

MARK = "whsec_"
SECONDS = 15.0
"""For everything: the name, the connection, our words and the whole answer."""
MOST = 16_384
"""Bytes of an answer that are read; the rest is not."""
KEPT = 500
"""Characters of an answer that are kept."""


@dataclass(frozen=True, slots=True)
class Parcel:
    url: str
    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one call; taken where it was a 2xx."""

    status: int | None
    """None where there was no answer at all; `error` says why."""
    error: str | None
    text: str
    """How the answer begins."""
    ms: int
    retry_after: float | None = None
    """Seconds, where the receiver said so."""

    @property
    def taken(self) -> bool:
        return self.error is None


def signed_headers(
    secrets: Sequence[str], message_id: str, timestamp: int, body: bytes
) -> dict[str, str]:
    signatures = [f"v1,{sign(secret, message_id, timestamp, body)}" for secret in secrets]
    return {
        "content-type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signatures),
    }


def sign(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """Base64. The receiver checks it, and refuses old times and ids that it has seen."""
    said = f"{message_id}.{timestamp}.".encode() + body
    return base64.b64encode(hmac.new(_key(secret), said, hashlib.sha256).digest()).decode()


def _key(secret: str) -> bytes:
    """`whsec_` and base64, as we make them; any other word is its own bytes."""
    if secret.startswith(MARK):
        try:
            return base64.b64decode(secret.removeprefix(MARK), validate=True)
        except binascii.Error:
            pass
    return secret.encode()


async def post_out(
    parcel: Parcel,
    *,
    seconds: float = SECONDS,
    public: Callable[[str], bool] = is_public,
    resolved: Resolve = resolve,
) -> Answer:
    """One call, no redirects, on a connection of its own; never raises for what is out there."""
    began = time.monotonic()

    def after(
        status: int | None, error: str | None, text: str = "", wait: float | None = None
    ) -> Answer:
        return Answer(status, error, text, round((time.monotonic() - began) * 1000), wait)

    try:
        async with asyncio.timeout(seconds), _client(seconds) as client:
            request = await pinned(
                *(client, "POST", parcel.url),
                public=public,
                resolved=resolved,
                headers=dict(parcel.headers),
                content=parcel.body,
            )
            answer = await client.send(request, stream=True)
            text = await _beginning(answer)
    except (TimeoutError, httpx.TimeoutException):
        return after(None, "Timeout")
    except (httpx.HTTPError, httpx.InvalidURL, PrivateAddress, OSError, ValueError) as lost:
        return after(None, type(lost).__name__)
    error = None if answer.is_success else f"HTTP {answer.status_code}"
    return after(answer.status_code, error, text, _wait(answer.headers.get("retry-after")))


def _client(seconds: float) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        timeout=seconds, follow_redirects=False, trust_env=False, verify=trust()
    )


async def _beginning(answer: httpx.Response) -> str:
    """An endless answer is left where it is."""
    read = bytearray()
    async for part in answer.aiter_raw():
        read += part
        if len(read) >= MOST:
            break
    await answer.aclose()
    return read.decode(errors="replace")[:KEPT].replace("\x00", "")


def _wait(said: str | None) -> float | None:
    """In seconds; a date is not read."""
    return float(said) if said is not None and said.isascii() and said.isdecimal() else None
