"""Signing in with a password: as slow for unknown addresses as for known ones."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.caller import Caller
from frontdesk.kit.errors import Unauthorized
from frontdesk.kit.logs import get_logger
from frontdesk.kit.passwords import hash_password, is_outdated, is_password
from frontdesk.tenancy.access import Person, alive
from frontdesk.tenancy.person_models import User
from frontdesk.tenancy.second_factor import is_second_factor
from frontdesk.tenancy.sessions import Entrance, Granted, end_sessions, open_session
from frontdesk.tenancy.sign_in_log import note
from frontdesk.tenancy.throttle import TooManyTries, count_try, forgive


class WrongSignIn(Unauthorized):
    """The mail address, the password or the code is wrong"""

    code = "wrong_sign_in"


class SecondFactorWanted(Unauthorized):
    """The password is right; now the code of the second factor"""

    code = "second_factor_wanted"


async def sign_in(
    entrance: Entrance, email: str, password: str, code: str | None, caller: Caller
) -> Granted:
    """Raises WrongSignIn, SecondFactorWanted and TooManyTries."""
    now = entrance.clock.now()
    checked = await check_password(entrance, email, password, caller, now=now)
    stale = is_outdated(checked.password or "")
    fresh = await hash_password(password) if stale else None
    granted = None
    async with entrance.db.platform() as session:
        user = await session.get_one(User, checked.id, with_for_update=True)
        if user.password != checked.password or user.disabled_at is not None:
            raise WrongSignIn
        if await _passes(session, entrance, user, code, now=now):
            user.password = fresh or user.password
            await forgive(session, email, caller.ip, now=now)
            method = "password"
            granted = await open_session(session, entrance, user.id, caller, method=method, now=now)
    if granted is None:  # told only now: that it failed has to be committed
        raise WrongSignIn
    get_logger().info("signed_in", user=str(user.id), session=str(granted.person.session_id))
    return granted


async def _passes(
    session: AsyncSession, entrance: Entrance, user: User, code: str | None, *, now: datetime
) -> bool:
    """Whether the second factor, where there is one, is right. Raises SecondFactorWanted."""
    if user.totp_confirmed_at is None:
        return True
    if code is None:
        raise SecondFactorWanted
    right = await is_second_factor(session, user, entrance.vault, code, now=now)
    if not right:
        await note(session, user.id, "second_factor_fail")
    return right


async def check_password(
    entrance: Entrance, email: str, password: str, caller: Caller, *, now: datetime
) -> User:
    """The person, if this is their password and they may come in. Raises WrongSignIn."""
    try:
        await count_try(entrance.db, email, caller.ip, now=now)
    except TooManyTries as locked:
        if locked.is_first:
            await _note_of(entrance, email, "lock")
        raise
    async with entrance.db.platform() as session:
        user = await session.scalar(select(User).where(User.email == email))
    right = await is_password(user.password if user else None, password)
    if user is None or not right or user.verified_at is None or user.disabled_at is not None:
        await _note_of(entrance, email, "fail")
        raise WrongSignIn
    return user


async def _note_of(entrance: Entrance, email: str, what: str) -> None:
    async with entrance.db.platform() as session:
        await note(session, await session.scalar(select(User.id).where(User.email == email)), what)


async def change_password(
    entrance: Entrance, person: Person, old: str, new: str, caller: Caller
) -> None:
    """Ends every other session of this person. Raises WrongSignIn and TooManyTries."""
    now = entrance.clock.now()
    async with entrance.db.platform() as session:
        email = (await alive(session, person, now=now)).email
    await check_password(entrance, email, old, caller, now=now)
    hashed = await hash_password(new)
    async with entrance.db.platform() as session:
        user = await alive(session, person, now=now)
        user.password = hashed
        await end_sessions(session, user.id, why="password", now=now, but=person.session_id)
        await note(session, user.id, "password_change")
        await forgive(session, user.email, caller.ip, now=now)


async def confirm(
    entrance: Entrance, person: Person, password: str, code: str | None, caller: Caller
) -> None:
    """Asked again before what a borrowed session must not do; counted like a sign-in.

    Raises WrongSignIn, SecondFactorWanted and TooManyTries.
    """
    now = entrance.clock.now()
    async with entrance.db.platform() as session:
        email = (await alive(session, person, now=now)).email
    await check_password(entrance, email, password, caller, now=now)
    async with entrance.db.platform() as session:
        user = await alive(session, person, now=now)
        right = await _passes(session, entrance, user, code, now=now)
        if right:
            await forgive(session, email, caller.ip, now=now)
    if not right:
        raise WrongSignIn
