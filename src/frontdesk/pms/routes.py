"""A hotel's PMS over HTTP: its account, its state, and what of it does not fit."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from sqlalchemy import select

from frontdesk.kit.outside import only_public
from frontdesk.kit.web import ClockDep, DbDep, Page, PageDep, SettingsDep, VaultDep, page_rows
from frontdesk.pms.links import (
    ask_to_sync,
    link_pms,
    stale_since,
    stand_in_at,
    the_link,
    unlink_pms,
)
from frontdesk.pms.models import PmsConflict, PmsLink
from frontdesk.pms.schemas import PmsConflictOut, PmsIn, PmsOut
from frontdesk.tenancy.auth import Principal, allow
from frontdesk.tenancy.queries import the_hotel

router = APIRouter(prefix="/v1/hotels/{hotel_id}", tags=["pms"])
Reader = Annotated[Principal, Depends(allow("imports:read"))]
Writer = Annotated[Principal, Depends(allow("imports:write"))]
Owner = Annotated[Principal, Depends(allow("hotel:write"))]


def _shown(link: PmsLink, now: datetime) -> PmsOut:
    shown = PmsOut.model_validate(link)
    return shown.model_copy(update={"stale_since": stale_since(link, now)})


@router.put("/pms")
async def put_pms(
    db: DbDep,
    clock: ClockDep,
    vault: VaultDep,
    settings: SettingsDep,
    hotel_id: UUID,
    asker: Owner,
    wanted: PmsIn,
) -> PmsOut:
    """Its tokens are never shown; for another address they are to be said again."""
    if wanted.url != stand_in_at(settings.simulator_url):
        await only_public(wanted.url, allow_private=settings.allow_private_urls)
    now = clock.now()
    async with db.hotel(hotel_id) as session:
        await the_hotel(session)
        link = await link_pms(session, vault, hotel_id, wanted, by=asker.actor, now=now)
        return _shown(link, now)


@router.get("/pms")
async def read_pms_state(db: DbDep, clock: ClockDep, hotel_id: UUID, asker: Reader) -> PmsOut:
    async with db.hotel(hotel_id) as session:
        return _shown(await the_link(session), clock.now())


@router.post("/pms/sync")
async def sync_pms(db: DbDep, clock: ClockDep, hotel_id: UUID, asker: Writer) -> PmsOut:
    """Now, in the background; a PMS that is not `automatic` gives a preview in `/imports`."""
    now = clock.now()
    async with db.hotel(hotel_id) as session:
        return _shown(await ask_to_sync(session, by=asker.actor, now=now), now)


@router.delete("/pms", status_code=204)
async def remove_pms(db: DbDep, hotel_id: UUID, asker: Owner) -> None:
    """What came from it stays booked."""
    async with db.hotel(hotel_id) as session:
        await unlink_pms(session, by=asker.actor)


@router.get("/pms/conflicts")
async def list_pms_conflicts(
    db: DbDep, hotel_id: UUID, asker: Reader, ask: PageDep
) -> Page[PmsConflictOut]:
    """Reservations there that are not, or not like that, in our book; asked for again hourly."""
    query, at = select(PmsConflict), PmsConflict.created_at
    async with db.hotel(hotel_id) as session:
        rows, after = await page_rows(session, query, ask, at, PmsConflict.id)
    return Page(items=[PmsConflictOut.model_validate(r) for r in rows], next=after)
