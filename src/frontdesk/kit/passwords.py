"""Passwords as argon2id, off the loop and two at a time: each takes 7 MiB, and they stay."""

import asyncio
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argon2 import PasswordHasher

_PLACES = ThreadPoolExecutor(max_workers=2, thread_name_prefix="password")


async def hash_password(password: str) -> str:
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_PLACES, _hasher().hash, _plain(password))


async def is_password(hashed: str | None, password: str) -> bool:
    """Takes as long where there is no hash, or no such person, as where there is."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_PLACES, _verified, hashed, _plain(password))


def is_outdated(hashed: str) -> bool:
    """Made with other costs than today's: hash it again at the next sign-in."""
    return _hasher().check_needs_rehash(hashed)


def _verified(hashed: str | None, password: str) -> bool:
    from argon2.exceptions import (  # noqa: PLC0415 - see _hasher
        InvalidHashError,
        VerificationError,
    )

    try:
        _hasher().verify(hashed or _nobodys(), password)
    except (VerificationError, InvalidHashError):
        return False
    return hashed is not None


@cache
def _hasher() -> "PasswordHasher":
    """The leanest of OWASP's equal choices; a hash says itself with what it was made."""
    from argon2 import PasswordHasher  # noqa: PLC0415 - for people who sign in only

    return PasswordHasher(time_cost=5, memory_cost=7_168, parallelism=1)


@cache
def _nobodys() -> str:
    return _hasher().hash("the password of nobody")


def _plain(password: str) -> str:
    """The same letters, however the keyboard wrote them."""
    return unicodedata.normalize("NFKC", password)
