"""Who comes from the identity provider: found by its subject, or by an address that it proved."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.caller import Caller
from frontdesk.kit.db import Database
from frontdesk.kit.errors import Forbidden
from frontdesk.tenancy.members import welcome
from frontdesk.tenancy.oidc import Known
from frontdesk.tenancy.person_models import Membership, User, UserIdentity
from frontdesk.tenancy.sessions import Entrance, Granted, open_session


class Uninvited(Forbidden):
    """The provider knows this person, but no hotel here has invited them"""

    code = "uninvited"


async def sign_in_known(entrance: Entrance, known: Known, caller: Caller) -> Granted:
    """A session, and every open invitation of the proved address taken up. Raises Uninvited."""
    now = entrance.clock.now()
    async with entrance.db.platform() as session:
        user = await _user(session, known, now=now)
        mine = select(Membership.hotel_id).where(
            Membership.user_id == user.id, Membership.status == "invited"
        )
        invited = (await session.scalars(mine)).all() if known.email == user.email else ()
        method = "oidc"
        granted = await open_session(session, entrance, user.id, caller, method=method, now=now)
    for hotel_id in invited:
        await _join(entrance.db, hotel_id, user, now=now)
    return granted


async def _user(session: AsyncSession, known: Known, *, now: datetime) -> User:
    linked = select(User).join(UserIdentity, UserIdentity.user_id == User.id)
    user = await session.scalar(
        linked.where(UserIdentity.issuer == known.issuer, UserIdentity.subject == known.subject)
    )
    if user is None and known.email is not None:
        user = await session.scalar(select(User).where(User.email == known.email))
        if user is not None:
            session.add(UserIdentity(user_id=user.id, issuer=known.issuer, subject=known.subject))
    if user is None or user.disabled_at is not None:
        raise Uninvited
    user.verified_at = user.verified_at or now
    await session.flush()
    return user


async def _join(db: Database, hotel_id: UUID, user: User, *, now: datetime) -> None:
    async with db.hotel(hotel_id) as session:
        query = select(Membership).where(Membership.user_id == user.id).with_for_update()
        member = await session.scalar(query)
        if member is not None and member.status == "invited":
            await welcome(session, member, now=now)
