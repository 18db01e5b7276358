"""Hotels, WhatsApp instances and API keys over HTTP."""

from collections.abc import Set
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel
from sqlalchemy import select

from frontdesk.kit.db import NOBODY
from frontdesk.kit.errors import Forbidden
from frontdesk.kit.outside import only_public
from frontdesk.kit.web import (
    ClockDep,
    DbDep,
    Page,
    PageDep,
    SettingsDep,
    VaultDep,
    page_rows,
)
from frontdesk.tenancy.access import alive, places
from frontdesk.tenancy.actions import add_instance, add_key, open_hotel, revoke_key, the_key
from frontdesk.tenancy.audit import record
from frontdesk.tenancy.auth import SCOPES, AnyKey, Platform, Principal, allow
from frontdesk.tenancy.idempotency import OnceDep, answer_once
from frontdesk.tenancy.models import ApiKey, Hotel, WhatsAppInstance
from frontdesk.tenancy.queries import the_hotel
from frontdesk.tenancy.schemas import (
    HotelIn,
    HotelNamed,
    HotelOut,
    InstanceIn,
    InstanceOut,
    KeyIn,
    KeyOut,
    NewKey,
)

router = APIRouter(prefix="/v1/hotels", tags=["hotels"])
Reader = Annotated[Principal, Depends(allow("hotel:read"))]
Writer = Annotated[Principal, Depends(allow("hotel:write"))]
KeyReader = Annotated[Principal, Depends(allow("keys:read"))]
KeyWriter = Annotated[Principal, Depends(allow("keys:write"))]


@router.post("", status_code=201, response_model=HotelOut)
async def create_hotel(db: DbDep, asker: Platform, once: OnceDep, wanted: HotelIn) -> Response:
    opened: list[UUID] = []
    async with db.platform() as session:

        async def create() -> BaseModel:
            hotel = await open_hotel(session, wanted)
            await session.refresh(hotel)
            opened.append(hotel.id)
            return HotelOut.model_validate(hotel)

        answer = await answer_once(session, once, NOBODY, create)
    for hotel_id in opened:  # the platform's role writes in nobody's log
        async with db.hotel(hotel_id) as session:
            new = wanted.model_dump()
            record(session, hotel_id, "hotel.open", f"hotel:{hotel_id}", by=asker.actor, new=new)
    return answer


@router.get("")
async def list_hotels(
    db: DbDep, clock: ClockDep, asker: AnyKey, ask: PageDep
) -> Page[HotelOut | HotelNamed]:
    """The platform sees every hotel, a hotel's key its own, a person those they belong to.

    Where they lack `hotel:read`: only what it is called.
    """
    async with db.platform() if asker.hotel_id is None else db.hotel(asker.hotel_id) as session:
        query, mine = select(Hotel), None
        if asker.person is not None:
            user = await alive(session, asker.person, now=clock.now())
            mine = {at.hotel_id: at.scopes for at in await places(session, user.id) if at.hotel_id}
            query = query.where(Hotel.id.in_(mine))
        rows, after = await page_rows(session, query, ask, Hotel.created_at, Hotel.id)
    shown = [_shown(h, asker.scopes if mine is None else mine[h.id]) for h in rows]
    return Page(items=shown, next=after)


def _shown(hotel: Hotel, scopes: Set[str]) -> HotelOut | HotelNamed:
    return (HotelOut if "hotel:read" in scopes else HotelNamed).model_validate(hotel)


@router.post("/{hotel_id}/instances", status_code=201, response_model=InstanceOut)
async def create_instance(
    db: DbDep,
    vault: VaultDep,
    settings: SettingsDep,
    hotel_id: UUID,
    asker: Writer,
    once: OnceDep,
    wanted: InstanceIn,
) -> Response:
    """Its address is called with the hotel's messages: a public one, or the simulator's."""
    ours = bool(settings.simulator_url) and wanted.api_url.rstrip("/") == settings.simulator_url
    await only_public(wanted.api_url, allow_private=settings.allow_private_urls or ours)
    async with db.hotel(hotel_id) as session:
        await the_hotel(session)

        async def create() -> BaseModel:
            made = await add_instance(session, vault, hotel_id, wanted, by=asker.actor)
            return InstanceOut.model_validate(made)

        return await answer_once(session, once, hotel_id, create)


@router.get("/{hotel_id}/instances")
async def list_instances(
    db: DbDep, hotel_id: UUID, asker: Reader, ask: PageDep
) -> Page[InstanceOut]:
    async with db.hotel(hotel_id) as session:
        model = WhatsAppInstance
        rows, after = await page_rows(session, select(model), ask, model.created_at, model.id)
    return Page(items=[InstanceOut.model_validate(r) for r in rows], next=after)


@router.post("/{hotel_id}/keys", status_code=201)
async def create_key(db: DbDep, hotel_id: UUID, asker: KeyWriter, wanted: KeyIn) -> NewKey:
    """Not replayable: the secret is shown once and kept nowhere."""
    scopes = asker.scopes if wanted.scopes is None else set(wanted.scopes)
    _no_more_than(asker, scopes)
    wanted = wanted.model_copy(update={"scopes": sorted(scopes)})
    async with db.hotel(hotel_id) as session:
        await the_hotel(session)
        key, secret = await add_key(session, hotel_id, wanted, by=asker.actor)
        return NewKey(key=secret, **KeyOut.model_validate(key).model_dump())


def _no_more_than(asker: Principal, scopes: Set[str]) -> None:
    """Nobody gives, or takes, more than they have; a key has no limit of what it approves."""
    if asker.approval_limit is not None:
        raise Forbidden("a key may approve any amount, and it may not itself")
    lacking = sorted(scopes & set(SCOPES) - asker.scopes)
    if lacking:
        raise Forbidden(f"it lacks {', '.join(lacking)} itself")


@router.get("/{hotel_id}/keys")
async def list_keys(db: DbDep, hotel_id: UUID, asker: KeyReader, ask: PageDep) -> Page[KeyOut]:
    async with db.hotel(hotel_id) as session:
        rows, after = await page_rows(session, select(ApiKey), ask, ApiKey.created_at, ApiKey.id)
    return Page(items=[KeyOut.model_validate(r) for r in rows], next=after)


@router.delete("/{hotel_id}/keys/{key_id}")
async def delete_key(
    db: DbDep, clock: ClockDep, hotel_id: UUID, key_id: UUID, asker: KeyWriter
) -> KeyOut:
    """From then on it opens nothing. A key that holds more than the asker is not theirs to end."""
    async with db.hotel(hotel_id) as session:
        key = await the_key(session, key_id)
        _no_more_than(asker, set(key.scopes))
        revoke_key(session, key, by=asker.actor, now=clock.now())
        return KeyOut.model_validate(key)
