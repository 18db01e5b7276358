"""Guessing made slow: tries are counted in the database, by account and by address, and by both."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.db import Database
from frontdesk.kit.errors import TooMany
from frontdesk.kit.secrets import digest
from frontdesk.tenancy.person_models import SignInThrottle, User, UserSession

WINDOW = timedelta(minutes=15)
PER_PLACE = 10
"""Tries of one account from one address."""
PER_ACCOUNT = 50
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
        super().__init__(retry_after=seconds)
        self.is_first = is_first


class TooManyMails(TooMany):
    """Mails were asked for too often; look for the last one, or wait"""

    code = "too_many_mails"


async def count_mail(db: Database, email: str, ip: str | None, *, now: datetime) -> None:
    """A letter that anybody may ask for. Raises TooManyMails."""
    asked = [(account(f"mail to {email}"), MAILS), *address(ip)]
    async with db.platform() as session:
        wait, _ = await _count(session, asked, now=now)
    if wait:
        raise TooManyMails(retry_after=_seconds(wait))


async def count_try(db: Database, email: str, ip: str | None, *, now: datetime) -> None:
    """Counted before the password is looked at, so that parallel guesses count too.

    What is refused to one address does not count against the account, so nobody shuts out who is
    elsewhere; and who signed in from where they are is not shut out by all others together.
    Raises TooManyTries. The count stands until `forgive`.
    """
    async with db.platform() as session:
        here = [(place(email, ip), PER_PLACE), *address(ip)]
        wait, is_first = await _count(session, here, now=now)
        if not wait:
            everywhere = [(account(email), PER_ACCOUNT)]
            wait, is_first = await _count(session, everywhere, now=now)
            if wait and await _was_here(session, email, ip):
                return
    if wait:
        raise TooManyTries(_seconds(wait), is_first=is_first)


async def _count(
    session: AsyncSession, asked: Sequence[tuple[bytes, int]], *, now: datetime
) -> tuple[timedelta, bool]:
    """How long to wait, and whether this is the first that has to."""
    wait, is_first = timedelta(0), False
    for key, most in sorted(asked):
        values = {"key": key, "now": now, "stale": now - WINDOW}
        row = (await session.execute(COUNT, values)).one()
        if row.tries > most:
            wait = max(wait, min(row.since + WINDOW - now, WINDOW))
            is_first = is_first or row.tries == most + 1
    return wait, is_first


def _seconds(wait: timedelta) -> int:
    return max(1, round(wait.total_seconds()))


async def _was_here(session: AsyncSession, email: str, ip: str | None) -> bool:
    mine = select(UserSession.id).join(User, User.id == UserSession.user_id)
    here = mine.where(User.email == email, UserSession.ip == ip).limit(1)
    return await session.scalar(here) is not None


def account(email: str) -> bytes:
    """Known or not: both are counted alike."""
    return digest(f"account {email}")


def place(email: str, ip: str | None) -> bytes:
    return digest(f"account {email} at {ip}")


def address(ip: str | None) -> Sequence[tuple[bytes, int]]:
    """None where the peer has no address: a socket of this machine."""
    return [] if ip is None else [(digest(f"address {ip}"), PER_ADDRESS)]


async def forgive(session: AsyncSession, email: str, ip: str | None, *, now: datetime) -> None:
    """After a right password this try does not count, and what is long past goes.

    Other guesses at the account still do. `session` is the platform's.
    """
    await session.execute(delete(SignInThrottle).where(SignInThrottle.key == place(email, ip)))
    counted = [account(email), *(key for key, _ in address(ip))]
    one_less = update(SignInThrottle).where(SignInThrottle.key.in_(counted))
    one_less = one_less.where(SignInThrottle.tries > 0)
    await session.execute(one_less.values(tries=SignInThrottle.tries - 1))
    await session.execute(delete(SignInThrottle).where(SignInThrottle.since <= now - WINDOW))


async def begin_anew(session: AsyncSession, email: str, ip: str | None) -> None:
    """After a new password guesses of the old one count no more. `session` is the platform's."""
    old = SignInThrottle.key.in_([account(email), place(email, ip)])
    await session.execute(delete(SignInThrottle).where(old))
