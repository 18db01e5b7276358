"""Waiting for a stay, selling beyond what there is, and walking a guest, over HTTP."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings.overbook import (
    Allowance,
    SentAway,
    allow_overbooking,
    cost_of,
    cost_of_walk,
    walk,
)
from frontdesk.bookings.quote import StayWish
from frontdesk.bookings.schemas import BookingOut
from frontdesk.bookings.stay_models import OverbookingApproval, WaitlistEntry, Walk
from frontdesk.bookings.stay_schemas import (
    AllowanceIn,
    AllowanceOut,
    WaitIn,
    WaitOut,
    WalkIn,
    WalkOut,
)
from frontdesk.bookings.waitlist import Waiting, accept, decline, join
from frontdesk.guests.actions import recognise
from frontdesk.kit.errors import NotFound
from frontdesk.kit.narrowed import within
from frontdesk.kit.web import ClockDep, DbDep, Page, PageDep, page_rows
from frontdesk.messaging.models import Conversation
from frontdesk.tenancy.approval import need_approval
from frontdesk.tenancy.auth import Principal, allow
from frontdesk.tenancy.idempotency import OnceDep, answer_once

State = Literal["waiting", "offered", "accepted", "declined", "expired", "withdrawn"]
router = APIRouter(prefix="/v1/hotels/{hotel_id}", tags=["bookings"])
Reader = Annotated[Principal, Depends(allow("bookings:read"))]
Writer = Annotated[Principal, Depends(allow("bookings:write"))]
Approver = Annotated[Principal, Depends(allow("bookings:overbook"))]


@router.post("/waitlist", status_code=201, response_model=WaitOut)
async def join_waitlist(
    db: DbDep, clock: ClockDep, hotel_id: UUID, asker: Writer, once: OnceDep, wanted: WaitIn
) -> Response:
    """Offers are made in the order of joining, each held for two hours."""
    async with db.hotel(hotel_id) as session:

        async def create() -> BaseModel:
            async with within(session, asker.departments):
                waiting = await _waiting(session, hotel_id, wanted)
            entry = await join(session, hotel_id, waiting, by=asker.actor, now=clock.now())
            return WaitOut.model_validate(entry)

        return await answer_once(session, once, hotel_id, create)


async def _waiting(session: AsyncSession, hotel_id: UUID, wanted: WaitIn) -> Waiting:
    ages = tuple(wanted.children_ages)
    party = (wanted.adults, max(wanted.children, len(ages)), wanted.rooms, ages)
    wish = StayWish(wanted.arrival, wanted.departure, *party)
    if wanted.conversation_id is None:
        chat, name = f"{wanted.guest_phone}@c.us", wanted.guest_name
        guest_id = (await recognise(session, hotel_id, None, chat, name=name)).id
    else:
        query = select(Conversation.guest_id).where(Conversation.id == wanted.conversation_id)
        guest_id = await session.scalar(query)
    if guest_id is None:
        raise NotFound("there is no such conversation")
    about = (wanted.conversation_id, wanted.rate_plan_id)
    return Waiting(guest_id, wanted.room_type_id, wish, *about)


@router.get("/waitlist")
async def list_waitlist(
    db: DbDep, hotel_id: UUID, asker: Reader, ask: PageDep, status: State | None = None
) -> Page[WaitOut]:
    query = select(WaitlistEntry)
    if status is not None:
        query = query.where(WaitlistEntry.status == status)
    async with db.hotel(hotel_id) as session:
        rows, after = await page_rows(
            session, query, ask, WaitlistEntry.created_at, WaitlistEntry.id
        )
    return Page(items=[WaitOut.model_validate(r) for r in rows], next=after)


@router.post("/waitlist/{waitlist_entry_id}/accept")
async def accept_offer(
    db: DbDep, clock: ClockDep, hotel_id: UUID, waitlist_entry_id: UUID, asker: Writer
) -> BookingOut:
    """The offer becomes a booking; accepting twice gives the same one."""
    async with db.hotel(hotel_id) as session:
        booking = await accept(
            session, waitlist_entry_id, by=asker.actor, source="rest", now=clock.now()
        )
        return BookingOut.model_validate(booking)


@router.post("/waitlist/{waitlist_entry_id}/decline")
async def decline_offer(
    db: DbDep, hotel_id: UUID, waitlist_entry_id: UUID, asker: Writer
) -> WaitOut:
    """No to the offer, or no longer waiting."""
    async with db.hotel(hotel_id) as session:
        entry = await decline(session, waitlist_entry_id, by=asker.actor)
        return WaitOut.model_validate(entry)


@router.post("/overbooking", status_code=201, response_model=AllowanceOut)
async def approve_overbooking(
    db: DbDep, hotel_id: UUID, asker: Approver, once: OnceDep, wanted: AllowanceIn
) -> Response:
    """The asker is the approver; the last word for a night counts."""
    async with db.hotel(hotel_id) as session:

        async def create() -> BaseModel:
            allowance = Allowance(**wanted.model_dump())
            cost = await cost_of(session, allowance)
            await need_approval(session, asker, "bookings:overbook", cost)
            made = await allow_overbooking(session, hotel_id, allowance, by=asker.actor)
            return AllowanceOut.model_validate(made)

        return await answer_once(session, once, hotel_id, create)


@router.get("/overbooking")
async def list_overbooking(
    db: DbDep, hotel_id: UUID, asker: Reader, ask: PageDep
) -> Page[AllowanceOut]:
    query, at = select(OverbookingApproval), OverbookingApproval.created_at
    async with db.hotel(hotel_id) as session:
        rows, after = await page_rows(session, query, ask, at, OverbookingApproval.id)
    return Page(items=[AllowanceOut.model_validate(r) for r in rows], next=after)


@router.post("/bookings/{booking_id}/walk", status_code=201, response_model=WalkOut)
async def walk_guest(
    db: DbDep,
    clock: ClockDep,
    hotel_id: UUID,
    booking_id: UUID,
    asker: Approver,
    once: OnceDep,
    wanted: WalkIn,
) -> Response:
    """A guest with a booking and no room is sent elsewhere at our cost; the booking is off."""
    async with db.hotel(hotel_id) as session:

        async def create() -> BaseModel:
            away = SentAway(**wanted.model_dump())
            cost = await cost_of_walk(session, booking_id, away, now=clock.now())
            await need_approval(session, asker, "bookings:overbook", cost)
            walked = await walk(session, booking_id, away, by=asker.actor, now=clock.now())
            return WalkOut.model_validate(walked)

        return await answer_once(session, once, hotel_id, create)


@router.get("/walks")
async def list_walks(db: DbDep, hotel_id: UUID, asker: Reader, ask: PageDep) -> Page[WalkOut]:
    async with db.hotel(hotel_id) as session:
        rows, after = await page_rows(session, select(Walk), ask, Walk.created_at, Walk.id)
    return Page(items=[WalkOut.model_validate(r) for r in rows], next=after)
