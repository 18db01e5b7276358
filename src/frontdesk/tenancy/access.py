"""What an access token opens: whose session it is, and their place at a hotel, asked each time."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import Request
from sqlalchemy import and_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.clock import Clock
from frontdesk.kit.db import Database
from frontdesk.kit.errors import Forbidden, NotFound, Unauthorized
from frontdesk.kit.ids import HotelId
from frontdesk.kit.tokens import Signer
from frontdesk.tenancy.keys import NOWHERE
from frontdesk.tenancy.permissions import APPROVES, BUILT_IN, WHOLE_HOUSE
from frontdesk.tenancy.person_models import Membership, Role, User, UserSession

ACCESS_SECONDS = 30 * 60
ACCESS_COOKIE = "fd_access"
CSRF_HEADER = "x-csrf-token"
READING = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Person:
    """Who a valid access token is for; it says nothing of any hotel."""

    user_id: UUID
    session_id: UUID


@dataclass(frozen=True, slots=True)
class Place:
    """A member's role at a hotel and what it holds today."""

    role: str
    scopes: frozenset[str]
    approval_limit: int | None
    hotel_id: UUID | None = None
    departments: tuple[str, ...] = ()
    """Codes: chats and tasks of these alone are there for them; none: the whole hotel's."""
    department_ids: tuple[UUID, ...] = ()


class WrongCsrf(Forbidden):
    """A write by cookie needs the session's X-CSRF-Token"""

    code = "csrf"


def access_token(signer: Signer, person: Person, *, now: datetime) -> str:
    claims = {"sub": str(person.user_id), "sid": str(person.session_id), "use": "access"}
    return signer.sign(claims, now=now, seconds=ACCESS_SECONDS)


def csrf_token(signer: Signer, session_id: UUID) -> str:
    return signer.mac("csrf", str(session_id))


def check_csrf(request: Request, signer: Signer, session_id: UUID) -> None:
    """Raise WrongCsrf: a cookie comes along by itself, this header only from our own page."""
    given = request.headers.get(CSRF_HEADER, "")
    if not signer.is_mac(given, "csrf", str(session_id)):
        raise WrongCsrf


def person_of(request: Request, bearer: str | None) -> Person:
    """From the bearer token, else from the cookie. Raises Unauthorized and WrongCsrf."""
    signer: Signer = request.app.state.signer
    clock: Clock = request.app.state.clock
    token = bearer or request.cookies.get(ACCESS_COOKIE)
    claims = signer.read(token, now=clock.now()) if token else None
    if claims is None or claims.get("use") != "access":
        raise Unauthorized
    person = Person(UUID(claims["sub"]), UUID(claims["sid"]))
    if bearer is None and request.method not in READING:
        check_csrf(request, signer, person.session_id)
    return person


async def member_of(db: Database, person: Person, hotel_id: HotelId, *, now: datetime) -> Place:
    """Raises Unauthorized where the session has ended, NotFound for who is no member there."""
    query = text("SELECT * FROM find_member(:session, :user, :hotel, :at)")
    asked = {
        "session": person.session_id,
        "user": person.user_id,
        "hotel": hotel_id,
        "at": now,
    }
    async with db.nobody() as session:
        row = (await session.execute(query, asked)).one_or_none()
    if row is None:
        raise Unauthorized
    if row.membership_id is None:
        raise NotFound
    at = place(row.role, row.scopes, row.approval_limit)
    return narrowed(at, row.departments, row.department_ids)


def narrowed(at: Place, codes: Sequence[str], ids: Sequence[UUID] = ()) -> Place:
    """What of it is left for who is of these departments alone; an admin never is."""
    if not codes or at.role == "admin":
        return at
    return replace(
        at,
        scopes=at.scopes - WHOLE_HOUSE,
        departments=tuple(sorted(codes)),
        department_ids=tuple(UUID(str(i)) for i in ids) or NOWHERE,
    )


def place(
    role: str, scopes: Sequence[str] | None, limit: int | None, hotel_id: UUID | None = None
) -> Place:
    """A role that is not there any more holds nothing."""
    if role in BUILT_IN:
        return Place(role, BUILT_IN[role], APPROVES[role], hotel_id)
    if scopes is None:
        return Place(role, frozenset(), 0, hotel_id)
    return Place(role, frozenset(scopes), limit, hotel_id)


async def alive(session: AsyncSession, person: Person, *, now: datetime) -> User:
    """The person of a session that still lives; `session` is the platform's."""
    query = select(User).join(UserSession, UserSession.user_id == User.id)
    user = await session.scalar(
        query.where(
            UserSession.id == person.session_id,
            User.id == person.user_id,
            UserSession.revoked_at.is_(None),
            UserSession.expires_at > now,
            User.disabled_at.is_(None),
        )
    )
    if user is None:
        raise Unauthorized
    return user


async def places(session: AsyncSession, user_id: UUID) -> list[Place]:
    """Every hotel where this person is an active member; `session` is the platform's."""
    own = and_(Role.hotel_id == Membership.hotel_id, Role.name == Membership.role)
    member = (Membership.hotel_id, Membership.role, Membership.departments)
    columns = (*member, Role.scopes, Role.approval_limit)
    query = select(*columns).outerjoin(Role, own)
    found: Any = await session.execute(
        query.where(Membership.user_id == user_id, Membership.status == "active").order_by(
            Membership.hotel_id
        )
    )
    return [
        narrowed(place(row.role, row.scopes, row.approval_limit, row.hotel_id), row.departments)
        for row in found
    ]
