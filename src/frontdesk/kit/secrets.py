"""Secrets at rest and in comparison: sealed with Fernet, digested with SHA-256, never printed."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet

KEY_BYTES = 32
"""Of a Fernet key, before its base64."""
MOST_INNER = 1024
"""Unwrapped keys that a process keeps."""


class NoSecretKey(Exception):
    """FRONTDESK_SECRET_KEY is not set: nothing can be sealed or opened"""


class WrongSecretKey(Exception):
    """This value was sealed with a key that FRONTDESK_SECRET_KEY no longer names"""


class Vault:
    """Seals short secrets; the first key seals, every key opens, so keys can be rotated."""

    def __init__(self, keys: Sequence[str]) -> None:
        if not keys:
            raise NoSecretKey(NoSecretKey.__doc__)
        check_keys(keys)
        self._keys = tuple(keys)
        self._inner: dict[tuple[UUID, UUID], Vault] = {}

    @cached_property
    def _fernet(self) -> "MultiFernet":
        from cryptography.fernet import Fernet, MultiFernet  # noqa: PLC0415 - 6 MiB, seldom needed

        return MultiFernet([Fernet(key) for key in self._keys])

    def seal(self, secret: str) -> bytes:
        return self._fernet.encrypt(secret.encode())

    def open(self, sealed: bytes, *, within: int | None = None) -> str:
        """Raise WrongSecretKey, also where it was sealed longer ago than `within` seconds."""
        with _the_right_key():
            return self._fernet.decrypt(sealed, ttl=within).decode()

    def is_newest(self, sealed: bytes) -> bool:
        """Whether the first key alone opens it."""
        from cryptography.fernet import Fernet, InvalidToken  # noqa: PLC0415 - see above

        try:
            Fernet(self._keys[0]).decrypt(sealed)
        except InvalidToken:
            return False
        return True

    def reseal(self, sealed: bytes) -> bytes:
        """The same secret under the newest key."""
        with _the_right_key():
            return self._fernet.rotate(sealed)

    def wrap(self, owner: UUID, key: str) -> bytes:
        """A key for one owner's secrets, sealed together with whose it is."""
        return self.seal(f"{owner}:{key}")

    def inner(self, owner: UUID, key_id: UUID, wrapped: bytes) -> "Vault":
        """The vault of a wrapped key. Raise WrongSecretKey where it was wrapped for another."""
        known = self.known(owner, key_id)
        if known is not None:
            return known
        whose, _, key = self.open(wrapped).partition(":")
        if whose != str(owner):
            raise WrongSecretKey(WrongSecretKey.__doc__)
        if len(self._inner) >= MOST_INNER:
            self._inner.pop(next(iter(self._inner)))
        self._inner[owner, key_id] = found = Vault((key,))
        return found

    def known(self, owner: UUID, key_id: UUID) -> "Vault | None":
        """The inner vault, where this process has unwrapped it before."""
        return self._inner.get((owner, key_id))


def check_keys(keys: Sequence[str]) -> None:
    """Raise ValueError unless each could be a Fernet key."""
    if not all(map(_is_key, keys)):
        raise ValueError(f"Fernet key must be {KEY_BYTES} bytes in URL-safe base64")


def _is_key(key: str) -> bool:
    try:
        return len(base64.urlsafe_b64decode(key)) == KEY_BYTES
    except ValueError:
        return False


@contextmanager
def _the_right_key() -> Generator[None]:
    from cryptography.fernet import InvalidToken  # noqa: PLC0415 - see Vault

    try:
        yield
    except InvalidToken:
        raise WrongSecretKey(WrongSecretKey.__doc__) from None


def new_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def new_token(nbytes: int = 32) -> str:
    return secrets.token_urlsafe(nbytes)


def digest(token: str) -> bytes:
    """SHA-256 of a high-entropy token: what a table keeps of it."""
    return hashlib.sha256(token.encode()).digest()


def same(left: bytes, right: bytes) -> bool:
    return hmac.compare_digest(left, right)
