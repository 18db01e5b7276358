"""What happens to money here: paid, declined, expired, refunded, disputed; each tells its hotel."""

from typing import Any

from frontdesk.local.till.callbacks import tell
from frontdesk.local.till.state import Account, Thing, Till, new_id, now

CARD = {"type": "card", "card": {"brand": "visa", "last4": "4242", "exp_year": 2034}}
"""As the real one tells it; none of it may be kept by whoever is told."""


class NotNow(ValueError):
    """That cannot be done with this payment"""


def open_session(account: Account, asked: Thing, pay_url: str) -> Thing:
    items = _values(asked.get("line_items"))
    priced = [(i["price_data"], int(i.get("quantity", 1))) for i in items]
    made: Thing = {
        "id": new_id("cs_test"),
        "object": "checkout.session",
        "amount_total": sum(int(p["unit_amount"]) * n for p, n in priced),
        "currency": priced[0][0]["currency"],
        "client_reference_id": asked.get("client_reference_id"),
        "created": now(),
        "expires_at": int(asked.get("expires_at", now() + 86_400)),
        "livemode": False,
        "metadata": asked.get("metadata", {}),
        "mode": "payment",
        "payment_intent": None,
        "payment_status": "unpaid",
        "status": "open",
        "success_url": asked.get("success_url"),
    }
    made["url"] = f"{pay_url}/{made['id']}"
    account.sessions[made["id"]] = made
    tags = asked.get("payment_intent_data", {}).get("metadata", {})
    made["_held"] = asked.get("payment_intent_data", {}).get("capture_method") == "manual"
    made["_tags"], made["_title"] = tags, priced[0][0]["product_data"]["name"]
    return made


def _values(items: Any) -> list[Thing]:
    """A form's list arrives as {"0": ..}."""
    return [items[at] for at in sorted(items)] if isinstance(items, dict) else list(items or [])  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]


def pay(till: Till, account: Account, session: Thing, *, amount: int | None = None) -> None:
    """The guest pays all of it, or less: some ways of paying allow that."""
    if session["status"] != "open":
        raise NotNow(f"this checkout is {session['status']}")
    paid = min(amount or session["amount_total"], session["amount_total"])
    intent, charge, is_held = new_id("pi"), new_id("ch"), session["_held"]
    common = {"currency": session["currency"], "created": now(), "metadata": session["_tags"]}
    account.charges[charge] = {
        **common,
        "id": charge,
        "object": "charge",
        "amount": paid,
        "amount_captured": 0 if is_held else paid,
        "amount_refunded": 0,
        "captured": not is_held,
        "paid": True,
        "refunded": False,
        "status": "succeeded",
        "payment_intent": intent,
        "payment_method_details": CARD,
        "billing_details": {"name": "A Guest", "email": "guest@example.com"},
    }
    account.intents[intent] = {
        **common,
        "id": intent,
        "object": "payment_intent",
        "amount": paid,
        "amount_received": 0 if is_held else paid,
        "amount_capturable": paid if is_held else 0,
        "cancellation_reason": None,
        "capture_method": "manual" if is_held else "automatic",
        "latest_charge": charge,
        "status": "requires_capture" if is_held else "succeeded",
    }
    session.update(
        payment_intent=intent, payment_status="unpaid" if is_held else "paid", status="complete"
    )
    session["amount_total"] = paid
    kind = "amount_capturable_updated" if is_held else "succeeded"
    tell(till, account, f"payment_intent.{kind}", account.intents[intent])
    tell(till, account, "charge.succeeded", account.charges[charge])
    tell(till, account, "checkout.session.completed", session)


def decline(till: Till, account: Account, session: Thing) -> None:
    """The guest's bank says no; the checkout stays open for another try."""
    refused = {"id": new_id("pi"), "object": "payment_intent", "metadata": session["_tags"]}
    refused["status"] = "requires_payment_method"
    tell(till, account, "payment_intent.payment_failed", refused)


def expire(till: Till, account: Account, session: Thing) -> None:
    if session["status"] != "open":
        raise NotNow(f"this checkout is {session['status']}")
    session["status"] = "expired"
    tell(till, account, "checkout.session.expired", session)


def refund(till: Till, account: Account, asked: Thing) -> Thing:
    """By our API or, without metadata, by a hand in the provider's own dashboard."""
    intent = account.intents.get(str(asked.get("payment_intent")))
    if intent is None:
        raise NotNow("No such payment_intent")
    charge = account.charges[intent["latest_charge"]]
    left = charge["amount"] - charge["amount_refunded"] if charge["captured"] else 0
    amount = int(asked.get("amount") or left)
    if not 0 < amount <= left:
        raise NotNow("Refund amount is greater than unrefunded amount on charge")
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    made: Thing = {
        "id": new_id("re"),
        "object": "refund",
        "amount": amount,
        "charge": charge["id"],
        "created": now(),
        "currency": charge["currency"],
        "metadata": asked.get("metadata", {}),
        "payment_intent": intent["id"],
        "status": "succeeded",
    }
    account.refunds[made["id"]] = made
    tell(till, account, "charge.refunded", charge)
    tell(till, account, "refund.created", made)
    return made


def dispute(till: Till, account: Account, session: Thing) -> None:
    """The guest's bank takes the money back."""
    intent = account.intents.get(str(session["payment_intent"]))
    if intent is None:
        raise NotNow("nothing was paid")
    made: Thing = {
        "id": new_id("dp"),
        "object": "dispute",
        "amount": intent["amount"],
        "charge": intent["latest_charge"],
        "created": now(),
        "currency": intent["currency"],
        "metadata": {},
        "payment_intent": intent["id"],
        "reason": "fraudulent",
        "status": "needs_response",
    }
    account.disputes[session["id"]] = made
    tell(till, account, "charge.dispute.created", made)


def end_dispute(till: Till, account: Account, session: Thing, *, won: bool) -> None:
    known = account.disputes.get(session["id"])
    if known is None:
        raise NotNow("there is no dispute")
    known["status"] = "won" if won else "lost"
    tell(till, account, "charge.dispute.closed", known)
