"""Cancelling: the policy accepted at booking decides the fee, and the nights go back on sale."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings import queries
from frontdesk.bookings.errors import NotCancellable
from frontdesk.bookings.inventory import Stay, move
from frontdesk.bookings.models import Booking
from frontdesk.bookings.posting import end_on_folio
from frontdesk.bookings.reserve import facts
from frontdesk.bookings.rules import cancellation_fee
from frontdesk.messaging.events import emit
from frontdesk.tenancy.audit import record


async def cancel(
    session: AsyncSession,
    booking_id: UUID,
    *,
    by: str,
    now: datetime,
    reason: str | None = None,
) -> Booking:
    """Cancel a confirmed booking; cancelling twice changes nothing more."""
    booking = await queries.booking(session, booking_id, lock=True)
    if booking.status == "cancelled":
        return booking
    if booking.status != "confirmed":
        raise NotCancellable(f"this booking is {booking.status}")
    booking.status = "cancelled"
    booking.cancelled_at = now
    booking.cancel_reason = reason
    booking.cancel_fee = min(cancellation_fee(booking.policy, now), booking.total)
    stay = Stay(
        booking.hotel_id, booking.room_type_id, booking.arrival, booking.departure, booking.rooms
    )
    await session.flush()
    await move(session, stay, sold=-booking.rooms)
    record(
        session,
        booking.hotel_id,
        "booking.cancel",
        f"booking:{booking.id}",
        by=by,
        old={"status": "confirmed"},
        new={"status": "cancelled", "fee": booking.cancel_fee},
    )
    await end_on_folio(session, booking, by=by, now=now)
    told = {**facts(booking), "fee": booking.cancel_fee}
    await emit(session, booking.hotel_id, "booking.cancelled", booking.id, told)
    return booking
