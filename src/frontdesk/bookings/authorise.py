"""What becomes of an authorisation: captured, whole or in part, or given free."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings.payment_models import Payment
from frontdesk.bookings.payments import SOON, payment
from frontdesk.kit.errors import Conflict
from frontdesk.tenancy.audit import record


class NotHeld(Conflict):
    """So much is not held by this payment"""

    code = "not_held"


async def held(session: AsyncSession, payment_id: UUID) -> int:
    """What an ending may still move; nothing once it is decided."""
    known = await payment(session, payment_id, lock=True)
    is_open = known.status == "authorised" and known.ending is None
    return known.authorised_amount if is_open else 0


async def capture(
    session: AsyncSession, payment_id: UUID, amount: int | None, *, by: str, now: datetime
) -> Payment:
    """Take so much, or all, and let the rest go. The same once more is once. Raises NotHeld."""
    known = await payment(session, payment_id, lock=True)
    wanted = known.authorised_amount if amount is None else amount
    return _decide(session, known, "capture", wanted, by=by, now=now)


async def release(session: AsyncSession, payment_id: UUID, *, by: str, now: datetime) -> Payment:
    """Let all of it go. Raises NotHeld where it is captured."""
    known = await payment(session, payment_id, lock=True)
    return _decide(session, known, "release", known.authorised_amount, by=by, now=now)


def _decide(
    session: AsyncSession, known: Payment, ending: str, amount: int, *, by: str, now: datetime
) -> Payment:
    if (known.ending, known.ending_amount) == (ending, amount) and known.ending is not None:
        return known
    if known.status != "authorised" or known.ending is not None or amount > known.authorised_amount:
        raise NotHeld(status=known.status, held=known.authorised_amount, decided=known.ending)
    known.ending, known.ending_amount, known.failure = ending, amount, None
    known.look_at, known.looks = now + SOON, 0
    told = {"amount": amount}
    record(session, known.hotel_id, f"payment.{ending}", f"payment:{known.id}", by=by, new=told)
    return known
