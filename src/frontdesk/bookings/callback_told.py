"""What one callback says of a payment, by the kind of its event."""

from dataclasses import replace

from frontdesk.bookings.payment_models import Payment, PaymentEvent
from frontdesk.bookings.provider import Told
from frontdesk.bookings.stripe_told import (
    from_wire,
    same_currency,
    told_of_charge,
    told_of_intent,
    told_of_session,
)


def told_of(event: PaymentEvent, known: Payment) -> Told | None:
    """None where it says nothing of sums. A checkout that is only authorised pays nothing.

    Raises OtherCurrency.
    """
    thing, currency = event.payload, known.currency
    same_currency(thing, currency)
    match event.kind.split("."):
        case ["checkout", "session", "async_payment_failed"]:
            return Told(failure="payment failed")
        case ["checkout", "session", _]:
            told = told_of_session(thing, currency)
            return replace(told, paid=None) if known.method == "authorisation" else told
        case ["charge", "dispute", _]:
            won = thing.get("status") == "won"
            return Told(disputed=0 if won else from_wire(thing.get("amount"), currency))
        case ["charge", "refunded" | "succeeded" | "updated" | "captured"]:
            return told_of_charge(thing, currency)
        case ["payment_intent", "amount_capturable_updated" | "canceled"]:
            return told_of_intent(thing, currency)
        case _:
            return None
