"""The second factor of a person: enrolled, confirmed, used once a code, taken off again."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit import one_time
from frontdesk.kit.errors import Conflict, Invalid
from frontdesk.kit.secrets import Vault, digest
from frontdesk.tenancy.person_models import User, UserRecoveryCode


class AlreadyOn(Conflict):
    """The second factor is on already; take it off first"""

    code = "second_factor_on"


class WrongCode(Invalid):
    """That code is wrong, too old, or was used before"""

    code = "wrong_code"


def enrol(user: User, vault: Vault) -> str:
    """A new secret, of no effect until a code of it is confirmed. Raises AlreadyOn."""
    if user.totp_confirmed_at is not None:
        raise AlreadyOn
    secret = one_time.new_secret()
    user.totp_secret = vault.seal(secret)
    return secret


async def confirm(
    session: AsyncSession, user: User, vault: Vault, code: str, *, now: datetime
) -> list[str]:
    """Turn it on; gives the recovery codes, this once. Raises AlreadyOn and WrongCode."""
    if user.totp_confirmed_at is not None:
        raise AlreadyOn
    if not await _is_code(session, user, vault, code, now=now):
        raise WrongCode
    user.totp_confirmed_at = now
    return await new_codes(session, user.id)


async def new_codes(session: AsyncSession, user_id: UUID) -> list[str]:
    """The old ones are void."""
    await session.execute(delete(UserRecoveryCode).where(UserRecoveryCode.user_id == user_id))
    codes = one_time.new_recovery_codes()
    for code in codes:
        session.add(UserRecoveryCode(user_id=user_id, digest=digest(code)))
    await session.flush()
    return codes


async def take_off(session: AsyncSession, user: User) -> None:
    user.totp_secret = user.totp_confirmed_at = None
    await session.execute(delete(UserRecoveryCode).where(UserRecoveryCode.user_id == user.id))


async def is_second_factor(
    session: AsyncSession, user: User, vault: Vault, code: str, *, now: datetime
) -> bool:
    """A code of the app or a recovery code, each only once, also for two who ask at once."""
    if await _is_code(session, user, vault, code, now=now):
        return True
    wanted = digest(one_time.recovery_code(code))
    used = (
        update(UserRecoveryCode)
        .where(
            UserRecoveryCode.user_id == user.id,
            UserRecoveryCode.digest == wanted,
            UserRecoveryCode.used_at.is_(None),
        )
        .values(used_at=now)
        .returning(UserRecoveryCode.id)
    )
    return await session.scalar(used) is not None


async def _is_code(
    session: AsyncSession, user: User, vault: Vault, code: str, *, now: datetime
) -> bool:
    if user.totp_secret is None:
        return False
    step = one_time.step_of(vault.open(user.totp_secret), code, now=now)
    if step is None:
        return False
    later = (
        update(User)
        .where(User.id == user.id, User.totp_step < step)
        .values(totp_step=step)
        .returning(User.id)
    )
    return await session.scalar(later) is not None
