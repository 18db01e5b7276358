"""What Stripe's objects say, in our sums."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast

from frontdesk.bookings.provider import OtherCurrency, RefundTold, Told
from frontdesk.kit.money import minor_digits

WITHOUT_DECIMALS = frozenset(
    ("BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF")
) | {"XOF", "XPF"}
WITH_THREE = frozenset(["BHD", "JOD", "KWD", "OMR", "TND"])
"""Stripe's own minor units; they differ from CLDR's for a few currencies."""


def same_currency(thing: Mapping[str, Any], currency: str) -> None:
    """Its sums are not ours where it names another currency. Raises OtherCurrency."""
    said = thing.get("currency")
    if said and str(said).upper() != currency.upper():
        raise OtherCurrency


def told_of_session(session: Mapping[str, Any], currency: str) -> Told:
    """A checkout session, with its intent and charge where they were asked for."""
    intent: object = session.get("payment_intent")
    expanded = cast("dict[str, Any]", intent) if isinstance(intent, dict) else {}
    charge = expanded.get("latest_charge")
    paid = session.get("payment_status") == "paid"
    expired = session.get("status") == "expired"
    held = told_of_intent(expanded, currency)
    told = Told(
        paid=from_wire(session.get("amount_total"), currency) if paid else None,
        intent_id=str(expanded.get("id", intent)) if intent else None,
        failure="expired" if expired and not paid else held.failure,
        authorised=held.authorised,
        released=held.released,
    )
    if not isinstance(charge, dict):
        return told
    return told_of_charge(cast("dict[str, Any]", charge), currency, told)


def told_of_charge(charge: Mapping[str, Any], currency: str, so_far: Told | None = None) -> Told:
    """A charge says how much was captured and how much of it went back.

    What was authorised and not captured is among what Stripe calls refunded.
    """
    known = so_far or Told()
    captured = int(charge.get("amount_captured") or 0) if charge.get("paid", True) else 0
    never = int(charge.get("amount") or captured) - captured
    back = int(charge.get("amount_refunded") or 0) - never
    return replace(
        known,
        paid=from_wire(captured, currency) if captured else known.paid,
        refunded=from_wire(max(0, back), currency),
        intent_id=known.intent_id or charge.get("payment_intent"),
    )


def told_of_intent(intent: Mapping[str, Any], currency: str) -> Told:
    """An intent says what is held of it, and that it is let go; sums are told by its charge."""
    held = intent.get("amount_capturable")
    lapsed = intent.get("cancellation_reason") == "automatic"
    released = intent.get("status") == "canceled"
    return Told(
        intent_id=str(intent["id"]) if intent.get("id") else None,
        authorised=from_wire(held, currency) if held else None,
        released=released,
        failure="expired" if released and lapsed else None,
    )


def told_of_refund(refund: Mapping[str, Any]) -> RefundTold:
    status = {"succeeded": "paid", "failed": "failed", "canceled": "failed"}
    failure = refund.get("failure_reason")
    said = str(refund.get("status"))
    return RefundTold(str(refund["id"]), status.get(said, "pending"), failure and str(failure))


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
