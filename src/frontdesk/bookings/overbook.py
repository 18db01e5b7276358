"""Selling beyond what there is, on somebody's word, and the guest who is walked for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, CursorResult, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings import queries
from frontdesk.bookings.cancel import end
from frontdesk.bookings.errors import NoSuchMove, TooLongAway, TooManySold
from frontdesk.bookings.models import Booking, NightlyInventory
from frontdesk.bookings.reserve import facts
from frontdesk.bookings.stay_models import OverbookingApproval, Walk
from frontdesk.bookings.terms import cancel_terms
from frontdesk.bookings.told import stock_came_back
from frontdesk.kit.errors import NotFound
from frontdesk.messaging.events import emit
from frontdesk.rooms.queries import room_type
from frontdesk.tenancy.audit import record


@dataclass(frozen=True, slots=True)
class Allowance:
    """So many rooms of a type beyond what there are, for the nights of [first, until)."""

    room_type_id: UUID
    first: date
    until: date
    rooms: int
    reason: str


async def cost_of(session: AsyncSession, wanted: Allowance) -> int:
    """What the nights sold beyond what there are would have to be bought for elsewhere."""
    query = select(func.coalesce(func.sum(NightlyInventory.price), 0)).where(*_nights(wanted))
    return wanted.rooms * int(await session.scalar(query) or 0)


def _nights(wanted: Allowance) -> tuple[ColumnElement[bool], ...]:
    return (
        NightlyInventory.room_type_id == wanted.room_type_id,
        NightlyInventory.night >= wanted.first,
        NightlyInventory.night < wanted.until,
    )


async def allow_overbooking(
    session: AsyncSession, hotel_id: UUID, wanted: Allowance, *, by: str
) -> OverbookingApproval:
    """From now on the counters let so many more be sold; the last word for a night counts.

    Raises TooManySold where more than that are sold already, NotFound where nothing is on sale.
    """
    if await room_type(session, wanted.room_type_id) is None:
        raise NotFound("there is no such room type")
    await _lock(session, wanted)
    nights = update(NightlyInventory).where(*_nights(wanted)).values(allowance=wanted.rooms)
    try:
        done = await session.execute(nights)
    except IntegrityError:
        raise TooManySold from None
    assert isinstance(done, CursorResult)  # noqa: S101 - for the type checker: it wrote
    if done.rowcount == 0:
        raise NotFound("no such night is on sale")
    approval = OverbookingApproval(
        hotel_id=hotel_id,
        room_type_id=wanted.room_type_id,
        first=wanted.first,
        until=wanted.until,
        rooms=wanted.rooms,
        reason=wanted.reason,
        approved_by=by,
    )
    session.add(approval)
    await session.flush()
    await session.refresh(approval)
    new = {"rooms": wanted.rooms, "first": str(wanted.first), "until": str(wanted.until)}
    subject = f"room_type:{wanted.room_type_id}"
    record(session, hotel_id, "overbooking.allow", subject, by=by, new=new)
    await stock_came_back(session, hotel_id)
    return approval


async def _lock(session: AsyncSession, wanted: Allowance) -> Sequence[date]:
    """In the order in which everybody takes them."""
    query = (
        select(NightlyInventory.night)
        .where(*_nights(wanted))
        .order_by(NightlyInventory.night)
        .with_for_update(key_share=True)
    )
    return (await session.scalars(query)).all()


@dataclass(frozen=True, slots=True)
class SentAway:
    """Where a guest without a room went, and what it costs us; minor units."""

    sent_to: str
    nights: int
    cost: int
    note: str | None = None


async def cost_of_walk(
    session: AsyncSession, booking_id: UUID, away: SentAway, *, now: datetime
) -> int:
    """The other house, and the fee that cancelling would have cost."""
    booking = await queries.booking(session, booking_id)
    return away.cost + cancel_terms(booking.policy, booking.total, now).fee


async def walk(
    session: AsyncSession, booking_id: UUID, away: SentAway, *, by: str, now: datetime
) -> Walk:
    """The booking is off without any fee, and where the guest went is written down.

    Raises TooLongAway where that is for more nights than were booked.
    """
    booking: Booking = await queries.booking(session, booking_id, lock=True)
    if booking.status != "confirmed":
        raise NoSuchMove(f"this booking is {booking.status}")
    if await session.scalar(select(Walk.id).where(Walk.booking_id == booking.id)) is not None:
        raise NoSuchMove("this guest was walked already")
    booked = (booking.departure - booking.arrival).days
    if away.nights > booked:
        raise TooLongAway(nights=booked)
    await end(session, booking, by=by, now=now, reason="walked", fee=0)
    walked = Walk(
        hotel_id=booking.hotel_id,
        booking_id=booking.id,
        sent_to=away.sent_to,
        nights=away.nights,
        cost=away.cost,
        note=away.note,
    )
    session.add(walked)
    await session.flush()
    await session.refresh(walked)
    subject, new = f"booking:{booking.id}", {"walk": str(walked.id), "cost": away.cost}
    record(session, booking.hotel_id, "booking.walk", subject, by=by, new=new)
    told = {**facts(booking), "cost": away.cost, "nights_away": away.nights}
    await emit(session, booking.hotel_id, "booking.walked", booking.id, told)
    return walked
