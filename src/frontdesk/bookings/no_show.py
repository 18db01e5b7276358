"""A guest who did not come: the policy's charge, and the nights back on sale.

Pages on which nobody has paid yet are closed, as their sums are no longer due; what is held at the
guest's bank stays, as the charge may be taken from it.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings import queries
from frontdesk.bookings.errors import NoSuchMove, TooEarly
from frontdesk.bookings.models import Booking
from frontdesk.bookings.nights import give_back
from frontdesk.bookings.payment_models import Payment
from frontdesk.bookings.payments import close_links
from frontdesk.bookings.posting import end_on_folio
from frontdesk.bookings.terms import no_show_fee
from frontdesk.bookings.told import shown, stock_came_back, tell
from frontdesk.kit.clock import local_day
from frontdesk.tenancy.queries import the_hotel


async def no_show(session: AsyncSession, booking_id: UUID, *, by: str, now: datetime) -> Booking:
    """From the day after the arrival, in the hotel's own time. Raises TooEarly before."""
    booking = await queries.booking(session, booking_id, lock=True)
    if booking.status != "confirmed":
        raise NoSuchMove(f"this booking is {booking.status}")
    if local_day(now, (await the_hotel(session)).timezone) <= booking.arrival:
        raise TooEarly("the day of arrival is not over")
    old = shown(booking)
    booking.status = "no_show"
    booking.no_show_fee = no_show_fee(booking.policy, booking.total)
    await session.flush()
    await close_links(session, booking.hotel_id, Payment.booking_id == booking.id, now=now)
    await give_back(session, booking, booking.arrival, now=now)
    await end_on_folio(session, booking, by=by, now=now)
    fee = booking.no_show_fee
    await tell(session, booking, ("no_show", "no_show"), by=by, old=old, fee=fee)
    await stock_came_back(session, booking.hotel_id)
    return booking
