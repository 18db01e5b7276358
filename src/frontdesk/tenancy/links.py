"""One-time links: made when a mail goes out, used once to join, confirm or set a password."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.errors import Invalid
from frontdesk.kit.ids import uuid7
from frontdesk.kit.passwords import hash_password
from frontdesk.kit.secrets import digest, new_token
from frontdesk.tenancy.members import join
from frontdesk.tenancy.person_models import User, UserLink
from frontdesk.tenancy.sessions import Entrance, end_sessions
from frontdesk.tenancy.sign_in_log import note
from frontdesk.tenancy.throttle import begin_anew

LASTS: Mapping[str, timedelta] = {
    "invite": timedelta(days=7),
    "register": timedelta(days=1),
    "reset": timedelta(hours=1),
}


class LinkIsVoid(Invalid):
    """This link was used, has run out, or never was one"""

    code = "link_is_void"


class PasswordWanted(Invalid):
    """Choose a password"""

    code = "password_wanted"


@dataclass(frozen=True, slots=True)
class Made:
    """A link for a letter; no token where its reader needs none."""

    token: str | None


async def link_for(
    session: AsyncSession, purpose: str, facts: Mapping[str, Any], *, now: datetime
) -> Made | None:
    """None where nobody is to be written to. `session` is the platform's."""
    user = await session.scalar(select(User).where(User.email == facts["email"]))
    if purpose == "register" and user is None:
        user = User(id=uuid7(), email=facts["email"], name=facts["name"])
        session.add(user)
        await session.flush()
    if user is None or user.disabled_at is not None:
        return None
    if purpose == "register" and user.verified_at is not None:
        return Made(None)
    if purpose == "reset" and user.verified_at is None:
        return None
    hotel = facts.get("hotel_id")
    token = await make_link(session, user.id, purpose, UUID(hotel) if hotel else None, now=now)
    return Made(token)


async def make_link(
    session: AsyncSession, user_id: UUID, purpose: str, for_hotel: UUID | None, *, now: datetime
) -> str:
    """The newest of its kind is the only one that works."""
    older = update(UserLink).where(
        UserLink.user_id == user_id,
        UserLink.purpose == purpose,
        UserLink.for_hotel.is_not_distinct_from(for_hotel),
        UserLink.used_at.is_(None),
    )
    await session.execute(older.values(used_at=now))
    token = new_token()
    session.add(
        UserLink(
            user_id=user_id,
            purpose=purpose,
            for_hotel=for_hotel,
            digest=digest(token),
            expires_at=now + LASTS[purpose],
        )
    )
    await session.flush()
    return token


async def accept(entrance: Entrance, token: str, password: str | None, *, ip: str | None) -> None:
    """Join the hotel, or set the password, or both. Raises LinkIsVoid and PasswordWanted.

    The hotel is joined before the link is used up: whoever is cut off between can try again.
    """
    now = entrance.clock.now()
    async with entrance.db.platform() as session:
        link, user = await _living(session, token, now=now)
    sets = link.purpose == "reset" or user.password is None
    if sets and password is None:
        raise PasswordWanted
    hashed = await hash_password(password) if sets and password is not None else None
    if link.for_hotel is not None and not await join(
        entrance.db, link.for_hotel, user, customer=link.purpose == "register", now=now
    ):
        raise LinkIsVoid
    async with entrance.db.platform() as session:
        await _use(session, link, now=now)
        session.add(user)
        user.verified_at = user.verified_at or now
        if hashed is not None:
            user.password = hashed
            what = "password_reset" if link.purpose == "reset" else "password_set"
            await note(session, user.id, what)
            await end_sessions(session, user.id, why="password", now=now)
            await begin_anew(session, user.email, ip)


async def _living(session: AsyncSession, token: str, *, now: datetime) -> tuple[UserLink, User]:
    link = await session.scalar(
        select(UserLink).where(
            UserLink.digest == digest(token), UserLink.used_at.is_(None), UserLink.expires_at > now
        )
    )
    user = await session.get(User, link.user_id) if link is not None else None
    if link is None or user is None or user.disabled_at is not None:
        raise LinkIsVoid
    return link, user


async def _use(session: AsyncSession, link: UserLink, *, now: datetime) -> None:
    used = update(UserLink).where(UserLink.id == link.id, UserLink.used_at.is_(None))
    if await session.scalar(used.values(used_at=now).returning(UserLink.id)) is None:
        raise LinkIsVoid
