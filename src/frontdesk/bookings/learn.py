"""What is told of a payment: its sums, its lines on the folio, its event, who should look at it."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings import queries
from frontdesk.bookings.entries import Charge, mirror, post
from frontdesk.bookings.folio import folio, main_folio
from frontdesk.bookings.folio_models import FolioLine
from frontdesk.bookings.payment_models import Payment
from frontdesk.bookings.payments import AFTER_EXPIRY, OPEN, came_in, owed, payment
from frontdesk.bookings.provider import Told
from frontdesk.kit.clock import local_day
from frontdesk.messaging.events import emit
from frontdesk.tenancy.audit import record
from frontdesk.tenancy.queries import the_hotel

HELD = timedelta(days=7)
"""How long a bank keeps what is authorised; the provider lets it go then."""


async def learn(
    session: AsyncSession,
    known: Payment,
    told: Told,
    *,
    by: str,
    now: datetime,
    returned: int = 0,
) -> None:
    """Bring a payment, locked by us, and its folio to what was told; hearing it twice is once.

    What was told is in sums, so that callbacks may come late, twice or in another order: paid and
    refunded only grow here, but for `returned`, a refund that came back to the hotel.
    """
    before = (known.status, known.paid_amount, known.refunded_amount, known.disputed_amount)
    known.paid_amount = max(known.paid_amount, told.paid or 0)
    refunded = max(known.refunded_amount - returned, told.refunded or 0)
    known.refunded_amount = min(max(refunded, 0), known.paid_amount)
    if told.disputed is not None:
        known.disputed_amount = min(told.disputed, known.paid_amount)
    known.intent_id = told.intent_id or known.intent_id
    _hold(known, told, now=now)
    if told.failure and not known.paid_amount:
        known.failure = told.failure[:200]
    known.status = status_of(known)
    if known.status not in OPEN:
        known.look_at = None
    after = (known.status, known.paid_amount, known.refunded_amount, known.disputed_amount)
    if before != after:
        await session.flush()
        await foot(session, known, by=by, now=now)
        await _tell(session, known, before, by=by, now=now)


def _hold(known: Payment, told: Told, *, now: datetime) -> None:
    """What is held is looked at again when it runs out; once let go it is not held again."""
    if told.authorised and not known.authorised_amount:
        known.authorised_amount, known.authorised_until = told.authorised, now + HELD
        runs_out = now + HELD + AFTER_EXPIRY
        known.look_at, known.looks = now if known.ending else runs_out, 0
    if told.released and not known.paid_amount:
        known.released_at = known.released_at or now
        known.failure = told.failure or known.failure


def status_of(known: Payment) -> str:
    if known.refunded_amount and known.refunded_amount >= known.paid_amount:
        return "refunded"
    if known.refunded_amount:
        return "partially_refunded"
    if known.paid_amount:
        return "paid"
    if known.released_at is not None:
        return "released"
    if known.failure and not known.authorised_amount:
        return "failed"
    if known.authorised_amount:
        return "authorised"
    return known.status


async def _tell(
    session: AsyncSession,
    known: Payment,
    before: tuple[str, int, int, int],
    *,
    by: str,
    now: datetime,
) -> None:
    """Audit, events, and whether somebody has to look at it."""
    status, paid, refunded, disputed = before
    new = {
        "status": known.status,
        "paid": known.paid_amount,
        "refunded": known.refunded_amount,
        "disputed": known.disputed_amount,
    }
    old = {"status": status, "paid": paid, "refunded": refunded, "disputed": disputed}
    subject = f"payment:{known.id}"
    record(session, known.hotel_id, "payment.learn", subject, by=by, old=old, new=new)
    if known.paid_amount > paid:
        known.paid_at = known.paid_at or now
        known.attention = await _attention(session, known, now=now)
        await emit(session, known.hotel_id, "payment.completed", known.id, facts(known))
    if known.refunded_amount > refunded:
        known.attention = None
        await emit(session, known.hotel_id, "payment.refunded", known.id, facts(known))
    if known.status == "failed" and status != "failed":
        await emit(session, known.hotel_id, "payment.failed", known.id, facts(known))
    if known.status in ("authorised", "released") and status != known.status:
        await emit(session, known.hotel_id, f"payment.{known.status}", known.id, facts(known))
    if known.disputed_amount > disputed:
        known.attention = "disputed"


async def _attention(session: AsyncSession, known: Payment, *, now: datetime) -> str | None:
    """Why somebody should decide whether this money is kept; what they captured is decided."""
    if known.ending == "capture":
        return None
    booking = await queries.booking(session, known.booking_id)
    await session.flush()
    if known.ending == "release" or known.failure == "expired":
        return "late"
    if known.expires_at is not None and now > known.expires_at:
        return "late"
    if await came_in(session, booking.id) > await owed(session, booking):
        return "late" if booking.status in ("cancelled", "no_show") else "double"
    if known.paid_amount == known.amount:
        return None
    return "partial" if known.paid_amount < known.amount else "more"


def facts(known: Payment) -> dict[str, object]:
    """What an event says of a payment."""
    return {
        "payment_id": str(known.id),
        "booking_id": str(known.booking_id),
        "method": known.method,
        "purpose": known.purpose,
        "amount": known.amount,
        "paid": known.paid_amount,
        "refunded": known.refunded_amount,
        "authorised": known.authorised_amount,
        "currency": known.currency,
        "status": known.status,
    }


async def foot(session: AsyncSession, known: Payment, *, by: str, now: datetime) -> None:
    """Bring the folio's lines of this payment to its sums; what fell away whole is reversed.

    Money that moves after its folio was closed is written on one that is open.
    """
    to = await folio(session, known.folio_id, lock=True)
    closed = to.closed_at is not None
    if closed:
        booking = await queries.booking(session, known.booking_id, lock=True)
        to = await main_folio(session, booking)
    day = local_day(now, (await the_hotel(session)).timezone)
    query = select(FolioLine).where(FolioLine.payment_id == known.id).order_by(FolioLine.position)
    posted = (await session.scalars(query)).all()
    undone = {line.reverses_id for line in posted}
    for kind, wanted in (
        ("payment", -known.paid_amount),
        ("refund", known.refunded_amount),
        ("chargeback", known.disputed_amount),
    ):
        stands = [
            line
            for line in posted
            if line.kind == kind and line.reverses_id is None and line.id not in undone
        ]
        missing = wanted - sum(line.amount for line in stands)
        if missing and not wanted and not closed:
            for line in stands:
                await mirror(session, line, "taken back", by=by)
        elif missing:
            words = f"{kind.capitalize()}, {known.method.replace('_', ' ')}"
            await post(session, to, Charge(kind, words, missing, day, None, known.id), by=by)


async def accept_as_is(session: AsyncSession, payment_id: UUID, *, by: str) -> Payment:
    """Somebody looked at it, and nothing is to be done."""
    known = await payment(session, payment_id, lock=True)
    old = {"attention": known.attention}
    known.attention = None
    record(session, known.hotel_id, "payment.accept", f"payment:{known.id}", by=by, old=old)
    return known
