"""A hotel's own roles: sets of permissions beside the four that are built in."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.errors import Conflict, Forbidden, Invalid, NotFound
from frontdesk.tenancy.audit import record
from frontdesk.tenancy.auth import Principal
from frontdesk.tenancy.permissions import BUILT_IN, unknown
from frontdesk.tenancy.person_models import Membership, Role

MOST = 100
SHOWN = 50
"""Members told of one role."""


class RoleInUse(Conflict):
    """Members hold this role; give them another first"""

    code = "role_in_use"


class RoleTaken(Conflict):
    """There is a role of that name already"""

    code = "role_taken"


async def make_role(
    session: AsyncSession,
    hotel_id: UUID,
    name: str,
    scopes: Sequence[str],
    approval_limit: int | None,
    *,
    asker: Principal,
) -> Role:
    """Raises Forbidden where it would hold more than who makes it."""
    _sound(name, scopes, approval_limit, asker)
    if (await session.scalar(select(func.count()).select_from(Role)) or 0) >= MOST:
        raise Conflict(f"a hotel has at most {MOST} roles of its own")
    role = Role(
        hotel_id=hotel_id, name=name, scopes=sorted(set(scopes)), approval_limit=approval_limit
    )
    session.add(role)
    await _flush(session)
    new = {"name": name, "scopes": role.scopes, "approval_limit": approval_limit}
    record(session, hotel_id, "role.make", f"role:{role.id}", by=asker.actor, new=new)
    return role


async def change_role_itself(
    session: AsyncSession,
    role: Role,
    scopes: Sequence[str],
    approval_limit: int | None,
    *,
    asker: Principal,
) -> None:
    """Its members have it at their next request. A name stays: members hold it."""
    _own(role, asker)
    _sound(role.name, scopes, approval_limit, asker)
    old = {"scopes": role.scopes, "approval_limit": role.approval_limit}
    role.scopes, role.approval_limit = sorted(set(scopes)), approval_limit
    await session.flush()
    new = {"scopes": role.scopes, "approval_limit": approval_limit}
    subject = f"role:{role.id}"
    record(session, role.hotel_id, "role.change", subject, by=asker.actor, old=old, new=new)


async def delete_role(session: AsyncSession, role: Role, *, asker: Principal) -> None:
    _own(role, asker)
    held = select(Membership.id).where(Membership.role == role.name, Membership.status != "removed")
    if members := (await session.scalars(held.order_by(Membership.id))).all():
        many = "1 member holds" if len(members) == 1 else f"{len(members)} members hold"
        said = f"{many} the role {role.name}: give them another first"
        raise RoleInUse(said, members=[str(one) for one in members[:SHOWN]])
    await session.delete(role)
    old = {"name": role.name, "scopes": role.scopes}
    record(session, role.hotel_id, "role.delete", f"role:{role.id}", by=asker.actor, old=old)


async def the_role(session: AsyncSession, role_id: UUID) -> Role:
    found = await session.scalar(select(Role).where(Role.id == role_id))
    if found is None:
        raise NotFound("this hotel has no such role")
    return found


def _sound(name: str, scopes: Sequence[str], limit: int | None, asker: Principal) -> None:
    if name.lower() in BUILT_IN:
        raise RoleTaken
    strange = unknown(scopes)
    if strange:
        raise Invalid(f"no such permissions: {', '.join(strange)}")
    if not asker.may_give(frozenset(scopes), limit):
        raise Forbidden("a role holds no more than the one who makes it")


def _own(role: Role, asker: Principal) -> None:
    """Who holds less than a role may not touch it."""
    if not asker.may_give(frozenset(role.scopes), role.approval_limit):
        raise Forbidden("this role holds more than it has itself")


async def _flush(session: AsyncSession) -> None:
    try:
        await session.flush()
    except IntegrityError:
        raise RoleTaken from None
