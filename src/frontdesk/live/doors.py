"""Who may look on live: judged before the connection is accepted, and again while it lasts."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from fastapi import Request
from sqlalchemy import select

from frontdesk.kit.asked import bind_asked
from frontdesk.kit.caller import caller_of
from frontdesk.kit.errors import Forbidden, NotFound
from frontdesk.kit.ids import HotelId
from frontdesk.kit.logs import bind_ids
from frontdesk.kit.settings import Settings
from frontdesk.kit.tokens import Signer
from frontdesk.portal.links import GuestAsker, asker_of
from frontdesk.tenancy.access import ACCESS_COOKIE
from frontdesk.tenancy.audit import record
from frontdesk.tenancy.auth import Principal, at_hotel, principal
from frontdesk.tenancy.person_models import Membership
from frontdesk.tenancy.queries import the_hotel

PROTOCOL = "frontdesk.v1"
BEARER = "bearer."
"""A browser sends no header with a WebSocket: it offers `frontdesk.v1` and `bearer.<token>`."""
CHATS, ALERTS, EVENTS = "conversations:read", "staff:read", "events:read"
ANY = frozenset({CHATS, ALERTS, EVENTS})
"""One of these at least; each opens its own frames."""
DEFAULT_PORTS = {"http": 80, "https": 443}


class WrongOrigin(Forbidden):
    """Pages of this origin may not look on"""

    code = "wrong_origin"


@dataclass(frozen=True, slots=True)
class Looker:
    """Who looks on, as the hotel knows them."""

    hotel_id: HotelId
    actor: str
    """As in the audit log."""
    shown_id: str
    """A membership, a guest or an API key: what others see in place of who they are elsewhere."""
    role: str
    name: str
    email: str | None
    scopes: frozenset[str]
    ends_at: datetime | None
    """When the token is over; None for keys."""
    guest: GuestAsker | None = None
    departments: tuple[UUID, ...] = ()
    """Whose chats and tasks alone are there for them; none: the whole hotel's."""
    authorization: str | None = field(default=None, repr=False)

    @property
    def is_person(self) -> bool:
        return self.guest is not None or self.actor.startswith("user:")

    def may(self, scope: str) -> bool:
        return scope in self.scopes

    def hears(self, scope: str, departments: Collection[UUID | None]) -> bool:
        """What is of these departments; of none, it is for who has the whole hotel."""
        there = not self.departments or not set(self.departments).isdisjoint(departments)
        return there and scope in self.scopes


def as_request(scope: Mapping[str, Any]) -> Request:
    """A handshake is a GET; so everything that judges requests judges it."""
    return Request({**scope, "type": "http", "method": "GET"})


def offered(request: Request, protocols: list[str]) -> str | None:
    """The Authorization header, or the same in a subprotocol."""
    told = request.headers.get("authorization")
    token = next((p.removeprefix(BEARER) for p in protocols if p.startswith(BEARER)), None)
    return told or (None if token is None else f"Bearer {token}")


def check_origin(request: Request, settings: Settings, *, by_cookie: bool) -> None:
    """A cookie comes along by itself, from whatever page: only our own may use it. WrongOrigin."""
    origin = request.headers.get("origin")
    if origin is None:
        if by_cookie:
            raise WrongOrigin
        return
    allowed = {_origin(url) for url in (settings.public_url, *settings.origins())}
    if _origin(origin) not in allowed:
        raise WrongOrigin


def _origin(url: str) -> tuple[str, str, int] | str:
    try:
        parts = urlsplit(url)
        port = parts.port or DEFAULT_PORTS.get(parts.scheme, 0)
    except ValueError:
        return url
    return (parts.scheme, parts.hostname, port) if parts.hostname else url


async def look_in(request: Request, hotel_id: UUID, authorization: str | None) -> Looker:
    """Raises Unauthorized, Forbidden, NotFound or TooMany."""
    asker = await principal(request, authorization)
    asker = await at_hotel(request, asker, hotel_id)
    bind_ids(hotel=hotel_id)
    state = request.app.state
    if asker.actor.startswith("guest_link:"):
        return await _guest(state, asker, request, authorization)
    if not asker.scopes & ANY:
        raise Forbidden(f"it lacks all of {', '.join(sorted(ANY))}")
    return await _staff(state, asker, HotelId(hotel_id), request, authorization)


async def open_door(request: Request, hotel_id: UUID, protocols: list[str]) -> Looker:
    """As look_in(), once, at the beginning; that somebody looks on is noted."""
    settings: Settings = request.app.state.settings
    bind_asked(caller_of(request, settings.proxies()))
    authorization = offered(request, protocols)
    by_cookie = authorization is None and ACCESS_COOKIE in request.cookies
    check_origin(request, settings, by_cookie=by_cookie)
    looker = await look_in(request, hotel_id, authorization)
    async with request.app.state.db.hotel(hotel_id) as session:
        record(session, looker.hotel_id, "live.read", f"hotel:{hotel_id}", by=looker.actor)
    return looker


async def _guest(
    state: Any, asker: Principal, request: Request, authorization: str | None
) -> Looker:
    if asker.hotel_id is None:
        raise NotFound
    link_id = UUID(asker.actor.partition(":")[2])
    async with state.db.hotel(asker.hotel_id) as session:
        guest = await asker_of(session, asker.hotel_id, link_id, now=state.clock.now())
    return Looker(
        hotel_id=asker.hotel_id,
        actor=guest.actor,
        shown_id=str(guest.guest_id),
        role="customer",
        name="",
        email=None,
        scopes=frozenset(),
        ends_at=_ends(request, authorization),
        guest=guest,
        authorization=authorization,
    )


async def _staff(
    state: Any, asker: Principal, hotel_id: HotelId, request: Request, authorization: str | None
) -> Looker:
    kind, _, shown = asker.actor.partition(":")
    name, email, role = kind, None, kind
    async with state.db.hotel(hotel_id) as session:
        await the_hotel(session)
        if asker.person is not None:
            query = select(Membership).where(Membership.user_id == asker.person.user_id)
            member = (await session.scalars(query)).one()
            shown, name, email, role = str(member.id), member.name, member.email, member.role
    return Looker(
        hotel_id=hotel_id,
        actor=asker.actor,
        shown_id=shown or kind,
        role=role,
        name=name,
        email=email,
        scopes=asker.scopes,
        departments=asker.departments,
        ends_at=_ends(request, authorization) if asker.person is not None else None,
        authorization=authorization,
    )


def _ends(request: Request, authorization: str | None) -> datetime | None:
    signer: Signer = request.app.state.signer
    bearer = (authorization or "").partition(" ")[2] or request.cookies.get(ACCESS_COOKIE, "")
    claims = signer.read(bearer, now=request.app.state.clock.now())
    return None if claims is None else datetime.fromtimestamp(claims["exp"], UTC)
