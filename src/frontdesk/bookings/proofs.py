"""Who is this guest: a code and a surname show a booking, and five wrong ones lock for an hour."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings.models import Booking
from frontdesk.bookings.proof_models import IdentityTry
from frontdesk.bookings.stay_models import BookingRoom
from frontdesk.guests.models import Guest
from frontdesk.tenancy.audit import record

MOST = 5
LOCKED = timedelta(hours=1)
PROVED = timedelta(hours=24)
"""How long a chat that has proved it may see the booking."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What came of a try: the booking, or nothing; and whether it was the last one allowed."""

    booking: Booking | None
    locked: bool = False
    just_locked: bool = False


async def prove(
    session: AsyncSession,
    hotel_id: UUID,
    conversation_id: UUID,
    said: tuple[str, Sequence[str]],
    *,
    fold: Callable[[str], str],
    today: date,
    now: datetime,
) -> Proof:
    """`said` is a code and folded words of which one may be the surname; wrong ones are counted.

    The booking is locked first: two chats that guess at one booking count together.
    """
    code, names = said
    query = select(Booking).where(Booking.code == code, Booking.departure >= today)
    query = query.where(Booking.status.in_(("confirmed", "checked_in")))
    booking = await session.scalar(query.with_for_update(key_share=True))
    here = IdentityTry.conversation_id == conversation_id
    ours = await _failures(session, here, now)
    theirs = 0 if booking is None else await _failures(session, _of(booking), now)
    if max(ours, theirs) >= MOST:
        return Proof(None, locked=True)
    right = booking is not None and await _named(session, booking, names, fold)
    session.add(
        IdentityTry(
            hotel_id=hotel_id,
            conversation_id=conversation_id,
            booking_id=booking.id if booking else None,
            succeeded=right,
            tried_at=now,
        )
    )
    verb = "identity.prove" if right else "identity.fail"
    subject = f"conversation:{conversation_id}"
    about = {"booking": booking.id if booking else None}
    record(session, hotel_id, verb, subject, by=f"conversation:{conversation_id}", new=about)
    last = max(ours, theirs) + 1 >= MOST
    if right:
        return Proof(booking)
    return Proof(None, locked=last, just_locked=last)


def _of(booking: Booking) -> ColumnElement[bool]:
    return IdentityTry.booking_id == booking.id


async def _failures(session: AsyncSession, whose: ColumnElement[bool], now: datetime) -> int:
    query = select(func.count()).where(
        whose, ~IdentityTry.succeeded, IdentityTry.tried_at > now - LOCKED
    )
    return await session.scalar(query) or 0


async def _named(
    session: AsyncSession, booking: Booking, names: Sequence[str], fold: Callable[[str], str]
) -> bool:
    """The surname is the last word of a name: the guest's, or of somebody in one of its rooms."""
    guest = select(Guest.name).where(Guest.id == booking.guest_id)
    rooms = select(BookingRoom.guest_name).where(BookingRoom.booking_id == booking.id)
    known = [*(await session.scalars(guest)).all(), *(await session.scalars(rooms)).all()]
    surnames = {fold(name).rpartition(" ")[2] for name in known if name and fold(name)}
    return bool(surnames & set(names))


async def proved_bookings(
    session: AsyncSession, conversation_id: UUID, *, today: date, now: datetime
) -> Sequence[Booking]:
    """Stays of others that this chat has proved to know, in the last day."""
    tries = select(IdentityTry.booking_id).where(
        IdentityTry.conversation_id == conversation_id,
        IdentityTry.succeeded,
        IdentityTry.tried_at > now - PROVED,
    )
    query = select(Booking).where(Booking.id.in_(tries), Booking.departure >= today)
    query = query.where(Booking.status.in_(("confirmed", "checked_in")))
    return (await session.scalars(query.order_by(Booking.arrival, Booking.id))).all()
