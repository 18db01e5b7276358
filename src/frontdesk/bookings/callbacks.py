"""What the payment provider tells by itself: checked, scrubbed, stored, applied in any order."""

from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings.callback_told import told_of
from frontdesk.bookings.cards import without_cards
from frontdesk.bookings.learn import learn
from frontdesk.bookings.pay_stripe import read_callback
from frontdesk.bookings.payment_models import Payment, PaymentAccount, PaymentEvent, Refund
from frontdesk.bookings.payments import payment
from frontdesk.bookings.provider import BadSignature, OtherCurrency
from frontdesk.bookings.refund import hear_refund
from frontdesk.bookings.stripe_told import instant, told_of_refund
from frontdesk.kit.clock import Clock
from frontdesk.kit.db import Database, ring
from frontdesk.kit.ids import uuid7
from frontdesk.kit.jobs import Job
from frontdesk.kit.logs import get_logger
from frontdesk.kit.secrets import Vault, new_token, same
from frontdesk.tenancy.envelope import unseal

TRIES = 5
KNOWN = (
    *("id", "object", "amount", "amount_total", "amount_captured", "amount_refunded", "currency"),
    *("status", "payment_status", "payment_intent", "charge", "client_reference_id", "paid"),
    *("failure_reason", "reason", "amount_capturable", "cancellation_reason"),
)
"""The fields of an event's object that are kept; everything else may be about a card."""
TAGS = ("payment_id", "refund_id", "hotel_id")
DISPUTE_OVER = ("won", "lost")


def webhook_key(hotel_id: UUID) -> str:
    """Says whose callback it is; what opens is the signature."""
    return f"{hotel_id.hex}-{new_token(16)}"


def hotel_of(key: str) -> UUID | None:
    """The hotel that a webhook key names, whether or not it is a real one."""
    try:
        return UUID(hex=key[:32]) if key.isascii() and key[32:33] == "-" else None
    except ValueError:
        return None


async def accept(
    db: Database, vault: Vault, clock: Clock, *, key: str, raw: bytes, signature: str
) -> int:
    """Store one callback once; gives the HTTP status. Closed where no secret is set."""
    hotel_id = hotel_of(key)
    if hotel_id is None:
        return 401
    async with db.hotel(hotel_id) as session:
        secret = await _secret_of(session, vault, key)
    if secret is None:
        return 401
    try:
        event = read_callback(raw, signature, secret)
    except BadSignature:
        return 401
    async with db.hotel(hotel_id) as session:
        await _store(session, hotel_id, event, clock)
    return 200


async def _secret_of(session: AsyncSession, vault: Vault, key: str) -> str | None:
    own = await session.scalar(select(PaymentAccount))
    if own is None or own.webhook_secret is None:
        return None
    if not same(own.webhook_key.encode(), key.encode()):
        return None
    return await unseal(session, vault, own.hotel_id, own.webhook_secret)


async def _store(
    session: AsyncSession, hotel_id: UUID, event: dict[str, Any], clock: Clock
) -> None:
    row = {
        "hotel_id": hotel_id,
        "id": uuid7(),
        "event_id": without_cards(str(event.get("id", "")))[:200],
        "kind": without_cards(str(event.get("type", "")))[:100],
        "payload": scrubbed(event),
        "occurred_at": instant(event.get("created")) if event.get("created") else clock.now(),
    }
    await session.execute(insert(PaymentEvent).values(row).on_conflict_do_nothing())
    await ring(session, Job.SETTLE_PAYMENTS, hotel_id)


def scrubbed(event: Mapping[str, Any]) -> dict[str, Any]:
    """What we understand of an event's object: known fields, our own tags, no long text."""
    data: object = event.get("data")
    thing: object = cast("dict[str, Any]", data).get("object") if isinstance(data, dict) else None
    if not isinstance(thing, dict):
        return {}
    found = cast("dict[str, Any]", thing)
    kept = {name: _plain(found[name]) for name in KNOWN if name in found}
    tags: object = found.get("metadata")
    if isinstance(tags, dict):
        ours = cast("dict[str, Any]", tags)
        kept["metadata"] = {name: _plain(ours[name]) for name in TAGS if name in ours}
    return kept


def _plain(value: object) -> object:
    """A short word or a number; of a nested object its id."""
    if isinstance(value, dict):
        value = cast("dict[str, Any]", value).get("id")
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int) and abs(value) < 10**12:
        return value
    return without_cards(str(value)[:200]).replace("\x00", "")


async def apply_next(db: Database, clock: Clock, hotel_id: UUID) -> bool:
    """Apply the oldest waiting callback; False where none waits."""
    event_id: UUID | None = None
    try:
        async with db.hotel(hotel_id) as session:
            query = select(PaymentEvent).where(PaymentEvent.state == "waiting")
            query = query.order_by(PaymentEvent.occurred_at, PaymentEvent.id).limit(1)
            event = await session.scalar(query.with_for_update(skip_locked=True))
            if event is None:
                return False
            event_id = event.id
            event.state = "done" if await _apply(session, event, clock) else "ignored"
    except OperationalError:
        raise
    except Exception as wrong:
        if event_id is None:
            raise
        get_logger().error("payment_event_failed", row=str(event_id), exc_info=wrong)
        await _failed(db, hotel_id, event_id, type(wrong).__name__)
    return True


async def _failed(db: Database, hotel_id: UUID, event_id: UUID, why: str) -> None:
    async with db.hotel(hotel_id) as session:
        query = select(PaymentEvent).where(PaymentEvent.id == event_id)
        event = (await session.scalars(query.with_for_update())).one()
        event.tries += 1
        event.error = why
        event.state = "dead" if event.tries >= TRIES else "waiting"


async def _apply(session: AsyncSession, event: PaymentEvent, clock: Clock) -> bool:
    """False where it is about nothing of ours."""
    thing = event.payload
    mine = await _refund(session, thing) if "refund." in event.kind else None
    known = await _payment(session, thing, mine)
    if known is None:
        return False
    now = clock.now()
    if mine is not None:
        await hear_refund(session, known, mine, told_of_refund(thing), now=now)
        return True
    try:
        told = told_of(event, known)
    except OtherCurrency:
        known.attention = "currency"
        return True
    if told is None or await _is_outdated(session, event):
        return False
    had = known.intent_id
    await learn(session, known, told, by="provider", now=now)
    if known.intent_id != had:
        await _wake(session, str(known.intent_id))
    return True


async def _is_outdated(session: AsyncSession, event: PaymentEvent) -> bool:
    """A dispute's beginning says nothing any more once we heard of its end."""
    if not event.kind.startswith("charge.dispute.") or event.payload.get("status") in DISPUTE_OVER:
        return False
    over = select(PaymentEvent.id).where(
        PaymentEvent.kind.startswith("charge.dispute."),
        PaymentEvent.state == "done",
        PaymentEvent.payload["id"].astext == str(event.payload.get("id")),
        PaymentEvent.payload["status"].astext.in_(DISPUTE_OVER),
    )
    return await session.scalar(over.limit(1)) is not None


async def _wake(session: AsyncSession, intent_id: str) -> None:
    """Callbacks that came before we knew whose intent they are about."""
    await session.execute(
        update(PaymentEvent)
        .where(
            PaymentEvent.state == "ignored",
            PaymentEvent.payload["payment_intent"].astext == intent_id,
            PaymentEvent.kind.startswith("charge."),
            PaymentEvent.tries == 0,
        )
        .values(state="waiting", tries=1)
    )


async def _payment(
    session: AsyncSession, thing: Mapping[str, Any], mine: Refund | None
) -> Payment | None:
    """By our own tag, else by the provider's names for it; locked."""
    own: object = mine.payment_id if mine is not None else _tag(thing, "payment_id")
    if own is None and thing.get("object") == "checkout.session":
        own = _uuid(thing.get("client_reference_id"))
    query = select(Payment.id)
    if own is not None:
        query = query.where(Payment.id == own)
    elif thing.get("payment_intent"):
        query = query.where(Payment.intent_id == str(thing["payment_intent"]))
    else:
        query = query.where(Payment.provider_id == str(thing.get("id")))
    found = await session.scalar(query.limit(1))
    return None if found is None else await payment(session, found, lock=True)


async def _refund(session: AsyncSession, thing: Mapping[str, Any]) -> Refund | None:
    own = _tag(thing, "refund_id")
    return None if own is None else await session.scalar(select(Refund).where(Refund.id == own))


def _tag(thing: Mapping[str, Any], name: str) -> UUID | None:
    tags: Any = thing.get("metadata") or {}
    return _uuid(str(tags.get(name, "")).removeprefix("refund-"))


def _uuid(value: object) -> UUID | None:
    try:
        return UUID(str(value))
    except ValueError:
        return None
