"""Cancelling: the policy accepted at booking decides the fee, and the nights go back on sale."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings import queries
from frontdesk.bookings.apart import as_if_apart
from frontdesk.bookings.errors import FeeTooHigh, NotCancellable
from frontdesk.bookings.models import Booking
from frontdesk.bookings.nights import give_back
from frontdesk.bookings.payment_models import Payment
from frontdesk.bookings.payments import close_links
from frontdesk.bookings.posting import end_on_folio
from frontdesk.bookings.terms import CancelTerms, cancel_terms
from frontdesk.bookings.told import shown, stock_came_back, tell


async def preview_cancel(
    session: AsyncSession,
    booking_id: UUID,
    line_ids: Sequence[UUID] = (),
    *,
    by: str = "",
    now: datetime,
) -> CancelTerms:
    """What cancelling at `now` would cost, or cancelling these rooms; changes nothing."""
    booking = await queries.booking(session, booking_id, lock=bool(line_ids))
    _refuse(booking)
    if not line_ids:
        return cancel_terms(booking.policy, booking.total, now)
    async with as_if_apart(session, booking, line_ids, by=by, now=now) as own:
        _refuse(own)
        return cancel_terms(own.policy, own.total, now)


async def cancel(
    session: AsyncSession,
    booking_id: UUID,
    *,
    by: str,
    now: datetime,
    reason: str | None = None,
    fee: int | None = None,
) -> Booking:
    """Cancel a confirmed booking; cancelling twice changes nothing more.

    `fee` is less than what the policy asks, where somebody waives a part. Raises FeeTooHigh.
    """
    booking = await queries.booking(session, booking_id, lock=True)
    if booking.status == "cancelled":
        return booking
    _refuse(booking)
    due = cancel_terms(booking.policy, booking.total, now).fee
    if fee is not None and fee > due:
        raise FeeTooHigh(due=due)
    asked = due if fee is None else fee
    return await end(session, booking, by=by, now=now, reason=reason, fee=asked, waived=due - asked)


async def waived(session: AsyncSession, booking_id: UUID, fee: int | None, *, now: datetime) -> int:
    """How much of the policy's fee a cancellation at `fee` lets go."""
    booking = await queries.booking(session, booking_id, lock=True)
    if fee is None or booking.status != "confirmed":
        return 0
    return max(cancel_terms(booking.policy, booking.total, now).fee - fee, 0)


async def end(
    session: AsyncSession,
    booking: Booking,
    *,
    by: str,
    now: datetime,
    reason: str | None,
    fee: int,
    waived: int = 0,
) -> Booking:
    """The booking is off, at this fee; it is locked and confirmed."""
    old = shown(booking)
    booking.status = "cancelled"
    booking.cancelled_at = now
    booking.cancel_reason = reason
    booking.cancel_fee = fee
    await session.flush()
    theirs = Payment.booking_id == booking.id
    await close_links(session, booking.hotel_id, theirs, now=now)
    await give_back(session, booking, booking.arrival, now=now)
    await end_on_folio(session, booking, by=by, now=now)
    await tell(session, booking, ("cancel", "cancelled"), by=by, old=old, fee=fee, waived=waived)
    await stock_came_back(session, booking.hotel_id)
    return booking


def _refuse(booking: Booking) -> None:
    if booking.status != "confirmed":
        raise NotCancellable(f"this booking is {booking.status}")
