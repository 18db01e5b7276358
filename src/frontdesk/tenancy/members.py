"""A hotel's people: invited, joined, given another role, removed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import String, Uuid, column, func, insert, select, table, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.db import Database, ring
from frontdesk.kit.errors import Conflict, Forbidden, Invalid, NotFound
from frontdesk.kit.ids import uuid7
from frontdesk.kit.jobs import Job
from frontdesk.tenancy.access import Place, place
from frontdesk.tenancy.audit import changed, record
from frontdesk.tenancy.auth import Principal
from frontdesk.tenancy.departments import known_codes
from frontdesk.tenancy.models import Hotel
from frontdesk.tenancy.permissions import BUILT_IN
from frontdesk.tenancy.person_models import Membership, Role, User

EVENTS = table(
    "outbox_events",
    column("hotel_id", Uuid),
    column("id", Uuid),
    column("event_type", String),
    column("aggregate_id", Uuid),
    column("payload", JSONB),
)
"""messaging's table, which stands above this room: only this one event is written from here."""


class AlreadyMember(Conflict):
    """This person is a member already"""

    code = "already_member"


class WholeAdmin(Invalid):
    """An admin is of the whole hotel, and of no single department"""

    code = "whole_admin"


class LastAdmin(Conflict):
    """A hotel keeps at least one active admin"""

    code = "last_admin"


async def place_of(session: AsyncSession, role: str) -> Place:
    """What a role of this hotel holds. Raises Invalid where there is none of that name."""
    if role in BUILT_IN:
        return place(role, None, None)
    own = await session.scalar(select(Role).where(Role.name == role))
    if own is None:
        raise Invalid("this hotel has no such role")
    return place(role, own.scopes, own.approval_limit)


async def may_give(session: AsyncSession, asker: Principal, role: str) -> None:
    """Raise Forbidden where the role holds more than the one who gives, changes or takes it."""
    try:
        wanted = await place_of(session, role)
    except Invalid:
        if await session.scalar(select(Membership.id).where(Membership.role == role).limit(1)):
            return  # a role that was deleted holds nothing
        raise
    if not asker.may_give(wanted.scopes, wanted.approval_limit):
        raise Forbidden(f"the role {role} holds more than it has itself")


async def invite(
    session: AsyncSession,
    hotel_id: UUID,
    given: Mapping[str, Any],
    *,
    asker: Principal,
) -> Membership:
    """`given`: email, name, phone, role, departments. Who was removed can be invited again.

    Raises Forbidden, Invalid, NoSuchDepartment and AlreadyMember.
    """
    await may_give(session, asker, given["role"])
    departments = await known_codes(session, hotel_id, given["departments"])
    _refuse_narrow_admin(given["role"], departments)
    user_id = await _person(session, given["email"], given["name"])
    known = await session.scalar(
        select(Membership).where(Membership.user_id == user_id).with_for_update()
    )
    if known is not None and known.status != "removed":
        raise AlreadyMember
    member = known or Membership(hotel_id=hotel_id, id=uuid7(), user_id=user_id)
    member.email, member.name, member.phone = given["email"], given["name"], given["phone"]
    member.role, member.status, member.joined_at = given["role"], "invited", None
    member.departments = departments
    session.add(member)
    await session.flush()
    new = {"role": member.role, "departments": departments}
    record(session, hotel_id, "member.invite", f"member:{member.id}", by=asker.actor, new=new)
    return member


def invitation(member: Membership, hotel: Hotel) -> dict[str, str]:
    """What the mail of an invitation needs to know."""
    return {
        "email": member.email,
        "hotel": hotel.name,
        "language": hotel.language,
        "hotel_id": str(member.hotel_id),
        "role": member.role,
    }


async def _person(session: AsyncSession, email: str, name: str) -> UUID:
    query = text("SELECT invite_person(:id, :email, :name)")
    found = await session.scalar(query, {"id": uuid7(), "email": email, "name": name})
    return UUID(str(found))


async def join(db: Database, hotel_id: UUID, user: User, *, customer: bool, now: datetime) -> bool:
    """An invitation is taken up, or a guest registers; false where there is no invitation."""
    async with db.hotel(hotel_id) as session:
        query = select(Membership).where(Membership.user_id == user.id).with_for_update()
        member = await session.scalar(query)
        if member is None and customer:
            member = Membership(
                hotel_id=hotel_id,
                id=uuid7(),
                user_id=user.id,
                email=user.email,
                name=user.name,
                phone=user.phone,
                role="customer",
                status="invited",
            )
            session.add(member)
        if member is None or member.status == "removed":
            return False
        if member.status == "invited":
            await welcome(session, member, now=now)
    return True


async def welcome(
    session: AsyncSession, member: Membership, *, now: datetime, by: str | None = None
) -> None:
    """From now on a member; the hotel's rules hear of it."""
    member.status, member.joined_at = "active", now
    await session.flush()
    new = {"role": member.role}
    actor = by or f"user:{member.user_id}"
    record(session, member.hotel_id, "member.join", f"member:{member.id}", by=actor, new=new)
    happened = {
        "hotel_id": member.hotel_id,
        "id": uuid7(),
        "event_type": "user.registered",
        "aggregate_id": member.id,
        "payload": {"membership_id": str(member.id), "role": member.role},
    }
    await session.execute(insert(EVENTS).values(**happened))
    await ring(session, Job.RUN_TRIGGERS, member.hotel_id)


async def the_member(session: AsyncSession, member_id: UUID) -> Membership:
    """Whoever changes a hotel's people waits for the one before: two last admins cannot both go."""
    await session.execute(select(Hotel.id).with_for_update(key_share=True))
    found = await session.scalar(select(Membership).where(Membership.id == member_id))
    if found is None:
        raise NotFound("this hotel has no such member")
    return found


async def change_member(
    session: AsyncSession,
    member: Membership,
    role: str,
    departments: Sequence[str] | None,
    *,
    asker: Principal,
) -> None:
    """It counts at the member's next request; departments that are not said stay, but an admin has
    none. Raises Forbidden, Invalid, NoSuchDepartment and LastAdmin.
    """
    await may_give(session, asker, member.role)
    await may_give(session, asker, role)
    kept = member.departments if role != "admin" else []
    said = departments if departments is not None else kept
    codes = await known_codes(session, member.hotel_id, said)
    _refuse_narrow_admin(role, codes)
    was, new = changed(member, {"role": role, "departments": codes})
    if "role" in new:
        await _keep_an_admin(session, member)
    for name, value in new.items():
        setattr(member, name, value)
    if new:
        await session.flush()
        subject, by = f"member:{member.id}", asker.actor
        record(session, member.hotel_id, "member.change", subject, by=by, old=was, new=new)


def _refuse_narrow_admin(role: str, departments: Sequence[str]) -> None:
    if role == "admin" and departments:
        raise WholeAdmin


async def remove(session: AsyncSession, member: Membership, *, asker: Principal) -> None:
    """Out at the next request, whatever token they hold. Raises Forbidden and LastAdmin."""
    if member.status == "removed":
        return
    await may_give(session, asker, member.role)
    await _keep_an_admin(session, member)
    old, member.status = {"role": member.role, "status": member.status}, "removed"
    await session.flush()
    record(
        session, member.hotel_id, "member.remove", f"member:{member.id}", by=asker.actor, old=old
    )


async def _keep_an_admin(session: AsyncSession, leaving: Membership) -> None:
    if leaving.role != "admin" or leaving.status != "active":
        return
    admins = select(func.count()).where(Membership.role == "admin", Membership.status == "active")
    if (await session.scalar(admins) or 0) <= 1:
        raise LastAdmin
