"""Stripe as the payment provider: one call a function through its own library."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any, cast

from frontdesk.bookings.provider import (
    Account,
    BadAccount,
    BadSignature,
    Checkout,
    Opened,
    RefundAsk,
    RefundTold,
    Refused,
    Told,
    Unclear,
)
from frontdesk.kit.money import minor_digits

WITHOUT_DECIMALS = frozenset(
    ("BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF")
) | {"XOF", "XPF"}
WITH_THREE = frozenset(["BHD", "JOD", "KWD", "OMR", "TND"])
"""Stripe's own minor units; they differ from CLDR's for a few currencies."""
RETRIES = 1
"""Of the library, under the same idempotency key."""


class Stripe:
    """The real one, or whatever speaks its HTTP at `account.api_url`."""

    def __init__(self, timeout: float) -> None:
        self._timeout = timeout
        self._http: Any = None

    def _client(self, account: Account) -> Any:
        import stripe  # noqa: PLC0415 - 20 MiB, only where money is taken

        if self._http is None:
            self._http = stripe.HTTPXClient(timeout=self._timeout)
        client = stripe.StripeClient(
            account.secret_key,
            base_addresses={"api": account.api_url.rstrip("/")},
            http_client=self._http,
            max_network_retries=RETRIES,
        )
        return client.v1

    async def open_checkout(self, account: Account, wanted: Checkout) -> Opened:
        price = {
            "currency": wanted.currency.lower(),
            "unit_amount": to_wire(wanted.amount, wanted.currency),
            "product_data": {"name": wanted.title},
        }
        params = {
            "mode": "payment",
            "client_reference_id": wanted.tags["payment_id"],
            "line_items": [{"quantity": 1, "price_data": price}],
            "expires_at": int(wanted.expires_at.timestamp()),
            "success_url": wanted.return_url,
            "metadata": dict(wanted.tags),
            "payment_intent_data": {"metadata": dict(wanted.tags)},
        }
        sessions = self._client(account).checkout.sessions
        made = await _judged(lambda: sessions.create_async(params, {"idempotency_key": wanted.key}))
        return Opened(str(made.id), str(made.url or ""))

    async def look(self, account: Account, provider_id: str, currency: str) -> Told:
        sessions = self._client(account).checkout.sessions
        seen = await _judged(
            lambda: sessions.retrieve_async(
                provider_id, {"expand": ["payment_intent.latest_charge"]}
            )
        )
        return told_of_session(seen.to_dict(), currency)

    async def refund(self, account: Account, wanted: RefundAsk) -> RefundTold:
        params = {
            "payment_intent": wanted.intent_id,
            "amount": to_wire(wanted.amount, wanted.currency),
            "metadata": {"refund_id": wanted.key},
        }
        refunds = self._client(account).refunds
        done = await _judged(lambda: refunds.create_async(params, {"idempotency_key": wanted.key}))
        return told_of_refund(done.to_dict())

    async def look_at_refund(self, account: Account, provider_id: str) -> RefundTold:
        refunds = self._client(account).refunds
        return told_of_refund(
            (await _judged(lambda: refunds.retrieve_async(provider_id))).to_dict()
        )

    async def close(self) -> None:
        if self._http is not None:
            await self._http.close_async()


async def _judged(call: Callable[[], Awaitable[Any]]) -> Any:
    """The library's errors as ours; their words may quote what was sent and are not repeated."""
    import stripe  # noqa: PLC0415 - as above

    try:
        return await call()
    except (stripe.AuthenticationError, stripe.PermissionError):
        raise BadAccount(BadAccount.__doc__) from None
    except (stripe.APIConnectionError, stripe.RateLimitError, stripe.IdempotencyError):
        raise Unclear(Unclear.__doc__) from None
    except stripe.StripeError as wrong:
        status = wrong.http_status or 500
        if status >= 500 or status == 409:
            raise Unclear(f"HTTP {status}") from None
        raise Refused(f"HTTP {status} {wrong.code or ''}".strip()) from None


def told_of_session(session: Mapping[str, Any], currency: str) -> Told:
    """A checkout session, with its intent and charge where they were asked for."""
    intent: object = session.get("payment_intent")
    expanded = cast("dict[str, Any]", intent) if isinstance(intent, dict) else {}
    charge = expanded.get("latest_charge")
    paid = session.get("payment_status") == "paid"
    expired = session.get("status") == "expired"
    told = Told(
        paid=from_wire(session.get("amount_total"), currency) if paid else None,
        intent_id=str(expanded.get("id", intent)) if intent else None,
        failure="expired" if expired and not paid else None,
    )
    if not isinstance(charge, dict):
        return told
    return told_of_charge(cast("dict[str, Any]", charge), currency, told)


def told_of_charge(charge: Mapping[str, Any], currency: str, so_far: Told | None = None) -> Told:
    """A charge says how much was captured and how much of it went back."""
    known = so_far or Told()
    captured = charge.get("amount_captured") if charge.get("paid", True) else None
    return Told(
        paid=from_wire(captured, currency) if captured else known.paid,
        refunded=from_wire(charge.get("amount_refunded"), currency),
        disputed=known.disputed,
        intent_id=known.intent_id or charge.get("payment_intent"),
        failure=known.failure,
    )


def told_of_refund(refund: Mapping[str, Any]) -> RefundTold:
    status = {"succeeded": "paid", "failed": "failed", "canceled": "failed"}
    failure = refund.get("failure_reason")
    said = str(refund.get("status"))
    return RefundTold(str(refund["id"]), status.get(said, "pending"), failure and str(failure))


def read_callback(raw: bytes, signature: str, secret: str) -> dict[str, Any]:
    """The signed event, by the library's own check: constant time, five minutes' tolerance.

    Raises BadSignature.
    """
    import stripe  # noqa: PLC0415 - as above

    try:
        event = stripe.Webhook.construct_event(  # pyright: ignore[reportUnknownMemberType]
            raw, signature, secret
        )
    except (ValueError, LookupError, TypeError, AttributeError, stripe.SignatureVerificationError):
        raise BadSignature(BadSignature.__doc__) from None
    return event.to_dict()


def _digits(currency: str) -> int:
    if currency in WITHOUT_DECIMALS:
        return 0
    return 3 if currency in WITH_THREE else 2


def to_wire(amount: int, currency: str) -> int:
    """Our minor units in Stripe's, e.g. 12 ISK as 1200."""
    return amount * 10 ** max(0, _digits(currency) - minor_digits(currency))


def from_wire(amount: Any, currency: str) -> int:
    return int(amount or 0) // 10 ** max(0, _digits(currency) - minor_digits(currency))


def instant(seconds: Any) -> datetime:
    return datetime.fromtimestamp(int(seconds or 0), UTC)
