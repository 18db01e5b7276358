"""Signed tokens: JWT with several keys by `kid`, the first signs; and MACs over short texts."""

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from joserfc.jwk import KeySet

ALGORITHM = "HS256"
ISSUER = "frontdesk"
GUEST = re.compile(r"\bfdg_[A-Za-z0-9_.-]+")
"""What opens one booking to whoever has it."""


def without_tokens(text: str) -> str:
    """As people who did not get the link may read it."""
    return GUEST.sub("fdg_…", text)


class NoSigningKey(Exception):
    """There is no key to sign with"""


class Signer:
    """The first key signs, every key is believed: a new first key rotates, dropping one ends it."""

    def __init__(self, keys: Sequence[str]) -> None:
        if not keys:
            raise NoSigningKey(NoSigningKey.__doc__)
        self._keys = {kid_of(key): key for key in keys}
        self._kid = kid_of(keys[0])

    @cached_property
    def _set(self) -> "KeySet":
        from joserfc.jwk import KeySet, OctKey  # noqa: PLC0415 - 9 MiB, for people only

        return KeySet([OctKey.import_key(key, {"kid": kid}) for kid, key in self._keys.items()])

    def sign(self, claims: Mapping[str, Any], *, now: datetime, seconds: int) -> str:
        from joserfc import jwt  # noqa: PLC0415 - see above

        at = int(now.timestamp())
        whole = {**claims, "iss": ISSUER, "iat": at, "exp": at + seconds}
        return jwt.encode({"alg": ALGORITHM, "kid": self._kid}, whole, self._set)

    def read(self, token: str, *, now: datetime) -> Mapping[str, Any] | None:
        """Its claims, or nothing: forged, of a key that is gone, expired, or not a token at all."""
        from joserfc import jwt  # noqa: PLC0415 - see above
        from joserfc.errors import JoseError  # noqa: PLC0415 - see above

        rules = jwt.JWTClaimsRegistry(
            now=int(now.timestamp()),
            iss={"essential": True, "value": ISSUER},
            exp={"essential": True},
        )
        try:
            found = jwt.decode(token, self._set, algorithms=[ALGORITHM])
            rules.validate(found.claims)
        except (JoseError, ValueError, KeyError):
            return None
        return found.claims

    def mac(self, purpose: str, text: str) -> str:
        return _mac(self._keys[self._kid], purpose, text)

    def is_mac(self, given: str, purpose: str, text: str) -> bool:
        """Also one that an older key made."""
        told = given.encode()
        wanted = [_mac(key, purpose, text).encode() for key in self._keys.values()]
        return any(hmac.compare_digest(told, one) for one in wanted)


def kid_of(key: str) -> str:
    """A key's name: tells which one signed, and nothing of it."""
    return hashlib.sha256(f"kid {key}".encode()).hexdigest()[:12]


def derived(secret: str) -> str:
    """A signing key from another secret, where none was given."""
    return hmac.new(secret.encode(), b"frontdesk signing", hashlib.sha256).hexdigest()


def _mac(key: str, purpose: str, text: str) -> str:
    return hmac.new(key.encode(), f"{purpose}\n{text}".encode(), hashlib.sha256).hexdigest()
