"""Who asks with a guest's session; it is asked of the database each time."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Header, Request

from frontdesk.kit.errors import Unauthorized
from frontdesk.kit.ids import HotelId
from frontdesk.kit.logs import bind_ids
from frontdesk.kit.web import ClockDep, DbDep, LimiterDep, SettingsDep, SignerDep
from frontdesk.portal.links import USE, GuestAsker, asker_of
from frontdesk.tenancy.auth import SCOPE_ATTRIBUTE
from frontdesk.tenancy.refused import count_refused


async def _guest(
    request: Request,
    db: DbDep,
    clock: ClockDep,
    signer: SignerDep,
    limiter: LimiterDep,
    settings: SettingsDep,
    authorization: Annotated[str | None, Header()] = None,
) -> GuestAsker:
    scheme, _, token = (authorization or "").partition(" ")
    claims = signer.read(token, now=clock.now()) if scheme.lower() == "bearer" else None
    if claims is None or claims.get("use") != USE:
        if authorization is not None:
            await count_refused(request)
        raise Unauthorized
    hotel_id = HotelId(UUID(claims["hotel"]))
    await limiter.admit(settings.rate_principal, f"guest_link:{claims['link']}")
    bind_ids(hotel=hotel_id)
    async with db.hotel(hotel_id) as session:
        return await asker_of(session, hotel_id, UUID(claims["link"]), now=clock.now())


setattr(_guest, SCOPE_ATTRIBUTE, "guest")
Guest = Annotated[GuestAsker, Depends(_guest)]
"""A route for the guest of one booking; its id is nowhere in the path."""
