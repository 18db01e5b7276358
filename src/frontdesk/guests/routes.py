"""Guests over HTTP: list, read, change, the identities they write from, two that are one."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel
from sqlalchemy import select

from frontdesk.guests.actions import change_guest
from frontdesk.guests.merge import merge, unmerge
from frontdesk.guests.models import Guest
from frontdesk.guests.queries import guest, identities
from frontdesk.guests.schemas import GuestOut, GuestPatch, IdentityOut, MergeIn, MergeOut
from frontdesk.kit.web import ClockDep, DbDep, Page, PageDep, page_rows
from frontdesk.tenancy.auth import Principal, allow
from frontdesk.tenancy.idempotency import OnceDep, answer_once

router = APIRouter(prefix="/v1/hotels/{hotel_id}", tags=["guests"])
Reader = Annotated[Principal, Depends(allow("guests:read"))]
Writer = Annotated[Principal, Depends(allow("guests:write"))]


@router.get("/guests")
async def list_guests(
    db: DbDep,
    hotel_id: UUID,
    asker: Reader,
    ask: PageDep,
    phone: Annotated[str | None, Query(pattern=r"^[0-9]{4,20}$")] = None,
) -> Page[GuestOut]:
    """Newest first, without those that were merged into another; `phone` is its beginning."""
    g, query = Guest, select(Guest).where(Guest.merged_into.is_(None))
    if phone is not None:
        query = query.where(g.phone.startswith(phone, autoescape=True))
    async with db.hotel(hotel_id) as session:
        rows, after = await page_rows(session, query, ask, g.created_at, g.id)
    return Page(items=[GuestOut.model_validate(row) for row in rows], next=after)


@router.get("/guests/{guest_id}")
async def read_guest(db: DbDep, hotel_id: UUID, guest_id: UUID, asker: Reader) -> GuestOut:
    async with db.hotel(hotel_id) as session:
        return GuestOut.model_validate(await guest(session, guest_id))


@router.patch("/guests/{guest_id}")
async def patch_guest(
    db: DbDep, clock: ClockDep, hotel_id: UUID, guest_id: UUID, asker: Writer, wanted: GuestPatch
) -> GuestOut:
    async with db.hotel(hotel_id) as session:
        found = await change_guest(session, guest_id, wanted, by=asker.actor, now=clock.now())
        return GuestOut.model_validate(found)


@router.get("/guests/{guest_id}/identities")
async def list_identities(
    db: DbDep, hotel_id: UUID, guest_id: UUID, asker: Reader
) -> list[IdentityOut]:
    """Phones, and the lids behind which WhatsApp hides them: at most 200."""
    async with db.hotel(hotel_id) as session:
        await guest(session, guest_id)
        return [IdentityOut.model_validate(i) for i in await identities(session, guest_id)]


@router.post("/guests/{guest_id}/merges", status_code=201, response_model=MergeOut)
async def merge_guests(
    db: DbDep,
    clock: ClockDep,
    hotel_id: UUID,
    guest_id: UUID,
    asker: Writer,
    once: OnceDep,
    wanted: MergeIn,
) -> Response:
    """The other guest's chats, identities and stays become this one's."""
    async with db.hotel(hotel_id) as session:

        async def create() -> BaseModel:
            other, by = wanted.other_guest_id, asker.actor
            done = await merge(session, guest_id, other, by=by, now=clock.now())
            return MergeOut.model_validate(done)

        return await answer_once(session, once, hotel_id, create)


@router.post("/guest-merges/{merge_id}/undo")
async def undo_merge(
    db: DbDep, clock: ClockDep, hotel_id: UUID, merge_id: UUID, asker: Writer
) -> MergeOut:
    async with db.hotel(hotel_id) as session:
        done = await unmerge(session, merge_id, by=asker.actor, now=clock.now())
        return MergeOut.model_validate(done)
