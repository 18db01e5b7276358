"""What happens to a booking over HTTP: several rooms, changes, cancelling, arriving and leaving."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings import cancel as cancelling
from frontdesk.bookings import queries
from frontdesk.bookings.addons_follow import Followed
from frontdesk.bookings.apart import alone
from frontdesk.bookings.change import Shown, commit_change, preview_change
from frontdesk.bookings.check_in import check_in, check_out
from frontdesk.bookings.extend import extend, shorten
from frontdesk.bookings.group import GroupYes, reserve_group
from frontdesk.bookings.models import Booking
from frontdesk.bookings.no_show import no_show
from frontdesk.bookings.schemas import BookingOut, CancelIn
from frontdesk.bookings.stay_schemas import (
    CancelTermsOut,
    ChangeAddonOut,
    ChangeIn,
    ChangeOut,
    ChangePartOut,
    ExtendIn,
    GroupIn,
    LinesIn,
    ShortenIn,
    SplitIn,
    SplitOut,
)
from frontdesk.kit.clock import Clock
from frontdesk.kit.db import Database
from frontdesk.kit.web import ClockDep, DbDep
from frontdesk.tenancy.approval import need_approval
from frontdesk.tenancy.auth import Principal, allow
from frontdesk.tenancy.idempotency import OnceDep, answer_once

router = APIRouter(prefix="/v1/hotels/{hotel_id}/bookings", tags=["bookings"])
Reader = Annotated[Principal, Depends(allow("bookings:read"))]
Writer = Annotated[Principal, Depends(allow("bookings:write"))]
ALL = LinesIn()
"""What who names no rooms means: no body is needed for that."""
Desk = Annotated[Principal, Depends(allow("bookings:check_in"))]


async def _out(session: AsyncSession, booking: Booking) -> BookingOut:
    await session.flush()
    await session.refresh(booking)
    return BookingOut.model_validate(booking)


@router.post("/group", status_code=201, response_model=BookingOut)
async def create_group(
    db: DbDep, clock: ClockDep, hotel_id: UUID, asker: Writer, once: OnceDep, wanted: GroupIn
) -> Response:
    """Several rooms in one booking, of whatever types: all of them or none."""
    async with db.hotel(hotel_id) as session:

        async def create() -> BaseModel:
            yes = GroupYes(wanted.quote_ids, asker.actor, "rest", wanted.special_requests)
            return await _out(session, await reserve_group(session, yes, now=clock.now()))

        return await answer_once(session, once, hotel_id, create)


@router.post("/{booking_id}/split", status_code=201, response_model=SplitOut)
async def split(
    db: DbDep,
    clock: ClockDep,
    hotel_id: UUID,
    booking_id: UUID,
    asker: Writer,
    once: OnceDep,
    wanted: SplitIn,
) -> Response:
    """Rooms become a booking of their own: same guest, price, policy and payer; two numbers.

    All rooms of a booking are that booking already: it is given as both.
    """
    async with db.hotel(hotel_id) as session:

        async def create() -> BaseModel:
            async def as_it_is(own_id: UUID) -> Booking:
                return await queries.booking(session, own_id)

            by, now = asker.actor, clock.now()
            own = await alone(session, booking_id, wanted.line_ids, as_it_is, by=by, now=now)
            rest = await queries.booking(session, booking_id)
            return SplitOut(booking=await _out(session, own), rest=await _out(session, rest))

        return await answer_once(session, once, hotel_id, create)


@router.get("/{booking_id}/cancel")
async def preview_cancel(
    db: DbDep,
    clock: ClockDep,
    hotel_id: UUID,
    booking_id: UUID,
    asker: Reader,
    line: Annotated[list[UUID], Query(max_length=20)] = [],  # noqa: B006 - FastAPI copies it
) -> CancelTermsOut:
    """The fee and what is returned, before anybody says yes; of these rooms alone, or of all."""
    async with db.hotel(hotel_id) as session:
        now = clock.now()
        terms = await cancelling.preview_cancel(session, booking_id, line, by=asker.actor, now=now)
    return CancelTermsOut(booking_id=booking_id, **asdict(terms))


@router.post("/{booking_id}/cancel")
async def cancel(
    db: DbDep, clock: ClockDep, hotel_id: UUID, booking_id: UUID, asker: Writer, wanted: CancelIn
) -> BookingOut:
    """At the policy's fee, or less of it where that is within what the asker may approve."""
    by, now = asker.actor, clock.now()
    async with db.hotel(hotel_id) as session:

        async def end(own_id: UUID) -> Booking:
            less = await cancelling.waived(session, own_id, wanted.fee, now=now)
            await need_approval(session, asker, "bookings:write", less)
            why, fee = wanted.reason, wanted.fee
            return await cancelling.cancel(session, own_id, by=by, now=now, reason=why, fee=fee)

        return await _out(
            session, await alone(session, booking_id, wanted.line_ids, end, by=by, now=now)
        )


def _change(shown: Shown) -> ChangeOut:
    change, quotes = shown.change, shown.quotes
    sums = ("total", "tax", "rooms", "adults", "children")
    names = ("currency", "arrival", "departure", "room_type_id", "policy")
    return ChangeOut(
        id=change.id,
        booking_id=change.booking_id,
        status="open",
        difference=change.difference,
        addons=[_addon(one) for one in shown.addons],
        apart=change.apart,
        parts=[ChangePartOut.model_validate(quote) for quote in quotes],
        expires_at=min(quote.expires_at for quote in quotes),
        **{name: sum(getattr(quote, name) for quote in quotes) for name in sums},
        **{name: getattr(quotes[0], name) for name in names},
    )


def _addon(one: Followed) -> ChangeAddonOut:
    sums = {name: getattr(one.terms, name) for name in ("first", "until", "amount", "tax")}
    named = {"booking_addon_id": one.order.id, "name": one.order.name}
    return ChangeAddonOut(**named, **sums, difference=one.difference)


@router.post("/{booking_id}/changes", status_code=201, response_model=ChangeOut)
async def show_change(
    db: DbDep,
    clock: ClockDep,
    hotel_id: UUID,
    booking_id: UUID,
    asker: Writer,
    once: OnceDep,
    wanted: ChangeIn,
) -> Response:
    """The stay as it would be and the difference in price; the booking is not changed yet."""
    async with db.hotel(hotel_id) as session:

        async def create() -> BaseModel:
            by, now = asker.actor, clock.now()
            shown = await preview_change(session, booking_id, wanted.asked(), by=by, now=now)
            return _change(shown)

        return await answer_once(session, once, hotel_id, create)


@router.post("/{booking_id}/changes/{change_id}/confirm")
async def confirm_change(
    db: DbDep, clock: ClockDep, hotel_id: UUID, booking_id: UUID, change_id: UUID, asker: Writer
) -> BookingOut:
    """The yes to a change that was shown: all of it, or the booking stays as it is."""
    async with db.hotel(hotel_id) as session:
        by, now = asker.actor, clock.now()
        return await _out(
            session, await commit_change(session, booking_id, change_id, by=by, now=now)
        )


@router.post("/{booking_id}/check-in")
async def arrive(
    db: DbDep,
    clock: ClockDep,
    hotel_id: UUID,
    booking_id: UUID,
    asker: Desk,
    wanted: LinesIn = ALL,
) -> BookingOut:
    """All rooms of the booking, or those that are named."""
    return await _do(db, clock, hotel_id, booking_id, asker, wanted, check_in)


@router.post("/{booking_id}/check-out")
async def leave(
    db: DbDep,
    clock: ClockDep,
    hotel_id: UUID,
    booking_id: UUID,
    asker: Desk,
    wanted: LinesIn = ALL,
) -> BookingOut:
    """Before the day that was booked, the stay is shortened first and the policy's fee charged."""
    return await _do(db, clock, hotel_id, booking_id, asker, wanted, check_out)


@router.post("/{booking_id}/no-show")
async def not_come(
    db: DbDep,
    clock: ClockDep,
    hotel_id: UUID,
    booking_id: UUID,
    asker: Desk,
    wanted: LinesIn = ALL,
) -> BookingOut:
    """From the day after the arrival: the policy's charge, and the nights are on sale again."""
    return await _do(db, clock, hotel_id, booking_id, asker, wanted, no_show)


@router.post("/{booking_id}/extend")
async def stay_longer(
    db: DbDep, clock: ClockDep, hotel_id: UUID, booking_id: UUID, asker: Desk, wanted: ExtendIn
) -> BookingOut:
    """The nights that were booked keep their price; the new ones get today's."""
    longer = partial(extend, departure=wanted.departure, expected=wanted.expected)
    return await _do(db, clock, hotel_id, booking_id, asker, wanted, longer)


@router.post("/{booking_id}/shorten")
async def leave_earlier(
    db: DbDep, clock: ClockDep, hotel_id: UUID, booking_id: UUID, asker: Desk, wanted: ShortenIn
) -> BookingOut:
    """A guest in the house leaves before the day that was booked."""
    shorter = partial(shorten, departure=wanted.departure)
    return await _do(db, clock, hotel_id, booking_id, asker, wanted, shorter)


async def _do(
    db: Database,
    clock: Clock,
    hotel_id: UUID,
    booking_id: UUID,
    asker: Principal,
    wanted: LinesIn | ExtendIn | ShortenIn,
    verb: Callable[..., Awaitable[Booking]],
) -> BookingOut:
    by, now = asker.actor, clock.now()
    async with db.hotel(hotel_id) as session:

        async def act(own_id: UUID) -> Booking:
            return await verb(session, own_id, by=by, now=now)

        done = await alone(session, booking_id, wanted.line_ids, act, by=by, now=now)
        return await _out(session, done)
