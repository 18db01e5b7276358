"""Who asks: an API key of one hotel, or the platform key; each route declares its scope."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Header, Path, Request
from sqlalchemy import text

from frontdesk.kit.db import Database
from frontdesk.kit.errors import Forbidden, NotFound, Unauthorized
from frontdesk.kit.ids import HotelId
from frontdesk.kit.logs import bind_ids
from frontdesk.kit.secrets import digest, same
from frontdesk.kit.settings import Settings
from frontdesk.tenancy.audit_reads import note_read

SCOPES = (
    "hotel:read",
    "hotel:write",
    "conversations:read",
    "conversations:write",
    "bookings:read",
    "bookings:write",
    "bookings:check_in",
    "bookings:overbook",
    "rooms:read",
    "rooms:write",
    "housekeeping:read",
    "housekeeping:write",
    "maintenance:read",
    "maintenance:write",
    "rates:read",
    "rates:write",
    "guests:read",
    "guests:write",
    "guests:export",
    "guests:erase",
    "payments:read",
    "payments:write",
    "payments:refund",
    "reviews:read",
    "reviews:write",
    "reviews:moderate",
    "knowledge:read",
    "knowledge:write",
    "triggers:read",
    "triggers:write",
    "staff:read",
    "staff:write",
    "users:read",
    "users:write",
    "roles:read",
    "roles:write",
    "keys:read",
    "keys:write",
    "audit:read",
    "reports:read",
    "imports:read",
    "imports:write",
    "calendars:read",
    "calendars:write",
    "search:read",
)
"""What an API key of a hotel can be allowed."""

SCOPE_ATTRIBUTE = "frontdesk_scope"
"""Set on each dependency made by `allow`: the app refuses to start without one on a route."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Who acts: `key:<id>` of one hotel, or `platform`, who may act for every hotel."""

    actor: str
    hotel_id: HotelId | None
    scopes: frozenset[str]

    @property
    def is_platform(self) -> bool:
        return self.hotel_id is None


async def principal(
    request: Request, authorization: Annotated[str | None, Header()] = None
) -> Principal:
    scheme, _, key = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not key:
        raise Unauthorized
    settings: Settings = request.app.state.settings
    platform_key = settings.platform_key.get_secret_value()
    if platform_key and same(digest(key), digest(platform_key)):
        return Principal("platform", None, frozenset(SCOPES))
    return await _hotel_key(request.app.state.db, key)


async def _hotel_key(db: Database, key: str) -> Principal:
    async with db.nobody() as session:
        found = await session.execute(
            text("SELECT hotel_id, key_id, scopes FROM find_api_key(:digest)"),
            {"digest": digest(key)},
        )
        row = found.one_or_none()
    if row is None:
        raise Unauthorized
    return Principal(f"key:{row.key_id}", HotelId(row.hotel_id), frozenset(row.scopes))


PrincipalDep = Annotated[Principal, Depends(principal)]


def allow(scope: str) -> Callable[..., Coroutine[Any, Any, Principal]]:
    """A dependency for `/v1/hotels/{hotel_id}/...`; another hotel's id looks like none at all."""
    if scope not in SCOPES:
        raise ValueError(scope)

    async def allowed(
        request: Request, asker: PrincipalDep, hotel_id: Annotated[UUID, Path()]
    ) -> Principal:
        if asker.hotel_id is not None and asker.hotel_id != hotel_id:
            raise NotFound
        if scope not in asker.scopes:
            raise Forbidden(f"it lacks the scope {scope}")
        bind_ids(hotel=hotel_id)
        note_read(request, scope, hotel_id, asker.actor)
        return asker

    setattr(allowed, SCOPE_ATTRIBUTE, scope)
    return allowed


async def _platform_only(asker: PrincipalDep) -> Principal:
    if not asker.is_platform:
        raise Forbidden("only the platform key may do that")
    return asker


async def _anyone_with_a_key(asker: PrincipalDep) -> Principal:
    return asker


setattr(_platform_only, SCOPE_ATTRIBUTE, "platform")
setattr(_anyone_with_a_key, SCOPE_ATTRIBUTE, "any")

Platform = Annotated[Principal, Depends(_platform_only)]
AnyKey = Annotated[Principal, Depends(_anyone_with_a_key)]
