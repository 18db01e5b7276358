"""Stripe as the payment provider: one call a function through its own library."""

from collections.abc import Awaitable, Callable
from typing import Any

from frontdesk.bookings.provider import (
    Account,
    BadAccount,
    BadSignature,
    Checkout,
    EndAsk,
    Opened,
    RefundAsk,
    RefundTold,
    Refused,
    Told,
    Unclear,
)
from frontdesk.bookings.stripe_told import (
    same_currency,
    to_wire,
    told_of_charge,
    told_of_intent,
    told_of_refund,
    told_of_session,
)

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
            "payment_intent_data": {
                "metadata": dict(wanted.tags),
                **({"capture_method": "manual"} if wanted.held else {}),
            },
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
        session = seen.to_dict()
        same_currency(session, currency)
        return told_of_session(session, currency)

    async def close_checkout(self, account: Account, provider_id: str) -> None:
        sessions = self._client(account).checkout.sessions
        await _judged(lambda: sessions.expire_async(provider_id))

    async def end(self, account: Account, wanted: EndAsk) -> Told:
        intents = self._client(account).payment_intents
        params: dict[str, Any] = {"expand": ["latest_charge"]}
        if wanted.amount is not None:
            params["amount_to_capture"] = to_wire(wanted.amount, wanted.currency)
        call = intents.cancel_async if wanted.amount is None else intents.capture_async
        key = {"idempotency_key": wanted.key}
        done = (await _judged(lambda: call(wanted.intent_id, params, key))).to_dict()
        told = told_of_intent(done, wanted.currency)
        charge = done.get("latest_charge")
        return told_of_charge(charge, wanted.currency, told) if charge else told

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
