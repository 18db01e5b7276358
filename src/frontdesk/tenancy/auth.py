"""Who asks: a person, an API key of one hotel, or the platform; each route says what it wants."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Header, Path, Request
from sqlalchemy import select

from frontdesk.kit.asked import narrow
from frontdesk.kit.errors import Forbidden, NotFound, Unauthorized
from frontdesk.kit.ids import HotelId
from frontdesk.kit.limiter import Limiter
from frontdesk.kit.logs import bind_ids
from frontdesk.kit.secrets import digest, same
from frontdesk.kit.settings import Settings
from frontdesk.kit.unread import refuse_unread
from frontdesk.kit.web import CallerDep, LimiterDep, SettingsDep
from frontdesk.tenancy.access import ACCESS_COOKIE, READING, Person, member_of, person_of
from frontdesk.tenancy.audit_reads import note_read
from frontdesk.tenancy.keys import key_of
from frontdesk.tenancy.models import ApiKey
from frontdesk.tenancy.permissions import SCOPES, within
from frontdesk.tenancy.refused import count_refused
from frontdesk.tenancy.sign_in_log import note_refused_key

SCOPE_ATTRIBUTE = "frontdesk_scope"
"""Set on each dependency that judges who asks: the app refuses to start without one on a route."""
NOT_OF_A_HOTEL = frozenset({"any", "platform", "person", "open", "guest"})
"""What a route can declare in place of a permission."""
DESK = "conversations:write"
"""What is written under it is written within the asker's departments, and all that is read is read
so. A stay, a room or a bill is the whole hotel's: who writes one moves it with all that hangs on
it, and is answered with it alone (operations/probe_departments.py tries every route).
"""


@dataclass(frozen=True, slots=True)
class Principal:
    """Who acts: `user:<id>`, `key:<id>` of one hotel, or `platform`, who may act for every hotel.

    A person has permissions only at a hotel, so only where `allow` has judged them.
    """

    actor: str
    hotel_id: HotelId | None
    scopes: frozenset[str]
    approval_limit: int | None = None
    """Minor units that it may approve; None: any amount."""
    person: Person | None = None
    departments: tuple[UUID, ...] = ()
    """Whose chats and tasks alone are there for it; none: the whole hotel's."""

    @property
    def is_platform(self) -> bool:
        return self.actor == "platform"

    def may_approve(self, amount: int) -> bool:
        """For refunds, walks, overbookings: what costs the hotel `amount` minor units."""
        return within(amount, self.approval_limit)

    def may_give(self, scopes: frozenset[str], approval_limit: int | None = None) -> bool:
        """Nobody gives out, or takes away, more than they have."""
        return scopes <= self.scopes and within(approval_limit, self.approval_limit)


async def principal(
    request: Request, authorization: Annotated[str | None, Header()] = None
) -> Principal:
    found = await _found(request, authorization)
    state = request.app.state
    limiter: Limiter = state.limiter
    settings: Settings = state.settings
    await limiter.admit(settings.rate_principal, found.actor)
    await refuse_unread(request)
    return found


async def _found(request: Request, authorization: str | None) -> Principal:
    if authorization is None:
        return await _signed_in(request, None)
    scheme, _, key = authorization.partition(" ")
    if scheme.lower() != "bearer" or not key:
        await count_refused(request)
        raise Unauthorized
    settings: Settings = request.app.state.settings
    platform_key = settings.platform_key.get_secret_value()
    if platform_key and same(digest(key), digest(platform_key)):
        return Principal("platform", None, frozenset(SCOPES))
    if key.count(".") == 2:
        guest = _as_guest(request, key)
        if guest is not None:
            return guest
        return await _signed_in(request, key)
    return await _hotel_key(request, key)


def _as_guest(request: Request, token: str) -> Principal | None:
    """A guest's session has no permission at its hotel: their own routes are under /v1/guest."""
    state = request.app.state
    claims = state.signer.read(token, now=state.clock.now())
    if claims is None or claims.get("use") != "guest":
        return None
    return Principal(f"guest_link:{claims['link']}", HotelId(UUID(claims["hotel"])), frozenset())


async def _signed_in(request: Request, bearer: str | None) -> Principal:
    try:
        person = person_of(request, bearer)
    except Unauthorized:
        if bearer is not None or ACCESS_COOKIE in request.cookies:
            await count_refused(request)
        raise
    return Principal(f"user:{person.user_id}", None, frozenset(), approval_limit=0, person=person)


async def _hotel_key(request: Request, key: str) -> Principal:
    found = await key_of(request.app.state.db, digest(key))
    if found is None:
        await count_refused(request)
        await _note_revoked(request, key)
        raise Unauthorized
    actor, scopes = f"key:{found.id}", found.scopes
    return Principal(actor, found.hotel_id, scopes, departments=found.departments)


async def _note_revoked(request: Request, key: str) -> None:
    """A key that nobody knows is of no hotel; one that was revoked is."""
    state = request.app.state
    async with state.db.platform() as session:
        query = select(ApiKey.hotel_id, ApiKey.id).where(ApiKey.digest == digest(key))
        row = (await session.execute(query)).one_or_none()
    if row is not None:
        await note_refused_key(state.db, row.hotel_id, row.id, "revoked", now=state.clock.now())


async def _note_refused(request: Request, asker: Principal, why: str) -> None:
    kind, _, key_id = asker.actor.partition(":")
    if kind == "key" and asker.hotel_id is not None:
        state = request.app.state
        now = state.clock.now()
        await note_refused_key(state.db, asker.hotel_id, UUID(key_id), why, now=now)


PrincipalDep = Annotated[Principal, Depends(principal)]


def allow(scope: str) -> Callable[..., Coroutine[Any, Any, Principal]]:
    """A dependency for `/v1/hotels/{hotel_id}/...`; another hotel's id looks like none at all."""
    if scope not in SCOPES:
        raise ValueError(scope)

    async def allowed(
        request: Request, asker: PrincipalDep, hotel_id: Annotated[UUID, Path()]
    ) -> Principal:
        asker = await at_hotel(request, asker, hotel_id)
        if scope not in asker.scopes:
            await _note_refused(request, asker, scope)
            raise Forbidden(f"the scope {scope} is needed")
        bind_ids(hotel=hotel_id)
        limiter: Limiter = request.app.state.limiter
        settings: Settings = request.app.state.settings
        await limiter.admit(settings.rate_hotel, f"hotel:{hotel_id}")
        narrow(asker.departments if request.method in READING or scope == DESK else ())
        note_read(request, scope, hotel_id, asker.actor)
        return asker

    setattr(allowed, SCOPE_ATTRIBUTE, scope)
    return allowed


async def at_hotel(request: Request, asker: Principal, hotel_id: UUID) -> Principal:
    """With what they may do there. Raises NotFound for whoever is of another hotel."""
    if asker.person is not None:
        asker = await _at_hotel(request, asker.person, HotelId(hotel_id))
    if asker.hotel_id is not None and asker.hotel_id != hotel_id:
        await _note_refused(request, asker, "other_hotel")
        raise NotFound
    return asker


async def _at_hotel(request: Request, person: Person, hotel_id: HotelId) -> Principal:
    """Asked of the database every time: a removed member is out at once."""
    state = request.app.state
    place = await member_of(state.db, person, hotel_id, now=state.clock.now())
    actor = f"user:{person.user_id}"
    limit, departments = place.approval_limit, place.department_ids
    return Principal(actor, hotel_id, place.scopes, limit, person, departments)


class OnlyAPerson(Forbidden):
    """A key may not do that: it is for a person who signed in"""

    code = "only_a_person"


async def _platform_only(asker: PrincipalDep) -> Principal:
    if not asker.is_platform:
        raise Forbidden("only the platform key may do that")
    return asker


async def _anyone_with_a_key(asker: PrincipalDep) -> Principal:
    if asker.actor.startswith("guest_link:"):
        raise Forbidden("a guest has a booking and no hotel")
    return asker


async def _a_person(asker: PrincipalDep) -> Person:
    if asker.person is None:
        raise OnlyAPerson
    return asker.person


async def _anybody(limiter: LimiterDep, settings: SettingsDep, caller: CallerDep) -> None:
    await limiter.admit(settings.rate_address, f"address:{caller.ip}")


setattr(_platform_only, SCOPE_ATTRIBUTE, "platform")
setattr(_anyone_with_a_key, SCOPE_ATTRIBUTE, "any")
setattr(_a_person, SCOPE_ATTRIBUTE, "person")
setattr(_anybody, SCOPE_ATTRIBUTE, "open")

Platform = Annotated[Principal, Depends(_platform_only)]
AnyKey = Annotated[Principal, Depends(_anyone_with_a_key)]
SignedIn = Annotated[Person, Depends(_a_person)]
"""A valid access token; whether its session still lives is for `access.alive` to say."""
Anybody = Annotated[None, Depends(_anybody)]
"""A route that needs no key says so; how often one address may ask is limited."""

__all__ = [
    "NOT_OF_A_HOTEL",
    "SCOPES",
    "SCOPE_ATTRIBUTE",
    "AnyKey",
    "Anybody",
    "OnlyAPerson",
    "Platform",
    "Principal",
    "SignedIn",
    "allow",
    "at_hotel",
    "principal",
]
