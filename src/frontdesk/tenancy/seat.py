"""What the operator does to people at once: seats a first admin, shuts somebody out."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.db import Database
from frontdesk.kit.errors import NotFound
from frontdesk.kit.ids import HotelId, uuid7
from frontdesk.kit.passwords import hash_password
from frontdesk.tenancy.members import AlreadyMember, place_of, welcome
from frontdesk.tenancy.person_models import Membership, User
from frontdesk.tenancy.second_factor import take_off
from frontdesk.tenancy.sessions import end_sessions
from frontdesk.tenancy.sign_in_log import note

BY = {"by": "operator"}


async def seat(
    db: Database,
    hotel_id: HotelId,
    email: str,
    name: str,
    role: str,
    password: str,
    *,
    by: str,
    now: datetime,
) -> UUID:
    """Gives the membership's id. A person with a password keeps theirs.

    Raises Invalid where there is no such role, and AlreadyMember.
    """
    hashed = await hash_password(password)
    async with db.hotel(hotel_id) as session:
        await place_of(session, role)
    async with db.platform() as session:
        user = await session.scalar(select(User).where(User.email == email).with_for_update())
        if user is None:
            user = User(id=uuid7(), email=email, name=name)
            session.add(user)
        user.password = user.password or hashed
        user.verified_at = user.verified_at or now
    async with db.hotel(hotel_id) as session:
        known = select(Membership).where(Membership.user_id == user.id).with_for_update()
        member = await session.scalar(known)
        if member is not None and member.status == "active":
            raise AlreadyMember
        if member is None:
            member = Membership(hotel_id=hotel_id, id=uuid7(), user_id=user.id)
            session.add(member)
        member.email, member.name, member.role = email, name, role
        member.departments = []
        await welcome(session, member, now=now, by=by)
    return member.id


async def shut_out(db: Database, email: str, *, now: datetime) -> int:
    """Nobody signs in as this person any more, anywhere; gives how many sessions it ended.

    Raises NotFound.
    """
    async with db.platform() as session:
        user = await _person(session, email)
        user.disabled_at = user.disabled_at or now
        await note(session, user.id, "disable", **BY)
        return await end_sessions(session, user.id, why="disabled", now=now)


async def let_back_in(db: Database, email: str) -> None:
    """Raises NotFound."""
    async with db.platform() as session:
        user = await _person(session, email)
        user.disabled_at = None
        await note(session, user.id, "enable", **BY)


async def lose_factor(db: Database, email: str, *, now: datetime) -> int:
    """For who has lost their second factor and its recovery codes: the password is enough again,
    and whoever is signed in signs in anew; gives how many sessions it ended. Raises NotFound.
    """
    async with db.platform() as session:
        user = await _person(session, email)
        await take_off(session, user)
        await note(session, user.id, "second_factor_off", **BY)
        return await end_sessions(session, user.id, why="second_factor", now=now)


async def _person(session: AsyncSession, email: str) -> User:
    user = await session.scalar(select(User).where(User.email == email))
    if user is None:
        raise NotFound("there is no such person")
    return user
