"""Pure decisions on what not coming, leaving early and changing cost under an accepted policy."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from frontdesk.bookings.pricing import split
from frontdesk.bookings.rules import NEVER, cancellation_fee


@dataclass(frozen=True, slots=True)
class CancelTerms:
    """What cancelling now would mean; minor units."""

    fee: int
    returned: int
    """Of the total: what need not be paid, or comes back where it was."""
    free_until: datetime | None
    """The deadline that was accepted at booking; None where it was never free to cancel."""


def cancel_terms(policy: dict[str, Any], total: int, now: datetime) -> CancelTerms:
    fee = min(cancellation_fee(policy, now), total)
    until = policy["free_until"]
    return CancelTerms(fee, total - fee, None if until == NEVER else datetime.fromisoformat(until))


def no_show_fee(policy: dict[str, Any], total: int) -> int:
    """Who does not come pays what cancelling too late costs, unless the policy says otherwise."""
    return min(int(policy.get("no_show", policy["fee"])), total)


def early_fee(policy: dict[str, Any], unused: int, now: datetime) -> int:
    """For nights worth `unused` that were booked and will not be stayed."""
    return min(int(policy.get("early", cancellation_fee(policy, now))), unused)


def policy_after_change(old: dict[str, Any], new: dict[str, Any], now: datetime) -> dict[str, Any]:
    """A fee that is due already is not shaken off by changing the dates first."""
    due = cancellation_fee(old, now)
    if not due:
        return new
    return {**new, "free_until": old["free_until"], "fee": max(due, int(new["fee"]))}


def policy_together(policies: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Of several rooms: the strictest deadline and every room's fee, as reserve_group() has it."""
    if len(policies) == 1:
        return policies[0]
    return {
        "free_until": min(policy["free_until"] for policy in policies),
        "fee": sum(int(policy["fee"]) for policy in policies),
    }


FEES = ("fee", "no_show", "early")


def policy_shared(
    policy: dict[str, Any], own: int, whole: int
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Of rooms worth `own` of a stay worth `whole`, and of the others: their fees sum to it."""
    mine, theirs = dict(policy), dict(policy)
    for name in FEES:
        if name in policy:
            mine[name], theirs[name] = split(int(policy[name]), [own, whole - own])
    return mine, theirs
