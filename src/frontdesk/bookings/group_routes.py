"""Closing folios and the master folio of a group, over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from frontdesk.bookings.card_gate import refuse_cards
from frontdesk.bookings.closing import close, reopen
from frontdesk.bookings.folio import balance, folio
from frontdesk.bookings.folio_routes import shown_folio
from frontdesk.bookings.folio_schemas import CloseIn, FolioOut, ReverseIn, RouteIn, RouteOut
from frontdesk.bookings.master import join_group, leave_group
from frontdesk.kit.web import ClockDep, DbDep
from frontdesk.tenancy.approval import need_approval
from frontdesk.tenancy.auth import Principal, allow

router = APIRouter(
    prefix="/v1/hotels/{hotel_id}", tags=["payments"], dependencies=[Depends(refuse_cards)]
)
Writer = Annotated[Principal, Depends(allow("payments:write"))]


@router.post("/folios/{folio_id}/close")
async def close_folio(
    db: DbDep, clock: ClockDep, hotel_id: UUID, folio_id: UUID, asker: Writer, wanted: CloseIn
) -> FolioOut:
    """What is still owed is written off, within the asker's limit."""
    async with db.hotel(hotel_id) as session:
        if (await folio(session, folio_id, lock=True)).closed_at is None and wanted.reason:
            left = await balance(session, folio_id)
            await need_approval(session, asker, "payments:write", left)
        by, now = asker.actor, clock.now()
        done = await close(session, folio_id, reason=wanted.reason, by=by, now=now)
        return await shown_folio(session, done)


@router.post("/folios/{folio_id}/reopen")
async def reopen_folio(
    db: DbDep, hotel_id: UUID, folio_id: UUID, asker: Writer, wanted: ReverseIn
) -> FolioOut:
    async with db.hotel(hotel_id) as session:
        done = await reopen(session, folio_id, reason=wanted.reason, by=asker.actor)
        return await shown_folio(session, done)


@router.put("/bookings/{booking_id}/folio-route")
async def route_charges(
    db: DbDep, hotel_id: UUID, booking_id: UUID, asker: Writer, wanted: RouteIn
) -> RouteOut:
    """The booking joins a group: its charges go to a folio of the booking that leads it."""
    async with db.hotel(hotel_id) as session:
        made = await join_group(session, booking_id, wanted.folio_id, wanted.what, by=asker.actor)
        return RouteOut.model_validate(made)


@router.delete("/bookings/{booking_id}/folio-route", status_code=204)
async def keep_charges(db: DbDep, hotel_id: UUID, booking_id: UUID, asker: Writer) -> Response:
    async with db.hotel(hotel_id) as session:
        await leave_group(session, booking_id, by=asker.actor)
    return Response(status_code=204)
