"""Payments: asked for by link or taken at the hotel, and what a stay still owes."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings import queries
from frontdesk.bookings.cards import without_cards
from frontdesk.bookings.errors import FolioClosed
from frontdesk.bookings.folio import folio, main_folio
from frontdesk.bookings.folio_models import Folio
from frontdesk.bookings.master import due_on, members
from frontdesk.bookings.models import Booking, BookingNight
from frontdesk.bookings.payment_models import Payment, PaymentAccount
from frontdesk.bookings.rate_models import RatePlan
from frontdesk.kit.db import ring
from frontdesk.kit.errors import Conflict, Invalid, NotFound
from frontdesk.kit.ids import uuid7
from frontdesk.kit.jobs import Job
from frontdesk.tenancy.audit import record

SHARE = 10_000
"""Hundredths of a percent in the whole."""
SOON = timedelta(seconds=30)
AFTER_EXPIRY = timedelta(minutes=1)
OPEN = ("pending", "unknown", "authorised")
"""What the provider is still to be asked about."""
BY_PAGE = ("link", "authorisation")
"""What a guest does on a page of the provider's."""
MAX_AMOUNT = 99_999_999_999
"""Minor units; the provider takes no more, and no card number is that short."""


class NoSuchPayment(NotFound):
    """There is no such payment"""

    code = "no_such_payment"


class NoAccount(Conflict):
    """This hotel has not set up its payment provider"""

    code = "no_payment_account"


class NothingToPay(Invalid):
    """There is nothing to pay"""

    code = "nothing_to_pay"


class NotOfThisBooking(Invalid):
    """This folio belongs to another booking"""

    code = "folio_of_another_booking"


@dataclass(frozen=True, slots=True)
class Sum:
    """What is to be paid: an amount, or a share of the booking's total, or the hotel's deposit."""

    amount: int | None = None
    share: int | None = None
    """Hundredths of a percent of the booking's total."""
    purpose: str = "deposit"
    folio_id: UUID | None = None


async def payment(session: AsyncSession, payment_id: UUID, *, lock: bool = False) -> Payment:
    query = select(Payment).where(Payment.id == payment_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = await session.scalar(query)
    if found is None:
        raise NoSuchPayment
    return found


async def account(session: AsyncSession) -> PaymentAccount | None:
    return await session.scalar(select(PaymentAccount))


async def take(
    session: AsyncSession,
    booking_id: UUID,
    wanted: Sum,
    *,
    method: str,
    reference: str | None,
    by: str,
) -> Payment:
    """Money taken at the hotel; whoever takes it tells `learn` at once that it is there."""
    booking = await queries.booking(session, booking_id, lock=True)
    made = await _new(session, booking, wanted, method=method, by=by)
    made.reference = without_cards(reference) if reference else None
    made.status = "pending"
    session.add(made)
    await session.flush()
    told = {"method": method, "amount": made.amount, "purpose": made.purpose}
    record(session, made.hotel_id, "payment.take", f"payment:{made.id}", by=by, new=told)
    return made


async def ask(
    session: AsyncSession,
    booking_id: UUID,
    wanted: Sum,
    *,
    lasts: timedelta,
    by: str,
    now: datetime,
    method: str = "link",
) -> Payment:
    """A payment by link, still to be opened at the provider: until then its outcome is unknown.

    Raises NoAccount or NothingToPay.
    """
    booking = await queries.booking(session, booking_id, lock=True)
    if await account(session) is None:
        raise NoAccount
    made = await _new(session, booking, wanted, method=method, by=by)
    made.status = "unknown"
    made.expires_at = now + lasts
    made.look_at = now + SOON
    session.add(made)
    await session.flush()
    told = {"method": method, "amount": made.amount, "purpose": made.purpose}
    record(session, made.hotel_id, "payment.ask", f"payment:{made.id}", by=by, new=told)
    return made


async def close_links(
    session: AsyncSession, hotel_id: UUID, of: ColumnElement[bool], *, now: datetime
) -> None:
    """Have the pages closed on which nobody has paid yet; the cashier asks until it is done.

    An amount that is held there all the same is given free again.
    """
    is_open = Payment.status.in_(("pending", "unknown")) & Payment.method.in_(BY_PAGE)
    close = update(Payment).where(of, is_open)
    done = await session.execute(
        close.values(ending="release", look_at=now, looks=0).returning(Payment.id)
    )
    if done.all():
        await ring(session, Job.SETTLE_PAYMENTS, hotel_id)


async def _new(
    session: AsyncSession, booking: Booking, wanted: Sum, *, method: str, by: str
) -> Payment:
    to = await _folio(session, booking, wanted.folio_id)
    amount = await _amount(session, booking, wanted)
    if not 0 < amount <= MAX_AMOUNT:
        raise NothingToPay
    return Payment(
        hotel_id=booking.hotel_id,
        id=uuid7(),
        booking_id=booking.id,
        folio_id=to.id,
        method=method,
        purpose=wanted.purpose,
        amount=amount,
        paid_amount=0,
        refunded_amount=0,
        disputed_amount=0,
        looks=0,
        currency=to.currency,
        taken_by=by,
    )


async def _folio(session: AsyncSession, booking: Booking, folio_id: UUID | None) -> Folio:
    if folio_id is None:
        return await main_folio(session, booking)
    found = await folio(session, folio_id)
    if found.booking_id != booking.id:
        raise NotOfThisBooking
    if found.closed_at is not None:
        raise FolioClosed
    return found


async def _amount(session: AsyncSession, booking: Booking, wanted: Sum) -> int:
    """A balance is what is owed beyond what came in; a share is rounded half up."""
    if wanted.amount is not None:
        return wanted.amount
    if wanted.share is None and wanted.purpose == "balance":
        return await owed(session, booking) - await came_in(session, booking.id)
    share = wanted.share if wanted.share is not None else await _deposit(session, booking)
    return (booking.total * share * 2 + SHARE) // (2 * SHARE)


async def _deposit(session: AsyncSession, booking: Booking) -> int:
    """The rate plan's share where it asks for one, else the hotel's."""
    query = (
        select(func.max(RatePlan.deposit))
        .join(
            BookingNight,
            (BookingNight.hotel_id == RatePlan.hotel_id)
            & (BookingNight.rate_plan_id == RatePlan.id),
        )
        .where(BookingNight.booking_id == booking.id, BookingNight.released_at.is_(None))
    )
    known = await account(session)
    return await session.scalar(query) or (known.deposit_share if known else SHARE)


async def owed(session: AsyncSession, booking: Booking) -> int:
    """What its payer owes for the whole stay: nights, what else was charged, fees that will be.

    A cancelled stay and a no-show cost their fee and what else was charged. Who leads a group owes
    what of the others is, or will be, on its folios; they owe the rest.
    """
    due = await due_on(session, booking, booking.id, _nights(booking))
    for member in await members(session, booking.id):
        due += await due_on(session, member, booking.id, _nights(member))
    return due


def _nights(booking: Booking) -> int:
    return 0 if booking.status in ("cancelled", "no_show") else booking.total


async def came_in(session: AsyncSession, booking_id: UUID) -> int:
    """What a booking's payments brought, less what went back."""
    kept = Payment.paid_amount - Payment.refunded_amount - Payment.disputed_amount
    query = select(func.coalesce(func.sum(kept), 0)).where(Payment.booking_id == booking_id)
    return int(await session.scalar(query) or 0)
