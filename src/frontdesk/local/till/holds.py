"""Money that is only held: captured later, in part or whole, or let go in the end."""

from frontdesk.local.till.callbacks import tell
from frontdesk.local.till.money import NotNow
from frontdesk.local.till.state import Account, Thing, Till


def capture(till: Till, account: Account, intent: Thing, amount: int | None) -> None:
    """Once; what is not captured counts as given back on the charge, as the real one shows it."""
    wanted = intent["amount_capturable"] if amount is None else amount
    if intent["status"] != "requires_capture" or not 0 < wanted <= intent["amount_capturable"]:
        raise NotNow(f"this intent is {intent['status']}")
    charge = account.charges[intent["latest_charge"]]
    charge.update(amount_captured=wanted, captured=True)
    charge["amount_refunded"] = charge["amount"] - wanted
    intent.update(amount_received=wanted, amount_capturable=0, status="succeeded")
    tell(till, account, "charge.captured", charge)
    if charge["amount_refunded"]:
        tell(till, account, "charge.refunded", charge)
    tell(till, account, "payment_intent.succeeded", intent)


def cancel(till: Till, account: Account, intent: Thing, reason: str | None) -> None:
    if intent["status"] != "requires_capture":
        raise NotNow(f"this intent is {intent['status']}")
    charge = account.charges[intent["latest_charge"]]
    charge.update(amount_refunded=charge["amount"], refunded=True)
    intent.update(amount_capturable=0, status="canceled", cancellation_reason=reason)
    tell(till, account, "charge.refunded", charge)
    tell(till, account, "payment_intent.canceled", intent)


def lapse(till: Till, account: Account, session: Thing) -> None:
    """The days are over in which the bank keeps it."""
    cancel(till, account, account.intents[str(session["payment_intent"])], "automatic")
