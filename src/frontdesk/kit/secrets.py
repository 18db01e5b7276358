"""Secrets at rest and in comparison: sealed with Fernet, digested with SHA-256, never printed."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class NoSecretKey(Exception):
    """FRONTDESK_SECRET_KEY is not set: nothing can be sealed or opened"""


class WrongSecretKey(Exception):
    """This value was sealed with a key that FRONTDESK_SECRET_KEY no longer names"""


class Vault:
    """Seals short secrets; the first key seals, every key opens, so keys can be rotated."""

    def __init__(self, keys: Sequence[str]) -> None:
        if not keys:
            raise NoSecretKey(NoSecretKey.__doc__)
        self._fernet = MultiFernet([Fernet(key) for key in keys])

    def seal(self, secret: str) -> bytes:
        return self._fernet.encrypt(secret.encode())

    def open(self, sealed: bytes) -> str:
        try:
            return self._fernet.decrypt(sealed).decode()
        except InvalidToken:
            raise WrongSecretKey(WrongSecretKey.__doc__) from None

    def reseal(self, sealed: bytes) -> bytes:
        """The same secret under the newest key."""
        return self._fernet.rotate(sealed)


def new_key() -> str:
    return Fernet.generate_key().decode()


def new_token(nbytes: int = 32) -> str:
    return secrets.token_urlsafe(nbytes)


def digest(token: str) -> bytes:
    """SHA-256 of a high-entropy token: what a table keeps of it."""
    return hashlib.sha256(token.encode()).digest()


def same(left: bytes, right: bytes) -> bool:
    return hmac.compare_digest(left, right)
