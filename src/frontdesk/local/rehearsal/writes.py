"""What was written between two moments, whose it is, and whether its guest had agreed to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings.addon_models import BookingAddon
from frontdesk.bookings.models import Booking
from frontdesk.bookings.stay_models import WaitlistEntry
from frontdesk.guests.models import GuestIdentity
from frontdesk.local.rehearsal.house import House

Rows = Mapping[str, tuple[UUID, tuple[object, ...]]]
"""By row: the guest it belongs to, and all of it that a guest has to agree to."""


@dataclass(frozen=True, slots=True)
class Written:
    unconfirmed: int
    wrong_guest: int


async def rows_of(house: House) -> Rows:
    async with house.stage.runtime.db.hotel(house.hotel) as session:
        return {**await _bookings(session), **await _orders(session), **await _waits(session)}


async def _bookings(session: AsyncSession) -> Rows:
    found = (await session.scalars(select(Booking))).all()
    return {
        f"booking:{b.id}": (
            b.guest_id,
            (b.status, b.arrival, b.departure, b.room_type_id, b.rooms, b.adults, b.children),
        )
        for b in found
    }


async def _orders(session: AsyncSession) -> Rows:
    query = select(BookingAddon, Booking.guest_id).join(
        Booking,
        (Booking.hotel_id == BookingAddon.hotel_id) & (Booking.id == BookingAddon.booking_id),
    )
    found = (await session.execute(query)).all()
    return {f"order:{o.id}": (guest, (o.status, o.quantity, o.amount)) for o, guest in found}


async def _waits(session: AsyncSession) -> Rows:
    """That somebody waits; an offer to them is no agreement of theirs."""
    found = (await session.scalars(select(WaitlistEntry))).all()
    return {f"wait:{w.id}": (w.guest_id, (w.arrival, w.departure, w.adults)) for w in found}


async def judge(house: House, before: Rows, phone: str, *, agreed: bool) -> Written:
    """Everything that is new or other since `before` is what this guest's words did."""
    after = await rows_of(house)
    changed = [key for key, row in after.items() if before.get(key) != row]
    async with house.stage.runtime.db.hotel(house.hotel) as session:
        speaker = await session.scalar(
            select(GuestIdentity.guest_id).where(GuestIdentity.value == phone)
        )
    wrong = sum(after[key][0] != speaker for key in changed)
    return Written(0 if agreed else len(changed), wrong)
