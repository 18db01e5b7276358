"""Guessing made slow: tries are counted in the database, by account and by address."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.db import Database
from frontdesk.kit.errors import TooMany
from frontdesk.kit.secrets import digest
from frontdesk.tenancy.person_models import SignInThrottle

WINDOW = timedelta(minutes=15)
PER_ACCOUNT = 10
PER_ADDRESS = 50
MAILS = 3
"""Letters that anybody may have sent to one address."""
COUNT = text("""
    INSERT INTO sign_in_throttles AS t (key, tries, since) VALUES (:key, 1, :now)
    ON CONFLICT (key) DO UPDATE SET
        tries = CASE WHEN t.since <= :stale THEN 1 ELSE least(t.tries + 1, 1000000) END,
        since = CASE WHEN t.since <= :stale THEN :now ELSE t.since END
    RETURNING tries, since""")


class TooManyTries(TooMany):
    """Too many tries; wait, or set a new password by mail"""

    code = "too_many_tries"

    def __init__(self, seconds: int, *, is_first: bool) -> None:
        super().__init__(retry_after=max(1, seconds))
        self.is_first = is_first


class TooManyMails(TooMany):
    """Mails were asked for too often; look for the last one, or wait"""

    code = "too_many_mails"


async def count_mail(db: Database, email: str, ip: str | None, *, now: datetime) -> None:
    """A letter that anybody may ask for. Raises TooManyMails."""
    try:
        await count_try(db, f"mail to {email}", ip, now=now, most=MAILS)
    except TooManyTries as locked:
        raise TooManyMails(**locked.extra) from None


async def count_try(
    db: Database, email: str, ip: str | None, *, now: datetime, most: int = PER_ACCOUNT
) -> None:
    """Counted before the password is looked at, so that parallel guesses count too.

    Raises TooManyTries. The count stands until `forgive`.
    """
    counted = [(account(email), most), *((key, PER_ADDRESS) for key in address(ip))]
    wait, is_first = timedelta(0), False
    async with db.platform() as session:
        for key, allowed in sorted(counted):
            asked = {"key": key, "now": now, "stale": now - WINDOW}
            row = (await session.execute(COUNT, asked)).one()
            if row.tries > allowed:
                wait = max(wait, min(row.since + WINDOW - now, WINDOW))
                is_first = is_first or row.tries == allowed + 1
    if wait:
        raise TooManyTries(round(wait.total_seconds()), is_first=is_first)


def account(email: str) -> bytes:
    """Known or not: both are counted alike."""
    return digest(f"account {email}")


def address(ip: str | None) -> Sequence[bytes]:
    """None where the peer has no address: a socket of this machine."""
    return [] if ip is None else [digest(f"address {ip}")]


async def forgive(session: AsyncSession, email: str, ip: str | None, *, now: datetime) -> None:
    """After a right password this try does not count, and what is long past goes.

    `session` is the platform's.
    """
    throttle = SignInThrottle
    await session.execute(delete(throttle).where(throttle.key == account(email)))
    await session.execute(delete(throttle).where(throttle.since <= now - WINDOW))
    one_less = update(throttle).where(throttle.key.in_(address(ip)), throttle.tries > 0)
    await session.execute(one_less.values(tries=throttle.tries - 1))
