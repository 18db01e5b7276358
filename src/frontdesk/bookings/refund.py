"""Giving money back: never more than came in, once, and known for what it is until it is sure."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings.cards import without_cards
from frontdesk.bookings.learn import learn
from frontdesk.bookings.payment_models import Payment, Refund
from frontdesk.bookings.payments import SOON, payment
from frontdesk.bookings.provider import RefundTold, Told
from frontdesk.kit.errors import Conflict
from frontdesk.kit.ids import uuid7
from frontdesk.tenancy.audit import record

OPEN = ("pending", "unknown")
THROUGH = ("link", "authorisation")
"""What was paid through the provider goes back through it."""


class NotRefundable(Conflict):
    """There is not so much of this payment left to give back"""

    code = "not_refundable"


async def refundable(session: AsyncSession, known: Payment) -> int:
    """What came in and neither went back, nor is on its way back, nor is disputed."""
    query = select(func.coalesce(func.sum(Refund.amount), 0)).where(
        Refund.payment_id == known.id, Refund.status.in_(OPEN)
    )
    on_its_way = int(await session.scalar(query) or 0)
    return known.paid_amount - known.refunded_amount - known.disputed_amount - on_its_way


async def cost_of_refund(session: AsyncSession, payment_id: UUID, amount: int | None) -> int:
    """All that has left or leaves of this payment with a refund of `amount`, or of what is left.

    Several small refunds are judged as the large one that they make.
    """
    known = await payment(session, payment_id, lock=True)
    left = await refundable(session, known)
    gone = known.paid_amount - known.disputed_amount - left
    return gone + (left if amount is None else amount)


async def give_back(
    session: AsyncSession,
    payment_id: UUID,
    amount: int | None,
    *,
    reason: str | None,
    by: str,
    now: datetime,
) -> Refund:
    """Refund all that is left, or `amount` of it. Raises NotRefundable.

    What was taken at the hotel is given back at the hotel; what came by link is still to be asked
    of the provider, and unknown until then.
    """
    known = await payment(session, payment_id, lock=True)
    left = await refundable(session, known)
    wanted = left if amount is None else amount
    if not 0 < wanted <= left:
        raise NotRefundable(refundable=max(left, 0))
    here = known.method not in THROUGH
    made = Refund(
        hotel_id=known.hotel_id,
        id=uuid7(),
        payment_id=known.id,
        amount=wanted,
        status="pending" if here else "unknown",
        reason=without_cards(reason) if reason else None,
        asked_by=by,
    )
    session.add(made)
    await session.flush()
    new = {"payment": str(known.id), "amount": wanted}
    record(session, known.hotel_id, "payment.refund", f"refund:{made.id}", by=by, new=new)
    if here:
        await learn_refund(session, known, made, "paid", by=by, now=now)
    else:
        known.look_at, known.looks = now + SOON, 0
    return made


async def hear_refund(
    session: AsyncSession, known: Payment, mine: Refund, told: RefundTold, *, now: datetime
) -> None:
    """What the provider says of one of our refunds; its payment is locked by us."""
    mine.provider_id = told.provider_id or mine.provider_id
    mine.failure = told.failure
    await learn_refund(session, known, mine, told.status, by="provider", now=now)


async def learn_refund(
    session: AsyncSession, known: Payment, mine: Refund, status: str, *, by: str, now: datetime
) -> None:
    """Once paid, a refund counts; one that failed after that counts no more.

    An older word than what is known already says nothing.
    """
    was = mine.status
    if was in (status, "failed") or (was == "paid" and status != "failed"):
        return
    mine.status = status
    await session.flush()
    if status == "paid":
        total = select(func.sum(Refund.amount)).where(
            Refund.payment_id == known.id, Refund.status == "paid"
        )
        refunded = int(await session.scalar(total) or 0)
        await learn(session, known, Told(refunded=refunded), by=by, now=now)
    elif status == "failed":
        known.attention = "unsettled"
        if was == "paid":
            await learn(session, known, Told(), by=by, now=now, returned=mine.amount)
