"""Sessions: opened at sign-in, kept alive by rotating refresh tokens, ended in one place."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.caller import Caller
from frontdesk.kit.clock import Clock
from frontdesk.kit.db import Database
from frontdesk.kit.errors import Unauthorized
from frontdesk.kit.ids import uuid7
from frontdesk.kit.logs import get_logger
from frontdesk.kit.secrets import Vault, digest, new_token
from frontdesk.kit.tokens import Signer
from frontdesk.tenancy.access import Person, WrongCsrf, access_token, csrf_token
from frontdesk.tenancy.person_models import User, UserRefresh, UserSession
from frontdesk.tenancy.sign_in_log import note

REFRESH = timedelta(days=7)
GRACE = timedelta(seconds=10)
"""How long after its use a refresh token still gives the one that came of it."""
KEPT = timedelta(days=30)
"""How long an ended session stays in its person's list."""


@dataclass(frozen=True, slots=True)
class Entrance:
    """What signing in works with."""

    db: Database
    vault: Vault
    signer: Signer
    clock: Clock


@dataclass(frozen=True, slots=True)
class Granted:
    """What a sign-in or a refresh gives out."""

    person: Person
    access: str
    refresh: str
    csrf: str


class SessionEnded(Unauthorized):
    """This session has ended; sign in again"""

    code = "session_ended"


async def open_session(
    session: AsyncSession,
    entrance: Entrance,
    user_id: UUID,
    caller: Caller,
    *,
    method: str,
    now: datetime,
) -> Granted:
    """`session` is the platform's. The person's long ended sessions go."""
    old = UserSession.expires_at < now - KEPT
    await session.execute(delete(UserSession).where(UserSession.user_id == user_id, old))
    opened = UserSession(
        id=uuid7(),
        user_id=user_id,
        method=method,
        last_seen_at=now,
        expires_at=now + REFRESH,
        ip=caller.ip,
        user_agent=caller.agent,
    )
    session.add(opened)
    await session.flush()
    await note(session, user_id, "open", method=method, session=str(opened.id))
    return await _grant(session, entrance.signer, Person(user_id, opened.id), now=now)


async def refresh(
    entrance: Entrance, token: str, caller: Caller, *, csrf: str | None, by_cookie: bool
) -> Granted:
    """A new pair for the newest refresh token; an older one ends the whole family.

    Two tabs may ask at once: within GRACE the token before the newest gives the newest once more,
    which can be worked out from it and our key. So there is never a second branch, and whoever
    uses a token that somebody else has used since still ends the family.
    """
    now, granted = entrance.clock.now(), None
    async with entrance.db.platform() as session:
        known = await _refresh_row(session, token)
        family = await _living(session, known, now=now)
        if by_cookie and not entrance.signer.is_mac(csrf or "", "csrf", str(family.id)):
            raise WrongCsrf
        if known.used_at is None:
            known.used_at, family.last_seen_at, family.expires_at = now, now, now + REFRESH
            family.ip, family.user_agent = caller.ip, caller.agent
            person = Person(family.user_id, family.id)
            granted = await _grant(session, entrance.signer, person, now=now, after=token)
        elif await _is_just_used(session, entrance.signer, known, token, now=now):
            person = Person(family.user_id, family.id)
            granted = _granted(entrance.signer, person, next_token(entrance.signer, token), now=now)
        else:
            await note(session, family.user_id, "refresh_reused", session=str(family.id))
            family.revoked_at, family.revoked_why = now, "reuse"
    if granted is None:  # told only now: the end of the family has to be committed
        get_logger().warning("refresh_reused", session=str(family.id))
        raise SessionEnded
    return granted


async def _refresh_row(session: AsyncSession, token: str) -> UserRefresh:
    query = select(UserRefresh).where(UserRefresh.digest == digest(token))
    known = await session.scalar(query.with_for_update())
    if known is None:
        raise SessionEnded
    return known


async def _living(session: AsyncSession, known: UserRefresh, *, now: datetime) -> UserSession:
    query = select(UserSession).join(User, User.id == UserSession.user_id)
    family = await session.scalar(
        query.where(
            UserSession.id == known.session_id,
            UserSession.revoked_at.is_(None),
            UserSession.expires_at > now,
            User.disabled_at.is_(None),
        ).with_for_update(of=UserSession)
    )
    if family is None:
        raise SessionEnded
    return family


def next_token(signer: Signer, token: str) -> str:
    """The refresh token that comes after another: 256 bits that only our key tells."""
    return f"fdr_{signer.mac('refresh', token)}"


async def _is_just_used(
    session: AsyncSession, signer: Signer, known: UserRefresh, token: str, *, now: datetime
) -> bool:
    """Whether the one that came after it a moment ago is still unused."""
    if known.used_at is None or now - known.used_at > GRACE:
        return False
    after = select(UserRefresh.id).where(
        UserRefresh.digest == digest(next_token(signer, token)), UserRefresh.used_at.is_(None)
    )
    return await session.scalar(after) is not None


async def _grant(
    session: AsyncSession,
    signer: Signer,
    person: Person,
    *,
    now: datetime,
    after: str | None = None,
) -> Granted:
    token = next_token(signer, after) if after else f"fdr_{new_token()}"
    session.add(UserRefresh(session_id=person.session_id, digest=digest(token)))
    await session.flush()
    return _granted(signer, person, token, now=now)


def _granted(signer: Signer, person: Person, token: str, *, now: datetime) -> Granted:
    access = access_token(signer, person, now=now)
    return Granted(person, access, token, csrf_token(signer, person.session_id))


async def end_family(entrance: Entrance, token: str, *, csrf: str | None, by_cookie: bool) -> None:
    """Log out: the session that a refresh token belongs to, used or not. Raises WrongCsrf."""
    async with entrance.db.platform() as session:
        of_token = select(UserRefresh.session_id).where(UserRefresh.digest == digest(token))
        family = await _not_ended(session, UserSession.id.in_(of_token))
        if family is None:
            return
        if by_cookie and not entrance.signer.is_mac(csrf or "", "csrf", str(family.id)):
            raise WrongCsrf
        await _log_out(session, family, now=entrance.clock.now())


async def end_own(entrance: Entrance, person: Person) -> None:
    """Log out: the session of an access token."""
    async with entrance.db.platform() as session:
        family = await _not_ended(session, UserSession.id == person.session_id)
        if family is not None:
            await _log_out(session, family, now=entrance.clock.now())


async def _not_ended(session: AsyncSession, which: ColumnElement[bool]) -> UserSession | None:
    return await session.scalar(select(UserSession).where(which, UserSession.revoked_at.is_(None)))


async def _log_out(session: AsyncSession, family: UserSession, *, now: datetime) -> None:
    family.revoked_at, family.revoked_why = now, "logout"
    await note(session, family.user_id, "logout", session=str(family.id))


async def end_sessions(
    session: AsyncSession,
    user_id: UUID,
    *,
    why: str,
    now: datetime,
    only: UUID | None = None,
    but: UUID | None = None,
) -> int:
    """Every living session of a person, or one, or all but one; gives how many."""
    query = update(UserSession).where(
        UserSession.user_id == user_id, UserSession.revoked_at.is_(None)
    )
    if only is not None:
        query = query.where(UserSession.id == only)
    if but is not None:
        query = query.where(UserSession.id != but)
    ended = query.values(revoked_at=now, revoked_why=why).returning(UserSession.id)
    gone = len((await session.scalars(ended)).all())
    if gone:
        await note(session, user_id, "sessions_end", why=why, sessions=str(gone))
    return gone
