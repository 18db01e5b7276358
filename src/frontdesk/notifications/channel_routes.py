"""Channels to services (SMS, push, Slack, Teams ...) over HTTP; their addresses stay secret."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.web import DbDep, Page, PageDep, SettingsDep, VaultDep
from frontdesk.notifications.apprise_door import BadService, Errand, call_service, service_of
from frontdesk.notifications.channel_models import StaffChannel
from frontdesk.notifications.models import Staff
from frontdesk.notifications.rows import add, change, remove, the
from frontdesk.notifications.schemas import ChannelIn, ChannelOut, ChannelPatch, ChannelTest
from frontdesk.tenancy.audit import record
from frontdesk.tenancy.auth import Principal, allow
from frontdesk.tenancy.envelope import seal, unseal
from frontdesk.tenancy.idempotency import OnceDep
from frontdesk.tenancy.queries import the_hotel
from frontdesk.tenancy.rows import by_age, create_row, page_of_rows

router = APIRouter(prefix="/v1/hotels/{hotel_id}/staff-channels", tags=["staff"])
Reader = Annotated[Principal, Depends(allow("staff:read"))]
Writer = Annotated[Principal, Depends(allow("staff:write"))]


@router.post("", status_code=201, response_model=ChannelOut)
async def create_channel(
    db: DbDep,
    vault: VaultDep,
    settings: SettingsDep,
    hotel_id: UUID,
    asker: Writer,
    once: OnceDep,
    wanted: ChannelIn,
) -> Response:
    """An address as Apprise writes it; it may lead to public services only."""
    url, allow_private = wanted.url.get_secret_value(), settings.allow_private_urls
    service = service_of(url, allow_private=allow_private)
    if await call_service(Errand(url, "", "", allow_private, only_look=True)) is not None:
        raise BadService

    async def make(session: AsyncSession) -> StaffChannel:
        if wanted.staff_id is not None:
            await the(session, Staff, wanted.staff_id)
        made = StaffChannel(
            hotel_id=hotel_id,
            staff_id=wanted.staff_id,
            name=wanted.name,
            service=service,
            url=await seal(session, vault, hotel_id, url),
        )
        return await add(session, made, by=asker.actor)

    return await create_row(db, hotel_id, once, ChannelOut, make)


@router.get("")
async def list_channels(db: DbDep, hotel_id: UUID, asker: Reader, ask: PageDep) -> Page[ChannelOut]:
    query = select(StaffChannel)
    return await page_of_rows(db, hotel_id, ask, query, ChannelOut, by_age(StaffChannel))


@router.patch("/{staff_channel_id}")
async def change_channel(
    db: DbDep, hotel_id: UUID, staff_channel_id: UUID, asker: Writer, wanted: ChannelPatch
) -> ChannelOut:
    async with db.hotel(hotel_id) as session:
        row = await the(session, StaffChannel, staff_channel_id, lock=True)
        done = await change(session, row, wanted.model_dump(), by=asker.actor)
        return ChannelOut.model_validate(done)


@router.delete("/{staff_channel_id}", status_code=204)
async def delete_channel(db: DbDep, hotel_id: UUID, staff_channel_id: UUID, asker: Writer) -> None:
    async with db.hotel(hotel_id) as session:
        row = await the(session, StaffChannel, staff_channel_id, lock=True)
        await remove(session, row, by=asker.actor)


@router.post("/{staff_channel_id}/test")
async def test_channel(
    db: DbDep,
    vault: VaultDep,
    settings: SettingsDep,
    hotel_id: UUID,
    staff_channel_id: UUID,
    asker: Writer,
) -> ChannelTest:
    """Sends one message now, and says what came of it."""
    async with db.hotel(hotel_id) as session:
        row = await the(session, StaffChannel, staff_channel_id)
        url = await unseal(session, vault, hotel_id, row.url)
        hotel = (await the_hotel(session)).name
        record(session, hotel_id, "channel.test", f"channel:{row.id}", by=asker.actor)
    said = f"{hotel}: this is where alerts will come to."
    errand = Errand(url, "Frontdesk", said, settings.allow_private_urls)
    return ChannelTest(error=await call_service(errand))
