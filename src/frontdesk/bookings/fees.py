"""What a stay that was given up or cut short costs, and how much of it is on no folio yet."""

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings.folio_models import Folio, FolioLine
from frontdesk.bookings.models import Booking

EARLY = "Early departure fee"


async def fees_to_come(session: AsyncSession, booking: Booking) -> dict[str, int]:
    """By the words that it is posted with. What was posted once, waived or not, comes no more.

    A second shortening adds to the fee of the first, and only that is to come then.
    """
    fees = {
        "Cancellation fee": booking.cancel_fee if booking.status == "cancelled" else 0,
        "No-show fee": booking.no_show_fee if booking.status == "no_show" else 0,
        EARLY: booking.early_fee,
    }
    query = (
        select(FolioLine.description, func.sum(FolioLine.amount))
        .join(Folio, (Folio.hotel_id == FolioLine.hotel_id) & (Folio.id == FolioLine.folio_id))
        .where(
            or_(
                (Folio.booking_id == booking.id) & FolioLine.booking_id.is_(None),
                FolioLine.booking_id == booking.id,
            ),
            FolioLine.kind == "fee",
            FolioLine.description.in_(list(fees)),
            FolioLine.reverses_id.is_(None),
            FolioLine.moved_id.is_(None),
        )
        .group_by(FolioLine.description)
    )
    posted = {words: int(amount) for words, amount in await session.execute(query)}
    missing = {words: amount - posted.get(words, 0) for words, amount in fees.items()}
    return {words: amount for words, amount in missing.items() if amount > 0}
