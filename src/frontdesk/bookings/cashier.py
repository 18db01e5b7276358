"""The cashier: asks the payment provider outside of any transaction, and settles what was unclear.

Every question carries an idempotency key that lies in the row, so that asking again is safe.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings.learn import learn
from frontdesk.bookings.payment_models import Payment, Refund
from frontdesk.bookings.payments import AFTER_EXPIRY, account, payment
from frontdesk.bookings.payments import OPEN as STILL_OPEN
from frontdesk.bookings.provider import (
    Account,
    Checkout,
    EndAsk,
    Opened,
    PayFailed,
    Provider,
    RefundAsk,
    RefundTold,
    Refused,
    Told,
)
from frontdesk.bookings.refund import OPEN, hear_refund
from frontdesk.kit.clock import Clock
from frontdesk.kit.db import Database
from frontdesk.kit.logs import get_logger
from frontdesk.kit.secrets import Vault
from frontdesk.tenancy.envelope import unseal
from frontdesk.tenancy.queries import the_hotel

PAUSES = (30, 60, 120, 300, 900, 3600)
"""Seconds before the provider is asked again; the last one repeats."""
GIVE_UP = 20
"""The provider forgets an idempotency key after a day: a person has to look before that."""


@dataclass(frozen=True, slots=True)
class Cashier:
    db: Database
    vault: Vault
    clock: Clock
    provider: Provider
    return_url: str


async def open_link(cashier: Cashier, hotel_id: UUID, payment_id: UUID) -> Payment:
    """Give an asked payment its page; where the answer is lost it stays unknown, and is settled."""
    async with cashier.db.hotel(hotel_id) as session:
        known = await payment(session, payment_id)
        if known.status != "unknown" or known.provider_id is not None:
            return known
        own, wanted = await _account(cashier, session), await _checkout(cashier, session, known)
    opened: Opened | None = None
    refused = ""
    try:
        opened = await cashier.provider.open_checkout(own, wanted)
    except Refused as said:
        refused = str(said)
    except PayFailed as lost:
        get_logger().warning("payment_unclear", payment=str(payment_id), exc_info=lost)
    async with cashier.db.hotel(hotel_id) as session:
        known = await payment(session, payment_id, lock=True)
        if opened is not None and known.provider_id is None:
            known.provider_id, known.url = opened.provider_id, opened.url
            known.status = "pending" if known.status == "unknown" else known.status
            if known.ending is None:
                known.look_at = (known.expires_at or cashier.clock.now()) + AFTER_EXPIRY
        elif refused and known.status == "unknown":
            told = Told(failure=refused)
            await learn(session, known, told, by="provider", now=cashier.clock.now())
        return known


async def _account(cashier: Cashier, session: AsyncSession) -> Account:
    own = await account(session)
    if own is None:
        raise PayFailed("the account is gone")
    return Account(own.api_url, await unseal(session, cashier.vault, own.hotel_id, own.secret_key))


async def _checkout(cashier: Cashier, session: AsyncSession, known: Payment) -> Checkout:
    own, hotel = await account(session), await the_hotel(session)
    return Checkout(
        key=f"payment-{known.id}",
        amount=known.amount,
        currency=known.currency,
        title=f"{hotel.name}: {known.purpose}",
        expires_at=known.expires_at or cashier.clock.now(),
        return_url=(own.return_url if own else None) or cashier.return_url,
        tags={"payment_id": str(known.id), "hotel_id": str(known.hotel_id)},
        held=known.method == "authorisation",
    )


async def send_ending(cashier: Cashier, hotel_id: UUID, payment_id: UUID) -> Payment:
    """Have an authorisation captured or released, as was decided; unclear is asked again.

    A refusal (it ran out, or was ended at the provider) takes the decision back.
    """
    known = await open_link(cashier, hotel_id, payment_id)
    if known.ending is None or known.status != "authorised" or known.intent_id is None:
        return known
    async with cashier.db.hotel(hotel_id) as session:
        own = await _account(cashier, session)
    amount = known.ending_amount if known.ending == "capture" else None
    wanted = EndAsk(f"{known.ending}-{known.id}", known.intent_id, amount, known.currency)
    told, refused = Told(), ""
    try:
        told = await cashier.provider.end(own, wanted)
    except Refused as said:
        refused = str(said)[:200]
    except PayFailed as lost:
        get_logger().warning("payment_unclear", payment=str(payment_id), exc_info=lost)
    async with cashier.db.hotel(hotel_id) as session:
        known = await payment(session, payment_id, lock=True)
        if refused and known.status == "authorised":
            known.ending, known.failure, known.ending_amount = None, refused, None
        await learn(session, known, told, by="provider", now=cashier.clock.now())
        return known


async def send_refund(cashier: Cashier, hotel_id: UUID, refund_id: UUID) -> Refund:
    """Ask the provider for a refund, or how it stands; unclear stays unknown.

    Somebody may have given back there too, so what went back in all is asked for as well.
    """
    async with cashier.db.hotel(hotel_id) as session:
        mine = (await session.scalars(select(Refund).where(Refund.id == refund_id))).one()
        known = await payment(session, mine.payment_id)
        if mine.status not in OPEN or known.intent_id is None:
            return mine
        own = await _account(cashier, session)
    wanted = RefundAsk(f"refund-{mine.id}", known.intent_id, mine.amount, known.currency)
    told: RefundTold | None = None
    try:
        if mine.provider_id is not None:
            told = await cashier.provider.look_at_refund(own, mine.provider_id)
        else:
            told = await cashier.provider.refund(own, wanted)
    except Refused as said:
        told = RefundTold("", "failed", str(said))
    except PayFailed as lost:
        get_logger().warning("refund_unclear", refund=str(refund_id), exc_info=lost)
    async with cashier.db.hotel(hotel_id) as session:
        known = await payment(session, mine.payment_id, lock=True)
        query = select(Refund).where(Refund.id == refund_id)
        mine = (await session.scalars(query)).one()
        if told is not None:
            await hear_refund(session, known, mine, told, now=cashier.clock.now())
    if mine.status == "paid" and known.provider_id is not None:
        await _look(cashier, hotel_id, known)
    return mine


async def settle_next(cashier: Cashier, hotel_id: UUID) -> bool:
    """Ask the provider about one payment whose time has come; False where there is none."""
    now = cashier.clock.now()
    async with cashier.db.hotel(hotel_id) as session:
        query = select(Payment).where(Payment.look_at <= now).order_by(Payment.look_at).limit(1)
        due = await session.scalar(query.with_for_update(skip_locked=True))
        if due is None:
            return False
        due.looks += 1
        pause = PAUSES[min(due.looks, len(PAUSES)) - 1]
        due.look_at = now + timedelta(seconds=pause)
        if due.looks > GIVE_UP:
            due.look_at, due.attention = None, "unsettled"
    await settle(cashier, hotel_id, due.id)
    return True


async def settle(cashier: Cashier, hotel_id: UUID, payment_id: UUID) -> Payment:
    """Bring a payment to what the provider knows of it now."""
    known = await send_ending(cashier, hotel_id, payment_id)
    if known.provider_id is not None:
        if known.ending == "release" and known.status == "pending":
            await _close(cashier, hotel_id, known)
        await _look(cashier, hotel_id, known)
    async with cashier.db.hotel(hotel_id) as session:
        query = select(Refund.id).where(Refund.payment_id == payment_id, Refund.status.in_(OPEN))
        waiting = (await session.scalars(query.order_by(Refund.id))).all()
    for refund_id in waiting:
        await send_refund(cashier, hotel_id, refund_id)
    async with cashier.db.hotel(hotel_id) as session:
        known = await payment(session, payment_id, lock=True)
        open_refund = await session.scalar(query.limit(1))
        if known.status not in STILL_OPEN and open_refund is None:
            known.look_at = None
        elif known.status == "authorised" and known.ending is None:
            runs_out = (known.authorised_until or cashier.clock.now()) + AFTER_EXPIRY
            known.look_at = max(runs_out, known.look_at or runs_out)
        return known


async def _close(cashier: Cashier, hotel_id: UUID, known: Payment) -> None:
    """Where it was paid, or closed before, looking at it tells; an answer lost is asked again."""
    async with cashier.db.hotel(hotel_id) as session:
        own = await _account(cashier, session)
    try:
        await cashier.provider.close_checkout(own, str(known.provider_id))
    except PayFailed as lost:
        get_logger().warning("payment_not_closed", payment=str(known.id), exc_info=lost)


async def _look(cashier: Cashier, hotel_id: UUID, known: Payment) -> None:
    async with cashier.db.hotel(hotel_id) as session:
        own = await _account(cashier, session)
    try:
        told = await cashier.provider.look(own, str(known.provider_id), known.currency)
    except PayFailed as lost:
        get_logger().warning("payment_unclear", payment=str(known.id), exc_info=lost)
        return
    async with cashier.db.hotel(hotel_id) as session:
        mine = await payment(session, known.id, lock=True)
        await learn(session, mine, told, by="provider", now=cashier.clock.now())
